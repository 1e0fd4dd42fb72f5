#include "actors/roles/scscf/preference.hpp"

#include <algorithm>
#include <optional>

#include "protocols/base/siphash.hpp"
#include "protocols/ims/gruu.hpp"
#include "protocols/sip/outbound.hpp"
#include "protocols/sip/preferences.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe::roles::scscf {
namespace {

struct candidate {
  const ims::registered_contact* contact;
  std::uint16_t score;
};

/// A Request-URI that is a GRUU names one instance, which may have several flows.
class instance_asked_for {
public:
  instance_asked_for(const ims::profile_snapshot& profile, const sip::message& request, const siphash_key& secret) {
    auto uri = sip::parse_uri(request.uri());
    is_gruu_ = uri && uri->is_sip() && uri->params.has("gr");
    if (is_gruu_)
      named_ = ims::contact_of_gruu(profile, *uri, secret);
  }
  bool is(const ims::registered_contact& c) const {
    return !is_gruu_ || (named_ && c.instance_id == named_->instance_id);
  }

private:
  bool is_gruu_ = false;
  const ims::registered_contact* named_ = nullptr;
};

bool lists(const std::vector<std::uint64_t>& tried, const ims::registered_contact& c) {
  return std::find(tried.begin(), tried.end(), fingerprint(c)) != tried.end();
}

sip::contact_verdict judge(const sip::caller_preferences& wanted, const ims::registered_contact& c) {
  std::vector<sip::parameter> parameters;
  for (auto& p : c.parameters)
    parameters.push_back({p.name, p.value, p.has_value});
  return sip::judge(wanted, parameters);
}

/// Flows of one instance are alternatives, never targets together. The one refreshed last counts as registered last.
std::vector<candidate> one_flow_each(const std::vector<candidate>& list) {
  std::vector<sip::flow_binding> flows;
  for (auto& c : list)
    flows.push_back({c.contact->reg_id != 0 ? std::string_view(c.contact->instance_id) : std::string_view{},
                     c.contact->reg_id, c.contact->expires_at.ms});
  std::vector<candidate> kept;
  for (auto at : sip::choose_flows(flows).first)
    kept.push_back(list[at]);
  return kept;
}

} // namespace

std::uint64_t fingerprint(const ims::registered_contact& c) noexcept {
  return siphash({0x74726f757065, c.reg_id}, c.uri);
}

std::vector<choice> choose_contacts(const ims::profile_snapshot& profile, const sip::message& request, instant now,
                                    const siphash_key& gruu_secret, const std::vector<std::uint64_t>& tried) {
  auto wanted = sip::read_preferences(request);
  auto disposition = sip::read_disposition(request);
  instance_asked_for meant(profile, request, gruu_secret);
  std::vector<candidate> list;
  for (auto& c : profile.contacts) {
    if (c.expires_at <= now || !meant.is(c) || lists(tried, c))
      continue;
    if (auto verdict = judge(wanted, c); !verdict.dropped)
      list.push_back({&c, verdict.score});
  }
  list = one_flow_each(list);
  std::stable_sort(list.begin(), list.end(), [](auto& a, auto& b) {
    return a.contact->q != b.contact->q ? a.contact->q > b.contact->q : a.score > b.score;
  });
  if (disposition.no_fork && list.size() > 1) // RFC 3841 clause 9.1: to one only, the best
    list.resize(1);
  std::vector<choice> out;
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto apart = i > 0 && (list[i].contact->q != list[i - 1].contact->q || list[i].score != list[i - 1].score);
    if (i > 0 && (disposition.sequential || apart))
      ++group;
    out.push_back({list[i].contact, group});
  }
  return out;
}

} // namespace troupe::roles::scscf
