#include "chaos/simulation/clients.hpp"

#include <algorithm>

namespace troupe::simulation {

namespace {

using kind = call_message::kind;

constexpr moment t1 = ms(500), t2 = ms(4000), probe_every = ms(250);
/// 64*T1 in RFC 3261. Shorter here, so that a schedule stays short: no single fault outlasts it.
constexpr moment patience = ms(16'000);

} // namespace

void clients::plan(std::uint32_t count, moment from, moment until) {
  calls_.resize(count);
  for (std::uint32_t id = 0; id < count; ++id)
    world_.time.at(world_.time.between(from, until), [this, id] {
      enter(id, phase::inviting);
      repeat(id, phase::inviting, kind::invite, t1);
    });
}

void clients::receive(const call_message& m) {
  auto& c = calls_[m.call];
  switch (m.what) {
  case kind::trying:
    if (c.at == phase::inviting)
      enter(m.call, phase::proceeding);
    return;
  case kind::ok:
    if (c.at == phase::idle || c.at == phase::ended)
      return;
    if (world_.promised)
      world_.check(c.tag == 0 || c.tag == m.tag, "two final responses to one INVITE");
    c.tag = m.tag;
    send(m.call, kind::ack, m.tag);
    if (c.at == phase::inviting || c.at == phase::proceeding) {
      enter(m.call, phase::talking);
      world_.time.after(probe_every, [this, id = m.call] { probe(id); });
      world_.time.after(world_.time.between(ms(200), ms(5000)), [this, id = m.call] {
        enter(id, phase::leaving);
        repeat(id, phase::leaving, kind::bye, t1);
      });
    }
    return;
  case kind::bye_ok:
    if (c.at == phase::leaving)
      end(m.call);
    return;
  case kind::no_call:
    if (c.at == phase::leaving)
      lost(m.call, "a BYE within a call that was answered found no call");
    return;
  case kind::probe_ok:
  case kind::invite:
  case kind::probe:
  case kind::ack:
  case kind::bye: return;
  }
}

void clients::send(std::uint32_t id, kind what, std::uint64_t tag) { world_.send_from_phone({what, id, tag}); }

void clients::repeat(std::uint32_t id, phase during, kind what, moment interval) {
  if (calls_[id].at != during)
    return;
  send(id, what, calls_[id].tag);
  world_.time.after(interval, [=, this] { repeat(id, during, what, std::min(2 * interval, t2)); });
}

void clients::probe(std::uint32_t id) {
  if (calls_[id].at != phase::talking)
    return;
  send(id, kind::probe, calls_[id].tag);
  world_.time.after(probe_every, [this, id] { probe(id); });
}

void clients::enter(std::uint32_t id, phase next) {
  auto& c = calls_[id];
  c.at = next;
  c.began = world_.time.now();
  if (next == phase::talking)
    return;
  world_.time.after(patience, [this, id, next, began = c.began] {
    const auto& now = calls_[id];
    if (now.at != next || now.began != began)
      return;
    lost(id, next == phase::inviting     ? "an INVITE was never answered"
             : next == phase::proceeding ? "no final response after a 100"
                                         : "no answer to a BYE");
  });
}

void clients::end(std::uint32_t id) {
  calls_[id].at = phase::ended;
  ++ended_;
}

void clients::lost(std::uint32_t id, const char* how) {
  world_.note(1000, 1, id, [&] { return "call " + std::to_string(id) + ": " + how; });
  if (world_.promised)
    throw violation(std::string("call ") + std::to_string(id) + " is lost: " + how);
  end(id);
}

} // namespace troupe::simulation
