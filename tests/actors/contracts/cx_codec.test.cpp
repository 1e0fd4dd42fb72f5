#include "actors/contracts/cx_codec.hpp"

#include <catch2/catch.hpp>
#include <concepts>

#include "protocols/base/random.hpp"

using namespace troupe;
using namespace troupe::cx;

namespace {

std::shared_ptr<const std::string> shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

const std::string binary("\0\xff\x80 \n", 5);
const server_capabilities able{{1, 4'294'967'295u}, {7}, {"sip:a", "sip:b"}};
const charging_addresses charged{"aaa://1", "aaa://2", "aaa://3", "aaa://4"};
const webrtc_identities vouching{{"waf"}, {"wwsf"}};
const subscription_info subscribed{"call", "from", "to", "route", "contact"};
const scscf_restoration_info restored{
    "impi@x", {{"path", "contact", 7, "call", subscribed, subscribed}}, diameter::timestamp{-1}, scheme::aka_v1_md5};

/// Each kind of message, each field with a value of its own.
const std::vector<message>& full() {
  static const std::vector<message> all{
      uar{"impi@x", "sip:impu@x", "visited.net", authorization_type::registration_and_capabilities, true},
      uaa{first_registration, "sip:scscf", able},
      lir{"tel:+1", true, true, session_priority::priority_4},
      lia{unregistered_service, "sip:scscf", able, "sip:!.*!@x", true},
      mar{"impi@x", "sip:impu@x", "sip:scscf", scheme::aka_v2_sha256, 4'000'000'000u, binary},
      maa{success,
          "impi@x",
          "sip:impu@x",
          {{1, scheme::aka_v1_md5, binary, "xres", "ck", "ik", {}, {}, {}},
           {2, scheme::sip_digest, {}, {}, {}, {}, "realm", "auth", {{"SHA-256", "cd"}, {"MD5", "ab"}}}}},
      sar{"impi@x",
          {"sip:1@x", "tel:+2"},
          "sip:scscf",
          assignment_type::deregistration_too_much_data,
          true,
          "sip:!.*!@x",
          restored,
          true,
          session_priority::priority_0,
          true,
          failed_pcscf{"p.x", {{1, "1234"}}}},
      saa{identity_already_registered,
          "impi@x",
          shared("<xml/>" + binary),
          charged,
          {"a@x", "b@x"},
          "sip:other",
          true,
          {restored},
          {"b@x"},
          "sip:!.*!@x",
          true,
          vouching},
      rtr{"sip:scscf", "impi@x", {"sip:1@x"}, {"a@x"}, deregistration_reason::remove_s_cscf, "why", true},
      ppr{"sip:scscf", "impi@x", shared("<xml/>"), charged,
          auth_item{1, scheme::sip_digest, {}, {}, {}, {}, "realm", "auth", {}}, vouching},
  };
  return all;
}

/// The same without anything in it.
const std::vector<message>& bare() {
  static const std::vector<message> all{uar{}, uaa{}, lir{}, lia{}, mar{}, maa{}, sar{}, saa{}, rtr{}, ppr{}};
  return all;
}

template <std::equality_comparable Message>
void same(const Message& a, const Message& b) {
  CHECK((a == b));
}
void same(const std::shared_ptr<const std::string>& a, const std::shared_ptr<const std::string>& b) {
  REQUIRE((a == nullptr) == (b == nullptr));
  if (a)
    CHECK(*a == *b);
}
void same(const saa& a, const saa& b) {
  CHECK(a.result == b.result);
  CHECK(a.impi == b.impi);
  same(a.user_data, b.user_data);
  CHECK(a.charging == b.charging);
  CHECK(a.associated_impis == b.associated_impis);
  CHECK(a.server_name == b.server_name);
  CHECK(a.loose_route == b.loose_route);
  CHECK(a.restoration == b.restoration);
  CHECK(a.registered_impis == b.registered_impis);
  CHECK(a.wildcarded_impu == b.wildcarded_impu);
  CHECK(a.privileged_sender == b.privileged_sender);
  CHECK(a.webrtc == b.webrtc);
}
void same(const ppr& a, const ppr& b) {
  CHECK(a.server_name == b.server_name);
  CHECK(a.impi == b.impi);
  same(a.user_data, b.user_data);
  CHECK(a.charging == b.charging);
  CHECK(a.auth == b.auth);
  CHECK(a.webrtc == b.webrtc);
}

} // namespace

TEST_CASE("Every field of every message of Cx comes back as it was") {
  for (auto* all : {&full(), &bare()})
    for (auto& one : *all) {
      INFO("message " << one.index());
      auto back = decode(encode(one));
      REQUIRE(back);
      REQUIRE(back->index() == one.index());
      std::visit([&](auto& sent) { same(sent, std::get<std::remove_cvref_t<decltype(sent)>>(*back)); }, one);
    }
}

TEST_CASE("A message that was cut short is none, but where the version before ended") {
  for (auto* all : {&full(), &bare()})
    for (auto& one : *all) {
      auto whole = encode(one);
      std::size_t read = 0;
      for (std::size_t size = 0; size < whole.size(); ++size)
        read += decode(std::string_view(whole).substr(0, size)).has_value();
      INFO("message " << one.index());
      auto grew = !std::holds_alternative<uar>(one) && !std::holds_alternative<uaa>(one) &&
                  !std::holds_alternative<mar>(one) && !std::holds_alternative<maa>(one);
      CHECK(read == (grew ? 1 : 0));
      auto named = encode({1'000, 3}, 77, one);
      for (std::size_t size = 0; size + whole.size() <= named.size(); ++size)
        CHECK_FALSE(decode_envelope(std::string_view(named).substr(0, size)));
    }
}

TEST_CASE("A message of the version before is read, without what came later") {
  auto lir = decode(std::string("\1\2\5tel:1\1\0", 10));
  REQUIRE(lir);
  CHECK(std::get<cx::lir>(*lir) == cx::lir{"tel:1", true, false});
}

TEST_CASE("What a later version appends to a message or to its parts is left unread") {
  for (auto& one : full())
    CHECK(decode(encode(one) + "more"));
  // {version, kind, {result, experimental, more}, name, no capabilities}
  auto back = decode(std::string("\1\1\5\x05\0\x7f\x7f\x7f\1s\0", 11));
  REQUIRE(back);
  CHECK(std::get<uaa>(*back).result == result_code{5, false});
  CHECK(std::get<uaa>(*back).server_name == "s");
}

TEST_CASE("Another version, an unknown message and values out of range are refused") {
  CHECK_FALSE(decode(""));
  for (int first : {0, 2, 255}) {
    auto octets = encode(full()[0]);
    octets[0] = static_cast<char>(first);
    CHECK_FALSE(decode(octets));
    auto named = encode({1, 2}, 3, full()[0]);
    named[0] = static_cast<char>(first);
    CHECK_FALSE(decode_envelope(named));
    CHECK_FALSE(asker_of(named));
  }
  for (int kind : {10, 11, 255}) {
    auto octets = encode(full()[0]);
    octets[1] = static_cast<char>(kind);
    CHECK_FALSE(decode(octets));
  }
  auto of_type = [](char type, char emergency) { return decode(std::string("\1\0\0\0\0", 5) + type + emergency); };
  CHECK(of_type(2, 1));
  CHECK_FALSE(of_type(3, 1));
  CHECK_FALSE(of_type(2, 2));
  auto items = [](const char* number) {
    return decode(std::string("\1\4\0\0\0\0", 6) + number + std::string(1, '\0'));
  };
  CHECK(items("\xff\xff\xff\xff\x0f"));
  CHECK_FALSE(items("\xff\xff\xff\xff\x1f"));
}

TEST_CASE("A count that the octets cannot hold allocates nothing") {
  // A SAR of nobody with 2^63 identities.
  CHECK_FALSE(decode(std::string("\1\6\0", 3) + "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"));
  // An MAA with 2^63 items.
  CHECK_FALSE(decode(std::string("\1\5\2\1\0\0\0", 7) + "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"));
}

TEST_CASE("A question and its answer carry the asker's name and number") {
  const asker who{0xffff'ffff'ffff'fff1, 4'294'967'295u};
  auto octets = encode(who, 0xffff'ffff'ffff'ff00, full()[4]);
  auto back = decode_envelope(octets);
  REQUIRE(back);
  CHECK(back->from == who);
  CHECK(back->number == 0xffff'ffff'ffff'ff00);
  same(std::get<mar>(full()[4]), std::get<mar>(back->body));
  CHECK(asker_of(octets) == who);
  CHECK_FALSE(asker_of("\1"));
  CHECK_FALSE(asker_of(std::string("\1\1\xff\xff\xff\xff\x1f", 7))); // a shard beyond 32 bits
}

TEST_CASE("Whatever octets come, decoding ends, and what it takes it writes again") {
  auto seed = 20250917u;
  INFO("seed " << seed);
  random_source random(seed);
  std::size_t taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    auto octets = encode(full()[random.below(full().size())]);
    for (auto changes = 1 + random.below(4); changes > 0; --changes)
      octets[random.below(octets.size())] = static_cast<char>(random.below(256));
    auto once = decode(octets);
    if (!once)
      continue;
    ++taken;
    auto again = encode(*once);
    auto twice = decode(again);
    REQUIRE(twice);
    REQUIRE(encode(*twice) == again);
  }
  CHECK(taken > 1'000); // mostly a text's octets have changed
}
