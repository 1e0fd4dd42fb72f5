#include "cluster/ownership/handover.hpp"

#include <limits>

#include "protocols/base/cursor.hpp"

namespace troupe::cluster {

namespace {

using phase = handover_source::phase;
using kind = handover_message::kind;

constexpr std::uint8_t version = 1;

class source_machine {
public:
  source_machine(handover_source state, group_id group, const token& by, instant now, const handover_policy& policy)
      : out_{state, {}}, group_(group), by_(by), now_(now), policy_(policy) {}

  source_step take() && { return std::move(out_); }

  void operator()(const handover_event::begin& e) {
    if (s().at != phase::none)
      return;
    s() = {phase::snapshotting, e.target, 0, s().stream + 1, 0, 0, false, now_ + policy_.catch_up};
    effect(handover_effect::snapshot{});
  }

  void operator()(const handover_event::content& e) {
    if (s().at == phase::none || s().at == phase::granting)
      return;
    auto what = s().at == phase::snapshotting ? kind::snapshot : kind::change;
    if (s().at == phase::snapshotting)
      s().at = phase::streaming;
    send(what, ++s().sent, e.octets);
  }

  void operator()(const handover_event::flushed&) {
    if (s().at != phase::holding)
      return;
    s().flushed = true;
    grant_when_complete();
  }

  void operator()(const handover_event::heard& e) {
    if (e.from != s().target || e.message.stream != s().stream || s().at == phase::none || s().at == phase::granting)
      return;
    if (e.message.what == kind::call_off)
      return call_off();
    if (e.message.what != kind::acknowledge || e.message.sequence > s().sent)
      return;
    s().acknowledged = std::max(s().acknowledged, e.message.sequence);
    s().target_life = e.message.by.life;
    if (s().at == phase::streaming && s().acknowledged == s().sent) {
      s().at = phase::holding;
      s().until = now_ + policy_.hold;
      return effect(handover_effect::hold{});
    }
    grant_when_complete();
  }

  void operator()(const handover_event::tick&) {
    if (s().at != phase::none && s().at != phase::granting && now_ >= s().until) {
      send(kind::call_off, 0, {});
      call_off();
    }
  }

  void operator()(const handover_event::decided& e) {
    if (s().at != phase::granting)
      return;
    send(e.to_target ? kind::granted : kind::call_off, s().sent, {});
    if (e.to_target)
      s().at = phase::none;
    else
      call_off();
  }

private:
  handover_source& s() { return out_.next; }
  template <class Effect>
  void effect(Effect e) {
    out_.effects.emplace_back(std::move(e));
  }
  void send(kind what, std::uint64_t sequence, std::string content) {
    effect(handover_effect::send{s().target, {what, group_, s().stream, sequence, by_, std::move(content), {}}});
  }

  void grant_when_complete() {
    if (s().at != phase::holding || !s().flushed || s().acknowledged != s().sent)
      return;
    s().at = phase::granting;
    effect(handover_effect::grant{});
  }

  void call_off() {
    bool held = s().at == phase::holding || s().at == phase::granting;
    s().at = phase::none;
    if (held)
      effect(handover_effect::resume{});
  }

  source_step out_;
  group_id group_;
  const token& by_;
  instant now_;
  const handover_policy& policy_;
};

} // namespace

source_step on(handover_source state, const source_event& event, group_id group, const token& by, instant now,
               const handover_policy& policy) {
  source_machine m(state, group, by, now, policy);
  std::visit(m, event);
  return std::move(m).take();
}

target_step on(handover_target state, const handover_event::heard& event, incarnation life) {
  const auto& m = event.message;
  target_step out{state, {}};
  auto answer = [&](kind what) {
    out.effects.emplace_back(
        handover_effect::send{event.from, {what, m.group, m.stream, out.next.received, {0, 0, life}, {}, {}}});
  };
  auto forget = [&] {
    out.next = {};
    out.effects.emplace_back(handover_effect::forget{});
  };
  bool ours = event.from == state.source && m.stream == state.stream && m.by == state.by;
  switch (m.what) {
  case kind::snapshot:
    if (ours && state.received > 0)
      break; // a repeated one
    out.next = {event.from, m.by, m.stream, 1};
    out.effects.emplace_back(handover_effect::apply{true, m.content});
    answer(kind::acknowledge);
    break;
  case kind::change:
    if (ours && m.sequence <= state.received)
      break;
    if (!ours || m.sequence != state.received + 1) {
      answer(kind::call_off);
      if (ours)
        forget();
      break;
    }
    out.next.received = m.sequence;
    out.effects.emplace_back(handover_effect::apply{false, m.content});
    answer(kind::acknowledge);
    break;
  case kind::call_off:
    if (ours)
      forget();
    break;
  case kind::acknowledge:
  case kind::granted: break; // the source's business; and the map says what was granted
  }
  return out;
}

std::string encode(const handover_message& message) {
  std::string out;
  writer w(out);
  w.u8(version);
  w.u8(static_cast<std::uint8_t>(message.what));
  w.number(static_cast<std::uint16_t>(message.group));
  w.number(message.stream);
  w.number(message.sequence);
  w.number(message.by.generation);
  w.number(message.by.epoch);
  w.number(message.by.life);
  w.text(message.content);
  return out + message.unknown;
}

std::optional<handover_message> decode_handover_message(std::string_view octets) {
  reader in(octets);
  if (in.u8() != version)
    return std::nullopt;
  handover_message m;
  auto what = in.u8();
  auto group = in.number();
  m.what = static_cast<kind>(what);
  m.group = static_cast<group_id>(group);
  m.stream = in.number();
  m.sequence = in.number();
  m.by = {in.number(), in.number(), in.number()};
  m.content = in.text();
  if (!in.ok() || what < static_cast<std::uint8_t>(kind::snapshot) ||
      what > static_cast<std::uint8_t>(kind::call_off) || group > std::numeric_limits<std::uint16_t>::max())
    return std::nullopt;
  m.unknown = octets.substr(octets.size() - in.left());
  return m;
}

} // namespace troupe::cluster
