#include <catch2/catch.hpp>

#include "protocols/ims/trust.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::ims;

namespace {

sip::message with_all_fields() {
  auto m = sip::message::request("INVITE", "sip:b@h");
  m.add(sip::hdr::from, "<sip:a@h>;tag=1");
  for (auto& rule : trust_rules())
    if (rule.id == sip::hdr::other)
      m.add(rule.name, "x");
    else
      m.add(rule.id, "x");
  m.add(sip::hdr::subject, "hello");
  return m;
}

bool has(const sip::message& m, const trust_rule& rule) {
  return rule.id == sip::hdr::other ? m.find(rule.name) != nullptr : m.has(rule.id);
}

} // namespace

TEST_CASE("TS 24.229 4.4: each field of the trust domain crosses only where its rule lets it") {
  auto way = GENERATE(crossing::from_ue, crossing::to_ue, crossing::to_others);
  auto m = with_all_fields();
  std::size_t expected = 0;
  for (auto& rule : trust_rules())
    expected += way == crossing::from_ue ? rule.from_ue : way == crossing::to_ue ? rule.to_ue : rule.to_others;
  CHECK(strip(m, way) == expected);
  for (auto& rule : trust_rules()) {
    INFO(rule.name << ", " << rule.clause);
    bool goes = way == crossing::from_ue ? rule.from_ue : way == crossing::to_ue ? rule.to_ue : rule.to_others;
    CHECK(has(m, rule) == !goes);
    CHECK_FALSE(rule.clause.empty());
    if (rule.id != sip::hdr::other)
      CHECK(sip::header_of(rule.name) == rule.id);
    else
      CHECK(sip::header_of(rule.name) == sip::hdr::other);
  }
  CHECK(m.has(sip::hdr::subject));
  CHECK(m.has(sip::hdr::from));
}

TEST_CASE("the fields by which a UE could assert an identity, a charge or a network never come in") {
  auto m = with_all_fields();
  strip(m, crossing::from_ue);
  for (auto id :
       {sip::hdr::p_asserted_identity, sip::hdr::p_charging_vector, sip::hdr::p_charging_function_addresses,
        sip::hdr::p_visited_network_id, sip::hdr::p_served_user, sip::hdr::p_profile_key, sip::hdr::p_user_database,
        sip::hdr::p_asserted_service, sip::hdr::p_called_party_id, sip::hdr::resource_priority, sip::hdr::history_info})
    CHECK_FALSE(m.has(id));
  CHECK(m.has(sip::hdr::p_preferred_identity));
}

TEST_CASE("RFC 5009 4.1: a UE may say that it supports P-Early-Media, but authorises nothing") {
  auto request = sip::message::request("INVITE", "sip:b@h");
  request.add(sip::hdr::p_early_media, "supported");
  CHECK(strip(request, crossing::from_ue) == 0);
  auto response = sip::message::response(183);
  response.add(sip::hdr::p_early_media, "sendrecv");
  CHECK(strip(response, crossing::from_ue) == 1);
}

TEST_CASE("RFC 3325 7: an asserted identity leaves the trust domain unless privacy is asked for it") {
  struct row {
    const char* privacy;
    bool stays;
  };
  auto r = GENERATE(values<row>({{nullptr, true},
                                 {"none", true},
                                 {"id", false},
                                 {"ID ; critical", false},
                                 {"header", false},
                                 {"user;id", false},
                                 {"history", true}}));
  auto m = sip::message::request("INVITE", "sip:b@h");
  m.add(sip::hdr::p_asserted_identity, "<sip:a@h>");
  if (r.privacy)
    m.add(sip::hdr::privacy, r.privacy);
  apply_privacy(m, crossing::to_ue);
  CHECK(m.has(sip::hdr::p_asserted_identity) == r.stays);
}

TEST_CASE("RFC 3323 5: a critical wish for privacy that is beyond us is refused, one that we serve is not") {
  auto m = sip::message::request("INVITE", "sip:b@h");
  m.set(sip::hdr::privacy, "session;critical");
  CHECK_FALSE(apply_privacy(m, crossing::to_others));
  m.set(sip::hdr::privacy, "id;critical");
  CHECK(apply_privacy(m, crossing::to_others));
  m.set(sip::hdr::privacy, "session");
  CHECK(apply_privacy(m, crossing::to_others));
}

TEST_CASE("RFC 7044 10.1.2: History-Info goes when its privacy is asked for") {
  auto m = sip::message::request("INVITE", "sip:b@h");
  m.add(sip::hdr::history_info, "<sip:a@h>;index=1");
  m.add(sip::hdr::privacy, "history");
  apply_privacy(m, crossing::to_ue);
  CHECK_FALSE(m.has(sip::hdr::history_info));
}

TEST_CASE("TS 24.229 5.2.2.1: integrity-protected is the P-CSCF's, whatever the UE wrote") {
  auto forged = "Digest username=\"a@h\", realm=\"h, x\", Integrity-Protected=\"yes\",uri=\"sip:h\", response=\"\"";
  CHECK(with_protection(forged, protection::no) ==
        "Digest username=\"a@h\", realm=\"h, x\", uri=\"sip:h\", response=\"\", integrity-protected=\"no\"");
  CHECK(with_protection(forged, protection::absent).find("rotected") == std::string::npos);
  CHECK(with_protection("Digest", protection::no) == "Digest integrity-protected=\"no\"");
  CHECK(auth_parameter(forged, "integrity-protected") == "yes");
  CHECK(auth_parameter(forged, "realm") == "h, x");
  CHECK(auth_parameter(forged, "response").empty());
}

TEST_CASE("TS 24.229 7.2A.2: the values of integrity-protected are read as they are written") {
  for (auto p :
       {protection::no, protection::yes, protection::tls_pending, protection::tls_yes, protection::tls_connected,
        protection::ip_assoc_pending, protection::ip_assoc_yes, protection::auth_done})
    CHECK(protection_of(to_string(p)) == p);
  CHECK(protection_of("") == protection::absent);
  CHECK(protection_of("sure") == protection::absent);
}

TEST_CASE("TS 24.229 5.2.2.2: ik and ck never go to the UE") {
  auto challenge = "Digest realm=\"h\", nonce=\"n\", algorithm=AKAv1-MD5, ik=\"00\", CK = \"11\", qop=\"auth\"";
  CHECK(without_keys(challenge) == "Digest realm=\"h\", nonce=\"n\", algorithm=AKAv1-MD5, qop=\"auth\"");
}
