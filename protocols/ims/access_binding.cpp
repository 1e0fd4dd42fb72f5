#include "protocols/ims/access_binding.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/ims/same_address.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

namespace event = access_event;
namespace effect = access_effect;
using phase = access_binding::phase;
using dialog_phase = reg_subscription::phase;
using reginfo::contact_status;

/// TS 24.229 clause 5.2.3: 600 s before the end, or at half of a short time.
instant renewal(instant at, std::uint32_t expires) {
  return at + seconds(expires > 1'200 ? expires - 600 : expires / 2);
}

class machine {
public:
  machine(const access_binding& binding, const access_policy& policy) : policy_(policy) { out_.next = binding; }

  access_step take() && { return std::move(out_); }

  void operator()(const event::register_forwarded& e) {
    s().pending_until = e.at + policy_.register_timeout;
    s().pending_flow = e.flow;
    s().pending_source = e.source;
    if (s().now == phase::registered)
      return;
    if (s().now == phase::gone)
      s().subscription = {};
    s().now = phase::pending;
    s().impi = e.impi;
    s().impu = e.impu;
    s().contact = e.contact;
    s().path_token = e.path_token;
  }

  void operator()(const event::register_answered& e) {
    if (s().pending_until == instant{})
      return;
    if (e.status == 401 || e.status == 407 || e.status < 200) {
      s().pending_until = e.at + policy_.register_timeout;
      return;
    }
    s().pending_until = {};
    if (e.status >= 300)
      return refused();
    if (e.outcome.expires.value_or(0) == 0)
      return remove(false, reginfo::contact_event::unregistered, e.at);
    accept(e);
  }

  void operator()(const event::subscribe_answered& e) {
    auto& d = s().subscription;
    if (d.now != dialog_phase::asked && !d.renewing)
      return;
    d.renewing = false;
    if (e.status >= 200 && e.status < 300) {
      d.now = dialog_phase::active;
      d.expires_at = e.at + seconds(e.expires);
      d.renew_at = renewal(e.at, e.expires);
      if (!e.remote_tag.empty())
        d.remote_tag = e.remote_tag;
      if (!e.target.empty())
        d.target = e.target;
      if (d.routes.empty())
        d.routes = e.routes;
      return;
    }
    bool later = e.status == 408 || e.status == 481 || e.status >= 500;
    end_subscription(e.at, later);
  }

  void operator()(const event::notify_received& e) {
    auto& d = s().subscription;
    bool ours = d.now == dialog_phase::asked || d.now == dialog_phase::active;
    if (!ours || (!d.remote_tag.empty() && d.remote_tag != e.remote_tag))
      return answer(e, 481);
    if (d.remote_cseq != 0 && e.cseq <= d.remote_cseq)
      return answer(e, 500);
    auto document = e.body.empty() ? std::optional<reginfo::document>() : read(e.body);
    if (!e.body.empty() && !document)
      return answer(e, 400);
    if (d.remote_tag.empty()) { // it overtook the 200 to the SUBSCRIBE: RFC 6665 clause 4.1.2.4
      d.remote_tag = e.remote_tag;
      d.routes = e.routes;
    }
    d.remote_cseq = e.cseq;
    if (!e.target.empty())
      d.target = e.target;
    answer(e, 200);
    if (document && s().now == phase::registered)
      learn(*document, e.at);
    if (s().now == phase::registered)
      return subscription_state(e);
    if (s().now == phase::gone && equal_nocase(sip::parse_token_value(e.subscription_state).token, "terminated")) {
      clear();
      effect(effect::forget{});
    }
  }

  void operator()(const event::time_passed& e) {
    if (s().pending_until != instant{} && s().pending_until <= e.at) {
      s().pending_until = {};
      refused();
    }
    if (s().now == phase::gone && s().expires_at <= e.at) {
      clear();
      return effect(effect::forget{});
    }
    if (s().now != phase::registered)
      return;
    if (s().expires_at <= e.at)
      return remove(false, reginfo::contact_event::expired, e.at);
    auto& d = s().subscription;
    if (d.now == dialog_phase::none || d.renew_at > e.at)
      return;
    if (d.now == dialog_phase::active && !d.renewing)
      return renew(e.at);
    if (d.now == dialog_phase::ended && d.retry)
      return begin_subscription(e.at, e.fresh_call_id, e.fresh_tag);
    if (d.now != dialog_phase::ended)
      end_subscription(e.at, true);
  }

  void operator()(const event::access_lost& e) {
    if (s().now == phase::pending || s().now == phase::registered)
      remove(true, std::nullopt, e.at);
  }

private:
  access_binding& s() { return out_.next; }
  void effect(access_effect_type e) { out_.effects.push_back(std::move(e)); }
  void answer(const event::notify_received& e, int status) { effect(effect::answer_notify{e.ticket, status}); }

  static std::optional<reginfo::document> read(std::string_view body) {
    auto d = reginfo::parse(body);
    return d ? std::optional(std::move(*d)) : std::nullopt;
  }

  /// A REGISTER that failed changes nothing for a contact that is registered (clause 5.2.2.1).
  void refused() {
    s().pending_flow.clear();
    s().pending_source.clear();
    if (s().now != phase::pending)
      return;
    clear();
    effect(effect::forget{});
  }

  void clear() {
    auto unknown = std::move(s().unknown);
    s() = {};
    s().unknown = std::move(unknown);
  }

  void remove(bool by_network, std::optional<reginfo::contact_event> why, instant at) {
    bool was_registered = s().now == phase::registered;
    auto dialog = std::move(s().subscription);
    clear();
    if (was_registered)
      effect(effect::removed{by_network, why});
    if (dialog.now != dialog_phase::asked && dialog.now != dialog_phase::active)
      return effect(effect::forget{});
    s().now = phase::gone;
    s().subscription = std::move(dialog);
    s().expires_at = at + policy_.linger;
  }

  void accept(const event::register_answered& e) {
    s().now = phase::registered;
    s().expires_at = e.at + seconds(*e.outcome.expires);
    s().flow = std::move(s().pending_flow);
    s().source = std::move(s().pending_source);
    s().pending_flow.clear();
    s().pending_source.clear();
    s().identities = e.outcome.identities;
    s().service_route = e.outcome.service_route;
    s().charging = e.outcome.charging;
    auto now = s().subscription.now;
    if (policy_.subscribe && (now == dialog_phase::none || now == dialog_phase::ended))
      begin_subscription(e.at, e.fresh_call_id, e.fresh_tag);
  }

  void begin_subscription(instant at, const std::string& call_id, const std::string& tag) {
    if (s().identities.empty() || call_id.empty())
      return; // nobody to ask about: all identities are barred
    s().subscription = {};
    s().subscription.now = dialog_phase::asked;
    s().subscription.call_id = call_id;
    s().subscription.local_tag = tag;
    s().subscription.local_cseq = 1;
    ask(at);
  }

  void renew(instant at) {
    s().subscription.renewing = true;
    ++s().subscription.local_cseq;
    ask(at);
  }

  void ask(instant at) {
    s().subscription.renew_at = at + policy_.retry_subscribe;
    effect(effect::subscribe{s().subscription, s().identities.front().uri, policy_.subscribe_expires});
  }

  void end_subscription(instant at, bool retry, milliseconds after = milliseconds(-1)) {
    s().subscription = {};
    s().subscription.now = dialog_phase::ended;
    s().subscription.retry = retry;
    s().subscription.renew_at = at + (after.count() < 0 ? milliseconds(policy_.retry_subscribe) : after);
  }

  void subscription_state(const event::notify_received& e) {
    auto state = sip::parse_token_value(e.subscription_state);
    if (!equal_nocase(state.token, "terminated")) {
      auto expires = to_number<std::uint32_t>(state.params.find("expires").value_or(""));
      if (expires && s().subscription.now == dialog_phase::active && !s().subscription.renewing) {
        s().subscription.expires_at = e.at + seconds(*expires);
        s().subscription.renew_at = renewal(e.at, *expires);
      }
      return;
    }
    auto reason = state.params.find("reason").value_or("");
    auto wait = to_number<std::uint32_t>(state.params.find("retry-after").value_or(""));
    bool final =
        equal_nocase(reason, "rejected") || equal_nocase(reason, "noresource") || equal_nocase(reason, "invariant");
    bool at_once = equal_nocase(reason, "deactivated") || equal_nocase(reason, "timeout");
    if (wait)
      end_subscription(e.at, !final, seconds(*wait));
    else
      end_subscription(e.at, !final, at_once ? milliseconds(0) : milliseconds(-1));
  }

  bool is_ours(const reginfo::contact& c) { return same_address(c.uri, s().contact); }

  void learn(const reginfo::document& d, instant at) {
    auto merged = reginfo::follow(s().subscription.seen, d);
    if (merged == reginfo::merge_result::old)
      return;
    if (merged == reginfo::merge_result::missing && !s().subscription.renewing)
      renew(at); // a new SUBSCRIBE brings the full state: RFC 3680 clause 5.1
    std::optional<reginfo::contact_event> why;
    std::vector<std::string> lost;
    std::vector<const reginfo::registration*> active;
    for (auto& r : d.registrations)
      look_at(r, at, why, lost, active);
    for (auto& aor : lost)
      drop_identity(aor);
    for (auto r : active)
      add_identity(*r);
    if (why && s().identities.empty())
      remove(true, why, at);
  }

  /// What one registration says about our contact. Only what is said counts: an S-CSCF that leaves it out says nothing.
  void look_at(const reginfo::registration& r, instant at, std::optional<reginfo::contact_event>& why,
               std::vector<std::string>& lost, std::vector<const reginfo::registration*>& active) {
    bool ended = r.status == reginfo::registration_status::terminated;
    bool alive = false;
    for (auto& c : r.contacts) {
      if (!is_ours(c))
        continue;
      if (c.status == contact_status::terminated || ended) {
        why = c.event;
        ended = true;
        continue;
      }
      alive = true;
      if (c.event == reginfo::contact_event::shortened && c.expires)
        s().expires_at = std::min(s().expires_at, at + seconds(*c.expires));
    }
    if (alive && r.status == reginfo::registration_status::active)
      active.push_back(&r);
    else if (ended)
      lost.push_back(r.aor);
    if (ended && !why && r.status == reginfo::registration_status::terminated)
      why = reginfo::contact_event::deactivated;
  }

  void drop_identity(const std::string& aor) {
    std::erase_if(s().identities, [&](const associated_uri& a) { return same_identity(a.uri, aor); });
    std::erase(s().wildcards, aor);
  }

  void add_identity(const reginfo::registration& r) {
    if (!r.wildcard.empty()) {
      if (std::find(s().wildcards.begin(), s().wildcards.end(), r.wildcard) == s().wildcards.end())
        s().wildcards.push_back(r.wildcard);
      return;
    }
    bool known = std::any_of(s().identities.begin(), s().identities.end(),
                             [&](const associated_uri& a) { return same_identity(a.uri, r.aor); });
    if (!known && canonical_identity(r.aor))
      s().identities.push_back({r.aor, {}});
  }

  const access_policy& policy_;
  access_step out_;
};

} // namespace

access_step on(const access_binding& binding, const access_event_type& event, const access_policy& policy) {
  machine m(binding, policy);
  std::visit(m, event);
  return std::move(m).take();
}

std::optional<instant> deadline_of(const access_binding& b) noexcept {
  std::optional<instant> out;
  auto consider = [&](bool runs, instant at) {
    if (runs && (!out || at < *out))
      out = at;
  };
  consider(b.pending_until != instant{}, b.pending_until);
  consider(b.now == phase::registered || b.now == phase::gone, b.expires_at);
  auto& d = b.subscription;
  bool asks = d.now == dialog_phase::asked || d.now == dialog_phase::active || d.retry;
  consider(b.now == phase::registered && asks, d.renew_at);
  return out;
}

} // namespace troupe::ims
