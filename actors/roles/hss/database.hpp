// The subscriptions on disk: SQLite in WAL mode, synchronous, one process at a time; used by one thread.
//
// Sequence numbers stand in a table of their own that forgets nobody: a subscriber who is removed and comes back
// must not be given a number again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/roles/hss/keeper.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace troupe::hss {

class database final : public rows {
public:
  /// Creates what is absent and brings older schemas up to date; refuses what another process holds, what is no HSS's
  /// file and what a newer version wrote. ":memory:" keeps nothing.
  static result<database> open(const std::string& path);

  // Reading, at the start.
  result<void> each_sequence(const std::function<void(std::string_view impi, std::uint64_t seq)>& visit);
  /// `state` is empty when there is none.
  result<void> each_subscriber(
      const std::function<void(std::int64_t id, std::string_view definition, std::string_view state)>& visit);

  /// Runs `work` in one transaction: synced when it and the commit succeed, without a trace else.
  result<void> transact(const std::function<result<void>()>& work);

  // Writing, within transact().
  /// The highest number that may have been given; never lowered.
  result<void> reserve(std::string_view impi, std::uint64_t seq);
  /// A new row gives its id.
  result<std::int64_t> add(std::string_view definition) override;
  result<void> change(std::int64_t id, std::string_view definition, std::string_view state) override;
  result<void> remove(std::int64_t id) override;
  /// Of a subscriber that has been removed it is not kept.
  result<void> keep_state(std::int64_t id, std::string_view state);

private:
  struct closer {
    void operator()(sqlite3* handle) const noexcept;
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  using connection = std::unique_ptr<sqlite3, closer>;
  using statement = std::unique_ptr<sqlite3_stmt, closer>;

  explicit database(connection handle) noexcept : handle_(std::move(handle)) {}

  result<void> bring_up_to_date();
  result<void> prepare();
  result<void> execute(const char* sql);
  result<statement> compile(const char* sql);
  int ask(const char* sql);
  std::string fault() const;
  result<void> run(const statement& what);
  result<void> each_row(const char* sql, const std::function<void(sqlite3_stmt*)>& visit);

  connection handle_;
  statement reserve_, add_, change_, remove_, keep_state_, begin_, commit_;
};

} // namespace troupe::hss
