// RTR and PPR at a CSCF: TS 29.228 clauses 6.1.3 and 6.2.
#include "actors/cx/notice_taker.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "tests/actors/cx/fake_port.hpp"

using namespace troupe;

namespace {

struct bench {
  bench() {
    serve_notices(port, {"scscf.ims.test", "ims.test",
                         [this](cx::rtr what, notice_taker::told told) {
                           terminated = std::move(what);
                           told(result);
                         },
                         [this](cx::ppr what, notice_taker::told told) {
                           pushed = std::move(what);
                           told(result);
                         }});
  }
  std::string ask(std::uint32_t command, std::string octets) {
    std::string got;
    port.served.at(command)({std::move(octets), "hss.ims.test", [&](std::string answer) { got = std::move(answer); }});
    return got;
  }

  fake_port port;
  cx::result_code result = cx::success;
  std::optional<cx::rtr> terminated;
  std::optional<cx::ppr> pushed;
};

diameter::envelope to_us() {
  diameter::envelope out;
  out.session_id = "hss.ims.test;7;8";
  out.origin_host = "hss.ims.test";
  out.origin_realm = "ims.test";
  out.destination_host = "scscf.ims.test";
  return out;
}

} // namespace

TEST_CASE("an RTR by IMPU is given on with canonical identities and answered in its session") {
  bench b;
  cx::rtr what;
  what.impi = "a@ims.test";
  what.impus = {"sip:A@IMS.test;user=phone"};
  what.reason = cx::deregistration_reason::server_change;
  auto answer = fake_port::read_octets<cx::rta>(b.ask(304, fake_port::octets_of(what, to_us())));
  REQUIRE(b.terminated);
  CHECK(b.terminated->impus == std::vector<std::string>{"sip:A@ims.test"});
  CHECK(b.terminated->reason == cx::deregistration_reason::server_change);
  CHECK(answer.command.result == cx::success);
  CHECK(answer.envelope.session_id == "hss.ims.test;7;8");
  CHECK(answer.envelope.origin_host == "scscf.ims.test");
}

TEST_CASE("an RTR by IMPI is answered with the private identities that went with it") {
  bench b;
  cx::rtr what;
  what.impi = "a@ims.test";
  what.associated_impis = {"b@ims.test"};
  auto octets = fake_port::octets_of(what, to_us());
  CHECK(fake_port::read_octets<cx::rta>(b.ask(304, octets)).command.associated_impis == what.associated_impis);
  b.result = cx::user_unknown;
  auto refused = fake_port::read_octets<cx::rta>(b.ask(304, octets)).command;
  CHECK(refused.result == cx::user_unknown);
  CHECK(refused.associated_impis.empty());
}

TEST_CASE("a PPR gives its profile on; what the S-CSCF says of it is the PPA") {
  bench b;
  cx::ppr what;
  what.impi = "a@ims.test";
  what.user_data = std::make_shared<const std::string>("<IMSSubscription/>");
  b.result = cx::not_supported_user_data;
  auto answer = fake_port::read_octets<cx::ppa>(b.ask(305, fake_port::octets_of(what, to_us())));
  REQUIRE(b.pushed);
  CHECK(*b.pushed->user_data == "<IMSSubscription/>");
  CHECK(answer.command.result == cx::not_supported_user_data);
}

TEST_CASE("a notice that lacks what its grammar asks for is refused with Failed-AVP and given to nobody") {
  bench b;
  auto about = to_us();
  about.destination_host.clear();
  cx::rtr what;
  what.impi = "a@ims.test";
  auto answer = b.ask(304, fake_port::octets_of(what, about));
  CHECK_FALSE(b.terminated);
  auto error = diameter::decode_error(diameter::decode(answer).value()).value();
  CHECK(error.result.value == diameter::code::missing_avp);
  CHECK_FALSE(error.envelope.failed_avp.empty());
}
