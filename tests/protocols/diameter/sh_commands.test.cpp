// Sh commands as octets: TS 29.329 clauses 6.1 to 6.3.
#include "examples.hpp"
#include "support.hpp"

using namespace troupe;
using namespace troupe::diameter;

namespace {

const auto document = std::make_shared<const std::string>("<Sh-Data/>");

} // namespace

TEST_CASE("TS 29.329 6.1.1: UDR with all that may be, and UDA") {
  CHECK(there_and_back(examples::udr()).command == examples::udr());
  auto in = there_and_back(sh::uda{{code::success, false}, "sip:psi-!.*!@x", "sip:!.*!@x", document}).command;
  CHECK(*in.user_data == *document);
  CHECK(in.wildcarded_psi == "sip:psi-!.*!@x");
  CHECK(in.wildcarded_impu == "sip:!.*!@x");
  auto none = there_and_back(sh::uda{sh::user_data_not_available}).command;
  CHECK(none.result == sh::user_data_not_available);
  CHECK_FALSE(none.user_data);
}

TEST_CASE("TS 29.329 6.1.3: PUR and PUA") {
  sh::pur what;
  what.about.user.msisdn = "\x51\x55";
  what.about.impi = "a@ims.example";
  what.data = {sh::data_reference::repository_data, sh::data_reference::stn_sr};
  what.user_data = document;
  auto in = there_and_back(what).command;
  CHECK(in.about == what.about);
  CHECK(in.data == what.data);
  CHECK(*in.user_data == *document);
  sh::pua answer{sh::transparent_data_out_of_sync, "psi", "impu", sh::repository_data_id{"service", 65535},
                 sh::data_reference::dsai};
  CHECK(there_and_back(answer).command == answer);
}

TEST_CASE("TS 29.329 6.1.5: SNR and SNA") {
  CHECK(there_and_back(examples::snr()).command == examples::snr());
  auto in = there_and_back(sh::sna{{code::success, false}, "psi", "impu", document, examples::noon}).command;
  CHECK(in.expires == examples::noon);
  CHECK(*in.user_data == *document);
}

TEST_CASE("TS 29.329 6.1.7: PNR and PNA") {
  auto about = some_envelope(true);
  about.destination_host = "as.example";
  sh::pnr what;
  what.about.user.impu = "sip:a@ims.example";
  what.user_data = document;
  auto in = there_and_back(what, about).command;
  CHECK(in.about == what.about);
  CHECK(*in.user_data == *document);
  CHECK(there_and_back(sh::pna{sh::no_subscription_to_data}).command.result == sh::no_subscription_to_data);
}

TEST_CASE("TS 29.329 6.3.4: a reference to data that nobody defined is refused") {
  for (std::uint32_t reference : {1u, 9u, 20u, 37u}) {
    sh::udr what;
    what.about.user.impu = "sip:a@x";
    what.data = {static_cast<sh::data_reference>(reference)};
    std::string raw;
    REQUIRE(encode(raw, {}, some_envelope(true), what));
    CHECK(decode_command<sh::udr>(*decode(raw)).error().result == code::invalid_avp_value);
  }
}
