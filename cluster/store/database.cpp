#include "cluster/store/database.hpp"

#include <filesystem>
#include <sqlite3.h>

#include "cluster/store/checksum.hpp"

namespace troupe::store {
namespace {

constexpr int application_id = 0x54727570; // "Trup"

/// Step n brings a file of schema n to n + 1. Only ever added to.
constexpr const char* migrations[] = {
    "CREATE TABLE record (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key BLOB NOT NULL, version INTEGER NOT NULL,"
    " deadline INTEGER NOT NULL, checksum INTEGER NOT NULL, value BLOB NOT NULL);"
    "CREATE UNIQUE INDEX record_key ON record (kind, key)",
    "CREATE TABLE quarantine (id INTEGER PRIMARY KEY, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, reason TEXT NOT NULL,"
    " kind INTEGER, key BLOB, version INTEGER, deadline INTEGER, value BLOB)",
};
constexpr int schema = static_cast<int>(std::size(migrations));

int bind_octets(sqlite3_stmt* to, int index, std::string_view octets) {
  // A null pointer would be bound as NULL.
  return sqlite3_bind_blob(to, index, octets.empty() ? "" : octets.data(), static_cast<int>(octets.size()),
                           SQLITE_STATIC);
}

std::string_view column_octets(sqlite3_stmt* from, int index) {
  auto* data = static_cast<const char*>(sqlite3_column_blob(from, index));
  return {data == nullptr ? "" : data, static_cast<std::size_t>(sqlite3_column_bytes(from, index))};
}

void bind_record(sqlite3_stmt* to, const change& what) {
  sqlite3_bind_int(to, 1, static_cast<int>(what.id.type));
  bind_octets(to, 2, what.id.key);
  sqlite3_bind_int64(to, 3, static_cast<std::int64_t>(what.value.version));
  sqlite3_bind_int64(to, 4, what.value.deadline.ms);
  bind_octets(to, 5, what.value.value);
}

bool is_damage(int code) { return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB; }

} // namespace

void database::closer::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
void database::closer::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

std::string database::fault() const { return sqlite3_errmsg(handle_.get()); }

result<void> database::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    return fail(fault(), 0, 0);
  return {};
}

result<database::statement> database::compile(const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK)
    return fail(fault(), 0, 0);
  return statement(raw);
}

result<database> database::open(const std::string& path) {
  std::error_code ignored;
  if (auto folder = std::filesystem::path(path).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder, ignored);
  sqlite3* raw = nullptr;
  auto code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  database opened{connection(raw)};
  if (code != SQLITE_OK)
    return fail("store " + path + " cannot be opened: " + opened.fault(), 0, 0);
  if (auto ready = opened.bring_up_to_date(path); !ready)
    return tl::unexpected(ready.error());
  if (auto ready = opened.prepare(); !ready)
    return fail("store " + path + " cannot be used: " + ready.error().what, 0, 0);
  return opened;
}

/// Locks the file for this process, says whether it is one of ours, and runs the migrations it lacks.
result<void> database::bring_up_to_date(const std::string& path) {
  auto refuse = [&](const std::string& why) { return fail("store " + path + " " + why, 0, 0); };
  // With the exclusive mode set first, WAL needs no shared memory and the lock is held until the file is closed.
  auto ready =
      execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF; PRAGMA busy_timeout=0; BEGIN IMMEDIATE");
  if (!ready) {
    switch (sqlite3_errcode(handle_.get())) {
    case SQLITE_BUSY: return refuse("is in use by another process");
    case SQLITE_NOTADB: return refuse("is not a store: not even an SQLite file");
    default: return refuse("cannot be opened: " + ready.error().what);
    }
  }
  auto ask = [&](const char* sql) {
    auto question = compile(sql);
    return question && sqlite3_step(question->get()) == SQLITE_ROW ? sqlite3_column_int(question->get(), 0) : -1;
  };
  auto version = ask("PRAGMA user_version");
  auto fresh = ask("SELECT count(*) FROM sqlite_schema") == 0 && version == 0;
  if (!fresh && ask("PRAGMA application_id") != application_id)
    return refuse("is not a store, but another program's SQLite file");
  if (version > schema)
    return refuse("has schema " + std::to_string(version) + ", from a newer version of troupe; this one knows " +
                  std::to_string(schema));
  for (auto step = version; step < schema && ready; ++step)
    ready = execute(migrations[step]);
  auto marks =
      "PRAGMA application_id=" + std::to_string(application_id) + "; PRAGMA user_version=" + std::to_string(schema);
  if (ready && version < schema) // a file that is up to date is opened without a write: the disk may be full
    ready = execute(marks.c_str());
  if (ready)
    ready = execute("COMMIT; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864");
  if (!ready)
    return refuse("cannot be brought to schema " + std::to_string(schema) + ": " + ready.error().what);
  return {};
}

result<void> database::prepare() {
  struct wanted {
    statement& into;
    const char* sql;
  };
  for (auto [into, sql] : {
           wanted{put_,
                  "INSERT INTO record (kind, key, version, deadline, value, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                  " ON CONFLICT (kind, key) DO UPDATE SET version=?3, deadline=?4, value=?5, checksum=?6"},
           wanted{erase_, "DELETE FROM record WHERE kind=?1 AND key=?2"},
           wanted{
               quarantine_,
               "INSERT INTO quarantine (kind, key, version, deadline, value, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
           wanted{begin_, "BEGIN IMMEDIATE"},
           wanted{commit_, "COMMIT"},
           wanted{rollback_, "ROLLBACK"},
       }) {
    auto compiled = compile(sql);
    if (!compiled)
      return tl::unexpected(compiled.error());
    into = std::move(*compiled);
  }
  return {};
}

result<void> database::apply(const change& what) {
  auto* doing = what.does == change::what::put     ? put_.get()
                : what.does == change::what::erase ? erase_.get()
                                                   : quarantine_.get();
  if (what.does == change::what::erase) {
    sqlite3_bind_int(doing, 1, static_cast<int>(what.id.type));
    bind_octets(doing, 2, what.id.key);
  } else {
    bind_record(doing, what);
    if (what.does == change::what::put)
      sqlite3_bind_int64(doing, 6, static_cast<std::int64_t>(checksum(what.id, what.value)));
    else
      sqlite3_bind_text(doing, 6, what.reason.data(), static_cast<int>(what.reason.size()), SQLITE_STATIC);
  }
  auto done = sqlite3_step(doing) == SQLITE_DONE;
  auto why = done ? std::string{} : fault();
  sqlite3_reset(doing);
  if (!done)
    return fail(why, 0, 0);
  return {};
}

result<void> database::write(std::span<const batch* const> batches) {
  auto step = [&](statement& of) -> result<void> {
    auto done = sqlite3_step(of.get()) == SQLITE_DONE;
    auto why = done ? std::string{} : fault();
    sqlite3_reset(of.get());
    if (!done)
      return fail(why, 0, 0);
    return {};
  };
  auto ok = step(begin_);
  for (auto* each : batches)
    for (std::size_t i = 0; i < each->size() && ok; ++i)
      ok = apply((*each)[i]);
  if (ok)
    ok = step(commit_);
  if (!ok && sqlite3_get_autocommit(handle_.get()) == 0)
    static_cast<void>(step(rollback_)); // what made it fail is told already
  return ok;
}

/// Reads rows until the end (SQLITE_DONE) or a fault. `last` is the id of the last row read.
int database::load_in(const char* sql, std::int64_t beyond, std::int64_t& last, loaded& out,
                      std::vector<std::int64_t>& bad, const std::function<void(entity_view, const record&)>& visit) {
  auto rows = compile(sql);
  if (!rows) {
    out.fault = rows.error().what;
    return sqlite3_errcode(handle_.get());
  }
  sqlite3_bind_int64(rows->get(), 1, beyond);
  auto code = SQLITE_ROW;
  while ((code = sqlite3_step(rows->get())) == SQLITE_ROW) {
    auto* row = rows->get();
    last = sqlite3_column_int64(row, 0);
    entity_view id{static_cast<kind>(sqlite3_column_int(row, 1)), column_octets(row, 2)};
    record value{static_cast<std::uint64_t>(sqlite3_column_int64(row, 3)),
                 {sqlite3_column_int64(row, 4)},
                 column_octets(row, 6)};
    auto fits = id.key.size() <= longest_key && value.value.size() <= largest_value;
    if (!fits || sqlite3_column_int64(row, 5) != static_cast<std::int64_t>(checksum(id, value))) {
      bad.push_back(last);
      continue;
    }
    ++out.good;
    visit(id, value);
  }
  if (code != SQLITE_DONE)
    out.fault = fault();
  return code;
}

database::loaded database::load(const std::function<void(entity_view, const record&)>& visit) {
  constexpr const char* upwards =
      "SELECT id, kind, key, version, deadline, checksum, value FROM record WHERE id > ?1 ORDER BY id";
  constexpr const char* downwards =
      "SELECT id, kind, key, version, deadline, checksum, value FROM record WHERE id > ?1 ORDER BY id DESC";
  loaded out;
  std::vector<std::int64_t> bad;
  std::int64_t last = INT64_MIN, from_above = INT64_MAX;
  out.damaged = is_damage(load_in(upwards, INT64_MIN, last, out, bad, visit));
  if (out.damaged) // what lies behind the damaged page can be reached from the other end
    static_cast<void>(load_in(downwards, last, from_above, out, bad, visit));
  out.bad = bad.size();
  if (out.fault.empty() && !bad.empty())
    set_aside(bad);
  return out;
}

/// Rows whose checksum does not hold. Should that fail, they are found again at the next opening.
void database::set_aside(const std::vector<std::int64_t>& rows) {
  auto copy = compile("INSERT INTO quarantine (kind, key, version, deadline, value, reason)"
                      " SELECT kind, key, version, deadline, value, 'checksum' FROM record WHERE id=?1");
  auto remove = compile("DELETE FROM record WHERE id=?1");
  if (!copy || !remove || !execute("BEGIN IMMEDIATE"))
    return;
  for (auto row : rows)
    for (auto* each : {copy->get(), remove->get()}) {
      sqlite3_bind_int64(each, 1, row);
      sqlite3_step(each);
      sqlite3_reset(each);
    }
  if (!execute("COMMIT"))
    static_cast<void>(execute("ROLLBACK"));
}

result<std::string> set_file_aside(const std::string& path) {
  std::error_code error;
  for (int i = 1; i < 1'000; ++i) {
    auto name = path + ".damaged-" + std::to_string(i);
    if (std::filesystem::exists(name, error))
      continue;
    std::filesystem::rename(path, name, error);
    if (error)
      break;
    for (auto* log : {"-wal", "-shm"}) // absent after an orderly close
      std::filesystem::rename(path + log, name + log, error);
    return name;
  }
  return fail("store " + path + " is damaged and cannot be moved out of the way: " + error.message(), 0, 0);
}

} // namespace troupe::store
