#include "cluster/link/turn.hpp"
#include "protocols/base/cursor.hpp"

namespace troupe::cluster {

namespace effect = link_effect;

std::string number_text(std::uint64_t value) {
  std::string out;
  writer(out).number(value);
  return out;
}

turn::verdict turn::on_hello(const frame& f) {
  auto h = f.kind == frame_kind::hello ? decode_hello(f.content) : std::nullopt;
  if (!h)
    return farewell::malformed;
  if (auto why = judge(*h, s.peer, s.life, policy))
    return why;
  return open(*h) ? std::nullopt : std::optional(farewell::malformed);
}

turn::verdict turn::on_message(lane of, const frame& f, batches& into) {
  auto content = read_numbered(f.content);
  if (!content || content->octets.size() > largest_message)
    return farewell::malformed;
  auto& batch = into[index_of(of)];
  switch (s.got[index_of(of)].arrived(content->number, content->octets.size(), limits(of))) {
  case inbox::verdict::overrun: return farewell::overrun;
  case inbox::verdict::repeated: return std::nullopt;
  case inbox::verdict::fresh: break;
  }
  batch.messages.push_back({f.kind, f.group, std::string(content->octets)});
  batch.octets += cost_of(content->octets.size());
  return std::nullopt;
}

turn::verdict turn::on_control(const frame& f) {
  reader in(f.content);
  switch (f.kind) {
  case frame_kind::ping: {
    auto stamp = in.number();
    append_frame(s.control, frame_kind::pong, number_text(stamp));
    // A peer that pings without reading the answers would have them pile up here.
    return in.ok() && s.control.size() <= largest_message ? std::nullopt : std::optional(farewell::overrun);
  }
  case frame_kind::pong: {
    auto sent = in.number();
    if (auto stamp = static_cast<std::uint64_t>(now.ms); in.ok() && sent <= stamp)
      s.round_trip = milliseconds(stamp - sent);
    return std::nullopt;
  }
  case frame_kind::credit: {
    auto told = decode_credit(f.content);
    if (!told || !s.out[index_of(told->which)].acknowledge(told->window))
      return farewell::malformed;
    return std::nullopt;
  }
  case frame_kind::hello: return farewell::malformed;
  default: return std::nullopt; // of a later version
  }
}

turn::verdict turn::on_frame(const frame& f, batches& into) {
  if (s.at == phase::greeting)
    return on_hello(f);
  if (auto of = lane_of(f.kind))
    return on_message(*of, f, into);
  return on_control(f);
}

void turn::on_goodbye(const frame& f) {
  auto why = static_cast<farewell>(reader(f.content).u8());
  emit(effect::refused{why, true});
  close();
  if (why != farewell::stopping)
    s.retry = now + policy.retry_most;
}

void turn::take_frames() {
  batches got;
  verdict wrong;
  std::optional<frame> f;
  while (!wrong && (f = s.in.next()) && f->kind != frame_kind::goodbye)
    wrong = on_frame(*f, got);
  if (s.in.broken())
    wrong = farewell::malformed;
  for (std::size_t i = 0; i < lanes; ++i)
    if (auto& batch = got[i]; !batch.messages.empty()) {
      batch.of = static_cast<lane>(i);
      batch.life = s.life;
      emit(std::move(batch));
    }
  if (wrong)
    refuse(*wrong);
  else if (f)
    on_goodbye(*f);
}

} // namespace troupe::cluster
