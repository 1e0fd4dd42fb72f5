// The way to one master: found, connected to, judged, and again after every loss, with a back-off.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cluster/store/redis_connection.hpp"
#include "cluster/store/redis_facts.hpp"
#include "cluster/store/redis_setup.hpp"

namespace troupe::store {

class redis_link {
public:
  struct events {
    std::function<void(redis_link&)> up;
    /// `lasting`: no try will be better until people have changed something.
    std::function<void(redis_link&, const std::string& why, bool lasting)> down;
  };
  /// Answers where the master is now, or why that is not known. May call back at once.
  using finder = std::function<void(std::function<void(result<redis_address>)>)>;

  redis_link(event_loop& loop, const redis_setup& setup, finder find, events on);
  ~redis_link();

  void start() { find(); }
  bool up() const noexcept { return up_; }
  const server_facts& facts() const noexcept { return facts_; }
  void send(const redis_command& what, reply_handler then);
  void load_scripts();
  /// Ends the connection and begins anew: this is not, or no longer, the server to ask.
  void drop(const std::string& why);

private:
  void find();
  void connect(const redis_address& to);
  void greet();
  void judge(const redisReply& info);
  void closed(const std::string& why);
  void try_later();
  void refused(const redisReply* reply);

  event_loop& loop_;
  const redis_setup& setup_;
  finder find_;
  events on_;
  redis_address at_;
  std::shared_ptr<redis_connection> connection_;
  server_facts facts_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0); ///< what comes late looks whether this is there still
  unsigned failures_ = 0;
  bool up_ = false, lasting_ = false;
  bool accepted_ = false; ///< was up before
};

} // namespace troupe::store
