#include "protocols/ims/watchers.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

namespace event = watcher_event;
namespace effect = watcher_effect;

std::string host_of(std::string_view uri) {
  auto parsed = sip::parse_uri(uri);
  return parsed && parsed->is_sip() ? to_lower(parsed->host) : std::string();
}

class machine {
public:
  machine(const watcher_list& list, const registration_set& set, const watcher_policy& policy)
      : set_(set), policy_(policy) {
    out_.next = list;
  }

  watcher_step take() && { return std::move(out_); }

  void operator()(const event::subscribing& e) {
    auto& r = e.request;
    if (r.package != "reg")
      return refuse(r, 489);
    auto known = std::find_if(all().begin(), all().end(), [&](const watcher& w) {
      return w.call_id == r.call_id && w.local_tag == r.local_tag && w.remote_tag == r.remote_tag;
    });
    if (!r.local_tag.empty() && known == all().end())
      return refuse(r, 481);
    if (!r.accepts_reginfo)
      return refuse(r, 406);
    auto expires = std::min(r.expires.value_or(policy_.default_expires), policy_.max_expires);
    if (expires != 0 && expires < policy_.min_expires)
      return refuse(r, 423);
    if (known != all().end())
      return refresh(*known, r, expires);
    begin(r, e.fresh_tag, expires);
  }

  void operator()(const event::changed& e) {
    for (auto& w : all())
      notify(w, &e.what, e.what.at, e.what.ended ? "terminated;reason=noresource" : "");
    if (e.what.ended)
      all().clear();
  }

  void operator()(const event::notify_failed& e) {
    // RFC 6665 clause 4.2.2. A response that says "later" leaves the subscription; the next document is full again.
    bool later = e.status == 491 || e.status == 500 || e.status == 503;
    for (auto& w : all())
      if (later && is(w, e))
        w.full_next = true;
    if (!later)
      std::erase_if(all(), [&](const watcher& w) { return is(w, e); });
  }

  void operator()(const event::time_passed& e) {
    for (auto& w : all())
      if (w.expires_at <= e.at)
        notify(w, nullptr, e.at, "terminated;reason=timeout");
    std::erase_if(all(), [&](const watcher& w) { return w.expires_at <= e.at; });
  }

  void operator()(const event::recovered& e) {
    for (auto& w : all()) {
      w.full_next = true;
      notify(w, nullptr, e.at, {});
    }
  }

private:
  std::vector<watcher>& all() { return out_.next.all; }
  void effect(watcher_effect_type e) { out_.effects.push_back(std::move(e)); }

  static bool is(const watcher& w, const event::notify_failed& e) {
    return w.call_id == e.call_id && w.local_tag == e.local_tag;
  }

  void refuse(const subscribe_request& r, int status) {
    effect(effect::refuse{r.ticket, status, status == 423 ? policy_.min_expires : 0});
  }

  void refresh(watcher& w, const subscribe_request& r, std::uint32_t expires) {
    if (r.cseq <= w.remote_cseq)
      return refuse(r, 500); // RFC 3261 clause 12.2.2
    w.remote_cseq = r.cseq;
    if (!r.target.empty())
      w.target = r.target;
    accept(w, r, expires);
    if (expires == 0)
      std::erase_if(all(), [&](const watcher& other) { return &other == &w; });
  }

  void begin(const subscribe_request& r, const std::string& tag, std::uint32_t expires) {
    auto view = profile_snapshot{};
    view.user = set_.user;
    auto hit = view.find(r.resource);
    if (!hit)
      return refuse(r, 404);
    auto subscriber = authorised(set_, r.asserted);
    if (hit.identity->barred || !subscriber)
      return refuse(r, 403);
    if (r.target.empty() || r.remote_tag.empty())
      return refuse(r, 400);
    bool kept = expires != 0;
    if (kept && all().size() >= policy_.max_watchers)
      return refuse(r, 403);
    watcher w;
    w.call_id = r.call_id;
    w.local_tag = tag;
    w.remote_tag = r.remote_tag;
    w.local_uri = r.local_uri;
    w.remote_uri = r.remote_uri;
    w.target = r.target;
    w.routes = r.routes;
    w.event_id = r.event_id;
    w.subscriber = *subscriber;
    w.remote_cseq = r.cseq;
    accept(w, r, expires);
    if (kept)
      all().push_back(std::move(w));
  }

  /// 200, and a NOTIFY with the full state at once (RFC 6665 clause 4.2.1.2).
  void accept(watcher& w, const subscribe_request& r, std::uint32_t expires) {
    w.expires_at = r.at + seconds(expires);
    w.full_next = true;
    effect(effect::accept{r.ticket, expires, w.local_tag});
    notify(w, nullptr, r.at, expires == 0 ? "terminated;reason=timeout" : "");
  }

  void notify(watcher& w, const registration_change* change, instant at, std::string state) {
    if (state.empty())
      state = "active;expires=" + std::to_string(std::max<std::int64_t>(0, (w.expires_at - at).count() / 1000));
    auto kind = w.full_next || !change ? reginfo::document_state::full : reginfo::document_state::partial;
    auto body = reginfo::build(describe(set_, change, at, kind, w.next_version));
    ++w.next_version;
    ++w.local_cseq;
    w.full_next = false;
    effect(effect::notify{w, std::move(state), std::move(body)});
  }

  const registration_set& set_;
  const watcher_policy& policy_;
  watcher_step out_;
};

} // namespace

std::optional<std::string> authorised(const registration_set& set, const std::vector<std::string>& asserted) {
  auto view = profile_snapshot{};
  view.user = set.user;
  std::vector<std::string> hosts; // of P-CSCFs and application servers
  for (auto& b : set.bindings)
    for (auto& value : b.contact.path)
      if (auto address = sip::parse_name_addr(value))
        hosts.push_back(host_of(address->uri));
  if (set.user)
    for (auto& profile : set.user->profiles)
      for (auto& c : profile.criteria)
        hosts.push_back(host_of(c.server.name));
  for (auto& identity : asserted) {
    auto hit = view.find(identity);
    if (hit && !hit.identity->barred)
      return identity;
    // "sip:pcscf.home" without a user: a network element and not somebody in a domain of that name.
    auto host = identity.find('@') == identity.npos ? host_of(identity) : std::string();
    if (!host.empty() && std::find(hosts.begin(), hosts.end(), host) != hosts.end())
      return identity;
  }
  return std::nullopt;
}

watcher_step on(const watcher_list& list, const watcher_event_type& event, const registration_set& set,
                const watcher_policy& policy) {
  machine m(list, set, policy);
  std::visit(m, event);
  return std::move(m).take();
}

std::optional<instant> deadline_of(const watcher_list& list) noexcept {
  std::optional<instant> out;
  for (auto& w : list.all)
    if (!out || w.expires_at < *out)
      out = w.expires_at;
  return out;
}

} // namespace troupe::ims
