#include "tests/actors/roles/scscf/scscf_scene.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;

namespace {

struct called : scscf_scene {
  sip::message sent;

  explicit called(std::string_view uri = "sip:alice@home.example", std::string_view more = {})
      : scscf_scene(sip::half::terminating), sent(message_of("INVITE " + std::string(uri) + R"( SIP/2.0
Via: SIP/2.0/UDP 198.51.100.9:6060;branch=z9hG4bKicscf
Max-Forwards: 66
From: <sip:bob@other.example>;tag=1
To: <sip:alice@home.example>
Call-ID: one
CSeq: 1 INVITE
Contact: <sip:bob@198.51.100.1>
P-Asserted-Identity: <sip:bob@partner.example>
P-Access-Network-Info: 3GPP-GERAN
P-Profile-Key: <sip:x@home.example>
P-Charging-Vector: icid-value=bobs;orig-ioi=partner.example
)" + std::string(more))) {}

  const std::vector<target>& targets(const decision& d) { return is<pass_on>(d).targets; }
  texts uris_of(const decision& d) {
    texts out;
    for (auto& t : targets(d))
      out.emplace_back(t.request.uri());
    return out;
  }
  std::vector<std::uint32_t> groups_of(const decision& d) {
    std::vector<std::uint32_t> out;
    for (auto& t : targets(d))
      out.push_back(t.group);
    return out;
  }
};

ims::registered_contact flow_contact(std::string uri, std::uint32_t reg_id, std::int64_t expires) {
  auto c = contact(std::move(uri));
  c.instance_id = "urn:uuid:1";
  c.reg_id = reg_id;
  c.expires_at = {1'800'000'000'000 + expires};
  return c;
}

} // namespace

TEST_CASE("24.229 5.4.3.3: the S-CSCF asks for the profile of the called identity, also when nobody is registered") {
  called s("sip:Alice@HOME.example:5060;user=ip");
  auto decided = s.gets(s.sent);
  CHECK(asks<ask_profile>(decided).impu == "sip:Alice@home.example");
  CHECK(asks<ask_profile>(decided).load_unregistered);
}

TEST_CASE(
    "24.229 5.4.3.3: the contact becomes the Request-URI, its Path the Route, what was called P-Called-Party-ID") {
  called s("tel:+15550001");
  s.alice.snapshot.contacts[0].path = {"<sip:ibcf.home.example;lr>", "<sip:path@pcscf.visited.example:5060;lr>"};
  s.knows_alice();
  auto decided = s.gets(s.sent);
  auto& targets = s.targets(decided);
  REQUIRE(targets.size() == 1);
  auto& out = targets[0].request;
  CHECK(out.uri() == "sip:alice@192.0.2.7:5060");
  CHECK(all(out, sip::hdr::route) == texts{"<sip:ibcf.home.example;lr>", "<sip:path@pcscf.visited.example:5060;lr>"});
  CHECK(value(out, sip::hdr::p_called_party_id) == "<tel:+15550001>");
  CHECK(is<pass_on>(decided).stay);
}

TEST_CASE("24.229 5.4.3.3: towards the P-CSCF go the ICID and our IOI of type 1, and nothing of the caller's access") {
  called s;
  s.knows_alice();
  auto decided = s.gets(s.sent);
  auto& out = s.targets(decided).at(0).request;
  CHECK(s.charging(out).icid == "bobs");
  CHECK(s.charging(out).orig_ioi == "Type 1home.example");
  CHECK_FALSE(out.has(sip::hdr::p_access_network_info));
  CHECK_FALSE(out.has(sip::hdr::p_profile_key));
  CHECK(out.has(sip::hdr::p_asserted_identity));
}

TEST_CASE("24.229 5.4.3.3: unknown and barred identities are 404, who is not registered is 480") {
  SECTION("nothing is known") {
    called s;
    s.knows_nobody();
    auto decided = s.gets(s.sent);
    CHECK(status_of(decided) == 404);
  }
  SECTION("barred") {
    called s("sip:secret@home.example");
    s.knows_alice();
    auto decided = s.gets(s.sent);
    CHECK(status_of(decided) == 404);
  }
  SECTION("another user's profile") {
    called s("sip:bob@home.example");
    s.knows_alice();
    auto decided = s.gets(s.sent);
    CHECK(status_of(decided) == 404);
  }
  SECTION("no identity at all") {
    called s("urn:uuid:1");
    auto decided = s.gets(s.sent);
    CHECK(status_of(decided) == 404);
  }
  SECTION("not registered") {
    called s;
    s.alice.snapshot.state = ims::registration_state::unregistered;
    s.alice.snapshot.contacts.clear();
    s.knows_alice();
    auto decided = s.gets(s.sent);
    CHECK(status_of(decided) == 480);
  }
  SECTION("the only contact has just run out") {
    called s;
    s.alice.snapshot.contacts[0].expires_at = s.ctx.now;
    s.knows_alice();
    auto decided = s.gets(s.sent);
    CHECK(status_of(decided) == 480);
  }
}

TEST_CASE("24.229 5.4.3.3: contacts of one q ring together, others one after another, the highest first") {
  called s;
  s.alice.snapshot.contacts = {contact("sip:low@192.0.2.1", 300), contact("sip:a@192.0.2.2", 900),
                               contact("sip:b@192.0.2.3", 900)};
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(s.uris_of(decided) == texts{"sip:a@192.0.2.2", "sip:b@192.0.2.3", "sip:low@192.0.2.1"});
  CHECK(s.groups_of(decided) == std::vector<std::uint32_t>{0, 0, 1});
}

TEST_CASE("RFC 3841 9.1: Request-Disposition says no-fork and sequential") {
  auto [directive, groups] = GENERATE(table<std::string, std::vector<std::uint32_t>>(
      {{"no-fork", {0}}, {"sequential", {0, 1}}, {"parallel", {0, 0}}, {"fork", {0, 0}}}));
  called s("sip:alice@home.example", "Request-Disposition: " + directive + "\n");
  s.alice.snapshot.contacts = {contact("sip:a@192.0.2.2"), contact("sip:b@192.0.2.3")};
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(s.groups_of(decided) == groups);
}

TEST_CASE("RFC 3841 7.2: the caller's preferences choose among the contacts") {
  auto video = contact("sip:video@192.0.2.2");
  video.parameters = {{"audio", "", false}, {"video", "", false}};
  auto voice = contact("sip:voice@192.0.2.3");
  voice.parameters = {{"audio", "", false}, {"video", "\"FALSE\"", true}};
  auto with = [&](std::string_view more) {
    called s("sip:alice@home.example", more);
    s.alice.snapshot.contacts = {voice, video};
    s.knows_alice();
    auto decided = s.gets(s.sent);
    return s.uris_of(decided);
  };
  CHECK(with("Accept-Contact: *;video;require;explicit\n") == texts{"sip:video@192.0.2.2"});
  CHECK(with("Reject-Contact: *;video\n") == texts{"sip:voice@192.0.2.3"});
  CHECK(with("Accept-Contact: *;video\n").front() == "sip:video@192.0.2.2");
}

TEST_CASE("RFC 3841 7.2: when no contact is as the caller requires it is 480") {
  called s("sip:alice@home.example", "Accept-Contact: *;text;require;explicit\n");
  s.alice.snapshot.contacts[0].parameters = {{"audio", "", false}};
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(status_of(decided) == 480);
}

TEST_CASE("RFC 5627 6: a GRUU reaches the one instance that it names") {
  auto phone = contact("sip:phone@192.0.2.2"), tablet = contact("sip:tablet@192.0.2.3");
  phone.pub_gruu = "sip:alice@home.example;gr=urn:uuid:phone";
  tablet.pub_gruu = "sip:alice@home.example;gr=urn:uuid:tablet";
  phone.instance_id = "urn:uuid:phone";
  tablet.instance_id = "urn:uuid:tablet";
  SECTION("one that is there") {
    called s("sip:alice@home.example;gr=urn:uuid:tablet");
    s.alice.snapshot.contacts = {phone, tablet};
    s.knows_alice();
    auto decided = s.gets(s.sent);
    CHECK(s.uris_of(decided) == texts{"sip:tablet@192.0.2.3"});
    CHECK(value(s.targets(decided)[0].request, sip::hdr::p_called_party_id) ==
          "<sip:alice@home.example;gr=urn:uuid:tablet>");
  }
  SECTION("one that is not") {
    called s("sip:alice@home.example;gr=urn:uuid:watch");
    s.alice.snapshot.contacts = {phone, tablet};
    s.knows_alice();
    auto decided = s.gets(s.sent);
    CHECK(status_of(decided) == 480);
  }
}

TEST_CASE("RFC 5626 7: of an instance's flows one is used, and another when that has failed with 430") {
  called s;
  s.alice.snapshot.contacts = {flow_contact("sip:a@192.0.2.1", 1, 0), flow_contact("sip:a@192.0.2.2", 2, 10)};
  s.knows_alice();
  auto first = s.gets(s.sent);
  CHECK(s.uris_of(first) == texts{"sip:a@192.0.2.2"});
  auto sent = s.targets(first)[0].request;
  auto failed = answer_to(sent, 430);
  auto second = s.gets(failed, sent);
  CHECK(s.uris_of(second) == texts{"sip:a@192.0.2.1"});
  auto again = s.targets(second)[0].request;
  CHECK(all(again, sip::hdr::route).size() == 1);
  auto gone = s.gets(failed, again);
  CHECK(status_of(gone) == 480);
}

TEST_CASE("RFC 5626 5.3: other failures of a flow are the caller's") {
  called s;
  s.alice.snapshot.contacts = {flow_contact("sip:a@192.0.2.1", 1, 0), flow_contact("sip:a@192.0.2.2", 2, 10)};
  s.knows_alice();
  auto first = s.gets(s.sent);
  auto sent = s.targets(first)[0].request;
  auto busy = answer_to(sent, 486);
  CHECK(std::holds_alternative<pass_back>(s.gets(busy, sent)));
}

TEST_CASE("24.229 5.4.3.3: the answer asserts the called user's identities and carries both networks' IOIs") {
  called s;
  s.knows_alice();
  auto decided = s.gets(s.sent);
  auto sent = s.targets(decided)[0].request;
  auto ok = answer_to(
      sent, 200,
      "P-Asserted-Identity: <sip:alice@home.example>\nP-Access-Network-Info: 3GPP-GERAN\n"
      "P-Charging-Vector: icid-value=bobs;orig-ioi=\"Type 1home.example\";term-ioi=\"Type 1visited.example\"\n");
  s.gets(ok, sent);
  CHECK(all(ok, sip::hdr::p_asserted_identity) == texts{"<sip:alice@home.example>", "<tel:+15550001>"});
  CHECK(s.charging(ok).icid == "bobs");
  CHECK(s.charging(ok).orig_ioi == "partner.example");
  CHECK(s.charging(ok).term_ioi == "home.example");
  CHECK(ok.has(sip::hdr::p_access_network_info)); // the partner is in the trust domain
}

TEST_CASE("24.229 5.4.3.3: the alias goes with the called identity only, not with another that the UE prefers") {
  called s;
  s.knows_alice();
  auto decided = s.gets(s.sent);
  auto sent = s.targets(decided)[0].request;
  auto ok = answer_to(sent, 200, "P-Asserted-Identity: <sip:alice.work@home.example>\n");
  s.gets(ok, sent);
  CHECK(all(ok, sip::hdr::p_asserted_identity) == texts{"<sip:alice.work@home.example>"});
}

TEST_CASE("24.229 5.4.3.3: an answer to a stranger loses what the trust domain keeps") {
  called s;
  s.sent.set(sip::hdr::p_charging_vector, "icid-value=x;orig-ioi=stranger.example");
  s.knows_alice();
  auto decided = s.gets(s.sent);
  auto sent = s.targets(decided)[0].request;
  auto ok = answer_to(
      sent, 200, "P-Asserted-Identity: <sip:alice@home.example>\nPrivacy: id\nP-Access-Network-Info: 3GPP-GERAN\n");
  s.gets(ok, sent);
  CHECK_FALSE(ok.has(sip::hdr::p_asserted_identity));
  CHECK_FALSE(ok.has(sip::hdr::p_access_network_info));
}
