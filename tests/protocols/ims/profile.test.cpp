#include <catch2/catch.hpp>

#include "protocols/ims/profile.hpp"
#include "tests/protocols/ims/corpus.hpp"

using namespace troupe;
using namespace troupe::ims;
using troupe::test::corpus;

namespace {

subscription read(const std::string& file) {
  auto s = parse_subscription(corpus("cx/" + file));
  INFO((s ? "" : s.error().what));
  REQUIRE(s);
  return *s;
}

std::string document(const std::string& profile) {
  return "<IMSSubscription><PrivateID>a@h</PrivateID><ServiceProfile>" + profile +
         "</ServiceProfile></IMSSubscription>";
}

const std::string alice = "<PublicIdentity><Identity>sip:alice@h</Identity></PublicIdentity>";

} // namespace

TEST_CASE("TS 29.228 B.2: a minimal subscription has one identity, not barred, and no criteria") {
  auto s = read("subscription/01_minimal.xml");
  CHECK(s.private_id == "001010000000001@ims.mnc001.mcc001.3gppnetwork.org");
  REQUIRE(s.profiles.size() == 1);
  REQUIRE(s.profiles[0].identities.size() == 1);
  CHECK(s.profiles[0].identities[0].uri == "sip:001010000000001@ims.mnc001.mcc001.3gppnetwork.org");
  CHECK_FALSE(s.profiles[0].identities[0].barred);
  CHECK(s.profiles[0].criteria.empty());
}

TEST_CASE("TS 29.228 B.2.1: barring, identity type and alias groups of an implicit set are read") {
  auto s = read("subscription/02_implicit_set_barring.xml");
  auto& ids = s.profiles.at(0).identities;
  REQUIRE(ids.size() == 3);
  CHECK(ids[0].barred);
  CHECK_FALSE(ids[1].barred);
  CHECK(ids[2].canonical == "tel:+15550001");
  CHECK(ids[1].alias_group == "1");
  CHECK(ids[2].type == identity_type::public_user_identity);
}

TEST_CASE("TS 29.228 B.2.1: each of two service profiles keeps its own identities and criteria") {
  auto s = read("subscription/03_two_profiles.xml");
  REQUIRE(s.profiles.size() == 2);
  CHECK(s.profiles[0].criteria.at(0).server.name == "sip:as1.example:5070");
  CHECK(s.profiles[1].criteria.at(0).server.name == "sip:as2.example:5070");
  CHECK(s.profiles[0].criteria[0].trigger->conjunctive);
  CHECK(s.profiles[0].criteria[0].trigger->spts.size() == 2);
}

TEST_CASE("TS 29.228 B.2.2: criteria stand in the order of their priority, the lowest number first") {
  auto s = read("subscription/04_priority_order.xml");
  std::vector<std::string> servers;
  for (auto& c : s.profiles.at(0).criteria)
    servers.push_back(c.server.name);
  CHECK(servers == std::vector<std::string>{"sip:first.example", "sip:second.example", "sip:third.example"});
}

TEST_CASE("TS 29.228 B.2.2: service info, default handling and the inclusion of REGISTER are read as they stand") {
  auto s = read("subscription/05_third_party_register.xml");
  auto& c = s.profiles.at(0).criteria.at(0);
  CHECK(c.server.service_info == "<info>&lt;x&amp;y</info>");
  CHECK(c.server.handling == default_handling::session_terminated);
  CHECK(c.server.include_register_request);
  CHECK(c.server.include_register_response);
  auto& method = std::get<method_spt>(c.trigger->spts.at(0).condition);
  CHECK(method.name == "REGISTER");
  CHECK(method.registration == std::vector{registration_type::initial, registration_type::de_registration});
}

TEST_CASE("TS 29.228 Annex E: the User-Data of two real HSS answers is read and written without loss") {
  auto file = GENERATE("pcap_userdata/ipsec_reg_014_Cx_SAA.xml", "pcap_userdata/nonipsec_reg_012_Cx_SAA.xml");
  auto s = read(file);
  REQUIRE(s.profiles.size() == 1);
  CHECK(s.profiles[0].identities.size() == 3);
  CHECK(s.profiles[0].identities[0].barred);
  auto& trigger = *s.profiles[0].criteria.at(0).trigger;
  CHECK(trigger.spts.size() == 12);
  CHECK_FALSE(trigger.conjunctive);
  CHECK_FALSE(trigger.malformed);
  CHECK(*parse_subscription(build_subscription(s)) == s);
}

TEST_CASE("TS 29.228 Annex E: every good corpus document survives writing and reading") {
  auto file = GENERATE("01_minimal", "02_implicit_set_barring", "03_two_profiles", "04_priority_order",
                       "05_third_party_register");
  auto s = read(std::string("subscription/") + file + ".xml");
  CHECK(*parse_subscription(build_subscription(s)) == s);
}

TEST_CASE("TS 29.228 Annex E: all that later releases add survives writing and reading") {
  subscription s;
  s.private_id = "a&b@h";
  service_profile p;
  public_identity id;
  id.uri = id.canonical = "sip:chat@h";
  id.type = identity_type::wildcarded_impu;
  id.wildcard = "sip:chat-!.*!@h";
  id.wildcard_pattern = wildcard_to_pattern(id.wildcard);
  id.display_name = "Chat <room>";
  id.alias_group = "7";
  id.sip_uri_parameters = "user=phone";
  id.max_registrations = 3;
  p.identities.push_back(id);
  p.shared_criteria_sets = {4, 9};
  p.services = core_network_services{12, {"urn:urn-7:3gpp-service.ims.icsi.mmtel"}};
  filter_criterion c;
  c.priority = 3;
  c.part = profile_part::unregistered;
  c.server.name = "sip:as.h";
  c.trigger = trigger_point{true,
                            {{request_uri_spt{pattern("sip:a.*")}, true, {0, 1}},
                             {header_spt{pattern("Accept", pattern::letter_case::ignored), std::nullopt}, false, {2}},
                             {session_description_spt{pattern("m"), pattern("video")}, false, {2}},
                             {session_case_spt{session_case::originating_cdiv}, false, {3}}},
                            false};
  p.criteria.push_back(c);
  s.profiles.push_back(p);
  auto back = parse_subscription(build_subscription(s));
  REQUIRE(back);
  CHECK(*back == s);
}

TEST_CASE("a criterion that could not be read stays one that never matches when it is written again") {
  auto s = parse_subscription(document(alice + "<InitialFilterCriteria><Priority>0</Priority><TriggerPoint>"
                                               "<ConditionTypeCNF>1</ConditionTypeCNF><SPT><Group>0</Group></SPT>"
                                               "</TriggerPoint><ApplicationServer><ServerName>sip:as</ServerName>"
                                               "</ApplicationServer></InitialFilterCriteria>"));
  REQUIRE(s);
  CHECK(s->profiles[0].criteria.at(0).trigger->malformed);
  CHECK(parse_subscription(build_subscription(*s))->profiles[0].criteria.at(0).trigger->malformed);
}

TEST_CASE("user data that is hostile or broken is an error of the HSS, with status 500") {
  auto broken = GENERATE(
      values<std::string>({"", "x", "<IMSSubscription/>", "<a/>", corpus("cx/subscription/90_bad_not_xml.xml"),
                           corpus("cx/subscription/91_bad_no_profile.xml"), document(""), document("<PublicIdentity/>"),
                           document("<PublicIdentity><Identity>http://h/</Identity></PublicIdentity>"),
                           document(alice + "<InitialFilterCriteria><ApplicationServer><ServerName>sip:as</ServerName>"
                                            "</ApplicationServer></InitialFilterCriteria>"),
                           document(alice + "<InitialFilterCriteria><Priority>1</Priority></InitialFilterCriteria>")}));
  auto s = parse_subscription(broken);
  REQUIRE_FALSE(s);
  CHECK(s.error().status == 500);
  CHECK_FALSE(s.error().what.empty());
}

TEST_CASE("user data that is too long, too deep or too numerous is refused before it costs") {
  subscription_limits limits;
  limits.octets = 10'000;
  CHECK_FALSE(parse_subscription(document(alice) + std::string(10'000, ' '), limits));
  std::string deep;
  for (int i = 0; i < 1'000; ++i)
    deep += "<Extension>";
  CHECK_FALSE(parse_subscription("<IMSSubscription>" + deep, {}));
  for (int i = 0; i < 1'000; ++i)
    deep += "</Extension>";
  CHECK_FALSE(parse_subscription(document(alice + deep)));
  limits.identities = 3;
  CHECK(parse_subscription(document(alice + alice + alice), limits));
  CHECK_FALSE(parse_subscription(document(alice + alice + alice + alice), limits));
}

TEST_CASE("entities of a DOCTYPE are not expanded in user data") {
  auto s = parse_subscription("<!DOCTYPE x [<!ENTITY a \"sip:mallory@h\">]>" +
                              document("<PublicIdentity><Identity>sip:&a;@h</Identity></PublicIdentity>"));
  if (s)
    CHECK(s->profiles[0].identities[0].uri.find("mallory") == std::string::npos);
  else
    CHECK(s.error().status == 500);
}

TEST_CASE("TS 29.228 B.2.2: shared criteria sets merge into a profile by priority, and an unknown set is told") {
  auto s = read("subscription/04_priority_order.xml");
  s.profiles[0].shared_criteria_sets = {5};
  filter_criterion shared;
  shared.priority = 15;
  shared.server.name = "sip:shared.example";
  auto copy = s;
  CHECK(apply_shared_criteria(copy, {{5, {shared}}}));
  REQUIRE(copy.profiles[0].criteria.size() == 4);
  CHECK(copy.profiles[0].criteria[1].server.name == "sip:shared.example");
  CHECK_FALSE(apply_shared_criteria(s, {}));
}

TEST_CASE("TS 23.003 13.5: a wildcard's expression stands between exclamation marks, the rest is literal") {
  auto p = wildcard_to_pattern("sip:room-!.*!@ex.ample");
  CHECK(p.matches_whole("sip:room-12@ex.ample"));
  CHECK_FALSE(p.matches_whole("sip:room-12@exxample"));
  CHECK_FALSE(p.matches_whole("xsip:room-12@ex.ample"));
  CHECK(wildcard_to_pattern("sip:a.b@h").matches_whole("sip:a.b@h"));
  CHECK_FALSE(wildcard_to_pattern("sip:a.b@h").matches_whole("sip:aXb@h"));
  CHECK_FALSE(wildcard_to_pattern("sip:!(!@h").valid());
}

TEST_CASE("a good subscription with any one octet turned or cut off is read or refused, and never crashes") {
  auto good = corpus("cx/pcap_userdata/ipsec_reg_014_Cx_SAA.xml");
  std::size_t refused = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto turned = good;
    turned[i] = static_cast<char>(turned[i] ^ (i % 2 ? 0x1c : 0x80));
    if (auto s = parse_subscription(turned))
      CHECK(parse_subscription(build_subscription(*s)));
    else
      ++refused;
    refused += !parse_subscription(std::string_view(good).substr(0, i));
  }
  CHECK(refused > good.size());
}
