// One group on the store's thread: its fence, its reading, what waits to be written, and its rewriting.
//
// Every write carries the fence's whole text, in which the session is new for each connection. So a write that a broken
// connection still brings, or a Redis that was stopped still has in a buffer, writes nothing: an acknowledgement that
// was lost is harmless, and nothing old replaces anything newer.
#pragma once

#include <deque>
#include <memory>
#include <set>

#include "cluster/store/redis_commit.hpp"
#include "cluster/store/redis_link.hpp"

namespace troupe::store {

/// What groups share. All but `parts`' posts is for the store's thread.
struct redis_surroundings {
  event_loop& loop;
  const redis_setup& setup;
  const std::vector<std::unique_ptr<write_behind>>& parts;
  std::function<std::size_t(entity_view)> shard_of;
  std::function<void(group_number, const token&)> on_fenced;
  std::function<void(const std::string&)> report; ///< a failure, in words
  std::function<void(const std::string&)> note;   ///< what reading had to repair
  std::function<void(std::uint64_t good, std::uint64_t bad)> count_read;
  std::function<void()> look_again; ///< the map of slots is behind
  std::uint64_t numbers = 0;        ///< of sessions and rewrites: never the same twice
};

class redis_group : public std::enable_shared_from_this<redis_group> {
public:
  using clock = std::chrono::steady_clock;
  using taken = std::function<void(const taking&)>;

  redis_group(redis_surroundings& around, group_number number, token as, raising how, taken done);

  /// The server that has it answers; the link it is on has broken.
  void attach(redis_link& link);
  void detach();
  redis_link* link() const noexcept { return at_; }
  const group_keys& keys() const noexcept { return keys_; }

  void submit(const std::shared_ptr<commit_part>& part);
  /// A batch is stored with which a partition had written all its records anew.
  void rewritten(std::size_t partition, std::uint64_t number);
  /// Under a newer token, with all records written anew.
  void renew(const token& as, taken done);
  void leave(std::function<void()> done);
  /// Failed at once while it is not served: who publishes has it stored, and tries again.
  void publish(const std::vector<publication>& what, const std::vector<std::string>& forget, std::size_t most,
               std::function<void(outcome, std::size_t)> done);
  /// It is not, or no longer, held here: fenced, given up, or it could not be read.
  bool over() const noexcept { return over_; }

private:
  void raise();
  void raised(const redisReply& reply);
  void send(const std::shared_ptr<commit_part>& part);
  commit_part::ending judge(const redisReply* reply);
  void conclude(const std::shared_ptr<commit_part>& part);
  void wait(const std::shared_ptr<commit_part>& part);
  void tick();
  void remedy_for(std::string_view error);
  void fenced(std::string_view by);
  void begin_rewrite(std::uint64_t number);
  void replace();
  void raise_anew();
  void keep_alive();
  clock::time_point patience() const;

  // redis_reading.cpp: what is there becomes the partitions' records.
  void read();
  void scan();
  bool read_piece(const redisReply& fields);
  void set_aside(std::uint32_t bucket, const std::vector<std::pair<std::string, std::string>>& bad);
  void finish_reading();
  void finish_taking(const taking& how);

  redis_surroundings& around_;
  group_number number_;
  group_keys keys_;
  token mine_;
  raising how_;
  bool granted_; ///< by the map, which then is what raises generations
  taken done_;
  token beyond_;               ///< the fence of who has it now, when it is over
  std::string fence_, run_id_; ///< the server that has what was written; empty: none yet
  redis_link* at_ = nullptr;
  std::uint64_t attempt_ = 0; ///< a reply to an earlier one is ignored
  bool serving_ = false, read_ = false, over_ = false, ticking_ = false;
  clock::time_point down_since_ = clock::now();
  std::deque<std::shared_ptr<commit_part>> waiting_;

  bool rewriting_ = false;
  std::uint64_t rewrite_ = 0;
  std::set<std::size_t> to_rewrite_; ///< partitions

  std::uint32_t bucket_ = 0;
  std::string cursor_;
};

} // namespace troupe::store
