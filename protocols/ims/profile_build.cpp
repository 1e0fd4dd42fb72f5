// The writing half of profile.hpp: TS 29.228 Annex E, release 8 and the extensions of later ones.
#include <sstream>

#include <pugixml.hpp>

#include "protocols/ims/profile.hpp"

namespace troupe::ims {

namespace {

void add(pugi::xml_node parent, const char* name, const std::string& text) {
  parent.append_child(name).text().set(text.c_str());
}

void add(pugi::xml_node parent, const char* name, std::uint64_t value) { add(parent, name, std::to_string(value)); }

void write_identity(pugi::xml_node parent, const public_identity& id) {
  auto node = parent.append_child("PublicIdentity");
  add(node, "BarringIndication", id.barred ? 1 : 0);
  add(node, "Identity", id.uri);
  auto first = node.append_child("Extension");
  add(first, "IdentityType", static_cast<std::uint64_t>(id.type));
  if (id.type == identity_type::wildcarded_psi)
    add(first, "WildcardedPSI", id.wildcard);
  auto second = first.append_child("Extension");
  if (!id.display_name.empty())
    add(second, "DisplayName", id.display_name);
  if (!id.alias_group.empty())
    add(second, "AliasIdentityGroupID", id.alias_group);
  auto third = second.append_child("Extension");
  if (id.type == identity_type::wildcarded_impu)
    add(third, "WildcardedIMPU", id.wildcard);
  if (!id.trace_info.empty())
    add(third, "ServiceLevelTraceInfo", id.trace_info);
  if (!id.sip_uri_parameters.empty())
    add(third, "SIPURIParameters", id.sip_uri_parameters);
  if (id.max_registrations)
    add(third.append_child("Extension"), "MaxNumOfAllowedSimultRegistrations", *id.max_registrations);
  if (!third.first_child())
    second.remove_child(third);
  if (!second.first_child())
    first.remove_child(second);
}

struct write_condition {
  pugi::xml_node spt;

  void operator()(const request_uri_spt& c) { add(spt, "RequestURI", c.content.text()); }
  void operator()(const method_spt& c) {
    add(spt, "Method", c.name);
    if (c.registration.empty())
      return;
    auto extension = spt.append_child("Extension");
    for (auto type : c.registration)
      add(extension, "RegistrationType", static_cast<std::uint64_t>(type));
  }
  void operator()(const header_spt& c) {
    auto node = spt.append_child("SIPHeader");
    add(node, "Header", c.name.text());
    if (c.content)
      add(node, "Content", c.content->text());
  }
  void operator()(const session_case_spt& c) { add(spt, "SessionCase", static_cast<std::uint64_t>(c.value)); }
  void operator()(const session_description_spt& c) {
    auto node = spt.append_child("SessionDescription");
    add(node, "Line", c.line.text());
    if (c.content)
      add(node, "Content", c.content->text());
  }
};

void write_trigger(pugi::xml_node parent, const trigger_point& trigger) {
  auto node = parent.append_child("TriggerPoint");
  add(node, "ConditionTypeCNF", trigger.conjunctive ? 1 : 0);
  for (auto& spt : trigger.spts) {
    auto n = node.append_child("SPT");
    add(n, "ConditionNegated", spt.negated ? 1 : 0);
    for (auto group : spt.groups)
      add(n, "Group", group);
    std::visit(write_condition{n}, spt.condition);
  }
  if (trigger.malformed) // what was not understood stays so: a reader must not see a wider criterion
    add(node.append_child("SPT"), "Group", 0);
}

void write_server(pugi::xml_node parent, const application_server& server) {
  auto node = parent.append_child("ApplicationServer");
  add(node, "ServerName", server.name);
  add(node, "DefaultHandling", static_cast<std::uint64_t>(server.handling));
  if (!server.service_info.empty())
    add(node, "ServiceInfo", server.service_info);
  if (!server.include_register_request && !server.include_register_response)
    return;
  auto extension = node.append_child("Extension");
  if (server.include_register_request)
    extension.append_child("IncludeRegisterRequest");
  if (server.include_register_response)
    extension.append_child("IncludeRegisterResponse");
}

void write_services(pugi::xml_node parent, const core_network_services& services) {
  auto node = parent.append_child("CoreNetworkServicesAuthorization");
  if (services.media_profile)
    add(node, "SubscribedMediaProfileId", *services.media_profile);
  if (services.services.empty())
    return;
  auto list = node.append_child("Extension").append_child("ListOfServiceIds");
  for (auto& service : services.services)
    add(list, "ServiceId", service);
}

void write_profile(pugi::xml_node parent, const service_profile& profile) {
  auto node = parent.append_child("ServiceProfile");
  for (auto& id : profile.identities)
    write_identity(node, id);
  if (profile.services)
    write_services(node, *profile.services);
  for (auto& criterion : profile.criteria) {
    auto n = node.append_child("InitialFilterCriteria");
    add(n, "Priority", criterion.priority);
    if (criterion.trigger)
      write_trigger(n, *criterion.trigger);
    write_server(n, criterion.server);
    if (criterion.part)
      add(n, "ProfilePartIndicator", static_cast<std::uint64_t>(*criterion.part));
  }
  if (profile.shared_criteria_sets.empty())
    return;
  auto extension = node.append_child("Extension");
  for (auto id : profile.shared_criteria_sets)
    add(extension, "SharedIFCSetID", id);
}

} // namespace

std::string build_subscription(const subscription& s) {
  pugi::xml_document document;
  auto root = document.append_child("IMSSubscription");
  add(root, "PrivateID", s.private_id);
  for (auto& profile : s.profiles)
    write_profile(root, profile);
  std::ostringstream out;
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return out.str();
}

} // namespace troupe::ims
