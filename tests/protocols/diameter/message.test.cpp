// Messages and AVPs as octets: RFC 6733 clauses 3 and 4.
#include "support.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

using namespace troupe::diameter;
using nlohmann::json;

namespace {

void matches(avp_range avps, const json& expected);

void matches_one(const avp_view& avp, const json& expected) {
  INFO("AVP " << avp.code << " of " << avp.vendor);
  CHECK(avp.code == expected["code"]);
  CHECK(avp.vendor == expected.value("vendor", 0u));
  CHECK(hex({reinterpret_cast<const char*>(&avp.flags), 1}) == expected["flags"]);
  if (expected.contains("group"))
    matches(avp_range(avp), expected["group"]);
  else
    CHECK(hex(avp.value) == expected["hex"]);
}

void matches(avp_range avps, const json& expected) {
  std::size_t at = 0;
  for (auto& avp : avps) {
    REQUIRE(at < expected.size());
    matches_one(avp, expected[at++]);
  }
  CHECK(at == expected.size());
}

/// Writes by the dictionary's types what was read, M bits as they were.
void write_again(builder& out, avp_range avps) {
  for (auto& avp : avps) {
    auto* d = dictionary::instance().avp(avp.vendor, avp.code);
    if (!d)
      out.raw(avp.octets);
    else if (d->type == avp_type::grouped)
      out.group(*d, [&] { write_again(out, avp_range(avp)); });
    else if (d->type == avp_type::address)
      out.place(*d, to_address(avp.value).value());
    else if (d->type == avp_type::unsigned64 || d->type == avp_type::integer64)
      out.number64(*d, to_unsigned64(avp.value).value());
    else if (auto number = to_unsigned32(avp.value); number && d->type >= avp_type::unsigned32)
      out.number(*d, *number);
    else
      out.text(*d, avp.value);
    if (d)
      out.mark(avp.mandatory());
  }
}

std::string base_header(std::string_view length = "000014", std::string_view flags = "80") {
  return octets("01 " + std::string(length) + std::string(flags) + "000118 00000000 00000001 00000002");
}

outcome<message_view> decode_with(std::string_view avps_hex) {
  static std::string kept;
  auto avps = octets(avps_hex);
  std::string length;
  for (int shift = 16; shift >= 0; shift -= 8)
    length += static_cast<char>((20 + avps.size()) >> shift);
  kept = base_header(hex(length)) + avps;
  return decode(kept);
}

std::uint32_t result_with(std::string_view avps_hex) {
  auto m = decode_with(avps_hex);
  return m ? 0 : m.error().result;
}

} // namespace

TEST_CASE("RFC 6733 3: captured messages are read as another program reads them") {
  for (auto& path : captures()) {
    INFO(path);
    auto raw = read_file(path);
    auto expected = json::parse(std::ifstream(std::filesystem::path(path).replace_extension(".json")));
    auto m = decode(raw);
    REQUIRE(m);
    CHECK(m->header.command == expected["command"]);
    CHECK(m->header.application == expected["application"]);
    CHECK(hex({reinterpret_cast<const char*>(&m->header.flags), 1}) == expected["flags"]);
    CHECK(m->header.hop_by_hop == std::stoul(expected["hop_by_hop"].get<std::string>(), nullptr, 16));
    CHECK(m->header.end_to_end == std::stoul(expected["end_to_end"].get<std::string>(), nullptr, 16));
    matches(m->avps, expected["avps"]);
  }
}

TEST_CASE("RFC 6733 4.1: captured messages are written again to the same octets") {
  for (auto& path : captures()) {
    INFO(path);
    auto raw = read_file(path);
    auto m = decode(raw);
    REQUIRE(m);
    CHECK(hex(make(m->header, [&](builder& out) { write_again(out, m->avps); })) == hex(raw));
  }
}

TEST_CASE("RFC 6733 4.1: an AVP written by hand has these octets") {
  auto raw = make({flag::request, 280, 0, 1, 2}, [](builder& out) {
    out.text("Origin-Host"_avp, "a.b");
    out.text("Public-Identity"_avp, "sip:a@b");
    out.number("Auth-Session-State"_avp, 1);
    out.text("Error-Message"_avp, "no");
    out.group("Experimental-Result"_avp, [&] { out.number("Vendor-Id"_avp, tgpp); });
    out.number64("Accounting-Sub-Session-Id"_avp, 0x0102030405060708);
    out.place("Host-IP-Address"_avp, {address::ipv4, octets("c0000201")});
  });
  CHECK(hex(raw) == hex(octets("01000080 80000118 00000000 00000001 00000002"
                               "00000108 4000000b 612e6200"
                               "00000259 c0000013 000028af 7369703a 61406200"
                               "00000115 4000000c 00000001"
                               "00000119 0000000a 6e6f0000"
                               "00000129 40000014 0000010a 4000000c 000028af"
                               "0000011f 40000010 01020304 05060708"
                               "00000101 4000000e 0001c000 02010000")));
}

TEST_CASE("RFC 6733 3: a length that is not the message's, or another version, is refused") {
  CHECK(decode(base_header("000014")));
  CHECK(decode(base_header("000018")).error().result == code::invalid_message_length);
  CHECK(decode(base_header("000010")).error().result == code::invalid_message_length);
  CHECK(decode(base_header("000015") + "x").error().result == code::invalid_message_length);
  CHECK(decode(base_header().substr(0, 19)).error().result == code::invalid_message_length);
  CHECK(decode("").error().result == code::invalid_message_length);
  auto other = base_header();
  other[0] = 2;
  CHECK(decode(other).error().result == code::unsupported_version);
}

TEST_CASE("A stream's reader knows how long the next message is, and when it is too long") {
  CHECK(message_size("")->has_value() == false);
  CHECK(message_size("\x01")->has_value() == false);
  CHECK(message_size(base_header("000014")).value() == 20u);
  CHECK(message_size(octets("01010000")).value() == largest_message);
  CHECK(message_size(octets("01010004")).error().result == code::invalid_message_length);
  CHECK(message_size(octets("01ffffff")).error().result == code::invalid_message_length);
  CHECK(message_size("GET ").error().result == code::unsupported_version);
}

TEST_CASE("RFC 6733 3: flags that do not go together are refused") {
  auto result = [](std::string_view flags) {
    auto raw = base_header("000014", flags);
    auto m = decode(raw);
    return m ? 0u : m.error().result;
  };
  CHECK(result("80") == 0);
  CHECK(result("90") == 0);                         // T in a request
  CHECK(result("20") == 0);                         // E in an answer
  CHECK(result("a0") == code::invalid_header_bits); // E in a request
  CHECK(result("10") == code::invalid_header_bits); // T in an answer
  CHECK(result("c0") == code::invalid_header_bits); // a watchdog that may be passed on
  CHECK(result("8f") == 0);                         // reserved bits are not looked at
}

TEST_CASE("RFC 6733 4.1: an AVP shorter than its header, or longer than the message, is told with zeros") {
  CHECK(result_with("00000108 40000007 00000000") == code::invalid_avp_length);
  CHECK(result_with("00000108 40000010 61626300") == code::invalid_avp_length);
  CHECK(result_with("00000259 c000000b 000028af") == code::invalid_avp_length);
  CHECK(result_with("00000108") == code::invalid_avp_length);
  CHECK(result_with("00000108 4000000b 612e6200") == 0);
  auto m = decode_with("0000010c 40000fff 000007d1");
  REQUIRE(!m);
  CHECK(hex(m.error().failed_avp) == hex(octets("0000010c 4000000c 00000000")));
}

TEST_CASE("RFC 6733 4.1: a flag that nobody defined, or a vendor 0 that is said, is refused with the AVP") {
  auto m = decode_with("00000108 4100000b 612e6200");
  REQUIRE(!m);
  CHECK(m.error().result == code::invalid_avp_bits);
  CHECK(hex(m.error().failed_avp) == hex(octets("00000108 4100000b 612e6200")));
  CHECK(result_with("00000259 c0000010 00000000 61626364") == code::invalid_avp_bits);
  CHECK(result_with("00000108 6000000b 612e6200") == 0); // P of RFC 3588
}

TEST_CASE("RFC 6733 4.4: an AVP in a group that is malformed is told with its groups around it") {
  auto m = decode_with("00000129 40000014 0000012a 40000fff 00000000");
  REQUIRE(!m);
  CHECK(m.error().result == code::invalid_avp_length);
  CHECK(hex(m.error().failed_avp) == hex(octets("00000129 40000014 0000012a 4000000c 00000000")));
}

TEST_CASE("Groups that stand too deep in each other are refused, however deep they are") {
  auto nested = [](unsigned depth) {
    std::string inner;
    for (unsigned i = 0; i < depth; ++i)
      inner = wrap("Failed-AVP"_avp, inner);
    return check_structure(inner);
  };
  CHECK(nested(deepest));
  CHECK(nested(deepest + 1).error().result == code::invalid_avp_value);
  CHECK(nested(5000).error().result == code::invalid_avp_value);
}

TEST_CASE("An AVP that nobody knows is kept, octet for octet") {
  auto raw = octets("0000ffff 8000000f 00001234 01020300");
  auto m = decode(make({flag::request, 280, 0, 1, 2}, [&](builder& out) { out.raw(raw); }));
  REQUIRE(m);
  auto avp = *m->avps.begin();
  CHECK((avp.code == 0xffff && avp.vendor == 0x1234));
  CHECK(hex(avp.octets) == hex(raw.substr(0, 15)));
  CHECK(hex(make(m->header, [&](builder& out) { out.raw(avp.octets); })).ends_with(hex(raw)));
}

TEST_CASE("What the builder is told to write and cannot is our own fault, or ends with the limit") {
  std::string out = "kept";
  builder into(out, {});
  CHECK_THROWS_AS(into.text("Result-Code"_avp, "x"), std::logic_error);
  CHECK_THROWS_AS(into.number("User-Name"_avp, 1), std::logic_error);
  CHECK_THROWS_AS(into.number64("Result-Code"_avp, 1), std::logic_error);
  CHECK_THROWS_AS(into.place("Result-Code"_avp, {}), std::logic_error);
  into.text("User-Name"_avp, std::string(largest_message, 'x'));
  auto finished = into.finish();
  REQUIRE(!finished);
  CHECK(finished.error().result == code::unable_to_comply);
  CHECK(out == "kept");
  builder whole(out, {});
  whole.text("User-Name"_avp, std::string(largest_message - header_size - 8, 'x'));
  CHECK(whole.finish());
  CHECK(decode(std::string_view(out).substr(4)));
}

TEST_CASE("RFC 6733 4.2: each type takes its own values") {
  auto result = [](const avp_definition& d, std::string_view value) {
    avp_view avp{d.code, d.vendor, 0, value, value};
    auto good = check_value(d, avp);
    return good ? 0u : good.error().result;
  };
  CHECK(result("User-Name"_avp, "J\xc3\xbcrgen") == 0);
  CHECK(result("User-Name"_avp, "") == 0);
  for (auto bad : {"\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xc3\x28"})
    CHECK(result("User-Name"_avp, bad) == code::invalid_avp_value);
  CHECK(result("Session-Id"_avp, {"a\0b", 3}) == code::invalid_avp_value);
  CHECK(result("Class"_avp, {"a\0\xff", 3}) == 0);
  CHECK(result("Origin-Host"_avp, "a.b") == 0);
  CHECK(result("Origin-Host"_avp, "") == code::invalid_avp_value);
  CHECK(result("Origin-Host"_avp, "a b") == code::invalid_avp_value);
  CHECK(result("Redirect-Host"_avp, "aaa://hss.example:3868") == 0);
  CHECK(result("Redirect-Host"_avp, "hss.example") == 0); // so some write it
  CHECK(result("Redirect-Host"_avp, "") == code::invalid_avp_value);
  CHECK(result("Result-Code"_avp, "123") == code::invalid_avp_length);
  CHECK(result("Result-Code"_avp, "1234") == 0);
  CHECK(result("Event-Timestamp"_avp, "12345") == code::invalid_avp_length);
  CHECK(result("Load-Value"_avp, "1234") == code::invalid_avp_length);
  CHECK(result("Host-IP-Address"_avp, octets("0001 c0000201")) == 0);
  CHECK(result("Host-IP-Address"_avp, octets("0001 c00002")) == code::invalid_avp_length);
  CHECK(result("Host-IP-Address"_avp, octets("0002 c0000201")) == code::invalid_avp_length);
  CHECK(result("Host-IP-Address"_avp, octets("0001")) == code::invalid_avp_length);
  CHECK(result("Originator-SCCP-Address"_avp, octets("0008 313233")) == 0);
  CHECK(result("Flow-Description"_avp, "permit out 17 from any to any") == 0);
  CHECK(result("Flow-Description"_avp, "") == code::invalid_avp_value);
}

TEST_CASE("RFC 6733 4.3.1: time goes over the year 2036") {
  CHECK(to_unix_time(0x83aa7e80) == 0);
  CHECK(to_unix_time(0xffffffff) == 2085978495);
  CHECK(to_unix_time(0) == 2085978496);
  for (std::int64_t t : {std::int64_t{0}, std::int64_t{1700000000}, std::int64_t{2085978496}, std::int64_t{4000000000}})
    CHECK(to_unix_time(to_ntp_time(t)) == t);
}

TEST_CASE("Captured messages with octets turned never bring the reader down, and what is read can be walked") {
  auto seed = GENERATE(1u, 2u, 3u);
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::size_t read = 0;
  std::size_t refused = 0;
  for (auto& path : captures()) {
    auto original = read_file(path);
    for (int round = 0; round < 200; ++round) {
      auto raw = original;
      for (auto turns = 1 + random() % 4; turns > 0; --turns)
        raw[4 + random() % (raw.size() - 4)] = static_cast<char>(random());
      auto m = decode(raw);
      ++(m ? read : refused);
      if (!m) {
        CHECK(m.error().result != 0);
        continue;
      }
      std::size_t walked = 0;
      for (auto& avp : m->avps)
        walked += padded(avp.octets.size());
      CHECK(walked == m->avps.octets().size());
      if (auto good = validate(*m); !good) {
        CHECK(good.error().result >= 3000);
        CHECK(check_structure(good.error().failed_avp));
      }
    }
  }
  CHECK(read > 1000);
  CHECK(refused > 1000);
}
