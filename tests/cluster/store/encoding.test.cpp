// Versioned values: what a version does not know survives it, and damaged octets are refused.
#include <catch2/catch.hpp>

#include "cluster/store/encoding.hpp"
#include "protocols/base/random.hpp"

using namespace troupe;
using namespace troupe::store;

namespace {

/// A value as version N of the program has it, and as N + 1, which added two fields.
struct older {
  std::uint64_t cseq = 0;
  std::string target, unknown;
};
struct newer {
  std::uint64_t cseq = 0;
  std::string target;
  std::int64_t offset = 0;
  std::vector<std::string> routes;
};

constexpr value_header header{1, kind::call, {1'700'000'000'123}};

std::string encode(const older& from) {
  std::string out;
  value_encoder into(out, header);
  into.number(1, from.cseq);
  into.text(2, from.target);
  into.unknown(from.unknown);
  return out;
}

std::string encode(const newer& from) {
  std::string out;
  value_encoder into(out, header);
  into.number(1, from.cseq);
  into.text(2, from.target);
  into.signed_number(3, from.offset);
  for (auto& route : from.routes)
    into.group(4, [&](writer& parts) { parts.text(route), parts.number(7); });
  return out;
}

bool decode(std::string_view value, older& into) {
  value_decoder in(value, kind::call, 1);
  while (in.next())
    switch (in.field()) {
    case 1: into.cseq = in.number(); break;
    case 2: into.target = in.text(); break;
    default: in.keep(into.unknown);
    }
  return in.ok();
}

bool decode(std::string_view value, newer& into) {
  value_decoder in(value, kind::call, 1);
  while (in.next())
    switch (in.field()) {
    case 1: into.cseq = in.number(); break;
    case 2: into.target = in.text(); break;
    case 3: into.offset = in.signed_number(); break;
    case 4: {
      auto parts = in.parts();
      into.routes.emplace_back(parts.text());
      in.must(parts.ok());
      break;
    }
    default: break;
    }
  return in.ok();
}

const newer sample{42, "sip:a@b", -7, {"sip:p1;lr", "sip:p2;lr"}};

} // namespace

TEST_CASE("a value comes back as it was written") {
  newer back;
  REQUIRE(decode(encode(sample), back));
  CHECK(back.cseq == 42);
  CHECK(back.target == "sip:a@b");
  CHECK(back.offset == -7);
  CHECK(back.routes == sample.routes);
}

TEST_CASE("fields that an older version does not know survive its rewriting") {
  older between;
  REQUIRE(decode(encode(sample), between));
  between.cseq = 43;
  newer back;
  REQUIRE(decode(encode(between), back));
  CHECK(back.cseq == 43);
  CHECK(back.offset == -7);
  CHECK(back.routes == sample.routes);
}

TEST_CASE("fields that an older version never wrote keep their defaults") {
  newer back;
  REQUIRE(decode(encode(older{5, "t", ""}), back));
  CHECK(back.cseq == 5);
  CHECK(back.offset == 0);
  CHECK(back.routes.empty());
}

TEST_CASE("the header is read without the rest") {
  auto value = encode(sample);
  auto read = read_header(value);
  REQUIRE(read);
  CHECK(*read == header);
  CHECK(value_decoder(value, kind::call, 1).header() == header);
}

TEST_CASE("a value of another kind, of a later format or without a format is refused") {
  auto value = encode(sample);
  CHECK_FALSE(value_decoder(value, kind::index, 1).ok());
  CHECK_FALSE(value_decoder(value, kind::call, 0).ok());
  value[0] = 2;
  newer ignored;
  CHECK_FALSE(decode(value, ignored));
  value[0] = 0;
  CHECK_FALSE(read_header(value));
  CHECK_FALSE(read_header(""));
}

TEST_CASE("a value that was cut off is refused wherever the cut is, but between fields") {
  auto value = encode(sample);
  std::size_t whole = 0;
  for (std::size_t size = 0; size < value.size(); ++size) {
    newer ignored;
    whole += decode(std::string_view(value).substr(0, size), ignored) ? 1 : 0;
  }
  CHECK(whole == 5); // before each of the five fields
}

TEST_CASE("no octets lead the decoder astray") {
  random_source random(7);
  auto value = encode(sample);
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = value;
    for (auto n = random.below(4) + 1; n > 0; --n)
      damaged[random.below(damaged.size())] = static_cast<char>(random.next());
    newer ignored;
    older other;
    static_cast<void>(decode(damaged, ignored));
    static_cast<void>(decode(damaged, other));
    CHECK(other.unknown.size() <= damaged.size());
  }
}

TEST_CASE("a number with octets behind it, or a field number beyond 32 bits, is refused") {
  std::string value;
  value_encoder into(value, header);
  into.text(1, std::string("\x05\x06", 2));
  newer ignored;
  CHECK_FALSE(decode(value, ignored));
  value_encoder again(value, header);
  writer raw(value);
  raw.number(std::uint64_t{1} << 32 | 1);
  raw.text("x");
  CHECK_FALSE(decode(value, ignored));
}
