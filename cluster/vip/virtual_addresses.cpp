#include "cluster/vip/virtual_addresses.hpp"

#include <utility>

namespace troupe::cluster {
namespace {

using phase = virtual_address::phase;
using outcome = vip_answer::outcome;

class turn {
public:
  turn(virtual_addresses state, instant now, const vip_policy& policy) : now_(now), policy_(policy) {
    step_.next = std::move(state);
  }

  void operator()(const vip_event::tick&) {}

  void operator()(const vip_event::hold& e) {
    each_of(e.group, [&](virtual_address& a) {
      a.held = true;
      a.deadline = e.deadline;
      a.next_attempt = now_;
    });
  }

  void operator()(const vip_event::extend& e) {
    each_of(e.group, [&](virtual_address& a) { a.deadline = e.deadline; });
  }

  void operator()(const vip_event::release& e) {
    each_of(e.group, [&](virtual_address& a) {
      a.held = false;
      a.next_attempt = now_;
    });
  }

  void operator()(const vip_event::answered& e) {
    auto& a = step_.next[e.place];
    const auto& [what, why] = e.answer;
    if (what == outcome::announced || what == outcome::not_announced) {
      report(a.unheard, e.place, why);
      if (what == outcome::not_announced && a.taken)
        announce_from(a, now_ + policy_.retry); // the cable may come back after any time
      return;
    }
    if (a.at == phase::installing)
      was_installed(a, what);
    else if (a.at == phase::removing)
      was_removed(a, what);
    else
      return;
    report(a.fault, e.place, why);
  }

  virtual_addresses_step finish() {
    for (std::size_t place = 0; place < step_.next.size(); ++place)
      settle(step_.next[place], place);
    return std::move(step_);
  }

private:
  template <class Effect>
  void effect(Effect e) {
    step_.effects.emplace_back(std::move(e));
  }

  template <class Function>
  void each_of(group_id group, Function f) {
    for (std::size_t place = 0; place < step_.next.size(); ++place)
      if (policy_.addresses[place].group == group)
        f(step_.next[place]);
  }

  bool wanted(const virtual_address& a) const { return a.held && now_ < a.deadline; }

  void was_installed(virtual_address& a, outcome what) {
    if (what == outcome::failed)
      return was_refused(a, now_ < a.ends ? phase::installed : phase::unknown);
    bool ours = what != outcome::foreign;
    a.at = ours ? phase::installed : phase::foreign;
    a.refresh_at = a.asked + milliseconds(a.lifetime) / 2;
    a.ends = ours ? a.asked + a.lifetime : instant{};
    a.next_attempt = ours ? now_ : now_ + policy_.retry;
    if (!a.taken || what == outcome::created) // neighbours may have forgotten one that was gone
      announce_from(a, now_);
  }

  void was_removed(virtual_address& a, outcome what) {
    if (what == outcome::failed)
      return was_refused(a, phase::unknown);
    a.at = phase::absent;
    a.ends = {};
  }

  void was_refused(virtual_address& a, phase then) {
    a.at = then;
    a.next_attempt = now_ + policy_.retry;
  }

  static void announce_from(virtual_address& a, instant begin) {
    a.taken = begin;
    a.announced = 0;
  }

  void report(std::string& known, std::size_t place, const std::string& fault) {
    if (std::exchange(known, fault) != fault)
      effect(vip_effect::report{place, fault});
  }

  /// One thing is asked of the kernel at a time for an address.
  void settle(virtual_address& a, std::size_t place) {
    if (!wanted(a)) {
      a.taken.reset();
      report(a.unheard, place, "");
    }
    if (a.at == phase::installing || a.at == phase::removing)
      return;
    if (wanted(a)) {
      announce(a, place);
      if (now_ >= a.next_attempt && (a.at != phase::installed || refresh_is_due(a)))
        install(a, place);
    } else if (a.at == phase::foreign) {
      a.at = phase::absent; // of ours there is none
      report(a.fault, place, "");
    } else if (a.at != phase::absent && now_ >= a.next_attempt) {
      a.at = phase::removing;
      effect(vip_effect::remove{place});
    }
  }

  /// Not while it would outlive the deadline anyway: each refresh lets it live on for a whole second.
  bool refresh_is_due(const virtual_address& a) const { return now_ >= a.refresh_at && a.ends < a.deadline; }

  void install(virtual_address& a, std::size_t place) {
    a.at = phase::installing;
    a.asked = now_;
    a.lifetime = std::chrono::ceil<seconds>(a.deadline - now_);
    effect(vip_effect::install{place, a.lifetime});
  }

  void announce(virtual_address& a, std::size_t place) {
    bool stands = a.at == phase::foreign || (a.at == phase::installed && now_ < a.ends);
    if (!stands || !a.taken || !due(a))
      return;
    while (due(a)) // those that a pause has made late are one
      ++a.announced;
    effect(vip_effect::announce{place});
  }

  bool due(const virtual_address& a) const {
    return a.announced < policy_.announce_after.size() && now_ >= *a.taken + policy_.announce_after[a.announced];
  }

  instant now_;
  const vip_policy& policy_;
  virtual_addresses_step step_;
};

} // namespace

virtual_addresses make_virtual_addresses(const vip_policy& policy) {
  return virtual_addresses(policy.addresses.size());
}

virtual_addresses_step on(virtual_addresses state, const virtual_address_event& event, instant now,
                          const vip_policy& policy) {
  turn t(std::move(state), now, policy);
  std::visit(t, event);
  return t.finish();
}

} // namespace troupe::cluster
