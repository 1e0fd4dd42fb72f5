// The child of a transport: how it is started, heard, watched and replaced.
#include "actors/diameter/transport_port.hpp"

namespace troupe {

using namespace diameter_channel;
using weight = diameter_note::weight;

namespace {

constexpr milliseconds beat_every{100};
constexpr std::size_t one_write = 256 * 1024;

} // namespace

pid_t diameter_transport::child_process() const { return child_ ? child_->process() : 0; }

void diameter_transport::start_child() {
  start_at_.reset();
  ++life_;
  in_ = {};
  out_.clear();
  last_ = {};
  ready_ = settled_ = doomed_ = false;
  started_ = last_pulse_ = home_.now();
  try {
    child_ = child_socket::start(home_, *this, how_.command);
  } catch (const std::exception& e) {
    note(weight::error, "the Diameter child cannot be started", e.what());
    return start_later();
  }
  std::string content;
  write(content, how_.framework);
  append(out_, frame_kind::configure, 0, content);
  write_services(out_);
}

void diameter_transport::start_later() {
  auto wait = next_start(deaths_, home_.now(), how_.restarts);
  start_at_ = home_.now() + wait.value_or(how_.restarts.longest);
}

void diameter_transport::got(child_socket& from, std::string_view octets) {
  if (&from != child_.get())
    return;
  guarded([&] {
    in_.add(octets);
    while (!doomed_) {
      auto one = in_.next();
      if (!one)
        return replace(one.error().what);
      if (!*one)
        return;
      take(**one);
    }
  });
}

void diameter_transport::take(const frame& f) {
  switch (f.kind) {
  case frame_kind::ready: return on_ready();
  case frame_kind::answer: return conclude(f.number, diameter_outcome::answered, std::string(f.content));
  case frame_kind::failed: {
    auto why = f.content.empty() ? failure::expired : static_cast<failure>(f.content[0]);
    return conclude(f.number, why == failure::no_peer     ? diameter_outcome::no_peer
                              : why == failure::malformed ? diameter_outcome::malformed
                                                          : diameter_outcome::expired);
  }
  case frame_kind::question: return on_question(f);
  case frame_kind::peer:
    if (auto news = read_peer_news(f.content))
      on_peer(*news);
    return;
  case frame_kind::pulse:
    if (auto p = read_pulse(f.content))
      on_pulse(*p);
    return;
  case frame_kind::note:
    if (auto n = read_note(f.content))
      on_note(*n);
    return;
  default: return replace("it sent a frame that is for it");
  }
}

void diameter_transport::on_ready() {
  ready_ = true;
  ready_at_ = last_pulse_ = home_.now();
  note(weight::info, "Diameter is served", how_.framework.identity);
}

void diameter_transport::on_pulse(const pulse& p) {
  last_pulse_ = home_.now();
  counts_.add(metric::diameter_rejected, p.rejected_octets - last_.rejected_octets);
  counts_.add(metric::diameter_shed, p.shed - last_.shed);
  counts_.add(metric::diameter_unanswered, p.unanswered - last_.unanswered);
  counts_.add(metric::diameter_callbacks_lost, p.lost - last_.lost);
  last_ = p;
  if (milliseconds(p.framework_silent_ms) > how_.framework_patience)
    replace("the framework in it does nothing any more");
}

void diameter_transport::on_note(const diameter_channel::note& n) {
  constexpr weight levels[] = {weight::debug, weight::info, weight::warn, weight::error, weight::error};
  note(levels[std::min<std::size_t>(n.level, 4)], "the Diameter child says", std::string(n.text), true);
}

void diameter_transport::on_beat() {
  guarded([&] {
    look_after_child();
    if (!settled_ && ready_ && home_.now() - ready_at_ >= how_.settling) {
      settled_ = true;
      send_held();
    }
    counts_.set(metric::diameter_refused, port_->refused());
    counts_.set(metric::diameter_in_flight_now, port_->in_flight());
  });
  home_.timers().arm(beat_, home_.now() + beat_every);
}

void diameter_transport::look_after_child() {
  auto now = home_.now();
  if (start_at_ && *start_at_ <= now)
    return start_child();
  if (!child_ || doomed_)
    return;
  if (stop_by_ && *stop_by_ <= now)
    return replace("it does not end");
  auto silent = now - last_pulse_;
  if (!ready_ && silent > how_.start_patience)
    replace("it does not start");
  else if (ready_ && !stop_by_ && silent > how_.pulse_patience)
    replace("it is silent");
}

/// Its end, which is sure to come now, starts the next.
void diameter_transport::replace(const std::string& why) {
  if (!child_ || std::exchange(doomed_, true))
    return;
  if (!stop_by_) {
    counts_.add(metric::diameter_child_killed);
    note(weight::error, "the Diameter child is killed", why);
  }
  child_->kill();
}

void diameter_transport::ended(child_socket& from, const cluster::child_end& how) {
  if (&from != child_.get())
    return;
  guarded([&] {
    child_.reset();
    ready_ = settled_ = false;
    for (auto& p : peers_)
      if (p.up)
        on_peer({false, p.identity});
    if (stop_by_) {
      requests_of_the_dead();
      if (stopped_)
        std::exchange(stopped_, nullptr)();
      return;
    }
    counts_.add(metric::diameter_child_deaths);
    note(weight::error, "the Diameter child " + how.text());
    requests_of_the_dead();
    start_later();
  });
}

void diameter_transport::flush() {
  if (!child_ || out_.empty() || !child_->writable())
    return;
  if (out_.size() <= one_write)
    return child_->write(std::exchange(out_, {}));
  auto part = out_.substr(0, one_write);
  out_.erase(0, one_write);
  child_->write(std::move(part));
}

} // namespace troupe
