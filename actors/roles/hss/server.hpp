// The embedded HSS: Cx answered from the directory, sequence numbers reserved on disk ahead of their use, and
// subscriptions changed while calls run.
//
// The problem is SQN. A number that was given must never be given again, also when the process is killed; but a write
// to disk for each challenge would cost more than the registration. So a block of numbers is reserved at a time: the
// disk says "up to here they may have been given" before the first of them is, and after a crash the next begins
// behind it. A request that finds no reserved number waits for the disk; when the disk refuses, so does the HSS, with
// DIAMETER_UNABLE_TO_COMPLY.
//
// A single node keeps it all in a database on its disk. In a cluster it is in the store, for the HSS moves to another
// node when its own is lost: there an assignment, too, is answered when it is stored and not before, and when the store
// has another owner every request is refused with DIAMETER_UNABLE_TO_DELIVER from then on.
#pragma once

#include "actors/roles/hss/changes.hpp"
#include "actors/roles/hss/directory.hpp"
#include "actors/roles/hss/store_keeper.hpp"

namespace troupe::hss {

struct server_options {
  std::string database = ":memory:";
  std::uint64_t block = 64;     ///< sequence numbers reserved at a time; so many are skipped by a crash, at most
  std::function<instant()> now; ///< none: the system's clock
  std::function<bool(std::span<std::uint8_t>)> randomise; ///< none: OpenSSL's RAND_bytes
  /// The HSS's own partition of a cluster's store, instead of the database; all its records are there. It must outlive
  /// the server, which alone uses it; whoever wakes it calls wake(), and poll() is not for anyone else.
  store::partition* records = nullptr;
};

/// What `ctl subscriber show` tells: everything but secrets.
struct description {
  struct private_part {
    std::string impi;
    std::string algorithm; ///< "milenage", "tuak", "digest"
    std::uint64_t seq = 0; ///< the last SEQ given
  };
  struct set_part {
    registration_state state{};
    std::string default_impu; ///< empty: all are barred
    std::vector<identity> identities;
    std::string services; ///< XML; empty: none
  };
  std::vector<private_part> privates;
  std::vector<set_part> sets;
  std::vector<std::string> visited_networks;
  cx::charging_addresses charging;
  std::string server_name;
};

struct import_report {
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t unchanged = 0;
};

/// All functions may be called from any thread. Continuations are handed to the executor that came with the request;
/// or run within the call, when no disk is needed. The server must outlive them.
class server {
public:
  using executor = std::function<void(std::function<void()>)>;

  static result<std::unique_ptr<server>> open(server_options options);

  cx::uaa on(const cx::uar& request);
  cx::lia on(const cx::lir& request);
  /// `from`: where the asking S-CSCF is, if not in this node or cluster.
  void on(const cx::mar& request, const executor& back, std::function<void(cx::maa)> then,
          const diameter_end& from = {});
  void on(const cx::sar& request, const executor& back, std::function<void(cx::saa)> then,
          const diameter_end& from = {});

  /// Over a store: its partition wants its poll(). From any thread.
  void wake();
  /// Over a store: another has the group, as the store's on_fenced told. From any thread.
  void fence();
  bool fenced() const noexcept { return disk_->fenced(); }

  /// RTR and PPR for the S-CSCFs; called on any thread. To be set before the first request.
  void listen(std::function<void(const notices&)> listener) { listener_ = std::move(listener); }

  // Provisioning. All of a call is done or nothing; requests see it once `then` is called.
  void put(std::vector<subscriber> wanted, const executor& back, std::function<void(result<import_report>)> then);
  void remove(std::string impi, const executor& back, std::function<void(result<void>)> then);
  /// For the start, when there is no executor yet.
  result<import_report> put_and_wait(std::vector<subscriber> wanted);

  /// By IMPI or IMPU in any form; nothing when it is unknown.
  std::optional<description> show(std::string_view identity);
  /// IMPIs in their order, beginning behind `after`.
  std::vector<std::string> list(std::string_view after = {}, std::size_t most = 1000);

  /// What could not be read when the server was opened: for the log. The others are served.
  const std::vector<std::string>& faults() const noexcept { return faults_; }
  services_pool& services() noexcept { return pool_; }
  std::size_t size() const noexcept { return directory_.size(); } ///< private identities
  std::size_t unwritten() const { return disk_->unwritten(); }
  std::uint64_t disk_failures() const { return disk_->failures(); }

private:
  explicit server(server_options options);

  result<void> load(keeper& from);
  struct found {
    record_ref record;
    cx::result_code result;
  };
  found find(std::string_view impi, std::string_view impu) const;
  bool assign(const cx::sar& request, const diameter_end& from, sar_step& step, const std::function<void(bool)>& later);
  bool keep(const record_ref& of, assignment next, const std::function<void(bool)>& later);
  bool give(const record_ref& of, const std::function<void(bool)>& later);
  std::shared_ptr<const std::string> user_data(record& of, std::size_t set, const std::string& impi);
  void reserve(const record_ref& of, std::size_t private_index, std::uint64_t reach);
  void reserved(const record_ref& of, const std::string& impi, std::uint64_t upto, bool done);
  template <class Again>
  std::optional<cx::maa> answer_or_wait(const cx::mar& request, const diameter_end& from, Again again);
  enum class readiness { ready, waits, impossible };
  readiness prepare(const record_ref& of, const mar_step& step, const aka_secret& secret, const std::string& resync,
                    instant now);
  std::vector<aka::sequence_number> take(const record_ref& of, const mar_step& step, instant now);
  cx::maa challenge(const cx::mar& request, const mar_step& step, const aka_secret& secret,
                    std::span<const aka::sequence_number> numbers);

  struct change;
  result<std::vector<change>> plan(std::vector<subscriber> wanted, import_report& report);
  result<void> write(std::vector<change>& changes);
  result<void> write_one(rows& to, change& what);
  void apply(change& what);
  void abandon(change& what);
  std::function<void()> end_change(const record_ref& of, const std::string& written);
  std::uint64_t ahead(const sequence& of) const noexcept;
  void tell(const notices& what) const;

  server_options options_;
  std::vector<std::string> faults_;
  services_pool pool_;
  directory directory_;
  /// Numbers of private identities that are not in the directory, or not yet. The keeper's thread alone uses it.
  std::map<std::string, std::uint64_t, std::less<>> retired_;
  std::function<void(const notices&)> listener_;
  store_keeper* in_store_ = nullptr; ///< what `disk_` is, over a store
  std::unique_ptr<keeper> disk_;     ///< last: its thread uses all the others
};

} // namespace troupe::hss
