#include "cluster/authority/redis_authority.hpp"

#include <memory>
#include <utility>

namespace troupe::cluster {

namespace {

constexpr const char* replicas_within = "100"; // ms, as the simulation has it

} // namespace

redis_authority::redis_authority(store::event_loop& loop, const store::redis_setup& setup, events on)
    : loop_(loop),
      setup_(setup),
      keys_(setup.options.prefix),
      on_(std::move(on)),
      routes_(loop, setup,
              {{[this](store::redis_link&) { on_.up(); },
                [this](store::redis_link&, const std::string& why, bool) {
                  on_.trouble("Redis at " + why);
                  routes_.look_again();
                }},
               [] {},
               [this](const std::string& why) { on_.trouble(why); }}) {}

void redis_authority::ask(const store_operations& what, std::uint32_t replicas, answered then) {
  auto* link = routes_.of(keys_.slot());
  if (link == nullptr || !link->up())
    return loop_.post([then = std::move(then)] { then(nullptr); });
  auto answer = std::make_shared<result<store_answer>>(fail("unanswered", 0, 0));
  auto conclude = [answer, then = std::move(then)] { then(*answer ? &**answer : nullptr); };
  link->send(command_of(what, keys_), [this, what, replicas, answer, conclude](const redisReply* reply) {
    if (reply != nullptr)
      *answer = read_answer(what, *reply);
    if (reply != nullptr && !*answer) {
      on_.trouble(answer->error().what);
      refused(store::is_error(*reply) ? store::text_of(*reply) : std::string_view{});
    }
    if (replicas == 0)
      conclude();
  });
  if (replicas == 0)
    return;
  link->send({"WAIT", std::to_string(replicas), replicas_within}, [answer, conclude](const redisReply* reply) {
    if (*answer && reply != nullptr && reply->type == REDIS_REPLY_INTEGER)
      (*answer)->replicas = static_cast<std::uint32_t>(reply->integer);
    conclude();
  });
}

void redis_authority::ask_replication(std::function<void(const store::replication_facts*)> then) {
  auto* link = routes_.of(keys_.slot());
  if (link == nullptr || !link->up())
    return loop_.post([then = std::move(then)] { then(nullptr); });
  link->send({"INFO", "replication"}, [then = std::move(then)](const redisReply* reply) {
    if (reply == nullptr || store::is_error(*reply))
      return then(nullptr);
    auto facts = store::read_replication(store::text_of(*reply));
    then(&facts);
  });
}

/// Not at once: the link is at work on this reply.
void redis_authority::refused(std::string_view error) {
  auto why = store::read_refusal(error);
  if (why.what != store::remedy::find_master)
    return;
  if (setup_.spec.how == store::redis_spec::kind::cluster)
    return routes_.look_again();
  loop_.after({}, [this, why] {
    if (auto* link = routes_.of(keys_.slot()); link != nullptr && link->up())
      link->drop(why.meaning);
  });
}

} // namespace troupe::cluster
