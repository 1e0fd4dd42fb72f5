// RFC 5626: flows as the edge proxy and the registrar see them.
#include <catch2/catch.hpp>

#include "protocols/base/random.hpp"
#include "protocols/sip/outbound.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const siphash_key secret = {11, 12};
const std::string contact_text =
    "<sip:ue@192.0.2.1>;+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\";reg-id=2";

name_addr contact(std::string_view text) {
  auto c = parse_name_addr(text);
  REQUIRE(c);
  return *c;
}

message registration(int vias, std::string_view path, std::string_view supported = "path, outbound") {
  auto m = message::request("REGISTER", "sip:home.example");
  for (int i = 0; i < vias; ++i)
    m.add(hdr::via, "SIP/2.0/TCP h;branch=z9hG4bK" + std::to_string(i));
  if (!path.empty())
    m.add(hdr::path, path);
  if (!supported.empty())
    m.add(hdr::supported, supported);
  return m;
}

} // namespace

TEST_CASE("instance and reg-id are read from a Contact, malformed ones are none (RFC 5626 4.1, 4.2.1)") {
  auto c = contact(contact_text);
  CHECK(instance_of(c) == "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  CHECK(reg_id_of(c) == 2);
  CHECK(instance_of(contact("<sip:ue@192.0.2.1>")).empty());
  CHECK(instance_of(contact("<sip:ue@192.0.2.1>;+sip.instance=\"urn:uuid:x\"")).empty());
  CHECK(reg_id_of(contact("<sip:ue@192.0.2.1>;reg-id=2147483647")) == 2147483647);
  for (auto wrong : {"0", "2147483648", "99999999999", "-1", "x", ""})
    CHECK(reg_id_of(contact(std::string("<sip:ue@192.0.2.1>;reg-id=") + wrong)) == 0);
}

TEST_CASE(
    "a registrar takes a flow only if the first hop's Path says ob, and ignores reg-id without support (RFC 5626 6)") {
  auto judged = [](const message& m, std::string_view c = contact_text) { return judge_outbound(m, contact(c)); };
  using result_of = outbound_registration;
  CHECK(judged(registration(2, "<sip:edge;lr;ob>")) == result_of::accepted);
  CHECK(judged(registration(3, "<sip:mid;lr>, <sip:edge;lr;ob>")) == result_of::accepted);
  CHECK(judged(registration(3, "<sip:mid;lr;ob>, <sip:edge;lr>")) == result_of::first_hop_unsupported);
  CHECK(judged(registration(2, "")) == result_of::first_hop_unsupported);
  CHECK(judged(registration(1, "")) == result_of::accepted);
  CHECK(judged(registration(2, "<sip:edge;lr;ob>", "path")) == result_of::none);
  CHECK(judged(registration(2, "<sip:edge;lr;ob>"), "<sip:ue@192.0.2.1>;reg-id=1") == result_of::none);
  CHECK(judged(registration(2, "<sip:edge;lr;ob>"), "<sip:ue@192.0.2.1>;+sip.instance=\"<urn:uuid:x>\"") ==
        result_of::none);
}

TEST_CASE("a flow token gives the flow back, and nothing when a character was changed (RFC 5626 5.2)") {
  std::string flow("\x01\x00\xff flow 17", 10);
  auto text = make_flow_token(flow, secret);
  CHECK(text.find_first_not_of("0123456789abcdefghijklmnopqrstuv") == std::string::npos);
  CHECK(read_flow_token(text, secret) == flow);
  CHECK_FALSE(read_flow_token(text, {11, 13}));
  CHECK_FALSE(read_flow_token("", secret));
  CHECK_FALSE(read_flow_token("bob", secret));
  for (std::size_t n = 0; n < text.size(); ++n) {
    auto forged = text;
    forged[n] = forged[n] == '0' ? '1' : '0';
    CHECK_FALSE(read_flow_token(forged, secret));
    CHECK_FALSE(read_flow_token(text.substr(0, n), secret));
  }
}

TEST_CASE("base32hex makes any octets into text and back, and nothing else into octets (RFC 4648 7)") {
  random_source random(3);
  for (std::size_t size = 0; size < 40; ++size) {
    std::string octets;
    while (octets.size() < size)
      octets += static_cast<char>(random.below(256));
    auto sealed = make_flow_token(octets, secret);
    CHECK(sealed.size() == ((size + 8) * 8 + 4) / 5);
    CHECK(read_flow_token(sealed, secret) == octets);
  }
}

TEST_CASE("a flow that is gone is 430, a forged token 403 (RFC 5626 5.3)") {
  CHECK(flow_status(flow_state::open) == 0);
  CHECK(flow_status(flow_state::gone) == 430);
  CHECK(flow_status(flow_state::forged) == 403);
}

TEST_CASE(
    "of one instance only the flow registered last is a target, the others follow one after another (RFC 5626 7)") {
  auto chosen = choose_flows(
      {{"a", 1, 100}, {"", 0, 50}, {"a", 2, 300}, {"b", 1, 10}, {"a", 3, 200}, {"", 0, 60}, {"a", 0, 900}});
  CHECK(chosen.first == std::vector<std::size_t>{1, 2, 3, 5, 6});
  CHECK(chosen.next[2] == 4u);
  CHECK(chosen.next[4] == 0u);
  CHECK_FALSE(chosen.next[0]);
  CHECK_FALSE(chosen.next[3]);
  CHECK(choose_flows({}).first.empty());
}

TEST_CASE("Flow-Timer tells the UE how often to send (RFC 5626 5.4)") {
  auto ok = message::response(200);
  set_flow_timer(ok, 25);
  CHECK(ok.value(hdr::flow_timer) == "25");
}
