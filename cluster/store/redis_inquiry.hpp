// One question to whichever of several hosts answers it first, asked in turn: Sentinels for the master, nodes of a
// cluster for the map.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cluster/store/redis_connection.hpp"
#include "cluster/store/redis_setup.hpp"

namespace troupe::store {

class redis_inquiry {
public:
  /// Judges an answer of `from`: false asks the next host.
  using judge = std::function<bool(const redis_address& from, const redisReply& answer)>;

  redis_inquiry(event_loop& loop, const redis_setup& setup, bool authenticate)
      : loop_(loop), setup_(setup), authenticate_(authenticate) {}
  ~redis_inquiry() { end(); }

  /// Asks `hosts` in turn; at the end `then(answered, why not)`. A question under way is dropped.
  void ask(std::vector<redis_address> hosts, redis_command question, judge good,
           std::function<void(bool, const std::string&)> then);

private:
  void next(const std::string& why);
  void end();

  event_loop& loop_;
  const redis_setup& setup_;
  bool authenticate_;
  std::vector<redis_address> hosts_;
  redis_command question_;
  judge good_;
  std::function<void(bool, const std::string&)> then_;
  std::size_t at_ = 0;
  std::shared_ptr<redis_connection> connection_;
};

} // namespace troupe::store
