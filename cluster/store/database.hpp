// The file behind a store: SQLite in WAL mode with synchronous=FULL, held by one process at a time.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cluster/store/batch.hpp"
#include "protocols/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace troupe::store {

class database {
public:
  struct closer {
    void operator()(sqlite3* handle) const noexcept;
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  using connection = std::unique_ptr<sqlite3, closer>;
  using statement = std::unique_ptr<sqlite3_stmt, closer>;

  /// Creates what is absent and brings older schemas up to date. Refuses a file that another process holds, that is
  /// something else than a store, or that a newer version wrote.
  static result<database> open(const std::string& path);

  struct loaded {
    std::uint64_t good = 0, bad = 0;
    bool damaged = false; ///< the file itself is: what could still be read was given; the file is to be replaced
    std::string fault;    ///< empty: all was read
  };
  /// Gives every record whose checksum holds; the others go to the quarantine.
  loaded load(const std::function<void(entity_view, const record&)>& visit);

  /// All of them in one transaction, synced; or nothing of them, and why.
  result<void> write(std::span<const batch* const> batches);

private:
  explicit database(connection handle) noexcept : handle_(std::move(handle)) {}

  result<void> prepare();
  result<void> execute(const char* sql);
  result<void> bring_up_to_date(const std::string& path);
  result<void> apply(const change& what);
  result<statement> compile(const char* sql);
  std::string fault() const;
  int load_in(const char* sql, std::int64_t beyond, std::int64_t& last, loaded& out, std::vector<std::int64_t>& bad,
              const std::function<void(entity_view, const record&)>& visit);
  void set_aside(const std::vector<std::int64_t>& rows);

  connection handle_;
  statement put_, erase_, quarantine_, begin_, commit_, rollback_;
};

/// Moves a damaged file, with its log, out of the way: to PATH.damaged-1, -2, ... Gives the new name.
result<std::string> set_file_aside(const std::string& path);

} // namespace troupe::store
