// Rf and Ro commands as octets: TS 32.299 clauses 6.2, 6.4 and 7.2; RFC 8506.
#include "examples.hpp"
#include "support.hpp"

using namespace troupe;
using namespace troupe::diameter;

namespace {

/// Whether every AVP that the group's grammar names is there.
void has_all(const avp_view& group, const avp_definition& d) {
  for (auto& r : dictionary::instance().group(d)) {
    if (!r.avp)
      continue;
    INFO(r.avp->name);
    CHECK(avp_range(group).find(*r.avp));
  }
}

} // namespace

TEST_CASE("TS 32.299 6.2.2: ACR with the whole of IMS-Information") {
  auto in = there_and_back(examples::acr());
  CHECK(in.command == examples::acr());
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(true), examples::acr()));
  auto m = *decode(raw);
  CHECK(to_unsigned32(m.find("Acct-Application-Id"_avp)->value) == 3u);
  auto service = *m.find("Service-Information"_avp);
  auto ims = *avp_range(service).find("IMS-Information"_avp);
  has_all(ims, "IMS-Information"_avp);
  has_all(*avp_range(ims).find("SDP-Media-Component"_avp), "SDP-Media-Component"_avp);
  has_all(*avp_range(ims).find("Access-Transfer-Information"_avp), "Access-Transfer-Information"_avp);
  has_all(*avp_range(ims).find("Time-Stamps"_avp), "Time-Stamps"_avp);
}

TEST_CASE("TS 32.299 6.2.2: each record type, and a record of almost nothing") {
  for (auto type : {charging::record_type::event, charging::record_type::start, charging::record_type::interim,
                    charging::record_type::stop}) {
    charging::acr bare;
    bare.type = type;
    CHECK(there_and_back(bare).command == bare);
  }
  charging::acr least;
  least.service.ims.emplace();
  CHECK(there_and_back(least).command == least);
}

TEST_CASE("TS 32.299 6.2.3: ACA") {
  CHECK(there_and_back(examples::aca()).command == examples::aca());
  charging::aca busy{{code::too_busy, false}, charging::record_type::start, 1};
  CHECK(there_and_back(busy).command == busy);
}

TEST_CASE("TS 32.299 6.4.2: CCR with a quota that is used up and another asked for") {
  CHECK(there_and_back(examples::ccr()).command == examples::ccr());
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(true), examples::ccr()));
  auto m = *decode(raw);
  CHECK(to_unsigned32(m.find("Auth-Application-Id"_avp)->value) == 4u);
  auto quota = avp_range(*m.find("Multiple-Services-Credit-Control"_avp));
  CHECK(quota.find("Requested-Service-Unit"_avp)->value.empty());
  CHECK_FALSE(m.find("Auth-Session-State"_avp));
}

TEST_CASE("TS 32.299 6.4.3: CCA with granted units, thresholds, final units and balances") {
  CHECK(there_and_back(examples::cca()).command == examples::cca());
  charging::cca refused;
  refused.result = {code::credit_limit_reached, false};
  refused.type = charging::request_type::initial;
  CHECK(there_and_back(refused).command == refused);
}

TEST_CASE("RFC 8506 8.3: a request type that is none is refused") {
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(true), examples::ccr()));
  auto at = raw.find(empty_avp("CC-Request-Type"_avp).substr(0, 8));
  REQUIRE(at != raw.npos);
  for (char type : {'\0', '\5'}) {
    raw[at + 11] = type;
    auto in = decode_command<charging::ccr>(*decode(raw));
    REQUIRE(!in);
    CHECK(in.error().result == code::invalid_avp_value);
    CHECK(avp_range(in.error().failed_avp).begin()->is("CC-Request-Type"_avp));
  }
}
