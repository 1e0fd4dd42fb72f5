#include "cluster/store/redis_link.hpp"

#include <algorithm>
#include <utility>

#include "cluster/store/redis_scripts.hpp"

namespace troupe::store {
namespace {

constexpr std::chrono::milliseconds first_back_off{20}, longest_back_off{1'000};

} // namespace

redis_link::redis_link(event_loop& loop, const redis_setup& setup, finder find, events on)
    : loop_(loop), setup_(setup), find_(std::move(find)), on_(std::move(on)) {}

redis_link::~redis_link() {
  if (connection_) {
    connection_->forget();
    loop_.post([old = std::move(connection_)] {}); // this may have been called from within it
  }
}

void redis_link::find() {
  find_([this, watch = std::weak_ptr(alive_)](result<redis_address> found) {
    if (watch.expired())
      return;
    if (found)
      return connect(*found);
    on_.down(*this, found.error().what, false);
    try_later();
  });
}

void redis_link::connect(const redis_address& to) {
  at_ = to;
  lasting_ = false;
  connection_ = std::make_shared<redis_connection>(loop_, to, setup_.tls.get(), setup_.options.timeout,
                                                   [this](const std::string& why) { closed(why); });
  greet();
}

/// All in one go: what a reply refuses ends the connection.
void redis_link::greet() {
  auto must = [this](const redisReply* reply) { refused(reply); };
  if (setup_.authenticates())
    connection_->send(setup_.authentication(), must);
  if (setup_.spec.database != 0)
    connection_->send({"SELECT", std::to_string(setup_.spec.database)}, must);
  load_scripts();
  connection_->send({"INFO"}, [this](const redisReply* reply) {
    refused(reply);
    if (reply != nullptr && !is_error(*reply))
      judge(*reply);
  });
}

void redis_link::refused(const redisReply* reply) {
  if (reply == nullptr || !is_error(*reply))
    return;
  auto why = read_refusal(text_of(*reply));
  lasting_ = why.what == remedy::none;
  drop(why.meaning);
}

void redis_link::judge(const redisReply& info) {
  facts_ = read_facts(text_of(info));
  if (auto why = not_ready(facts_); !why.empty())
    return drop(why);
  // Later it is better to go on with what there is: after a fail-over a replica is missing.
  if (auto why = unfit(facts_, setup_.spec, setup_.options); !accepted_ && !why.empty()) {
    lasting_ = true;
    return drop(why);
  }
  if (auto why = too_few_replicas(facts_, setup_.spec, setup_.options); !accepted_ && !why.empty())
    return drop(why);
  accepted_ = up_ = true;
  failures_ = 0;
  on_.up(*this);
}

void redis_link::load_scripts() {
  if (!connection_)
    return;
  for (std::size_t i = 0; i < scripts; ++i)
    connection_->send(load_command(static_cast<script>(i)), [this](const redisReply* reply) { refused(reply); });
}

void redis_link::send(const redis_command& what, reply_handler then) {
  if (!up_)
    return then(nullptr);
  connection_->send(what, std::move(then));
}

void redis_link::drop(const std::string& why) {
  if (connection_)
    connection_->close(why);
}

void redis_link::closed(const std::string& why) {
  up_ = false;
  loop_.post([old = std::move(connection_)] {});
  on_.down(*this, at_.text() + ": " + why, lasting_);
  try_later();
}

void redis_link::try_later() {
  auto delay = std::min(longest_back_off, first_back_off * (1u << std::min(failures_++, 6u)));
  loop_.after(delay, [this, watch = std::weak_ptr(alive_)] {
    if (!watch.expired())
      find();
  });
}

} // namespace troupe::store
