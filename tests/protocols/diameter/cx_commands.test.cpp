// Cx and Dx commands as octets: TS 29.229 clauses 6.1 to 6.4.
#include "support.hpp"

#include <nlohmann/json.hpp>

#include "protocols/diameter/cx_commands.hpp"

using namespace troupe;
using namespace troupe::diameter;

namespace {

template <class Command>
received<Command> read(const std::string& name) {
  static std::string raw;
  raw = corpus("diameter/" + name);
  auto m = decode(raw);
  REQUIRE(m);
  auto in = decode_command<Command>(*m);
  INFO((in ? std::string() : in.error().what));
  REQUIRE(in);
  return *in;
}

nlohmann::json expected() { return nlohmann::json::parse(corpus("pcap/expected.json")); }

/// What a mapping refuses in octets that were right before `edit`.
template <class Command, class Edit>
failure refused(const Command& what, Edit edit) {
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(id_of<Command>.request), what));
  edit(raw);
  auto m = decode(raw);
  REQUIRE(m);
  auto in = decode_command<Command>(*m);
  REQUIRE(!in);
  return in.error();
}

/// The value of the first AVP of this kind that stands anywhere.
void set_value(std::string& raw, const avp_definition& d, std::string_view value) {
  auto head = empty_avp(d).substr(0, 4);
  auto at = raw.find(head, header_size);
  REQUIRE(at != raw.npos);
  raw.replace(at + (d.vendor ? 12 : 8), value.size(), value);
}

cx::auth_item aka_item(std::uint32_t number) {
  cx::auth_item item;
  item.number = number;
  item.scheme = cx::scheme::aka_v1_md5;
  item.authenticate = std::string(32, 'r');
  item.xres = std::string(8, 'x');
  item.ck = std::string(16, 'c');
  item.ik = std::string(16, 'i');
  return item;
}

cx::auth_item digest_item() {
  cx::auth_item item;
  item.scheme = cx::scheme::sip_digest;
  item.realm = "ims.example";
  item.qop = "auth";
  item.digests = {{"SHA-256", std::string(64, 'a')}, {"MD5", std::string(32, 'b')}};
  return item;
}

cx::scscf_restoration_info restoration() {
  cx::subscription_info subscription{"call", "<sip:a@x>;tag=1", "<sip:a@x>", "<sip:p.x;lr>", "<sip:a@10.0.0.1>"};
  auto of_pcscf = subscription;
  of_pcscf.record_route.clear();
  cx::restoration_info contact{"<sip:p.x;lr>", "<sip:a@10.0.0.1>;expires=600", 7, "call-2", subscription, of_pcscf};
  cx::restoration_info bare{"<sip:p.x;lr>", "<sip:a@10.0.0.2>"};
  return {"a@ims.example", {contact, bare}, timestamp{1700000000}, "Digest-AKAv1-MD5"};
}

} // namespace

TEST_CASE("TS 29.229 6.1: the Cx commands of a real registration are read") {
  for (std::string run : {"ipsec_reg", "nonipsec_reg"}) {
    auto is_ipsec = run == "ipsec_reg";
    auto values = expected()[run];
    auto uar = read<cx::uar>(run + "/007_Cx_UAR.bin");
    CHECK(uar.envelope.origin_host == "icscf.ims.mnc001.mcc001.3gppnetwork.org");
    CHECK(uar.command.visited_network == "ims.mnc001.mcc001.3gppnetwork.org");
    CHECK(uar.command.impu.starts_with("sip:0010"));
    auto uaa = read<cx::uaa>(run + "/008_Cx_UAA.bin");
    CHECK(uaa.command.result.is_success());
    auto mar = read<cx::mar>(run + "/009_Cx_MAR.bin");
    CHECK(mar.command.items == 1);
    CHECK(mar.command.impi == uar.command.impi);
    CHECK(mar.command.resync.empty());
    auto maa = read<cx::maa>(run + "/010_Cx_MAA.bin");
    REQUIRE(maa.command.items.size() == 1);
    auto& item = maa.command.items[0];
    CHECK(item.scheme == values["auth_scheme"]);
    CHECK(hex(item.authenticate) == values["sip_authenticate"]);
    CHECK(hex(item.xres) == values["xres"]);
    CHECK(hex(item.ck) == values["ck"]);
    CHECK(hex(item.ik) == values["ik"]);
    auto sar = read<cx::sar>(run + (is_ipsec ? "/013_Cx_SAR.bin" : "/011_Cx_SAR.bin"));
    CHECK(sar.command.type == cx::assignment_type::registration);
    CHECK(sar.command.impus.size() == 1);
    auto saa = read<cx::saa>(run + (is_ipsec ? "/014_Cx_SAA.bin" : "/012_Cx_SAA.bin"));
    REQUIRE(saa.command.user_data);
    CHECK(*saa.command.user_data ==
          corpus("cx/pcap_userdata/" + run + (is_ipsec ? "_014_Cx_SAA.xml" : "_012_Cx_SAA.xml")));
  }
}

TEST_CASE("TS 29.229 6.1.1: UAR, with each User-Authorization-Type") {
  cx::uar what{"a@ims.example", "sip:a@ims.example", "visited.example"};
  for (auto type : {cx::authorization_type::registration, cx::authorization_type::de_registration,
                    cx::authorization_type::registration_and_capabilities}) {
    what.type = type;
    what.emergency = !what.emergency;
    CHECK(there_and_back(what).command == what);
  }
  std::string raw;
  REQUIRE(encode(raw, {1, 2, true}, some_envelope(true), what));
  CHECK(decode(raw)->header ==
        header{flag::request | flag::proxiable | flag::retransmitted, 300, application::cx, 1, 2});
  auto m = *decode(raw);
  CHECK(to_unsigned32(m.find("Auth-Session-State"_avp)->value) == 1u);
  auto application = avp_range(*m.find("Vendor-Specific-Application-Id"_avp));
  CHECK(to_unsigned32(application.find("Vendor-Id"_avp)->value) == tgpp);
  CHECK(to_unsigned32(application.find("Auth-Application-Id"_avp)->value) == application::cx);
}

TEST_CASE("TS 29.229 6.1.2: UAA, with a name, with capabilities, and with an experimental result") {
  CHECK(there_and_back(cx::uaa{cx::subsequent_registration, "sip:s.example", {}}).command.result ==
        cx::subsequent_registration);
  cx::uaa what{cx::first_registration, {}, cx::server_capabilities{{1, 2}, {3}, {"sip:s1.example", "sip:s2.example"}}};
  CHECK(there_and_back(what).command == what);
  cx::uaa empty{cx::first_registration, {}, cx::server_capabilities{}};
  CHECK(there_and_back(empty).command == empty);
  CHECK(there_and_back(cx::uaa{cx::user_unknown, {}, {}}).command.result == cx::user_unknown);
}

TEST_CASE("TS 29.229 6.1.5: LIR and LIA") {
  cx::lir what{"tel:+15550001", true, true, cx::session_priority::priority_3};
  CHECK(there_and_back(what).command == what);
  CHECK(there_and_back(cx::lir{"sip:b@x", false, false}).command == cx::lir{"sip:b@x", false, false});
  cx::lia answer{cx::success, "sip:as.example", {}, "sip:room-!.*!@x", true};
  CHECK(there_and_back(answer).command == answer);
  cx::lia chosen{cx::unregistered_service, {}, cx::server_capabilities{{7}, {}, {}}, {}};
  CHECK(there_and_back(chosen).command == chosen);
}

TEST_CASE("TS 29.229 6.1.7: MAR, plain and after a synchronisation failure") {
  cx::mar what{"a@ims.example", "sip:a@ims.example", "sip:s.example", cx::scheme::unknown, 3, {}};
  CHECK(there_and_back(what).command == what);
  what.auth_scheme = cx::scheme::aka_v1_md5;
  what.resync = std::string(16, 'R') + std::string(14, 'A');
  CHECK(there_and_back(what).command == what);
}

TEST_CASE("TS 29.229 6.3.13: MAA with AKA vectors, in the order of their numbers") {
  cx::maa what{cx::success, "a@ims.example", "sip:a@ims.example", {aka_item(1), aka_item(2), aka_item(3)}};
  CHECK(there_and_back(what).command == what);
  auto turned = what;
  std::swap(turned.items[0], turned.items[2]);
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(false), turned));
  CHECK(decode_command<cx::maa>(*decode(raw))->command == what);
  cx::maa none{cx::auth_scheme_not_supported, "a@ims.example", {}, {}};
  CHECK(there_and_back(none).command == none);
}

TEST_CASE("TS 29.229 6.3.36: MAA with SIP digest, MD5's H(A1) first and a stronger one beside it") {
  cx::maa what{cx::success, "a@ims.example", "sip:a@ims.example", {digest_item()}};
  CHECK(there_and_back(what).command == what);
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(false), what));
  auto message = *decode(raw);
  auto group = avp_range(*avp_range(*message.find("SIP-Auth-Data-Item"_avp)).find("SIP-Digest-Authenticate"_avp));
  CHECK(group.find("Digest-Algorithm"_avp)->value == "MD5");
  CHECK(group.find("Digest-HA1"_avp)->value == std::string(32, 'b'));
  CHECK(group.find("Alternate-Digest-Algorithm"_avp)->value == "SHA-256");
  what.items[0].digests.erase(what.items[0].digests.begin());
  CHECK(there_and_back(what).command == what);
}

TEST_CASE("TS 29.229 6.1.3: SAR with every Server-Assignment-Type") {
  for (std::uint32_t type = 0; type <= 11; ++type) {
    cx::sar what{"a@ims.example", {"sip:a@ims.example", "tel:+15550001"}, "sip:s.example"};
    what.type = static_cast<cx::assignment_type>(type);
    what.user_data_already_available = type % 2 == 1;
    CHECK(there_and_back(what).command == what);
  }
  CHECK(there_and_back(cx::sar{"a@ims.example", {}, "sip:s.example"}).command.impus.empty());
}

TEST_CASE("TS 29.229 6.3.46: SAR with restoration information and all that may be") {
  cx::sar what{{}, {"sip:room-1@x"}, "sip:s.example", cx::assignment_type::unregistered_user, true};
  what.wildcarded_impu = "sip:room-!.*!@x";
  what.restoration = restoration();
  what.multiple_registration = true;
  what.priority = cx::session_priority::priority_0;
  what.pcscf_restoration = true;
  what.failed =
      cx::failed_pcscf{"p.example", {{address::ipv4, std::string(4, '\1')}, {address::ipv6, std::string(16, '\2')}}};
  CHECK(there_and_back(what).command == what);
}

TEST_CASE("TS 29.229 6.1.4: SAA with all that may be") {
  cx::saa what;
  what.result = cx::success;
  what.impi = "a@ims.example";
  what.user_data = std::make_shared<const std::string>("<IMSSubscription/>");
  what.charging = {"aaa://ccf1.example", "aaa://ccf2.example", "aaa://ecf1.example", "aaas://ecf2.example:5868"};
  what.associated_impis = {"b@ims.example", "c@ims.example"};
  what.loose_route = true;
  what.restoration = {restoration(), restoration()};
  what.registered_impis = {"b@ims.example"};
  what.wildcarded_impu = "sip:!.*!@x";
  what.privileged_sender = true;
  what.webrtc = {{"waf.example"}, {"wwsf1.example", "wwsf2.example"}};
  auto in = there_and_back(what).command;
  CHECK(*in.user_data == *what.user_data);
  CHECK(in.charging == what.charging);
  CHECK(in.associated_impis == what.associated_impis);
  CHECK((in.loose_route && in.privileged_sender));
  CHECK(in.restoration == what.restoration);
  CHECK(in.registered_impis == what.registered_impis);
  CHECK(in.webrtc == what.webrtc);
  cx::saa refused;
  refused.result = cx::identity_already_registered;
  refused.server_name = "sip:other.example";
  auto other = there_and_back(refused).command;
  CHECK(other.server_name == "sip:other.example");
  CHECK_FALSE(other.user_data);
  CHECK(other.charging.empty());
}

TEST_CASE("TS 29.229 6.1.9: RTR for identities or for all, with each reason, and RTA") {
  auto about = some_envelope(true);
  about.destination_host = "scscf.example";
  for (std::uint32_t reason = 0; reason <= 3; ++reason) {
    cx::rtr what;
    what.impi = "a@ims.example";
    if (reason % 2 == 0)
      what.impus = {"sip:a@ims.example", "tel:+15550001"};
    what.associated_impis = {"b@ims.example"};
    what.reason = static_cast<cx::deregistration_reason>(reason);
    what.info = "gone";
    what.reference_location_changed = reason == 3;
    CHECK(there_and_back(what, about).command == what);
  }
  cx::rta answer{
      cx::success, {"b@ims.example"}, {{"a@ims.example", "sip:a@ims.example"}, {"b@ims.example", "sip:b@x"}}};
  CHECK(there_and_back(answer).command == answer);
}

TEST_CASE("TS 29.229 6.1.11: PPR with profile, charging addresses or a new password, and PPA") {
  auto about = some_envelope(true);
  about.destination_host = "scscf.example";
  cx::ppr what;
  what.impi = "a@ims.example";
  what.user_data = std::make_shared<const std::string>("<IMSSubscription/>");
  what.charging.primary_ccf = "aaa://ccf.example";
  what.webrtc.web_servers = {"wwsf.example"};
  auto in = there_and_back(what, about).command;
  CHECK(*in.user_data == *what.user_data);
  CHECK(in.charging == what.charging);
  CHECK(in.webrtc == what.webrtc);
  cx::ppr password;
  password.impi = "a@ims.example";
  password.auth = digest_item();
  CHECK(there_and_back(password, about).command.auth == digest_item());
  CHECK(there_and_back(cx::ppa{cx::too_much_data}).command == cx::ppa{cx::too_much_data});
}

TEST_CASE("TS 29.229 7.1: the peer's features are kept, list by list, with what it must have") {
  auto about = some_envelope(true);
  about.features = {{tgpp, 1, 0x11, true}, {tgpp, 2, 0x80000001, false}, {12345, 1, 0, false}};
  about.route_records = {"r1.example", "r2.example"};
  about.origin_state = 77;
  CHECK(there_and_back(cx::uar{"a@x", "sip:a@x", "x"}, about).envelope.features == about.features);
}

TEST_CASE("TS 29.229 6.4: an SLF's redirect names the servers and what else they are good for") {
  auto about = some_envelope(false);
  about.redirect = {{"aaa://hss1.example", "aaa://hss2.example:3869"}, redirect_usage::all_user, 3600};
  about.error_message = "ask there";
  cx::uaa what{{code::redirect_indication, false}, {}, {}};
  std::string raw;
  REQUIRE(encode(raw, {}, about, what));
  CHECK(decode(raw)->header.is_error());
  CHECK(there_and_back(what, about).command == what);
}

TEST_CASE("An answer goes back by its request's proxies") {
  auto request = some_envelope(true);
  request.proxy_infos = {wrap("Proxy-Info"_avp, empty_avp("Proxy-Host"_avp)), wrap("Proxy-Info"_avp, "")};
  auto answer = answer_to(request, "h.example", "home.example");
  CHECK(answer.session_id == request.session_id);
  CHECK(answer.proxy_infos == request.proxy_infos);
  CHECK(answer.origin_host == "h.example");
}

TEST_CASE("TS 29.229 6.3: an enumeration's unknown value is refused with the AVP") {
  auto sar = refused(cx::sar{"a@x", {"sip:a@x"}, "sip:s"},
                     [](std::string& raw) { set_value(raw, "Server-Assignment-Type"_avp, octets("0000000c")); });
  CHECK(sar.result == code::invalid_avp_value);
  CHECK(hex(sar.failed_avp) == hex(octets("00000266 c0000010 000028af 0000000c")));
  cx::rtr terminate;
  terminate.impi = "a@x";
  std::string raw;
  auto about = some_envelope(true);
  about.destination_host = "s.example";
  REQUIRE(encode(raw, {}, about, terminate));
  set_value(raw, "Reason-Code"_avp, octets("00000004"));
  auto rtr = decode_command<cx::rtr>(*decode(raw));
  REQUIRE(!rtr);
  CHECK(rtr.error().result == code::invalid_avp_value);
  CHECK(hex(rtr.error().failed_avp) == hex(octets("00000267 c000001c 000028af 00000268 c0000010 000028af 00000004")));
  auto lir = refused(cx::lir{"sip:a@x", true},
                     [](std::string& octets_) { set_value(octets_, "Originating-Request"_avp, octets("00000001")); });
  CHECK(lir.result == code::invalid_avp_value);
  auto flag = refused(cx::sar{"a@x", {"sip:a@x"}, "sip:s"}, [](std::string& octets_) {
    set_value(octets_, "User-Data-Already-Available"_avp, octets("00000002"));
  });
  CHECK(flag.result == code::invalid_avp_value);
}

TEST_CASE("TS 29.229 6.3: octets of a length that a vector does not have are refused") {
  auto result = [](auto change) {
    auto item = aka_item(1);
    change(item);
    return refused(cx::maa{cx::success, "a@x", "sip:a@x", {item}}, [](std::string&) {});
  };
  auto rand = result([](auto& i) { i.authenticate.pop_back(); });
  CHECK(rand.result == code::invalid_avp_value);
  CHECK(avp_range(rand.failed_avp).begin()->is("SIP-Auth-Data-Item"_avp));
  CHECK(avp_range(*avp_range(rand.failed_avp).begin()).begin()->is("SIP-Authenticate"_avp));
  CHECK(result([](auto& i) { i.ck = std::string(15, 'c'); }).result == code::invalid_avp_value);
  CHECK(result([](auto& i) { i.ik = std::string(17, 'c'); }).result == code::invalid_avp_value);
  CHECK(result([](auto& i) { i.xres = "x"; }).result == code::invalid_avp_value);
  cx::mar mar{"a@x", "sip:a@x", "sip:s", cx::scheme::aka_v1_md5, 1, std::string(29, 'R')};
  CHECK(refused(mar, [](std::string&) {}).result == code::invalid_avp_value);
  auto digest = digest_item();
  digest.digests[1].ha1 = std::string(31, 'b');
  CHECK(refused(cx::maa{cx::success, "a@x", {}, {digest}}, [](std::string&) {}).result == code::invalid_avp_value);
  digest = digest_item();
  digest.digests[0].ha1 = std::string(64, 'z');
  CHECK(refused(cx::maa{cx::success, "a@x", {}, {digest}}, [](std::string&) {}).result == code::invalid_avp_value);
}

TEST_CASE("A message is read as the command that it is, or not at all") {
  std::string raw;
  REQUIRE(encode(raw, {}, some_envelope(true), cx::uar{"a@x", "sip:a@x", "x"}));
  CHECK(decode_command<cx::lir>(*decode(raw)).error().result == code::command_unsupported);
  CHECK(decode_command<cx::uaa>(*decode(raw)).error().result == code::command_unsupported);
}

TEST_CASE("A profile that is longer than a message may be is not sent, and nothing is left of it") {
  cx::saa what;
  what.result = cx::success;
  what.user_data = std::make_shared<const std::string>(largest_message, 'x');
  std::string raw = "kept";
  auto sent = encode(raw, {}, some_envelope(false), what);
  REQUIRE(!sent);
  CHECK(raw == "kept");
}
