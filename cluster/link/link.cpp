#include "cluster/link/link.hpp"

#include <algorithm>
#include <utility>

#include "cluster/link/turn.hpp"

namespace troupe::cluster {

namespace {

namespace effect = link_effect;

struct step : turn {
  void operator()(const link_event::start&) {
    if (s.at != phase::idle)
      return;
    s.cut = s.ticked = now;
    if (connects())
      return connect();
    enter(phase::waiting);
  }

  void operator()(const link_event::stop&) {
    if (s.connection != 0)
      close(goodbye(farewell::stopping));
    lose(loss::no_link);
    enter(phase::idle);
  }

  void operator()(const link_event::connected& e) {
    if (s.at != phase::connecting)
      return emit(effect::close{e.connection, {}});
    enter(phase::greeting);
    s.connection = e.connection;
    s.in = frame_reader();
    s.control = greeting();
  }

  void operator()(const link_event::connect_failed&) {
    if (s.at == phase::connecting)
      wait();
  }

  void operator()(const link_event::greeted& e) {
    auto why = s.at == phase::idle ? farewell::stopping : judge(e.from, s.peer, s.life, policy);
    if (!why && connects())
      why = farewell::wrong_node;
    if (why) {
      emit(effect::refused{*why, false});
      return emit(effect::close{e.connection, goodbye(*why)});
    }
    if (s.connection != 0) // the peer knows that it is gone before we do
      close();
    s.connection = e.connection;
    s.in = frame_reader();
    if (!open(e.from))
      return refuse(farewell::malformed);
    s.control = greeting();
  }

  void operator()(const link_event::received& e) {
    if (e.connection != s.connection)
      return;
    heard();
    s.in.feed(e.octets);
    take_frames();
    tell_where_worth();
  }

  void operator()(const link_event::closed& e) {
    if (e.connection == s.connection)
      wait();
  }

  void operator()(link_event::send& e) {
    auto of = lane_of(e.message.kind);
    auto ticket = e.message.ticket;
    std::optional<loss> why;
    if (!of)
      why = loss::too_large; // the link's own frames are not for others
    else if (s.at == phase::idle || (s.at != phase::open && now - s.cut >= policy.patience))
      why = loss::no_link;
    else
      why = s.out[index_of(*of)].put(std::move(e.message), limits(*of));
    if (why)
      emit(effect::lost{*why, 1, ticket == 0 ? std::vector<std::uint64_t>{} : std::vector{ticket}});
  }

  void operator()(const link_event::consumed& e) {
    if (e.life != s.life)
      return;
    s.got[index_of(e.of)].consumed(e.octets, e.frames);
    tell_where_worth();
  }

  void operator()(const link_event::drain& e) {
    if (s.at != phase::open && s.at != phase::greeting)
      return;
    effect::write write{s.connection, std::exchange(s.control, {}), 0};
    if (s.at == phase::open)
      for (auto& out : s.out)
        write.frames += out.take(write.octets, e.room);
    if (!write.octets.empty())
      emit(std::move(write));
  }

  void operator()(const link_event::tick&) {
    // Who was stopped himself finds everyone silent, while their octets wait to be read.
    if (now - std::exchange(s.ticked, now) >= policy.own_pause)
      s.heard = now;
    switch (s.at) {
    case phase::idle: return;
    case phase::connecting: break; // the shell says when it has failed
    case phase::greeting:
      if (now - s.since >= policy.greeting)
        close();
      break;
    case phase::open: return tick_open();
    case phase::waiting:
      if (connects() && now >= s.retry)
        connect();
      break;
    }
    if (now - s.cut >= policy.patience)
      lose(loss::no_link);
  }

  void tick_open() {
    auto silence = now - s.heard;
    if (silence >= policy.dead_after)
      return close();
    if (silence >= policy.suspect_after && !std::exchange(s.suspected, true))
      emit(effect::suspect{s.life});
    if (now - s.pinged < policy.ping_every)
      return;
    s.pinged = now;
    if (s.control.size() > largest_message) // it talks, but does not read
      return refuse(farewell::overrun);
    for (std::size_t i = 0; i < lanes; ++i)
      if (s.got[i].now(policy.limits[i]) != s.got[i].told || s.got[i].since_frames > 0)
        tell(static_cast<lane>(i));
    append_frame(s.control, frame_kind::ping, number_text(static_cast<std::uint64_t>(now.ms)));
  }
};

} // namespace

std::string_view to_string(node_link::phase at) noexcept {
  constexpr std::string_view names[] = {"idle", "connecting", "greeting", "open", "waiting"};
  return names[static_cast<std::size_t>(at)];
}

node_link make_link(node_id peer, std::uint64_t seed) {
  node_link out;
  out.peer = peer;
  out.seed = seed;
  return out;
}

link_step on(node_link state, any_link_event event, instant now, const link_policy& policy) {
  step with{{std::move(state), {}, now, policy}};
  std::visit(with, event);
  return {std::move(with.s), std::move(with.effects)};
}

bool wants_to_write(const node_link& s) noexcept {
  return !s.control.empty() || (s.at == node_link::phase::open &&
                                std::any_of(s.out.begin(), s.out.end(), [](auto& out) { return out.ready(); }));
}

std::optional<farewell> judge(const hello& from, node_id peer, incarnation newest, const link_policy& policy) {
  if (from.least > frame_version || from.most < frame_version || from.least > from.most)
    return farewell::version;
  if (from.cluster != policy.cluster)
    return farewell::other_cluster;
  if (from.node == policy.self)
    return farewell::itself;
  if (from.node != peer || from.to != policy.self)
    return farewell::wrong_node;
  if (from.life < newest)
    return farewell::older_life;
  return std::nullopt;
}

std::string goodbye(farewell why) {
  std::string out;
  append_frame(out, frame_kind::goodbye, std::string(1, static_cast<char>(why)));
  return out;
}

} // namespace troupe::cluster
