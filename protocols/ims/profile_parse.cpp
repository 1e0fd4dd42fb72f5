// The reading half of profile.hpp: TS 29.228 Annex E.
#include "protocols/ims/profile.hpp"

#include <algorithm>

#include <pugixml.hpp>

#include "protocols/base/text.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe::ims {

namespace {

// Deciding costs conditions squared times groups for each request; no operator's criterion comes near these.
constexpr std::size_t most_conditions = 256;
constexpr std::size_t most_groups = 16;

tl::unexpected<error> broken(const char* what) { return fail(std::string("Cx user data: ") + what, 0, 500); }

std::string_view local_name(pugi::xml_node node) {
  std::string_view name = node.name();
  auto colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(pugi::xml_node parent, std::string_view name) {
  return parent.find_child([&](pugi::xml_node n) { return local_name(n) == name; });
}

template <class Visit>
void each_child(pugi::xml_node parent, std::string_view name, Visit visit) {
  for (auto node : parent.children())
    if (local_name(node) == name)
      visit(node);
}

/// An element of a later release stands within nested Extension elements; HSSs do not agree on how many.
pugi::xml_node extended(pugi::xml_node parent, std::string_view name) {
  for (auto extension = child(parent, "Extension"); extension; extension = child(extension, "Extension"))
    if (auto found = child(extension, name))
      return found;
  return {};
}

pugi::xml_node innermost_or_extended(pugi::xml_node parent, std::string_view name) {
  auto direct = child(parent, name);
  return direct ? direct : extended(parent, name);
}

/// All text of an element; a CDATA section and text around it count as one.
std::string content(pugi::xml_node node) {
  std::string text;
  for (auto part : node.children())
    if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata)
      text += part.value();
  return text;
}

std::string trimmed(pugi::xml_node node) {
  auto text = content(node);
  return std::string(trim(text));
}

/// tBool is "0" or "1"; some HSSs write words.
bool truth(pugi::xml_node node) {
  auto text = trimmed(node);
  return text == "1" || equal_nocase(text, "true");
}

std::optional<std::uint32_t> number(pugi::xml_node node) { return to_number<std::uint32_t>(trimmed(node)); }

template <class Enum>
std::optional<Enum> enumerated(pugi::xml_node node, std::uint32_t last) {
  auto value = number(node);
  if (!value || *value > last)
    return std::nullopt;
  return static_cast<Enum>(*value);
}

bool too_deep(pugi::xml_node root, std::size_t limit) {
  struct walker : pugi::xml_tree_walker {
    explicit walker(std::size_t most) : limit(most) {}
    bool for_each(pugi::xml_node&) override { return static_cast<std::size_t>(depth()) < limit; }
    std::size_t limit;
  } depth_check(limit);
  return !root.traverse(depth_check);
}

result<public_identity> read_identity(pugi::xml_node node) {
  public_identity id;
  id.uri = trimmed(child(node, "Identity"));
  id.barred = truth(child(node, "BarringIndication"));
  if (auto type = extended(node, "IdentityType"))
    id.type = enumerated<identity_type>(type, 3).value_or(identity_type::public_user_identity);
  auto psi = extended(node, "WildcardedPSI");
  id.wildcard = trimmed(psi ? psi : extended(node, "WildcardedIMPU"));
  id.display_name = trimmed(extended(node, "DisplayName"));
  id.alias_group = trimmed(extended(node, "AliasIdentityGroupID"));
  id.sip_uri_parameters = trimmed(extended(node, "SIPURIParameters"));
  id.trace_info = content(extended(node, "ServiceLevelTraceInfo"));
  if (auto most = extended(node, "MaxNumOfAllowedSimultRegistrations"))
    id.max_registrations = number(most);
  if (id.uri.empty() && id.wildcard.empty())
    return broken("a public identity without a URI");
  if (id.is_wildcard()) {
    if (id.wildcard.empty())
      id.wildcard = id.uri;
    id.canonical = id.uri;
    id.wildcard_pattern = wildcard_to_pattern(id.wildcard);
    return id;
  }
  auto uri = sip::parse_uri(id.uri);
  if (!uri || uri->kind == sip::scheme::other)
    return broken("a public identity that is no SIP or tel URI");
  id.canonical = sip::canonical_aor(*uri);
  return id;
}

std::optional<pattern> optional_pattern(pugi::xml_node node) {
  if (!node)
    return std::nullopt;
  return pattern(content(node));
}

bool usable(const std::optional<pattern>& p) { return !p || p->valid(); }

std::optional<method_spt> read_method(pugi::xml_node spt, pugi::xml_node method) {
  method_spt out{trimmed(method), {}};
  bool understood = !out.name.empty();
  for (auto ext = child(spt, "Extension"); ext; ext = child(ext, "Extension"))
    each_child(ext, "RegistrationType", [&](pugi::xml_node n) {
      if (auto type = enumerated<registration_type>(n, 2))
        out.registration.push_back(*type);
      else
        understood = false;
    });
  return understood ? std::optional(out) : std::nullopt;
}

/// Nothing when the condition is of no known kind, or its expression is none.
std::optional<service_point_trigger> read_spt(pugi::xml_node node) {
  service_point_trigger spt{session_case_spt{}, truth(child(node, "ConditionNegated")), {}};
  each_child(node, "Group", [&](pugi::xml_node n) { spt.groups.push_back(number(n).value_or(0)); });
  if (spt.groups.empty())
    spt.groups.push_back(0);
  if (auto uri = child(node, "RequestURI")) {
    request_uri_spt out{pattern(content(uri))};
    if (!out.content.valid())
      return std::nullopt;
    spt.condition = std::move(out);
  } else if (auto method = child(node, "Method")) {
    auto out = read_method(node, method);
    if (!out)
      return std::nullopt;
    spt.condition = std::move(*out);
  } else if (auto header = child(node, "SIPHeader")) {
    header_spt out{pattern(trimmed(child(header, "Header")), pattern::letter_case::ignored),
                   optional_pattern(child(header, "Content"))};
    if (out.name.text().empty() || !out.name.valid() || !usable(out.content))
      return std::nullopt;
    spt.condition = std::move(out);
  } else if (auto direction = child(node, "SessionCase")) {
    auto value = enumerated<session_case>(direction, 4);
    if (!value)
      return std::nullopt;
    spt.condition = session_case_spt{*value};
  } else if (auto sdp = child(node, "SessionDescription")) {
    session_description_spt out{pattern(trimmed(child(sdp, "Line"))), optional_pattern(child(sdp, "Content"))};
    if (out.line.text().empty() || !out.line.valid() || !usable(out.content))
      return std::nullopt;
    spt.condition = std::move(out);
  } else {
    return std::nullopt;
  }
  return spt;
}

trigger_point read_trigger(pugi::xml_node node) {
  trigger_point out;
  out.conjunctive = truth(child(node, "ConditionTypeCNF"));
  each_child(node, "SPT", [&](pugi::xml_node n) {
    auto spt = out.spts.size() < most_conditions ? read_spt(n) : std::nullopt;
    if (spt && spt->groups.size() <= most_groups)
      out.spts.push_back(std::move(*spt));
    else
      out.malformed = true;
  });
  return out;
}

result<application_server> read_server(pugi::xml_node node) {
  application_server out;
  out.name = trimmed(child(node, "ServerName"));
  auto uri = sip::parse_uri(out.name);
  if (!uri || !uri->is_sip())
    return broken("an application server whose name is no SIP URI");
  out.handling =
      enumerated<default_handling>(child(node, "DefaultHandling"), 1).value_or(default_handling::session_continued);
  out.service_info = content(child(node, "ServiceInfo"));
  out.include_register_request = static_cast<bool>(innermost_or_extended(node, "IncludeRegisterRequest"));
  out.include_register_response = static_cast<bool>(innermost_or_extended(node, "IncludeRegisterResponse"));
  return out;
}

result<filter_criterion> read_criterion(pugi::xml_node node) {
  filter_criterion out;
  auto priority = number(child(node, "Priority"));
  if (!priority)
    return broken("a filter criterion without a priority");
  out.priority = *priority;
  if (auto trigger = child(node, "TriggerPoint"))
    out.trigger = read_trigger(trigger);
  auto server = read_server(child(node, "ApplicationServer"));
  if (!server)
    return tl::unexpected(server.error());
  out.server = std::move(*server);
  if (auto part = child(node, "ProfilePartIndicator"))
    out.part = enumerated<profile_part>(part, 1);
  return out;
}

core_network_services read_services(pugi::xml_node node) {
  core_network_services out;
  out.media_profile = number(child(node, "SubscribedMediaProfileId"));
  each_child(extended(node, "ListOfServiceIds"), "ServiceId",
             [&](pugi::xml_node n) { out.services.push_back(trimmed(n)); });
  return out;
}

result<service_profile> read_profile(pugi::xml_node node, const subscription_limits& limits) {
  service_profile out;
  for (auto n : node.children()) {
    auto name = local_name(n);
    if (name == "PublicIdentity") {
      auto id = read_identity(n);
      if (!id)
        return tl::unexpected(id.error());
      out.identities.push_back(std::move(*id));
    } else if (name == "InitialFilterCriteria") {
      auto criterion = read_criterion(n);
      if (!criterion)
        return tl::unexpected(criterion.error());
      out.criteria.push_back(std::move(*criterion));
    } else if (name == "CoreNetworkServicesAuthorization") {
      out.services = read_services(n);
    } else if (name == "Extension") {
      each_child(n, "SharedIFCSetID", [&](pugi::xml_node id) {
        if (auto value = number(id))
          out.shared_criteria_sets.push_back(*value);
      });
    }
    if (out.identities.size() > limits.identities || out.criteria.size() > limits.criteria)
      return broken("more identities or filter criteria than allowed");
  }
  if (out.identities.empty())
    return broken("a service profile without a public identity");
  sort_by_priority(out.criteria);
  return out;
}

} // namespace

result<subscription> parse_subscription(std::string_view xml, const subscription_limits& limits) {
  if (xml.size() > limits.octets)
    return broken("larger than allowed");
  pugi::xml_document document;
  // Entities of a DOCTYPE are never expanded by pugixml, so that no document grows by being read.
  auto parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default);
  if (!parsed)
    return fail(std::string("Cx user data is no XML: ") + parsed.description(),
                static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0)), 500);
  if (too_deep(document, limits.depth))
    return broken("nested more deeply than allowed");
  auto root = child(document, "IMSSubscription");
  if (!root)
    return broken("the root is not IMSSubscription");
  subscription out;
  out.private_id = trimmed(child(root, "PrivateID"));
  for (auto node : root.children()) {
    if (local_name(node) != "ServiceProfile")
      continue;
    auto profile = read_profile(node, limits);
    if (!profile)
      return tl::unexpected(profile.error());
    out.profiles.push_back(std::move(*profile));
    if (out.profiles.size() > limits.identities)
      return broken("more service profiles than allowed");
  }
  if (out.profiles.empty())
    return broken("no service profile");
  return out;
}

} // namespace troupe::ims
