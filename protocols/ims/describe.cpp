// A registration set as a reginfo document: TS 24.229 clause 5.4.2.1.2, RFC 5628 clause 4.
#include <algorithm>

#include "protocols/base/siphash.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/ims/watchers.hpp"
#include "protocols/sip/gruu.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

using reginfo::contact_event;

/// Ids hang on the identity, not on its place in the profile, so that they outlive a change of the profile.
std::string id_of(const watched_identity& identity) {
  auto hash = siphash({1, 2}, identity.uri);
  std::string out = "r";
  for (int i = 0; i < 12; ++i, hash >>= 4)
    out += "0123456789abcdef"[hash & 15];
  return out;
}

/// An identity that comes along with the one that was registered was "created" (RFC 3680 clause 4.7.2).
contact_event event_for(const watched_identity& identity, const binding& b, contact_event event) {
  bool named = canonical_identity(identity.uri).value_or(identity.uri) == b.impu;
  return event == contact_event::registered && !named ? contact_event::created : event;
}

void add_gruus(reginfo::contact& c, const watched_identity& identity, const binding& b) {
  auto aor = canonical_identity(identity.uri).value_or("");
  if (b.contact.pub_gruu.empty() || !identity.wildcard.empty())
    return;
  c.pub_gruu = sip::public_gruu(aor, b.contact.instance_id);
  if (aor != b.impu || b.temp_gruu.empty())
    return;
  c.temp_gruu = b.temp_gruu;
  c.temp_gruu_first_cseq = b.temp_gruu_cseq;
}

reginfo::contact describe_contact(const watched_identity& identity, const binding& b, contact_event event, instant at) {
  reginfo::contact c;
  c.id = "c" + std::to_string(b.id) + "-" + id_of(identity);
  c.event = event_for(identity, b, event);
  c.status = reginfo::status_after(event);
  if (c.status == reginfo::contact_status::active)
    c.expires = static_cast<std::uint32_t>(std::max<std::int64_t>(0, (b.contact.expires_at - at).count() / 1000));
  c.duration_registered = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (at - b.registered_at).count() / 1000));
  c.q = b.contact.q;
  c.call_id = b.call_id;
  c.cseq = b.cseq;
  c.uri = b.contact.uri;
  c.display_name = b.display_name;
  for (auto& p : b.contact.parameters)
    c.unknown_params.push_back({p.name, sip::unquote(p.value), p.has_value});
  add_gruus(c, identity, b);
  return c;
}

reginfo::registration describe_identity(const registration_set& set, const registration_change* change,
                                        const watched_identity& identity, instant at, bool only_changes) {
  reginfo::registration r;
  r.aor = identity.uri;
  r.id = id_of(identity);
  r.wildcard = identity.wildcard;
  r.status = set.bindings.empty() ? reginfo::registration_status::terminated : reginfo::registration_status::active;
  if (set.bindings.empty() && !change)
    r.status = reginfo::registration_status::init;
  auto changed = [&](const binding& b) {
    return change &&
           std::any_of(change->contacts.begin(), change->contacts.end(), [&](auto& c) { return c.what.id == b.id; });
  };
  if (!only_changes)
    for (auto& b : set.bindings)
      if (!changed(b))
        r.contacts.push_back(describe_contact(identity, b, b.last_event, at));
  if (change)
    for (auto& c : change->contacts) {
      r.contacts.push_back(describe_contact(identity, c.what, c.event, at));
      r.contacts.back().retry_after = c.retry_after;
    }
  return r;
}

} // namespace

reginfo::document describe(const registration_set& set, const registration_change* change, instant at,
                           reginfo::document_state state, std::uint32_t version) {
  reginfo::document d;
  d.version = version;
  d.state = state;
  bool only_changes = state == reginfo::document_state::partial;
  for (auto& identity : change && change->ended ? change->identities : watched_identities(set))
    d.registrations.push_back(describe_identity(set, change, identity, at, only_changes));
  if (!change)
    return d;
  for (auto& identity : change->gone) {
    auto r = describe_identity(set, nullptr, identity, at, false);
    r.status = reginfo::registration_status::terminated;
    for (auto& c : r.contacts) {
      c.event = contact_event::deactivated;
      c.status = reginfo::contact_status::terminated;
      c.expires.reset();
    }
    d.registrations.push_back(std::move(r));
  }
  return d;
}

} // namespace troupe::ims
