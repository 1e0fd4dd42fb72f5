#include "protocols/ims/registrar_plan.hpp"

#include <algorithm>

#include "protocols/ims/gruu.hpp"
#include "protocols/ims/same_address.hpp"
#include "protocols/sip/gruu.hpp"

namespace troupe::ims {

namespace {

class planner {
public:
  planner(const registration_set& set, const register_request& request, const registrar_policy& policy)
      : set_(set), request_(request), policy_(policy) {
    plan_.bindings = set.bindings;
    plan_.next_id = set.next_id;
  }

  result<binding_plan> run() && {
    if (request_.all_contacts)
      remove_all();
    for (auto& c : request_.contacts)
      if (!fault_)
        take(c);
    if (!fault_ && plan_.bindings.size() > policy_.max_contacts && plan_.bindings.size() > set_.bindings.size())
      fault_ = error{403, 0, "more contacts than allowed"};
    if (fault_)
      return tl::unexpected(*fault_);
    return std::move(plan_);
  }

private:
  /// The same UE's flow, or the same address: RFC 5626 clause 6, RFC 3261 clause 10.3 step 7.
  bool matches(const binding& b, const contact_request& c, bool outbound) const {
    bool both_instances = !b.contact.instance_id.empty() && !c.instance_id.empty();
    if (both_instances && b.contact.instance_id == c.instance_id)
      return outbound && b.outbound ? b.contact.reg_id == c.reg_id : b.outbound == outbound;
    return !both_instances && b.contact.impi == request_.impi && same_address(b.contact.uri, c.uri);
  }

  bool out_of_order(const binding& b) const {
    bool was_there = std::any_of(set_.bindings.begin(), set_.bindings.end(), [&](auto& old) { return old.id == b.id; });
    return was_there && b.call_id == request_.call_id && request_.cseq <= b.cseq && !touched(b) && !is_carried_out(b);
  }

  /// By a node that died before it could answer.
  bool is_carried_out(const binding& b) const { return request_.again && request_.cseq == b.cseq; }

  bool touched(const binding& b) const { return std::find(touched_.begin(), touched_.end(), b.id) != touched_.end(); }

  void note(const binding& b, reginfo::contact_event event) { plan_.changes.push_back({b, event, std::nullopt}); }

  void refuse_order() { fault_ = error{500, 0, "CSeq is not higher than in the REGISTER before"}; }

  void remove_all() {
    for (auto& b : plan_.bindings)
      if (b.contact.impi == request_.impi && out_of_order(b))
        return refuse_order();
    std::erase_if(plan_.bindings, [&](const binding& b) {
      if (b.contact.impi != request_.impi)
        return false;
      note(b, reginfo::contact_event::unregistered);
      return true;
    });
  }

  void take(const contact_request& c) {
    auto expires = c.expires.value_or(policy_.default_expires);
    if (expires != 0 && expires < policy_.min_expires) {
      fault_ = error{423, 0, "the interval is too brief"};
      return;
    }
    bool outbound = request_.supports_outbound && c.reg_id != 0 && !c.instance_id.empty();
    auto found = std::find_if(plan_.bindings.begin(), plan_.bindings.end(),
                              [&](const binding& b) { return matches(b, c, outbound); });
    if (found == plan_.bindings.end()) {
      if (expires != 0)
        add(c, outbound, std::min(expires, policy_.max_expires));
      return;
    }
    if (out_of_order(*found))
      return refuse_order();
    if (expires == 0) {
      note(*found, reginfo::contact_event::unregistered);
      plan_.bindings.erase(found);
      return;
    }
    if (!same_address(found->contact.uri, c.uri)) { // the UE moved: to watchers this is another contact
      note(*found, reginfo::contact_event::unregistered);
      plan_.bindings.erase(found);
      return add(c, outbound, std::min(expires, policy_.max_expires));
    }
    fill(*found, c, outbound, std::min(expires, policy_.max_expires));
    found->last_event = reginfo::contact_event::refreshed;
    note(*found, reginfo::contact_event::refreshed);
  }

  void add(const contact_request& c, bool outbound, std::uint32_t expires) {
    auto& b = plan_.bindings.emplace_back();
    b.id = plan_.next_id++;
    b.registered_at = request_.at;
    fill(b, c, outbound, expires);
    b.last_event = reginfo::contact_event::registered;
    note(b, reginfo::contact_event::registered);
  }

  void fill(binding& b, const contact_request& c, bool outbound, std::uint32_t expires) {
    plan_.adds = true;
    touched_.push_back(b.id);
    b.contact.uri = c.uri;
    b.contact.impi = request_.impi;
    b.contact.instance_id = c.instance_id;
    b.contact.reg_id = outbound ? c.reg_id : 0;
    b.contact.q = c.q;
    b.contact.path = request_.path;
    b.contact.parameters = c.parameters;
    b.contact.expires_at = request_.at + seconds(expires);
    b.impu = request_.impu;
    b.display_name = c.display_name;
    b.user_agent = request_.user_agent;
    b.access_info = request_.access_info;
    b.visited_network = request_.visited_network;
    b.outbound = outbound;
    give_gruus(b, b.call_id != request_.call_id);
    b.call_id = request_.call_id;
    b.cseq = request_.cseq;
  }

  void give_gruus(binding& b, bool new_call_id) {
    if (new_call_id) { // RFC 5627 clause 5.4: another Call-ID ends the temporary ones
      ++b.contact.gruu_epoch;
      b.temp_gruu.clear();
    }
    b.contact.pub_gruu = request_.supports_gruu ? sip::public_gruu(request_.impu, b.contact.instance_id) : "";
    if (b.contact.pub_gruu.empty() || !request_.gruu_nonce)
      return; // a tel: URI has no GRUU
    if (b.temp_gruu.empty())
      b.temp_gruu_cseq = request_.cseq;
    b.temp_gruu = make_temp_gruu(request_.impu, b.contact, *request_.gruu_nonce + b.id, policy_.gruu_secret);
  }

  const registration_set& set_;
  const register_request& request_;
  const registrar_policy& policy_;
  binding_plan plan_;
  std::vector<std::uint64_t> touched_;
  std::optional<error> fault_;
};

} // namespace

result<binding_plan> plan_bindings(const registration_set& set, const register_request& request,
                                   const registrar_policy& policy) {
  return planner(set, request, policy).run();
}

bool has_contact_of(const std::vector<binding>& bindings, std::string_view impi) {
  return std::any_of(bindings.begin(), bindings.end(), [&](auto& b) { return b.contact.impi == impi; });
}

} // namespace troupe::ims
