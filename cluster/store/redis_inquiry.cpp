#include "cluster/store/redis_inquiry.hpp"

#include <utility>

namespace troupe::store {

void redis_inquiry::ask(std::vector<redis_address> hosts, redis_command question, judge good,
                        std::function<void(bool, const std::string&)> then) {
  end();
  hosts_ = std::move(hosts);
  question_ = std::move(question);
  good_ = std::move(good);
  then_ = std::move(then);
  at_ = 0;
  next("there is nobody to ask");
}

/// It may be called from within the connection, which therefore ends a little later.
void redis_inquiry::end() {
  if (connection_) {
    connection_->forget();
    loop_.post([old = std::move(connection_)] {});
  }
  connection_.reset();
}

void redis_inquiry::next(const std::string& why) {
  end();
  if (at_ == hosts_.size())
    return std::exchange(then_, nullptr)(false, why);
  auto host = hosts_[at_++];
  auto failed = [this, host](const std::string& fault) { next(host.text() + ": " + fault); };
  connection_ = std::make_shared<redis_connection>(loop_, host, setup_.tls.get(), setup_.options.timeout, failed);
  if (authenticate_ && setup_.authenticates())
    connection_->send(setup_.authentication(), [](const redisReply*) {}); // refused: so is the question
  connection_->send(question_, [this, host, failed](const redisReply* reply) {
    if (reply == nullptr)
      return; // closed: told apart
    if (is_error(*reply))
      return failed(std::string(text_of(*reply)));
    if (!good_(host, *reply))
      return failed("it does not know");
    end();
    std::exchange(then_, nullptr)(true, {});
  });
}

} // namespace troupe::store
