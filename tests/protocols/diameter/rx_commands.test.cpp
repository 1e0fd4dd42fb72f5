// Rx commands as octets: TS 29.214 clauses 5.3 to 5.6.
#include "examples.hpp"
#include "support.hpp"

using namespace troupe;
using namespace troupe::diameter;

TEST_CASE("TS 29.214 5.6.1: the AA-Answers of a real registration are read, and its AA-Requests but for their flows") {
  for (std::string name : {"ipsec_reg/006_Rx_AAA.bin", "ipsec_reg/012_Rx_AAA.bin", "nonipsec_reg/006_Rx_AAA.bin"}) {
    auto raw = corpus("diameter/" + name);
    auto in = decode_command<rx::aaa>(*decode(raw));
    REQUIRE(in);
    CHECK(in->command.result.is_success());
  }
  auto raw = corpus("diameter/ipsec_reg/005_Rx_AAR.bin");
  CHECK(decode_command<rx::aar>(*decode(raw)).error().result == code::avp_occurs_too_many_times);
}

TEST_CASE("TS 29.214 5.6.1: AAR with everything that a media component may say") {
  CHECK(there_and_back(examples::aar()).command == examples::aar());
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(true), examples::aar()));
  auto m = *decode(raw);
  CHECK(to_unsigned32(m.find("Auth-Application-Id"_avp)->value) == application::rx);
  CHECK_FALSE(m.find("Vendor-Specific-Application-Id"_avp));
  CHECK_FALSE(m.find("Auth-Session-State"_avp));
  auto component = *m.find("Media-Component-Description"_avp);
  for (auto& r : dictionary::instance().group("Media-Component-Description"_avp)) {
    if (!r.avp)
      continue;
    INFO(r.avp->name);
    CHECK(avp_range(component).find(*r.avp));
  }
  CHECK(there_and_back(rx::aar{}).command == rx::aar{});
}

TEST_CASE("TS 29.214 5.4: what Rx reuses of credit control has the M bit clear") {
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(true), examples::aar()));
  auto sponsored = avp_range(*decode(raw)->find("Sponsored-Connectivity-Data"_avp));
  CHECK_FALSE(sponsored.find("Granted-Service-Unit"_avp)->mandatory());
  CHECK_FALSE(sponsored.find("Used-Service-Unit"_avp)->mandatory());
  CHECK(avp_range(*sponsored.find("Granted-Service-Unit"_avp)).find("CC-Total-Octets"_avp)->mandatory());
}

TEST_CASE("TS 29.214 5.6.2: AAA, granted and refused") {
  CHECK(there_and_back(examples::aaa()).command == examples::aaa());
  rx::aaa refused;
  refused.result = rx::requested_service_not_authorized;
  refused.acceptable = rx::acceptable_service{{}, 1000, 2000};
  CHECK(there_and_back(refused).command == refused);
}

TEST_CASE("TS 29.214 5.6.3: RAR with what happened to which flows, and RAA") {
  auto about = some_envelope(true);
  about.destination_host = "pcscf.example";
  CHECK(there_and_back(examples::rar(), about).command == examples::rar());
  rx::raa answer{{code::success, false}, {examples::media_component()}, "sos", {"class"}};
  CHECK(there_and_back(answer).command == answer);
  rx::raa unknown{{code::unknown_session_id, false}};
  CHECK(there_and_back(unknown).command == unknown);
}

TEST_CASE("TS 29.214 5.6.5: STR and STA") {
  rx::str what{4, {rx::required_access::user_location}, {"class"}};
  CHECK(there_and_back(what).command == what);
  rx::sta answer{{code::success, false}, examples::sponsored(), examples::access_report(), {"class"}};
  CHECK(there_and_back(answer).command == answer);
}

TEST_CASE("TS 29.214 5.6.7: ASR with each cause, and ASA") {
  auto about = some_envelope(true);
  about.destination_host = "pcscf.example";
  for (std::uint32_t cause = 0; cause <= 5; ++cause) {
    rx::asr what{static_cast<rx::abort_cause>(cause)};
    CHECK(there_and_back(what, about).command == what);
  }
  CHECK(there_and_back(rx::asa{{code::success, false}}).command.result.is_success());
}

TEST_CASE("TS 29.214 5.3.13: an event that nobody defined is refused; so is an address of three octets") {
  auto about = some_envelope(true);
  about.destination_host = "pcscf.example";
  for (std::uint32_t action : {0u, 5u, 24u}) {
    rx::rar what;
    what.actions = {static_cast<rx::specific_action>(action)};
    std::string raw;
    REQUIRE(encode(raw, {}, about, what));
    CHECK(decode_command<rx::rar>(*decode(raw)).error().result == code::invalid_avp_value);
  }
  rx::aar odd;
  odd.ue_ipv4 = "abc";
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(true), odd));
  CHECK(decode_command<rx::aar>(*decode(raw)).error().result == code::invalid_avp_value);
}
