#include "actors/roles/hss/database.hpp"

#include <filesystem>
#include <sqlite3.h>

namespace troupe::hss {

namespace {

constexpr int application_id = 0x54724853; // "TrHS"

/// Step n brings a file of schema n to n + 1. Only ever added to.
constexpr const char* migrations[] = {
    "CREATE TABLE subscriber (id INTEGER PRIMARY KEY AUTOINCREMENT, definition BLOB NOT NULL)",
    "CREATE TABLE sequence (impi TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE state (subscriber INTEGER PRIMARY KEY REFERENCES subscriber ON DELETE CASCADE, value BLOB NOT NULL)",
};
constexpr int schema = static_cast<int>(std::size(migrations));

void bind(sqlite3_stmt* to, int index, std::int64_t number) { sqlite3_bind_int64(to, index, number); }
void bind_text(sqlite3_stmt* to, int index, std::string_view text) {
  sqlite3_bind_text(to, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}
void bind_octets(sqlite3_stmt* to, int index, std::string_view octets) {
  sqlite3_bind_blob(to, index, octets.empty() ? "" : octets.data(), static_cast<int>(octets.size()), SQLITE_STATIC);
}

std::string_view column(sqlite3_stmt* from, int index) {
  auto* data = static_cast<const char*>(sqlite3_column_blob(from, index));
  return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(from, index))};
}

tl::unexpected<error> refuse(std::string why) { return fail(std::move(why), 0, 0); }

/// It holds keys: nobody else is to read it.
void make_private(const std::string& path) {
  std::error_code ignored;
  auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty())
    std::filesystem::create_directories(folder, ignored);
  if (auto* made = std::fopen(path.c_str(), "a")) // before SQLite makes it, which gives its log the same permissions
    std::fclose(made);
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
}

} // namespace

void database::closer::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
void database::closer::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

std::string database::fault() const { return sqlite3_errmsg(handle_.get()); }

result<database> database::open(const std::string& path) {
  if (path != ":memory:")
    make_private(path);
  sqlite3* raw = nullptr;
  auto code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  database opened{connection(raw)};
  auto ready = code == SQLITE_OK ? opened.bring_up_to_date() : result<void>(refuse(opened.fault()));
  if (ready)
    ready = opened.prepare();
  if (!ready)
    return refuse("subscriber database " + path + ": " + ready.error().what);
  return opened;
}

result<void> database::bring_up_to_date() {
  // Exclusive before WAL: no shared memory, and the lock is held until the file is closed. WAL only when the file is
  // known to be ours.
  auto begun = execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON;"
                       "BEGIN IMMEDIATE");
  if (!begun)
    switch (sqlite3_errcode(handle_.get())) {
    case SQLITE_BUSY: return refuse("another process uses it");
    case SQLITE_NOTADB: return refuse("it is no SQLite file");
    default: return begun;
    }
  auto version = ask("PRAGMA user_version");
  auto fresh = version == 0 && ask("SELECT count(*) FROM sqlite_schema") == 0;
  if (!fresh && ask("PRAGMA application_id") != application_id)
    return refuse("it is another program's SQLite file");
  if (version > schema)
    return refuse("it has schema " + std::to_string(version) + " of a newer version of troupe; this one knows " +
                  std::to_string(schema));
  for (auto step = version; step < schema; ++step)
    if (auto done = execute(migrations[step]); !done)
      return done;
  auto marks = "PRAGMA application_id=" + std::to_string(application_id) +
               "; PRAGMA user_version=" + std::to_string(schema) +
               "; COMMIT; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864";
  return execute(marks.c_str());
}

result<void> database::prepare() {
  struct wanted {
    statement& into;
    const char* sql;
  };
  for (auto& [into, sql] : {
           wanted{reserve_, "INSERT INTO sequence VALUES (?1, ?2) ON CONFLICT DO UPDATE SET seq = max(seq, ?2)"},
           wanted{add_, "INSERT INTO subscriber (definition) VALUES (?1)"},
           wanted{change_, "UPDATE subscriber SET definition = ?2 WHERE id = ?1"},
           wanted{remove_, "DELETE FROM subscriber WHERE id = ?1"},
           wanted{keep_state_, "INSERT INTO state SELECT id, ?2 FROM subscriber WHERE id = ?1"
                               " ON CONFLICT DO UPDATE SET value = ?2"},
           wanted{begin_, "BEGIN IMMEDIATE"},
           wanted{commit_, "COMMIT"},
       }) {
    auto made = compile(sql);
    if (!made)
      return tl::unexpected(made.error());
    into = std::move(*made);
  }
  return {};
}

result<void> database::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    return refuse(fault());
  return {};
}

result<database::statement> database::compile(const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK)
    return refuse(fault());
  return statement(raw);
}

int database::ask(const char* sql) {
  auto question = compile(sql);
  return question && sqlite3_step(question->get()) == SQLITE_ROW ? sqlite3_column_int(question->get(), 0) : -1;
}

result<void> database::run(const statement& what) {
  auto code = sqlite3_step(what.get());
  auto why = code == SQLITE_DONE ? std::string() : fault();
  sqlite3_reset(what.get());
  sqlite3_clear_bindings(what.get());
  return code == SQLITE_DONE ? result<void>() : refuse(why);
}

result<void> database::each_row(const char* sql, const std::function<void(sqlite3_stmt*)>& visit) {
  auto found = compile(sql);
  if (!found)
    return tl::unexpected(found.error());
  for (;;)
    switch (sqlite3_step(found->get())) {
    case SQLITE_ROW: visit(found->get()); break;
    case SQLITE_DONE: return {};
    default: return refuse(fault());
    }
}

result<void> database::each_sequence(const std::function<void(std::string_view, std::uint64_t)>& visit) {
  return each_row("SELECT impi, seq FROM sequence", [&](sqlite3_stmt* row) {
    visit(column(row, 0), static_cast<std::uint64_t>(sqlite3_column_int64(row, 1)));
  });
}

result<void>
database::each_subscriber(const std::function<void(std::int64_t, std::string_view, std::string_view)>& visit) {
  return each_row("SELECT id, definition, value FROM subscriber LEFT JOIN state ON subscriber = id",
                  [&](sqlite3_stmt* row) { visit(sqlite3_column_int64(row, 0), column(row, 1), column(row, 2)); });
}

result<void> database::transact(const std::function<result<void>()>& work) {
  auto done = run(begin_);
  if (done)
    done = work();
  if (done)
    done = run(commit_);
  // Some faults, a full disk among them, have rolled back already.
  if (!done && sqlite3_get_autocommit(handle_.get()) == 0)
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  return done;
}

result<void> database::reserve(std::string_view impi, std::uint64_t seq) {
  bind_text(reserve_.get(), 1, impi);
  bind(reserve_.get(), 2, static_cast<std::int64_t>(seq));
  return run(reserve_);
}

result<std::int64_t> database::add(std::string_view definition) {
  bind_octets(add_.get(), 1, definition);
  if (auto done = run(add_); !done)
    return tl::unexpected(done.error());
  return sqlite3_last_insert_rowid(handle_.get());
}

result<void> database::change(std::int64_t id, std::string_view definition, std::string_view state) {
  bind(change_.get(), 1, id);
  bind_octets(change_.get(), 2, definition);
  if (auto done = run(change_); !done)
    return done;
  return keep_state(id, state);
}

result<void> database::remove(std::int64_t id) {
  bind(remove_.get(), 1, id);
  return run(remove_);
}

result<void> database::keep_state(std::int64_t id, std::string_view state) {
  bind(keep_state_.get(), 1, id);
  bind_octets(keep_state_.get(), 2, state);
  return run(keep_state_);
}

} // namespace troupe::hss
