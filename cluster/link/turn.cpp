#include "cluster/link/turn.hpp"

#include <algorithm>
#include <utility>

#include "protocols/base/random.hpp"

namespace troupe::cluster {

namespace effect = link_effect;

void turn::connect() {
  enter(phase::connecting);
  emit(effect::connect{});
}

void turn::lose(loss why) {
  for (auto& out : s.out) {
    auto messages = out.items.size();
    auto tickets = out.lose();
    if (messages > 0)
      emit(effect::lost{why, messages, std::move(tickets)});
  }
}

void turn::wait() {
  if (s.at == phase::open) {
    s.cut = s.heard;
    emit(effect::down{s.life});
  }
  enter(phase::waiting);
  s.connection = 0;
  s.control.clear();
  s.round_trip.reset();
  s.suspected = false;
  for (auto& out : s.out)
    out.rewind();
  auto most = std::min(policy.retry_most, policy.retry_least * (1 << std::min(s.attempts++, 10U)));
  random_source random(s.seed);
  s.seed = random.next();
  auto half = most.count() / 2;
  s.retry = now + milliseconds(half + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(half) + 1)));
}

void turn::close(std::string last) {
  emit(effect::close{s.connection, std::move(last)});
  wait();
}

void turn::refuse(farewell why) {
  emit(effect::refused{why, false});
  close(goodbye(why));
  s.retry = now + policy.retry_most;
}

std::string turn::greeting() {
  hello h;
  h.cluster = policy.cluster;
  h.node = policy.self;
  h.to = s.peer;
  h.life = policy.life;
  h.known = s.life;
  for (std::size_t i = 0; i < lanes; ++i)
    h.windows[i] = s.got[i].tell(policy.limits[i]);
  std::string out;
  append_frame(out, frame_kind::hello, encode(h));
  return out;
}

bool turn::open(const hello& h) {
  if (h.life > s.life) {
    if (s.life != 0)
      lose(loss::restarted);
    s.life = h.life;
    s.got = {};
  }
  for (std::size_t i = 0; i < lanes; ++i) {
    auto window = h.windows[i];
    if (h.known != policy.life)
      window.seen = 0;
    s.out[i].rewind();
    if (!s.out[i].acknowledge(window))
      return false;
  }
  enter(phase::open);
  s.heard = s.pinged = now;
  s.attempts = 0;
  s.in.limit(largest_frame);
  emit(effect::up{s.life, false});
  return true;
}

void turn::tell(lane of) {
  append_frame(s.control, frame_kind::credit, encode(of, s.got[index_of(of)].tell(limits(of))));
}

void turn::heard() {
  s.heard = now;
  if (std::exchange(s.suspected, false))
    emit(effect::up{s.life, true});
}

void turn::tell_where_worth() {
  if (s.at != phase::open)
    return;
  for (std::size_t i = 0; i < lanes; ++i)
    if (s.got[i].worth_telling(policy.limits[i]))
      tell(static_cast<lane>(i));
}

} // namespace troupe::cluster
