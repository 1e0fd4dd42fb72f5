#include "cluster/link/link.hpp"

#include <algorithm>
#include <utility>

#include "protocols/base/cursor.hpp"
#include "protocols/base/random.hpp"

namespace troupe::cluster {

namespace {

using phase = node_link::phase;
namespace effect = link_effect;

std::string number(std::uint64_t value) {
  std::string out;
  writer(out).number(value);
  return out;
}

/// One step: the state, what it does, and what it is done with.
struct step {
  node_link s;
  link_effects effects;
  instant now;
  const link_policy& policy;

  bool connects() const { return policy.self < s.peer; }
  const lane_limits& limits(lane of) const { return policy.limits[index_of(of)]; }

  template <class Effect>
  void emit(Effect what) {
    effects.emplace_back(std::move(what));
  }

  void enter(phase to) {
    s.at = to;
    s.since = now;
  }

  void connect() {
    enter(phase::connecting);
    emit(effect::connect{});
  }

  void lose(loss why) {
    for (auto& out : s.out) {
      auto messages = out.items.size();
      auto tickets = out.lose();
      if (messages > 0)
        emit(effect::lost{why, messages, std::move(tickets)});
    }
  }

  /// The connection, or the attempt at one, is over.
  void wait() {
    if (s.at == phase::open) {
      s.cut = now;
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

  void close(std::string last = {}) {
    emit(effect::close{s.connection, std::move(last)});
    wait();
  }

  void refuse(farewell why) {
    emit(effect::refused{why, false});
    close(goodbye(why));
    s.retry = now + policy.retry_most;
  }

  std::string greeting() {
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

  /// False: the HELLO contradicts what this life has sent.
  bool open(const hello& h) {
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

  void tell(lane of) { append_frame(s.control, frame_kind::credit, encode(of, s.got[index_of(of)].tell(limits(of)))); }

  void heard() {
    s.heard = now;
    if (std::exchange(s.suspected, false))
      emit(effect::up{s.life, true});
  }

  // -- frames; each answers why the connection ends, or nothing --------------------------------------------------

  std::optional<farewell> on_hello(const frame& f) {
    auto h = f.kind == frame_kind::hello ? decode_hello(f.content) : std::nullopt;
    if (!h)
      return farewell::malformed;
    if (auto why = judge(*h, s.peer, s.life, policy))
      return why;
    return open(*h) ? std::nullopt : std::optional(farewell::malformed);
  }

  std::optional<farewell> on_message(lane of, const frame& f, std::array<effect::deliver, lanes>& batches) {
    auto content = read_numbered(f.content);
    if (!content || content->octets.size() > largest_message)
      return farewell::malformed;
    auto& batch = batches[index_of(of)];
    switch (s.got[index_of(of)].arrived(content->number, content->octets.size(), limits(of))) {
    case inbox::verdict::overrun: return farewell::overrun;
    case inbox::verdict::repeated: return std::nullopt;
    case inbox::verdict::fresh: break;
    }
    batch.messages.push_back({f.kind, f.group, std::string(content->octets)});
    batch.octets += cost_of(content->octets.size());
    return std::nullopt;
  }

  std::optional<farewell> on_control(const frame& f) {
    reader in(f.content);
    switch (f.kind) {
    case frame_kind::ping: {
      auto stamp = in.number();
      append_frame(s.control, frame_kind::pong, number(stamp));
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

  std::optional<farewell> on_frame(const frame& f, std::array<effect::deliver, lanes>& batches) {
    if (s.at == phase::greeting)
      return on_hello(f);
    if (auto of = lane_of(f.kind))
      return on_message(*of, f, batches);
    return on_control(f);
  }

  void on_goodbye(const frame& f) {
    auto why = static_cast<farewell>(reader(f.content).u8());
    emit(effect::refused{why, true});
    close();
    if (why != farewell::stopping)
      s.retry = now + policy.retry_most;
  }

  void take_frames() {
    std::array<effect::deliver, lanes> batches;
    std::optional<farewell> wrong;
    std::optional<frame> f;
    while (!wrong && (f = s.in.next()) && f->kind != frame_kind::goodbye)
      wrong = on_frame(*f, batches);
    if (s.in.broken())
      wrong = farewell::malformed;
    for (std::size_t i = 0; i < lanes; ++i)
      if (auto& batch = batches[i]; !batch.messages.empty()) {
        batch.of = static_cast<lane>(i);
        batch.life = s.life;
        emit(std::move(batch));
      }
    if (wrong)
      refuse(*wrong);
    else if (f)
      on_goodbye(*f);
  }

  // -- events ----------------------------------------------------------------------------------------------------

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
    append_frame(s.control, frame_kind::ping, number(static_cast<std::uint64_t>(now.ms)));
  }

  void tell_where_worth() {
    if (s.at != phase::open)
      return;
    for (std::size_t i = 0; i < lanes; ++i)
      if (s.got[i].worth_telling(policy.limits[i]))
        tell(static_cast<lane>(i));
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
  step with{std::move(state), {}, now, policy};
  std::visit(with, event);
  return {std::move(with.s), std::move(with.effects)};
}

bool wants_to_write(const node_link& s) noexcept {
  return !s.control.empty() ||
         (s.at == phase::open && std::any_of(s.out.begin(), s.out.end(), [](auto& out) { return out.ready(); }));
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
