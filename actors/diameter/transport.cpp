#include "actors/diameter/transport.hpp"

#include <algorithm>

#include "actors/diameter/transport_port.hpp"
#include "actors/supervision/pinned.hpp"

namespace troupe {

using namespace diameter_channel;
using weight = diameter_note::weight;

namespace {

/// The child's own word comes first, if it comes at all.
constexpr milliseconds grace{500};
constexpr std::uint8_t retransmitted = 0x10; ///< RFC 6733 clause 3: the T flag

void set_flag(std::string& message) {
  if (message.size() > 4)
    message[4] = static_cast<char>(static_cast<std::uint8_t>(message[4]) | retransmitted);
}

std::string address_of(const peer_settings& p) {
  return p.host.empty() ? std::string() : p.host + ':' + std::to_string(p.port);
}

} // namespace

std::string_view to_string(diameter_outcome what) noexcept {
  constexpr std::string_view names[] = {"answered", "expired", "no_peer", "refused", "undelivered", "malformed"};
  return names[static_cast<std::size_t>(what)];
}

diameter_transport::diameter_transport(shard& home, metrics& counts, diameter_settings how, diameter_log log,
                                       escalation give_up)
    : home_(home),
      counts_(counts),
      how_(std::move(how)),
      log_(std::move(log)),
      give_up_(std::move(give_up)),
      port_(std::make_shared<transport_port>(*this, home, how_.max_in_flight)) {
  beat_.owner = this;
  constexpr seconds jitter{2}, handshake{1}; // of freeDiameter's Tc; of CER and CEA
  how_.settling = std::max<milliseconds>(how_.settling, seconds(how_.framework.reconnect_s) + jitter + handshake);
  for (auto& p : how_.framework.peers)
    peers_.push_back({p.identity, address_of(p), false, 0});
  show_peers();
  home_.at_round_end([this] { flush(); });
}

diameter_transport::~diameter_transport() {
  port_->leave();
  if (child_)
    child_->abandon();
}

std::shared_ptr<diameter_port> diameter_transport::port() const { return port_; }

void diameter_transport::start() {
  start_child();
  on_beat();
}

void diameter_transport::stop(std::function<void()> done) {
  stopped_ = std::move(done);
  start_at_.reset();
  stop_by_ = home_.now() + milliseconds(2'500);
  if (child_)
    append(out_, frame_kind::stop, 0);
  else
    std::exchange(stopped_, nullptr)();
}

// -- requests ---------------------------------------------------------------------------------------------------

void diameter_transport::ask(diameter_request request, std::function<void(diameter_answer)> done) {
  auto number = ++last_number_;
  auto p = std::make_unique<pending>();
  p->owner = this;
  p->number = number;
  p->until = home_.now() + request.patience;
  p->request = std::move(request);
  p->done = std::move(done);
  counts_.add(metric::diameter_requests);
  auto& made = *(pending_[number] = std::move(p));
  if (made.request.octets.size() < least_message || made.request.octets.size() > largest_message)
    return conclude(number, diameter_outcome::malformed);
  home_.timers().arm(made, made.until + grace);
  if (may_send())
    return send(made);
  held_[number] = &made;
  home_.timers().arm(made, made.until);
}

/// A child that has just begun has no peers yet: what would be told that there are none waits instead.
bool diameter_transport::may_send() const noexcept { return ready_ && settled_; }

void diameter_transport::send(pending& p) {
  auto left = std::max<std::int64_t>(1, (p.until - home_.now()).count());
  std::string content;
  write(content, diameter_channel::ask{static_cast<std::uint32_t>(left), p.request.octets});
  append(out_, frame_kind::ask, p.number, content);
  p.sent = true;
  if (!p.request.again)
    p.request.octets = {};
}

void diameter_transport::send_held() {
  for (auto& [number, p] : std::exchange(held_, {})) {
    home_.timers().arm(*p, p->until + grace);
    send(*p);
  }
}

void diameter_transport::overdue(std::uint64_t number) {
  guarded([&] {
    auto at = pending_.find(number);
    if (at != pending_.end())
      conclude(number, at->second->sent ? diameter_outcome::expired : diameter_outcome::no_peer);
  });
}

void diameter_transport::conclude(std::uint64_t number, diameter_outcome outcome, std::string octets) {
  auto at = pending_.find(number);
  if (at == pending_.end())
    return; // late: it has been told
  auto p = std::move(at->second);
  pending_.erase(at);
  held_.erase(number);
  count(outcome);
  p->done({outcome, std::move(octets)});
}

void diameter_transport::count(diameter_outcome outcome) {
  constexpr metric counters[] = {metric::diameter_answered, metric::diameter_expired,     metric::diameter_no_peer,
                                 metric::diameter_refused,  metric::diameter_undelivered, metric::diameter_malformed};
  counts_.add(counters[static_cast<std::size_t>(outcome)]);
}

/// What the dead child had: again with the T flag where that is allowed, and a word otherwise.
void diameter_transport::requests_of_the_dead() {
  std::vector<std::uint64_t> lost;
  for (auto& [number, p] : pending_) {
    if (!p->sent)
      continue;
    if (!p->request.again || p->until <= home_.now()) {
      lost.push_back(number);
      continue;
    }
    set_flag(p->request.octets);
    p->sent = false;
    held_[number] = p.get();
    counts_.add(metric::diameter_sent_again);
  }
  for (auto number : lost)
    conclude(number, diameter_outcome::undelivered);
}

// -- peers' questions -------------------------------------------------------------------------------------------

void diameter_transport::serve(diameter_service what, std::function<void(diameter_question)> taker) {
  services_[{what.application, what.command}] = {what.checked, std::move(taker)};
  if (child_)
    write_services(out_);
}

void diameter_transport::write_services(std::string& out) const {
  std::vector<served_command> all;
  for (auto& [command, how] : services_)
    all.push_back({command.first, command.second, how.checked});
  std::string content;
  write(content, all);
  append(out, frame_kind::serve, 0, content);
}

void diameter_transport::on_question(const frame& f) {
  auto q = read_question(f.content);
  if (!q || q->octets.size() < least_message)
    return;
  auto big_endian = [octets = q->octets](std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (auto i = at; i < at + size; ++i)
      value = value << 8 | static_cast<std::uint8_t>(octets[i]);
    return value;
  };
  counts_.add(metric::diameter_questions);
  auto answer = [port = port_, life = life_, number = f.number](std::string octets) {
    port->reply(life, number, std::move(octets));
  };
  auto at = services_.find({big_endian(8, 4), big_endian(5, 3)});
  if (at != services_.end())
    at->second.taker({std::string(q->octets), std::string(q->peer), std::move(answer)});
}

void diameter_transport::reply(std::uint64_t life, std::uint64_t number, std::string octets) {
  if (life != life_ || !ready_ || octets.size() > largest_message) {
    counts_.add(metric::diameter_answers_lost); // the peer repeats its question
    return;
  }
  append(out_, frame_kind::reply, number, octets);
}

// -- peers ------------------------------------------------------------------------------------------------------

void diameter_transport::watch(watcher told) {
  for (auto& p : peers_)
    if (p.up)
      told(p.identity, true);
  watchers_.push_back(std::move(told));
}

void diameter_transport::on_peer(const peer_news& news) {
  auto at = std::find_if(peers_.begin(), peers_.end(), [&](auto& p) { return p.identity == news.identity; });
  if (at == peers_.end() || at->up == news.up)
    return;
  at->up = news.up;
  ++at->changes;
  note(news.up ? weight::info : weight::warn, news.up ? "a Diameter peer is up" : "a Diameter peer is down",
       at->identity);
  show_peers();
  for (auto& told : watchers_)
    told(at->identity, news.up);
  if (news.up && !settled_) {
    settled_ = true;
    send_held();
  }
}

void diameter_transport::show_peers() {
  port_->show(peers_);
  counts_.set(metric::diameter_peers_now,
              static_cast<std::uint64_t>(std::count_if(peers_.begin(), peers_.end(), [](auto& p) { return p.up; })));
}

void diameter_transport::note(weight how, std::string what, std::string detail, bool from_outside) {
  log_({how, std::move(what), std::move(detail), from_outside});
}

/// Our own fault: the child is made anew, and what it had goes the way of a dead child's.
void diameter_transport::fail(const std::exception_ptr& thrown) {
  auto what = describe(thrown);
  counts_.add(metric::restarts_other);
  note(weight::error, "Diameter's transport failed", what);
  if (failures_.on_failure(home_.now()) == verdict::escalate)
    give_up_("Diameter's transport failed too often: " + what);
  replace("the node's end of it failed");
}

} // namespace troupe
