#include "protocols/sip/outbound.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/opaque.hpp"

namespace troupe::sip {

namespace {

bool supports_outbound(const message& request) { return lists_token(request, hdr::supported, "outbound"); }

/// The Path value next to the UE is the lowest; the registrar sees it last.
bool first_hop_marked(const message& request) {
  std::string_view last;
  for_each_value(request, hdr::path, [&](std::string_view value) {
    last = value;
    return true;
  });
  auto address = parse_name_addr(last);
  auto hop = address ? parse_uri(address->uri) : parse_uri({});
  return hop && hop->params.has("ob");
}

} // namespace

std::string instance_of(const name_addr& contact) {
  auto value = contact.params.find("+sip.instance");
  if (!value)
    return {};
  auto text = unquote(*value);
  if (text.size() < 2 || text.front() != '<' || text.back() != '>')
    return {};
  return text.substr(1, text.size() - 2);
}

std::uint32_t reg_id_of(const name_addr& contact) noexcept {
  auto value = contact.params.find("reg-id");
  auto id = value ? to_number<std::uint32_t>(*value) : std::nullopt;
  return id && *id <= 0x7fffffff ? *id : 0;
}

bool wants_outbound(const message& request, const name_addr& contact) {
  return supports_outbound(request) && reg_id_of(contact) != 0 && !instance_of(contact).empty();
}

outbound_registration judge_outbound(const message& request, const name_addr& contact) {
  if (!wants_outbound(request, contact))
    return outbound_registration::none;
  // A UE that is its own first hop has no Path to mark.
  bool came_straight = values(request, hdr::via).size() == 1;
  if (!came_straight && !first_hop_marked(request))
    return outbound_registration::first_hop_unsupported;
  return outbound_registration::accepted;
}

void set_flow_timer(message& response, std::uint32_t seconds) {
  response.set(hdr::flow_timer, std::to_string(seconds));
}

std::string make_flow_token(std::string_view flow, const siphash_key& secret) { return seal(flow, "flow", secret); }

std::optional<std::string> read_flow_token(std::string_view text, const siphash_key& secret) {
  return unseal(text, "flow", secret);
}

flow_choice choose_flows(const std::vector<flow_binding>& bindings) {
  flow_choice choice;
  choice.next.resize(bindings.size());
  std::vector<std::size_t> latest(bindings.size());
  for (std::size_t n = 0; n < latest.size(); ++n)
    latest[n] = n;
  std::stable_sort(latest.begin(), latest.end(),
                   [&](std::size_t a, std::size_t b) { return bindings[a].registered_at > bindings[b].registered_at; });
  for (auto at = latest.begin(); at != latest.end(); ++at) {
    auto same = [&](std::size_t other) {
      return !bindings[*at].instance.empty() && bindings[*at].reg_id != 0 && bindings[other].reg_id != 0 &&
             bindings[other].instance == bindings[*at].instance;
    };
    auto later = std::find_if(std::make_reverse_iterator(at), latest.rend(), same);
    if (later == latest.rend())
      choice.first.push_back(*at);
    else
      choice.next[*later] = *at;
  }
  std::sort(choice.first.begin(), choice.first.end());
  return choice;
}

} // namespace troupe::sip
