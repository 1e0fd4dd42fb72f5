#include "actors/roles/hss/provision_services.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace troupe::hss {

namespace {

template <class Value>
void add_if(table_reader& in, std::string_view key, ims::service_point_trigger& into, std::size_t& conditions,
            Value make) {
  if (!in.has(key))
    return;
  into.condition = make();
  ++conditions;
}

ims::pattern read_pattern(table_reader& in, std::string_view key) {
  ims::pattern made(in.text(key));
  if (!made.valid())
    in.mistake(key, "is not a regular expression");
  return made;
}

std::optional<ims::pattern> read_content(table_reader& in) {
  return in.has("content") ? std::optional(read_pattern(in, "content")) : std::nullopt;
}

ims::method_spt read_method(table_reader& in) {
  ims::method_spt out{in.text("method"), {}};
  for (auto& name : in.texts("registration")) {
    constexpr std::string_view names[] = {"initial", "re-registration", "de-registration"};
    auto at = std::find(std::begin(names), std::end(names), name);
    if (at == std::end(names))
      in.mistake("registration", "has an item that is none of initial, re-registration, de-registration");
    else
      out.registration.push_back(static_cast<ims::registration_type>(at - std::begin(names)));
  }
  return out;
}

ims::session_case_spt read_session_case(table_reader& in) {
  return {static_cast<ims::session_case>(in.choice(
      "session_case",
      {"originating", "terminating", "terminating_unregistered", "originating_unregistered", "originating_cdiv"}, 0))};
}

/// Each condition is a group of its own, unless it says which.
ims::service_point_trigger read_condition(table_reader in, std::uint32_t own_group) {
  ims::service_point_trigger spt;
  std::size_t conditions = 0;
  add_if(in, "method", spt, conditions, [&] { return read_method(in); });
  add_if(in, "session_case", spt, conditions, [&] { return read_session_case(in); });
  add_if(in, "request_uri", spt, conditions, [&] { return ims::request_uri_spt{read_pattern(in, "request_uri")}; });
  add_if(in, "header", spt, conditions, [&] { return ims::header_spt{read_pattern(in, "header"), read_content(in)}; });
  add_if(in, "sdp_line", spt, conditions, [&] {
    return ims::session_description_spt{read_pattern(in, "sdp_line"), read_content(in)};
  });
  if (conditions != 1)
    in.mistake("when", "has an item without exactly one of method, session_case, request_uri, header, sdp_line");
  spt.negated = in.flag("negated", false);
  spt.groups.push_back(static_cast<std::uint32_t>(in.number("group", own_group, 0, 0x7fffffff)));
  in.end();
  return spt;
}

ims::filter_criterion read_criterion(table_reader in) {
  ims::filter_criterion out;
  out.priority = static_cast<std::uint32_t>(in.number("priority", 0, 0, 0x7fffffff));
  out.server.name = in.text("server");
  if (out.server.name.compare(0, 4, "sip:") != 0 && out.server.name.compare(0, 5, "sips:") != 0)
    in.mistake("server", "is not a SIP URI");
  out.server.handling = static_cast<ims::default_handling>(in.choice("handling", {"continue", "terminate"}, 0));
  out.server.service_info = in.text("service_info");
  out.server.include_register_request = in.flag("include_register_request", false);
  out.server.include_register_response = in.flag("include_register_response", false);
  if (in.has("part"))
    out.part = static_cast<ims::profile_part>(in.choice("part", {"registered", "unregistered"}, 0));
  auto any = in.flag("any", false);
  if (auto* conditions = in.array("when")) {
    out.trigger.emplace().conjunctive = !any;
    std::uint32_t group = 1'000'000'000; // beyond what a person would write
    for (auto& item : *conditions)
      if (auto* table = item.as_table())
        out.trigger->spts.push_back(read_condition(table_reader(*table, in.wrong()), group++));
      else
        in.wrong().add(item, "when", "has an item that is not a table");
  }
  in.end();
  return out;
}

std::string read_profile_file(table_reader& in) {
  auto path = std::filesystem::path(in.wrong().file).parent_path() / in.text("profile");
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || text.empty())
    in.mistake("profile", "cannot be read: " + path.string());
  return text;
}

} // namespace

services_ref read_services(table_reader& in, services_pool& pool) {
  if (in.has("profile") + in.has("profile_xml") + in.has("ifc") > 1)
    in.mistake("profile", "stands beside profile_xml or ifc: only one of them may");
  if (auto* list = in.array("ifc")) {
    std::vector<ims::filter_criterion> criteria;
    for (auto& item : *list)
      if (auto* table = item.as_table())
        criteria.push_back(read_criterion(table_reader(*table, in.wrong())));
    std::stable_sort(criteria.begin(), criteria.end(), [](auto& a, auto& b) { return a.priority < b.priority; });
    return pool.get(criteria);
  }
  auto key = in.has("profile") ? "profile" : "profile_xml";
  if (!in.has(key))
    return nullptr;
  auto services = pool.get(in.has("profile") ? read_profile_file(in) : in.text("profile_xml"));
  if (!services)
    in.mistake(key, services.error().what);
  return services.value_or(nullptr);
}

} // namespace troupe::hss
