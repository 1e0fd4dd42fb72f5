// Prints one message of each Diameter command, with everything that it may have, a JSON object a line:
//   {"name": "Cx UAR", "octets": "0100...", "avps": [{"name", "code", "vendor", "flags", "octets", "group": [...]}]}
// The second half is what this codec says that the first is: another dissector is to say the same.
#include <iostream>
#include <nlohmann/json.hpp>

#include "protocols/base/text.hpp"
#include "tests/protocols/diameter/examples.hpp"

using namespace troupe;
using namespace troupe::diameter;
using nlohmann::json;

namespace {

std::string hex(std::string_view text) { return to_hex(as_bytes(text)); }

json describe(avp_range avps) {
  auto list = json::array();
  for (auto& avp : avps) {
    auto* d = dictionary::instance().avp(avp.vendor, avp.code);
    json one = {{"name", d ? std::string(d->name) : ""},
                {"code", avp.code},
                {"vendor", avp.vendor},
                {"flags", avp.flags},
                {"octets", hex(avp.octets)}};
    if (d && d->type == avp_type::grouped)
      one["group"] = describe(avp_range(avp));
    list.push_back(std::move(one));
  }
  return list;
}

envelope about(bool request) {
  envelope e;
  e.session_id = "a.ims.example;1;2;3";
  e.origin_host = "a.ims.example";
  e.origin_realm = "ims.example";
  if (request) {
    e.destination_host = "b.home.example";
    e.destination_realm = "home.example";
    e.route_records = {"relay.example"};
  }
  e.features = {{tgpp, 1, 3, true}};
  return e;
}

std::uint32_t number = 0;

template <class Command>
void print(const char* name, const Command& what) {
  std::string raw;
  ++number;
  auto good = encode(raw, {number, 0xabcd0000 + number, number % 2 == 1}, about(id_of<Command>.request), what);
  if (!good)
    throw std::runtime_error(good.error().what);
  auto message = decode(raw);
  if (!message || !decode_command<Command>(*message))
    throw std::runtime_error(std::string(name) + " is not read");
  std::cout << json{{"name", name},
                    {"octets", hex(raw)},
                    {"command", message->header.command},
                    {"application", message->header.application},
                    {"flags", message->header.flags},
                    {"hop_by_hop", message->header.hop_by_hop},
                    {"end_to_end", message->header.end_to_end},
                    {"avps", describe(message->avps)}}
            << '\n';
}

constexpr result_code good{code::success, false};
const auto document = std::make_shared<const std::string>("<document/>");

cx::scscf_restoration_info restoration() {
  cx::subscription_info subscription{"call", "<sip:a@x>;tag=1", "<sip:a@x>", "<sip:p.x;lr>", "<sip:a@10.0.0.1>"};
  return {"a@ims.example", {{"<sip:p.x;lr>", "<sip:a@10.0.0.1>", 7, "call-2", subscription}}};
}

cx::auth_item vector() {
  cx::auth_item item;
  item.scheme = cx::scheme::aka_v1_md5;
  item.authenticate = std::string(32, 'r');
  item.xres = std::string(8, 'x');
  item.ck = std::string(16, 'c');
  item.ik = std::string(16, 'i');
  return item;
}

cx::auth_item digest() {
  cx::auth_item item;
  item.number = 2;
  item.scheme = cx::scheme::sip_digest;
  item.realm = "ims.example";
  item.qop = "auth";
  item.digests = {{"MD5", std::string(32, 'b')}};
  return item;
}

void print_cx() {
  print("Cx UAR", cx::uar{"a@ims.example", "sip:a@ims.example", "visited.example",
                          cx::authorization_type::de_registration, true});
  print("Cx UAA", cx::uaa{cx::first_registration, "sip:s", cx::server_capabilities{{1, 2}, {3}, {"sip:s1.example"}}});
  print("Cx LIR", cx::lir{"tel:+15550001", true, true, cx::session_priority::priority_3});
  print("Cx LIA", cx::lia{cx::unregistered_service, "sip:s", {}, "sip:!.*!@x", true});
  print("Cx MAR", cx::mar{"a@x", "sip:a@x", "sip:s", cx::scheme::aka_v1_md5, 2, std::string(30, 'R')});
  print("Cx MAA", cx::maa{good, "a@x", "sip:a@x", {vector(), digest()}});
  cx::sar sar{"a@x", {"sip:a@x", "tel:+1"}, "sip:s", cx::assignment_type::timeout_deregistration, true};
  sar.wildcarded_impu = "sip:!.*!@x";
  sar.restoration = restoration();
  sar.multiple_registration = true;
  sar.pcscf_restoration = true;
  print("Cx SAR", sar);
  cx::saa saa;
  saa.result = good;
  saa.impi = "a@x";
  saa.user_data = document;
  saa.charging = {"aaa://ccf1.example", "aaa://ccf2.example", "aaa://ecf1.example", "aaa://ecf2.example"};
  saa.associated_impis = {"b@x"};
  saa.loose_route = true;
  saa.registered_impis = {"c@x"};
  saa.webrtc = {{"waf.example"}, {"wwsf.example"}};
  print("Cx SAA", saa);
  print("Cx RTR", cx::rtr{{}, "a@x", {"sip:a@x"}, {"b@x"}, cx::deregistration_reason::server_change, "moved"});
  print("Cx RTA", cx::rta{good, {"b@x"}, {{"a@x", "sip:a@x"}}});
  print("Cx PPR", cx::ppr{{}, "a@x", document, saa.charging, digest()});
  print("Cx PPA", cx::ppa{cx::too_much_data});
}

void print_others() {
  print("Sh UDR", examples::udr());
  print("Sh UDA", sh::uda{good, "psi", "impu", document});
  print("Sh PUR", sh::pur{examples::udr().about, {sh::data_reference::repository_data}, document});
  print("Sh PUA", sh::pua{good, "psi", "impu", sh::repository_data_id{"service", 3}, sh::data_reference::dsai});
  print("Sh SNR", examples::snr());
  print("Sh SNA", sh::sna{good, "psi", "impu", document, examples::noon});
  print("Sh PNR", sh::pnr{examples::snr().about, document});
  print("Sh PNA", sh::pna{sh::no_subscription_to_data});
  print("Rx AAR", examples::aar());
  print("Rx AAA", examples::aaa());
  print("Rx RAR", examples::rar());
  print("Rx RAA", rx::raa{good, {examples::media_component()}, "sos", {"class"}});
  print("Rx STR", rx::str{4, {rx::required_access::user_location}, {"class"}});
  print("Rx STA", rx::sta{good, examples::sponsored(), examples::access_report(), {"class"}});
  print("Rx ASR", rx::asr{rx::abort_cause::pcef_failure});
  print("Rx ASA", rx::asa{good});
  print("Rf ACR", examples::acr());
  print("Rf ACA", examples::aca());
  print("Ro CCR", examples::ccr());
  print("Ro CCA", examples::cca());
}

} // namespace

int main() {
  print_cx();
  print_others();
}
