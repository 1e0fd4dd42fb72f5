// Text functions at their edges.
#include <catch2/catch.hpp>

#include <limits>

#include "protocols/base/random.hpp"
#include "protocols/base/text.hpp"

using namespace troupe;

namespace {

std::optional<std::string> decoded(std::string_view text) {
  auto bytes = from_base64(text);
  if (!bytes)
    return std::nullopt;
  return std::string(as_text(*bytes));
}

} // namespace

TEST_CASE("base64 is that of RFC 4648 clause 10") {
  struct row {
    std::string plain, encoded;
  };
  auto [plain, encoded] =
      GENERATE(row{"", ""}, row{"f", "Zg=="}, row{"fo", "Zm8="}, row{"foo", "Zm9v"}, row{"foob", "Zm9vYg=="},
               row{"fooba", "Zm9vYmE="}, row{"foobar", "Zm9vYmFy"}, row{"\xfb\xff\xfe", "+//+"});
  CHECK(to_base64(as_bytes(plain)) == encoded);
  CHECK(decoded(encoded) == plain);
  CHECK(decoded(encoded.substr(0, encoded.find('='))) == plain); // unpadded input is taken
}

TEST_CASE("base64 with a wrong alphabet, length or padding is refused") {
  auto text = GENERATE("Z", "Zm9vY", "Zg=", "Zm8==", "Zm9v=", "=", "==", "====", "Zg===", "Z=g=", "Zm9v\n", " Zm9v",
                       "Zm-_", "Zm9v====");
  CAPTURE(text);
  CHECK_FALSE(from_base64(text));
}

TEST_CASE("any octets come back from base64 and hex") {
  random_source random(3);
  for (std::size_t size = 0; size < 100; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (auto& each : bytes)
      each = static_cast<std::uint8_t>(random.next());
    CHECK(from_base64(to_base64(bytes)) == bytes);
    CHECK(from_hex(to_hex(bytes)) == bytes);
  }
}

TEST_CASE("hex is written small and read in either case") {
  std::vector<std::uint8_t> bytes{0x00, 0x0f, 0xa5, 0xff};
  CHECK(to_hex(bytes) == "000fa5ff");
  CHECK(from_hex("000FA5ff") == bytes);
  CHECK(from_hex("")->empty());
  for (auto text : {"0", "000", "0g", "g0", "0x", " 0", "\xc3\xa4"})
    CHECK_FALSE(from_hex(text));
}

TEST_CASE("a number is the whole text, without a sign, and fits") {
  CHECK(to_number<std::uint8_t>("255") == 255);
  CHECK_FALSE(to_number<std::uint8_t>("256"));
  CHECK(to_number<std::uint32_t>("0004294967295") == 4294967295u);
  CHECK_FALSE(to_number<std::uint32_t>("4294967296"));
  CHECK(to_number<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(to_number<std::uint64_t>("18446744073709551616"));
  CHECK(to_number<int>("0") == 0);
  CHECK(to_number<std::uint16_t, 16>("fFfF") == 65535);
  for (auto text : {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "one", "\xd9\xa1"})
    CHECK_FALSE(to_number<int>(text));
  CHECK_FALSE(to_number<int>(std::string_view("1\0", 2)));
}

TEST_CASE("trimming takes SP, HTAB, CR and LF from both ends and nothing from between") {
  CHECK(trim(" \t\r\n a b \r\n\t") == "a b");
  CHECK(trim("") == "");
  CHECK(trim(" \t") == "");
  CHECK(trim("\v\f") == "\v\f");
  CHECK(trim(std::string_view(" \0 ", 3)) == std::string_view("\0", 1));
}

TEST_CASE("case is ASCII's alone") {
  CHECK(to_lower("AbZ[@`{\xc4\x96") == "abz[@`{\xc4\x96");
  CHECK(equal_nocase("Via", "vIA"));
  CHECK_FALSE(equal_nocase("Via", "Vi"));
  CHECK_FALSE(equal_nocase("[", "{")); // they differ by the bit that case is
  CHECK_FALSE(equal_nocase("@", "`"));
  CHECK(starts_with_nocase("SIP/2.0", "sip/"));
  CHECK_FALSE(starts_with_nocase("si", "sip"));
  CHECK(starts_with_nocase("anything", ""));
}

TEST_CASE("characters above 127 are of no class") {
  for (int c = 128; c < 256; ++c) {
    auto character = static_cast<char>(c);
    CHECK_FALSE((is_alpha(character) || is_digit(character) || is_space(character)));
    CHECK(lower(character) == character);
  }
}
