#include "actors/dialog/call_value.hpp"

#include <catch2/catch.hpp>

#include "protocols/base/text.hpp"

using namespace troupe;

namespace {

flow some_flow() { return {transport::udp, sip::side::core, 1, 0, 2, 3, *parse_address("192.0.2.1", 5060)}; }

call_value value() {
  call_value v;
  v.next_number = 7;
  auto& d = v.dialogs.emplace_back();
  d.state.at = sip::dialog::state::confirmed;
  d.state.call_id = "c@h";
  d.state.end(sip::leg::caller) = {"a", "sip:a@x", "sip:a@1", "", 1, false};
  d.state.end(sip::leg::callee) = {"b", "sip:b@x", "sip:b@2", "<sip:r;lr>", 0, false};
  d.hops = {{roles::role_id::pcscf, "p"}, {roles::role_id::scscf, "s"}};
  d.session = true;
  d.pass = 5;
  auto& o = v.open.emplace_back();
  o.number = 6;
  o.pass = 6;
  o.server = {1, 2};
  o.by = some_flow();
  return v;
}

/// value() as it was stored before there was charging.
constexpr std::string_view uncharged =
    "0107010101036340680161077369703a614078077369703a61403100010162077369703a624078077369703a6240320a"
    "3c7369703a723b6c723e00000000030202017004017301060102000d000101000203c42704c0000201000188860b00000506";

std::string octets_of(const call_value& v) {
  std::string out;
  encode(out, v);
  return out;
}

std::string text_of(std::string_view hex) {
  auto octets = from_hex(hex);
  REQUIRE(octets);
  return std::string(as_text(*octets));
}

} // namespace

TEST_CASE("what a call knows of its charging comes back from the store") {
  auto v = value();
  ims::charging_start start;
  start.who.served = "sip:a@x";
  start.who.role = ims::role_of_node::terminating;
  start.requested = {1'000};
  start.answered = {3'000};
  v.dialogs[0].charged = {start, start};
  v.open[0].began = {2'000};
  call_value back;
  REQUIRE(decode(octets_of(v), back));
  REQUIRE(back.dialogs.size() == 1);
  CHECK(back.dialogs[0].charged == v.dialogs[0].charged);
  CHECK(back.dialogs[0].pass == 5);
  REQUIRE(back.open.size() == 1);
  CHECK(back.open[0].began == instant{2'000});
}

TEST_CASE("a call that was stored before there was charging is read, and nobody is charged for it") {
  auto before = text_of(uncharged);
  call_value back;
  REQUIRE(decode(before, back));
  REQUIRE(back.dialogs.size() == 1);
  CHECK(back.dialogs[0].state == value().dialogs[0].state);
  CHECK(back.dialogs[0].hops == value().dialogs[0].hops);
  CHECK(back.dialogs[0].session);
  CHECK(back.dialogs[0].pass == 5);
  CHECK(back.dialogs[0].charged.empty());
  REQUIRE(back.open.size() == 1);
  CHECK(back.open[0].number == 6);
  CHECK(back.open[0].pass == 6);
  CHECK(back.open[0].by == some_flow());
  CHECK(back.open[0].began == instant{});
}

TEST_CASE("a call's value that was cut off within its charging is no value") {
  auto v = value();
  v.dialogs[0].charged.emplace_back();
  auto octets = octets_of(v);
  auto old = text_of(uncharged).size();
  for (auto size = old + 1; size < octets.size(); ++size) {
    call_value back;
    CHECK_FALSE(decode(std::string_view(octets).substr(0, size), back));
  }
}
