#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

#include "protocols/ims/ifc.hpp"
#include "protocols/ims/snapshot.hpp"
#include "tests/protocols/ims/corpus.hpp"

using namespace troupe;
using namespace troupe::ims;
using nlohmann::json;
using troupe::test::corpus;

namespace {

void append(pugi::xml_node parent, const std::string& name, const std::string& text) {
  parent.append_child(name.c_str()).text().set(text.c_str());
}

/// The SPTs of a case of decisions.json as the XML of TS 29.228 Annex E, put into template.xml.
std::string to_document(const json& c) {
  pugi::xml_document d;
  auto trigger = d.append_child("TriggerPoint");
  append(trigger, "ConditionTypeCNF", c["ConditionTypeCNF"]);
  for (auto& spt : c["spts"]) {
    auto node = trigger.append_child("SPT");
    append(node, "ConditionNegated", spt["ConditionNegated"]);
    for (auto& group : spt["Group"])
      append(node, "Group", group);
    if (spt.contains("type")) {
      auto& value = spt["value"];
      if (value.is_string()) {
        append(node, spt["type"], value);
      } else {
        auto inner = node.append_child(spt["type"].get<std::string>().c_str());
        for (auto& [name, text] : value.items())
          append(inner, name, text);
      }
    }
    if (spt.contains("Extension")) {
      auto extension = node.append_child("Extension");
      for (auto& pair : spt["Extension"])
        append(extension, pair[0], pair[1]);
    }
  }
  std::ostringstream xml;
  d.save(xml, "", pugi::format_raw | pugi::format_no_declaration);
  auto text = corpus("ifc/template.xml");
  auto at = text.find("@TRIGGERPOINT@");
  return text.replace(at, std::string("@TRIGGERPOINT@").size(), xml.str());
}

session_case direction(const std::string& name, bool registered) {
  if (name == "orig")
    return registered ? session_case::originating_registered : session_case::originating_unregistered;
  if (name == "term")
    return registered ? session_case::terminating_registered : session_case::terminating_unregistered;
  return session_case::originating_cdiv;
}

/// As it came off the wire, with line ends of the wire. A fault in its body's SDP is none of the parser's business.
sip::message_ref read_message(const std::string& file) {
  std::string wire;
  for (char c : corpus("ifc/" + file)) {
    if (c == '\n' && (wire.empty() || wire.back() != '\r'))
      wire += '\r';
    wire += c;
  }
  auto body = wire.find("\r\n\r\n");
  auto length = wire.find("Content-Length:");
  REQUIRE(body != wire.npos);
  REQUIRE(length != wire.npos);
  auto size = wire.size() - body - 4;
  wire.replace(length, wire.find('\r', length) - length, "Content-Length: " + std::to_string(size));
  auto parsed = sip::parse(wire);
  INFO(file << ": " << (parsed.fault ? parsed.fault->what : ""));
  REQUIRE_FALSE(parsed.fault);
  return parsed.msg;
}

filter_criterion criterion(trigger_point trigger) {
  filter_criterion c;
  c.server.name = "sip:as.example";
  c.trigger = std::move(trigger);
  return c;
}

} // namespace

TEST_CASE("TS 29.228 Annexes B and C: all 59 trigger decisions of the corpus come out as they should") {
  auto decisions = json::parse(corpus("ifc/decisions.json"));
  std::size_t decided = 0;
  for (auto& c : decisions["cases"]) {
    INFO(c["name"] << " " << c["note"]);
    auto s = parse_subscription(to_document(c));
    REQUIRE(s);
    auto request = read_message(c["message"]);
    bool registered = c["registered"];
    trigger_context context{direction(c["session_case"], registered), registered, registration_type::initial};
    if (c.contains("initial_registration"))
      context.registration = registration_type_of(*request, !c["initial_registration"].get<bool>());
    CHECK(matches(s->profiles.at(0).criteria.at(0), *request, context) == c["expected"].get<bool>());
    ++decided;
  }
  CHECK(decided == 59);
}

TEST_CASE("TS 29.228 B.2.2: ProfilePartIndicator binds a criterion to the registered or the unregistered part") {
  auto invite = sip::message::request("INVITE", "sip:bob@h");
  filter_criterion c;
  trigger_context registered{session_case::terminating_registered, true, {}};
  trigger_context unregistered{session_case::terminating_unregistered, false, {}};
  CHECK(matches(c, invite, registered));
  CHECK(matches(c, invite, unregistered));
  c.part = profile_part::registered;
  CHECK(matches(c, invite, registered));
  CHECK_FALSE(matches(c, invite, unregistered));
  c.part = profile_part::unregistered;
  CHECK_FALSE(matches(c, invite, registered));
  CHECK(matches(c, invite, unregistered));
}

TEST_CASE("TS 29.228 Annex C: a negated condition that cannot be understood does not match") {
  auto invite = sip::message::request("INVITE", "sip:bob@h");
  trigger_point t;
  t.malformed = true;
  CHECK_FALSE(matches(criterion(t), invite, {}));
}

TEST_CASE("TS 29.228 Annex C: CNF wants one of each group, DNF all of one group") {
  auto invite = sip::message::request("INVITE", "sip:bob@h");
  auto yes = [](std::vector<std::uint32_t> groups) {
    return service_point_trigger{method_spt{"INVITE", {}}, false, std::move(groups)};
  };
  auto no = [](std::vector<std::uint32_t> groups) {
    return service_point_trigger{method_spt{"BYE", {}}, false, std::move(groups)};
  };
  CHECK(matches(trigger_point{true, {yes({0}), no({0}), yes({1})}, false}, invite, {}));
  CHECK_FALSE(matches(trigger_point{true, {yes({0}), no({1})}, false}, invite, {}));
  CHECK(matches(trigger_point{false, {no({0}), yes({1})}, false}, invite, {}));
  CHECK_FALSE(matches(trigger_point{false, {yes({0}), no({0}), no({1})}, false}, invite, {}));
  CHECK_FALSE(matches(trigger_point{true, {yes({0}), no({1, 0})}, false}, invite, {}));
}

TEST_CASE("TS 29.228 B.2.3: an SDP condition looks into the SDP part of a multipart body, and nowhere else") {
  auto invite = sip::message::request("INVITE", "sip:bob@h");
  trigger_point video{true, {{session_description_spt{pattern("m"), pattern("^video")}, false, {0}}}, false};
  std::string sdp = "v=0\r\nm=video 1 RTP/AVP 96\r\n";
  invite.set_body("application/sdp", sdp);
  CHECK(matches(video, invite, {}));
  invite.set_body("text/plain", sdp);
  CHECK_FALSE(matches(video, invite, {}));
  auto parts =
      "--b1\r\nContent-Type: text/plain\r\n\r\nm=video in a text\r\n--b1\r\nContent-Type: application/sdp\r\n\r\n";
  invite.set_body("multipart/mixed;boundary=\"b1\"", parts + sdp + "--b1--\r\n");
  CHECK(matches(video, invite, {}));
  invite.set_body("multipart/mixed;boundary=b1", std::string(parts) + "m=audio 1 RTP/AVP 0\r\n--b1--\r\n");
  CHECK_FALSE(matches(video, invite, {}));
}

TEST_CASE("TS 29.228 B.2.3: a header condition knows a field by its compact form") {
  auto parsed = sip::parse("INVITE sip:bob@h SIP/2.0\r\nv: SIP/2.0/UDP a;branch=z9hG4bK1\r\nf: <sip:a@h>;tag=1\r\n"
                           "t: <sip:bob@h>\r\ni: x\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nk: 100rel\r\nl: 0\r\n\r\n");
  REQUIRE_FALSE(parsed.fault);
  header_spt supported{pattern("Supported", pattern::letter_case::ignored), pattern("100rel")};
  CHECK(matches(trigger_point{true, {{supported, false, {0}}}, false}, *parsed.msg, {}));
}

TEST_CASE("TS 24.229 5.4.3.2: the criteria are asked one after the other, with the message as the last AS left it") {
  auto s = parse_subscription(corpus("cx/subscription/04_priority_order.xml"));
  REQUIRE(s);
  auto& profile = s->profiles[0];
  auto invite = sip::message::request("INVITE", "sip:bob@h");
  auto all = chain(profile, invite, {});
  REQUIRE(all.size() == 3);
  CHECK(all[0]->server.name == "sip:first.example");
  CHECK(all[2]->server.name == "sip:third.example");
  CHECK(next_match(profile, invite, {}) == 0u);
  CHECK(next_match(profile, invite, {}, 1) == 1u);
  CHECK_FALSE(next_match(profile, invite, {}, 3));
  CHECK_FALSE(next_match(profile, sip::message::request("MESSAGE", "sip:bob@h"), {}, 0));
}

TEST_CASE("TS 24.229 5.4.1.7: only a REGISTER whose contacts all end is a de-registration") {
  auto request = sip::message::request("REGISTER", "sip:h");
  CHECK(registration_type_of(request, false) == registration_type::initial);
  CHECK(registration_type_of(request, true) == registration_type::re_registration);
  request.add(sip::hdr::contact, "<sip:a@1>;expires=0");
  CHECK(registration_type_of(request, true) == registration_type::de_registration);
  request.add(sip::hdr::contact, "<sip:a@2>;expires=60");
  CHECK(registration_type_of(request, true) == registration_type::re_registration);
}

TEST_CASE("TS 29.228 6.1.2.1: the default public user identity is the first that is not barred") {
  profile_snapshot snapshot;
  snapshot.user =
      std::make_shared<subscription>(*parse_subscription(corpus("cx/subscription/02_implicit_set_barring.xml")));
  REQUIRE(snapshot.default_identity());
  CHECK(snapshot.default_identity()->canonical == "sip:+15550001@ims.mnc001.mcc001.3gppnetwork.org");
  CHECK(snapshot.usable_identities().size() == 2);
  auto hit = snapshot.find("tel:+15550001");
  REQUIRE(hit);
  CHECK(hit.profile == &snapshot.user->profiles[0]);
  REQUIRE(snapshot.alias_of(*hit.identity));
  CHECK(snapshot.alias_of(*hit.identity)->canonical == "sip:+15550001@ims.mnc001.mcc001.3gppnetwork.org");
  CHECK(snapshot.find("sip:001010000000001@ims.mnc001.mcc001.3gppnetwork.org").identity->barred);
  CHECK_FALSE(snapshot.find("sip:nobody@h"));
}
