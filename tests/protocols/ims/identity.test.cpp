#include <catch2/catch.hpp>

#include "protocols/ims/identity.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::ims;

namespace {

const std::vector<associated_uri> registered = {
    {"sip:alice@home", "Alice"}, {"tel:+15550001", ""}, {"sip:+15550001@home;user=phone", ""}};

sip::message invite(std::initializer_list<std::string_view> preferred) {
  auto m = sip::message::request("INVITE", "sip:bob@home");
  for (auto value : preferred)
    m.add(sip::hdr::p_preferred_identity, value);
  return m;
}

} // namespace

TEST_CASE("TS 24.229 5.2.6.3.1: a preferred identity that is registered becomes the asserted one") {
  CHECK(choose_asserted(invite({"<tel:+1-555-0001>"}), registered) == std::vector<std::string>{"<tel:+15550001>"});
}

TEST_CASE("TS 24.229 5.2.6.3.1: the display name of the asserted identity is the network's, not the UE's") {
  CHECK(choose_asserted(invite({"\"The Bank\" <sip:alice@HOME;x=y>"}), registered) ==
        std::vector<std::string>{"\"Alice\" <sip:alice@home>"});
}

TEST_CASE("TS 24.229 5.2.6.3.1: without a registered preferred identity the default is asserted") {
  auto preferred = GENERATE(values<std::vector<std::string>>(
      {{}, {"<sip:mallory@home>"}, {"<sip:alice@elsewhere>"}, {"not a uri"}, {"<http://home/>"}}));
  auto m = invite({});
  for (auto& p : preferred)
    m.add(sip::hdr::p_preferred_identity, p);
  CHECK(choose_asserted(m, registered) == std::vector<std::string>{"\"Alice\" <sip:alice@home>"});
}

TEST_CASE("TS 24.229 5.2.6.3.1: a SIP and a tel identity may both be preferred, a third is not looked at") {
  CHECK(choose_asserted(invite({"<sip:alice@home>, <tel:+15550001>"}), registered) ==
        std::vector<std::string>{"\"Alice\" <sip:alice@home>", "<tel:+15550001>"});
  CHECK(choose_asserted(invite({"<sip:x@home>", "<sip:y@home>", "<tel:+15550001>"}), registered) ==
        std::vector<std::string>{"\"Alice\" <sip:alice@home>"});
}

TEST_CASE("TS 24.229 5.2.6.3.1: nothing can be asserted where nothing is registered") {
  CHECK(choose_asserted(invite({"<sip:alice@home>"}), {}).empty());
}

TEST_CASE("TS 24.229 5.2.6.3.3: asserting replaces what the UE asserted and removes what it preferred") {
  auto m = invite({"<sip:alice@home>"});
  m.add(sip::hdr::p_asserted_identity, "<sip:ceo@home>");
  m.add(sip::hdr::p_asserted_identity, "<sip:ceo2@home>");
  assert_identity(m, {"<sip:alice@home>", "<tel:+15550001>"});
  CHECK_FALSE(m.has(sip::hdr::p_preferred_identity));
  CHECK(sip::values(m, sip::hdr::p_asserted_identity) ==
        std::vector<std::string_view>{"<sip:alice@home>", "<tel:+15550001>"});
}

TEST_CASE("RFC 3261 19.1.4, RFC 3966 4: identities are compared by what they name") {
  CHECK(same_identity("sip:alice@home", "sips:alice@HOME:5061;transport=tls"));
  CHECK(same_identity("tel:+1-555-0001", "tel:+15550001"));
  CHECK(same_identity("sip:+1-555-0001@home;user=phone", "tel:+15550001"));
  CHECK_FALSE(same_identity("sip:+15550001@home", "tel:+15550001"));
  CHECK_FALSE(same_identity("sip:alice@home", "sip:Alice@home"));
  CHECK_FALSE(same_identity("http://home/", "http://home/"));
}

TEST_CASE("TS 24.229 5.4.3.2: a global tel URI becomes a SIP URI of the home domain, and comes back") {
  CHECK(sip_of("tel:+1-555-0001", "home") == "sip:+15550001@home;user=phone");
  CHECK_FALSE(sip_of("tel:911;phone-context=home", "home"));
  CHECK(tel_of("sip:+15550001@home;user=phone") == "tel:+15550001");
  CHECK_FALSE(tel_of("sip:+15550001@home"));
  CHECK_FALSE(tel_of("sip:alice@home;user=phone"));
}

TEST_CASE("home and visited are told apart by the whole host, without case") {
  CHECK(in_domain("sip:alice@IMS.example", "ims.example"));
  CHECK(in_domain("sip:alice@ims.example.:5060", "ims.example"));
  CHECK_FALSE(in_domain("sip:alice@evil-ims.example", "ims.example"));
  CHECK_FALSE(in_domain("sip:ims.example@evil", "ims.example"));
  CHECK_FALSE(in_domain("tel:+15550001", "ims.example"));
}

TEST_CASE("TS 23.003 13.2, 13.3, 13.4B: domain, private and temporary public identity follow from the IMSI") {
  auto two = derive_from_imsi("234150999999999", 2);
  REQUIRE(two);
  CHECK(two->domain == "ims.mnc015.mcc234.3gppnetwork.org");
  CHECK(two->impi == "234150999999999@ims.mnc015.mcc234.3gppnetwork.org");
  CHECK(two->temporary_impu == "sip:234150999999999@ims.mnc015.mcc234.3gppnetwork.org");
  CHECK(derive_from_imsi("310150123456789", 3)->domain == "ims.mnc150.mcc310.3gppnetwork.org");
  CHECK_FALSE(derive_from_imsi("31015012345678x", 3));
  CHECK_FALSE(derive_from_imsi("3101501234567890", 3));
  CHECK_FALSE(derive_from_imsi("31015", 3));
  CHECK_FALSE(derive_from_imsi("310150123456789", 4));
}

TEST_CASE("TS 24.229 5.4.1.2: a REGISTER without credentials stands for the private identity within its public one") {
  CHECK(impi_from_impu("sip:alice@home;x=y") == "alice@home");
  CHECK(impi_from_impu("tel:+1-555-0001") == "+15550001");
}

TEST_CASE("RFC 7315 4.1: P-Associated-URI lists the set, the default first, and is read back") {
  auto m = sip::message::response(200);
  m.add(sip::hdr::p_associated_uri, to_p_associated_uri(registered));
  m.add(sip::hdr::p_associated_uri, "garbage <");
  CHECK(m.value(sip::hdr::p_associated_uri) ==
        "\"Alice\" <sip:alice@home>, <tel:+15550001>, <sip:+15550001@home;user=phone>");
  CHECK(read_p_associated_uri(m) == registered);
}

TEST_CASE("RFC 5502 6: P-Served-User says for whom and in which case an AS is asked") {
  auto c = GENERATE(session_case::originating_registered, session_case::originating_unregistered,
                    session_case::terminating_registered, session_case::terminating_unregistered,
                    session_case::originating_cdiv);
  auto text = to_p_served_user("sip:alice@home", c);
  auto back = parse_p_served_user(text);
  REQUIRE(back);
  CHECK(back->uri == "sip:alice@home");
  CHECK(back->direction == c);
  CHECK(to_p_served_user("sip:a@h", session_case::originating_registered) == "<sip:a@h>;sescase=orig;regstate=reg");
  CHECK_FALSE(parse_p_served_user("<sip:alice@home>")->direction);
  CHECK_FALSE(parse_p_served_user("<sip:alice"));
}

TEST_CASE("RFC 7315 4.2: P-Called-Party-ID holds the Request-URI as it was") {
  CHECK(to_p_called_party_id("sip:+1@home;user=phone") == "<sip:+1@home;user=phone>");
}
