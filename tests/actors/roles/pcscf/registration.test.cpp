#include "actors/roles/pcscf/note.hpp"
#include "protocols/ims/charging.hpp"
#include "protocols/ims/trust.hpp"
#include "tests/actors/roles/pcscf/pcscf_scene.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;

namespace {

sip::message registration(std::string_view more = {}, std::string_view uri = "sip:home.example") {
  return message_of("REGISTER " + std::string(uri) + R"( SIP/2.0
Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKabc
Max-Forwards: 70
From: <sip:alice@home.example>;tag=1
To: <sip:alice@home.example>
Call-ID: one
CSeq: 1 REGISTER
Contact: <sip:alice@192.0.2.7:5060>;expires=600
Supported: path
Authorization: Digest username="alice.priv@home.example", realm="home.example", uri="sip:home.example", nonce="", response=""
)" + std::string(more));
}

sip::message answering(std::string_view protection = {}) {
  auto m = registration();
  m.set(sip::hdr::authorization, "Digest username=\"alice.priv@home.example\", realm=\"home.example\", nonce=\"n\", "
                                 "uri=\"sip:home.example\", response=\"0123456789abcdef0123456789abcdef\"" +
                                     std::string(protection));
  return m;
}

std::string protection_in(const sip::message& m) {
  return ims::auth_parameter(m.value(sip::hdr::authorization), "integrity-protected");
}

sip::message response_to(const sip::message& request, int status, std::string_view more) {
  std::string text =
      "SIP/2.0 " + std::to_string(status) + " OK\nVia: " + value(request, sip::hdr::via) +
      "\nFrom: <sip:alice@home.example>;tag=1\nTo: <sip:alice@home.example>;tag=2\nCall-ID: one\nCSeq: 1 REGISTER\n";
  return message_of(text + std::string(more));
}

pcscf::options with_tls() {
  auto o = pcscf_options();
  o.tls = true;
  return o;
}

} // namespace

TEST_CASE("24.229 5.2.2.1: the P-CSCF asks whose flow a REGISTER came by before it touches it") {
  pcscf_scene s;
  auto sent = registration();
  auto before = sent.to_string();
  auto decided = s.gets(sent);
  auto& asked = asks<ask_binding>(decided);
  CHECK(asked.by_flow == s.from);
  CHECK(asked.contact_uri == "sip:alice@192.0.2.7:5060");
  CHECK(sent.to_string() == before);
}

TEST_CASE("24.229 5.2.2.1: Path, Require, P-Visited-Network-ID, charging vector and access information go to the home "
          "network") {
  pcscf_scene s;
  s.knows_nobody();
  auto sent = registration("P-Access-Network-Info: IEEE-802.11\n");
  auto decided = s.gets(sent);
  CHECK(is<pass_on>(decided).next_hop == "sip:icscf.home.example:5070");
  CHECK(is<pass_on>(decided).targets.empty());
  auto token = token_in(sent.value(sip::hdr::path));
  REQUIRE(token);
  CHECK(token->use == sip::token_use::path);
  CHECK(token->side == sip::side::core);
  CHECK(token->half == sip::half::terminating);
  CHECK(token->key.group == s.ctx.call.group);
  CHECK(sip::lists_token(sent, sip::hdr::require, "path"));
  CHECK(value(sent, sip::hdr::p_visited_network_id) == "visited.example");
  auto vector = ims::parse_charging_vector(sent.value(sip::hdr::p_charging_vector));
  REQUIRE(vector);
  CHECK(!vector->icid.empty());
  CHECK(vector->orig_ioi == "Type 1visited.example");
  CHECK(vector->term_ioi.empty());
  CHECK(all(sent, sip::hdr::p_access_network_info) ==
        std::vector<std::string>{"IEEE-802.11", "3GPP-E-UTRAN-FDD;network-provided;utran-cell-id-3gpp=00101"});
}

TEST_CASE("24.229 4.4: nothing of the network's own that a UE writes into a REGISTER is believed") {
  pcscf_scene s;
  s.knows_nobody();
  auto sent =
      registration("Path: <sip:evil.example;lr>\nP-Asserted-Identity: <sip:bob@home.example>\n"
                   "P-Visited-Network-ID: elsewhere\nP-Charging-Vector: icid-value=mine\nRoute: <sip:evil.example;lr>\n"
                   "P-Access-Network-Info: 3GPP-GERAN;network-provided\nService-Route: <sip:evil.example;lr>\n");
  s.gets(sent);
  CHECK(all(sent, sip::hdr::path).size() == 1);
  CHECK(token_in(sent.value(sip::hdr::path)));
  CHECK_FALSE(sent.has(sip::hdr::p_asserted_identity));
  CHECK_FALSE(sent.has(sip::hdr::service_route));
  CHECK_FALSE(sent.has(sip::hdr::route));
  CHECK(value(sent, sip::hdr::p_visited_network_id) == "visited.example");
  CHECK(value(sent, sip::hdr::p_charging_vector).find("mine") == std::string::npos);
  CHECK(value(sent, sip::hdr::p_access_network_info).find("GERAN") == std::string::npos);
}

TEST_CASE("24.229 5.2.2.3: integrity-protected tells whether a response is there and whether the way is known") {
  pcscf_scene s;
  SECTION("nothing to check yet") {
    s.knows_nobody();
    CHECK(protection_in(s.passes(registration())).empty());
  }
  SECTION("a response by an unknown way") {
    s.knows_nobody();
    CHECK(protection_in(s.passes(answering())) == "ip-assoc-pending");
  }
  SECTION("by the connection that the user registered by") {
    s.from.transport = transport::tcp;
    s.knows(alice_binding());
    CHECK(protection_in(s.passes(answering())) == "ip-assoc-yes");
  }
  SECTION("by a UDP source, which anyone can write") {
    s.knows(alice_binding());
    CHECK(protection_in(s.passes(answering())) == "ip-assoc-pending");
  }
  SECTION("by a UDP source that the operator believes") {
    auto o = pcscf_options();
    o.believe_udp_source = true;
    s.configured(o);
    s.knows(alice_binding());
    CHECK(protection_in(s.passes(answering())) == "ip-assoc-yes");
  }
  SECTION("by a connection of another private identity") {
    s.from.transport = transport::tcp;
    auto other = alice_binding();
    other.impi = "mallory@home.example";
    s.knows(other);
    CHECK(protection_in(s.passes(answering())) == "ip-assoc-pending");
  }
  SECTION("what the UE claims counts for nothing") {
    s.knows_nobody();
    CHECK(protection_in(s.passes(answering(", integrity-protected=\"yes\""))) == "ip-assoc-pending");
  }
}

TEST_CASE("24.229 5.2.2.4: over TLS it is tls-pending, and tls-yes when the user is registered by it") {
  pcscf_scene s;
  s.from.transport = transport::tls;
  SECTION("new") {
    s.knows_nobody();
    CHECK(protection_in(s.passes(answering())) == "tls-pending");
  }
  SECTION("known") {
    s.knows(alice_binding());
    CHECK(protection_in(s.passes(answering())) == "tls-yes");
  }
}

TEST_CASE("RFC 5626 5.1: the Path of an outbound registration says ob, and keeps its key when the contact changes") {
  auto outbound = [](std::string_view host) {
    auto m = registration("Supported: outbound\n");
    m.set(sip::hdr::contact, "<sip:alice@" + std::string(host) + ">;reg-id=1;+sip.instance=\"<urn:uuid:1>\"");
    return m;
  };
  pcscf_scene s;
  s.knows_nobody();
  auto first = s.passes(outbound("192.0.2.7")), second = s.passes(outbound("192.0.2.8"));
  CHECK(value(first, sip::hdr::path).ends_with(";lr;ob>"));
  CHECK(token_in(first.value(sip::hdr::path))->key == token_in(second.value(sip::hdr::path))->key);
}

TEST_CASE("RFC 3327 5.1: two contacts of a user have two Paths, a repeated REGISTER the same") {
  pcscf_scene s;
  s.knows_nobody();
  auto other = registration();
  other.set(sip::hdr::contact, "<sip:alice@192.0.2.8>");
  auto one = token_in(s.passes(registration()).value(sip::hdr::path))->key;
  CHECK(one == token_in(s.passes(registration()).value(sip::hdr::path))->key);
  CHECK_FALSE(one == token_in(s.passes(other).value(sip::hdr::path))->key);
}

TEST_CASE("24.229 5.2.2.1: de-registration of all contacts is noted for the binding that is there") {
  pcscf_scene s;
  s.knows(alice_binding());
  auto sent = registration();
  sent.set(sip::hdr::contact, "*");
  auto passed = s.passes(sent);
  CHECK(token_in(passed.value(sip::hdr::path))->key == alice_binding().key);
}

TEST_CASE("24.229 5.2.2.1: home networks other than ours are found by the Request-URI, if they are partners") {
  pcscf_scene s;
  s.knows_nobody();
  auto partner = registration({}, "sip:partner.example");
  auto decided = s.gets(partner);
  CHECK(is<pass_on>(decided).next_hop.empty());
  auto stranger = registration({}, "sip:stranger.example");
  auto refused = s.gets(stranger);
  CHECK(status_of(refused) == 403);
}

TEST_CASE("RFC 3329 2.3: who insists on sec-agree gets 420, who offers it goes on without") {
  pcscf_scene s;
  s.knows_nobody();
  auto insisting = registration("Proxy-Require: sec-agree\nRequire: sec-agree\nSecurity-Client: ipsec-3gpp\n");
  auto refused = s.gets(insisting);
  CHECK(status_of(refused) == 420);
  CHECK(value(is<reply>(refused).response, sip::hdr::unsupported) == "sec-agree");
  auto offering = registration("Supported: sec-agree\nSecurity-Client: ipsec-3gpp; alg=hmac-sha-1-96\n");
  CHECK_FALSE(s.passes(offering).has(sip::hdr::security_client));
}

TEST_CASE("24.229 5.2.2.4: where UEs can come by TLS that is what is agreed on, and the challenge says so") {
  pcscf_scene s;
  s.configured(with_tls());
  s.knows_nobody();
  auto sent = s.passes(registration("Proxy-Require: sec-agree\nRequire: sec-agree, path\nSecurity-Client: tls\n"));
  CHECK_FALSE(sent.has(sip::hdr::security_client));
  CHECK_FALSE(sent.has(sip::hdr::proxy_require));
  CHECK(value(sent, sip::hdr::require) == "path");
  auto challenge = response_to(sent, 401, "WWW-Authenticate: Digest realm=\"home.example\",nonce=\"n\"\n");
  s.gets(challenge, sent);
  CHECK(value(challenge, sip::hdr::security_server) == "tls");
  auto plain = s.passes(registration());
  auto other = response_to(plain, 401, "WWW-Authenticate: Digest realm=\"home.example\",nonce=\"n\"\n");
  s.gets(other, plain);
  CHECK_FALSE(other.has(sip::hdr::security_server));
}

TEST_CASE("24.229 5.2.2.4: an agreement that there is not, or that was changed on the way, is 494") {
  pcscf_scene s;
  s.configured(with_tls());
  s.knows_nobody();
  auto extra = GENERATE(as<std::string>{}, "Require: sec-agree\nSecurity-Client: ipsec-3gpp\n",
                        "Security-Verify: tls\n", // and not by TLS
                        "Require: sec-agree\n");
  auto asking = registration(extra);
  auto refused = s.gets(asking);
  CHECK(status_of(refused) == 494);
  CHECK(value(is<reply>(refused).response, sip::hdr::security_server) == "tls");
}

TEST_CASE("24.229 5.2.2.4: over TLS Security-Verify has to repeat what was offered") {
  pcscf_scene s;
  s.configured(with_tls());
  s.knows_nobody();
  s.from.transport = transport::tls;
  CHECK_FALSE(s.passes(registration("Require: sec-agree\nSecurity-Client: tls\nSecurity-Verify: tls\n"))
                  .has(sip::hdr::security_verify));
  auto changed = registration("Require: sec-agree\nSecurity-Verify: digest\n");
  auto refused = s.gets(changed);
  CHECK(status_of(refused) == 494);
}

TEST_CASE("24.229 5.2.2.2: ck and ik never reach the UE") {
  pcscf_scene s;
  s.knows_nobody();
  auto sent = s.passes(registration());
  auto challenge = response_to(sent, 401,
                               "WWW-Authenticate: Digest realm=\"home.example\", nonce=\"a,b\", algorithm=AKAv1-MD5, "
                               "ik=\"00112233445566778899aabbccddeeff\", ck=\"ffeeddccbbaa99887766554433221100\"\n"
                               "WWW-Authenticate: Digest realm=\"home.example\", nonce=\"c\", algorithm=MD5\n");
  auto decided = s.gets(challenge, sent);
  CHECK(std::holds_alternative<pass_back>(decided));
  auto text = challenge.to_string();
  CHECK(text.find("ik=") == std::string::npos);
  CHECK(text.find("ck=") == std::string::npos);
  CHECK(text.find("00112233") == std::string::npos);
  CHECK(challenge.count(sip::hdr::www_authenticate) == 2);
  CHECK(text.find("nonce=\"a,b\"") != std::string::npos);
}

TEST_CASE("24.229 5.2.2.1: what the 200 says is noted before the UE hears of it") {
  pcscf_scene s;
  s.knows_nobody();
  auto sent = s.passes(registration());
  auto key = token_in(sent.value(sip::hdr::path))->key;
  auto ok = response_to(
      sent, 200,
      "Service-Route: <sip:orig@scscf.home.example;lr>\nP-Associated-URI: <sip:alice@home.example>\n"
      "Contact: <sip:alice@192.0.2.7:5060>;expires=600\n"
      "P-Charging-Vector: icid-value=x;orig-ioi=a;term-ioi=b\nP-Charging-Function-Addresses: ccf=cdf.home.example\n");
  auto asked = s.gets(ok, sent);
  auto& note = asks<note_registration>(asked);
  CHECK(note.key == key);
  CHECK(note.from == s.from);
  CHECK(note.request.has(sip::hdr::path));
  CHECK(value(note.response, sip::hdr::p_charging_function_addresses) == "ccf=cdf.home.example");
  CHECK(ok.has(sip::hdr::p_charging_vector));
  s.facts.noted = true;
  auto decided = s.gets(ok, sent);
  CHECK(std::holds_alternative<pass_back>(decided));
  CHECK_FALSE(ok.has(sip::hdr::p_charging_vector));
  CHECK_FALSE(ok.has(sip::hdr::p_charging_function_addresses));
  CHECK(ok.has(sip::hdr::service_route));
  CHECK(ok.has(sip::hdr::p_associated_uri));
}

TEST_CASE("24.229 5.2.2.1: a REGISTER that comes from the core is none of a P-CSCF's") {
  pcscf_scene s(sip::side::core);
  auto sent = registration();
  auto decided = s.gets(sent);
  CHECK(status_of(decided) == 403);
}

TEST_CASE("what a P-CSCF has noted is read as it was written, and broken notes are refused") {
  pcscf::registration_note r{{3, 99}, udp_flow("192.0.2.7", 5060, sip::side::access)};
  CHECK(pcscf::decode_registration_note(encode(r)) == r);
  pcscf::dialog_note d{{3, 99}, 12345, "icid", "ioi", "<sip:bob@home.example>"};
  CHECK(pcscf::decode_dialog_note(encode(d)) == d);
  auto octets = encode(d);
  for (std::size_t n = 0; n < octets.size(); ++n)
    CHECK_FALSE(pcscf::decode_dialog_note(std::string_view(octets).substr(0, n)));
  CHECK_FALSE(pcscf::decode_dialog_note(encode(r)));
}
