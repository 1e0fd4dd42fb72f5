#include <catch2/catch.hpp>
#include <set>

#include "protocols/ims/access.hpp"
#include "protocols/ims/charging.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::ims;

TEST_CASE("TS 32.260 5.1.3: charging identifiers do not repeat, also within one millisecond") {
  random_source random(7);
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i)
    seen.insert(make_charging_vector(random, instant{1'700'000'000'000}, "p.example").icid);
  CHECK(seen.size() == 1'000);
}

TEST_CASE("RFC 7315 4.6: a charging vector is written and read back, values quoted where they must be") {
  random_source random(7);
  auto v = make_charging_vector(random, instant{1'700'000'000'000}, "[2001:db8::1]");
  v.orig_ioi = make_ioi(ioi_type::visited_to_home, "visited.example");
  v.term_ioi = "home.example";
  v.others = ";access-network-charging-info=\"x;y\"";
  auto text = to_string(v);
  CHECK(text.find("icid-generated-at=\"[2001:db8::1]\"") != text.npos);
  CHECK(text.find("orig-ioi=\"Type 1visited.example\"") != text.npos);
  CHECK(text.find("term-ioi=home.example") != text.npos);
  auto back = parse_charging_vector(text);
  REQUIRE(back);
  CHECK(*back == v);
}

TEST_CASE("RFC 7315 4.6: the charging vector of a real capture is read") {
  auto v = parse_charging_vector("icid-value=4956537F000001976200002200000000; icid-generated-at=10.4.128.21");
  REQUIRE(v);
  CHECK(v->icid == "4956537F000001976200002200000000");
  CHECK(v->generated_at == "10.4.128.21");
  CHECK(v->others.empty());
}

TEST_CASE("RFC 7315 5.6: a charging vector without an identifier is none") {
  auto text = GENERATE("", ";", "orig-ioi=a", "icid-value", "icid-value=\"\"");
  CHECK_FALSE(parse_charging_vector(text));
}

TEST_CASE("TS 24.229 7.2A.5: each transit network appends itself with its number") {
  charging_vector v;
  append_transit_ioi(v, "op-a.example");
  append_transit_ioi(v, "op-b.example");
  CHECK(v.transit_ioi == "op-a.example.1,op-b.example.2");
  v.icid = "x";
  CHECK(parse_charging_vector(to_string(v))->transit_ioi == v.transit_ioi);
}

TEST_CASE("TS 24.229 7.2A.5: identifiers of types 1 and 3 say their type, those between homes do not") {
  CHECK(make_ioi(ioi_type::visited_to_home, "v") == "Type 1v");
  CHECK(make_ioi(ioi_type::home_to_home, "h") == "h");
  CHECK(make_ioi(ioi_type::home_to_service, "h") == "Type 3h");
}

TEST_CASE("RFC 7315 4.5: charging function addresses keep their order, the primary first") {
  charging_addresses a{{"aaa://ccf1.example", "ccf2"}, {"aaa://ecf.example:3868;transport=tcp"}};
  CHECK(to_string(a) == "ccf=\"aaa://ccf1.example\";ccf=ccf2;ecf=\"aaa://ecf.example:3868;transport=tcp\"");
  CHECK(*parse_charging_addresses(to_string(a)) == a);
  CHECK_FALSE(parse_charging_addresses("x=y"));
  CHECK(parse_charging_addresses("ccf=192.1.1.1; ecf=\"[2001::1]\"")->ecf == std::vector<std::string>{"[2001::1]"});
}

TEST_CASE("TS 24.229 5.2.6.3: access information that a UE marks as network-provided goes, its own stays") {
  auto m = sip::message::request("INVITE", "sip:b@h");
  m.add(sip::hdr::p_access_network_info, "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=001, IEEE-802.11;network-provided");
  m.add(sip::hdr::p_access_network_info, "3GPP-NR;np;utran-cell-id-3gpp=1");
  CHECK(strip_network_provided(m) == 2);
  CHECK(sip::values(m, sip::hdr::p_access_network_info) ==
        std::vector<std::string_view>{"3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=001"});
  add_network_provided(m, "IEEE-802.11;i-wlan-node-id=abc");
  CHECK(sip::values(m, sip::hdr::p_access_network_info).back() == "IEEE-802.11;network-provided;i-wlan-node-id=abc");
  CHECK(strip_network_provided(m) == 1);
  CHECK(strip_network_provided(m) == 0);
}

TEST_CASE("RFC 7315 5.3: P-Visited-Network-ID is a token, or a quoted text") {
  auto name = GENERATE("ims.mnc001.mcc001.3gppnetwork.org", "Visited network number 1", "a\"b, c");
  auto m = sip::message::request("REGISTER", "sip:h");
  m.add(sip::hdr::p_visited_network_id, to_p_visited_network_id(name));
  CHECK(read_p_visited_network_id(m) == name);
  CHECK(to_p_visited_network_id("home.example") == "home.example");
  CHECK(to_p_visited_network_id("a b") == "\"a b\"");
}
