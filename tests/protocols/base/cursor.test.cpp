// Cursors: what is written is read, and whatever is cut off or wrong is noticed without reading past the end.
#include <catch2/catch.hpp>

#include <limits>
#include <string>

#include "protocols/base/cursor.hpp"
#include "protocols/base/random.hpp"

using namespace troupe;

namespace {

std::string numbers(std::uint64_t value) {
  std::string out;
  writer(out).number(value);
  return out;
}

} // namespace

TEST_CASE("numbers take as many octets as they need, and come back") {
  struct row {
    std::uint64_t value;
    std::size_t size;
  };
  auto [value, size] =
      GENERATE(row{0, 1}, row{127, 1}, row{128, 2}, row{16'383, 2}, row{16'384, 3}, row{std::uint64_t{1} << 62, 9},
               row{std::uint64_t{1} << 63, 10}, row{std::numeric_limits<std::uint64_t>::max(), 10});
  auto octets = numbers(value);
  CHECK(octets.size() == size);
  reader in(octets);
  CHECK(in.number() == value);
  CHECK(in.ok());
  CHECK(in.left() == 0);
}

TEST_CASE("small negatives stay small, and the extremes come back") {
  auto value = GENERATE(std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}, std::int64_t{-64}, std::int64_t{63},
                        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  std::string octets;
  writer(octets).signed_number(value);
  CHECK(octets.size() == (value >= -64 && value < 64 ? 1u : 10u));
  CHECK(reader(octets).signed_number() == value);
}

TEST_CASE("a number of more than 64 bits or without an end is a fault") {
  auto octets =
      GENERATE(std::string(9, '\xff') + '\x02', std::string(9, '\xff') + '\x7f', std::string(10, '\xff') + '\x01',
               std::string(11, '\x80'), std::string(1, '\x80'), std::string());
  reader in(octets);
  CHECK(in.number() == 0);
  CHECK_FALSE(in.ok());
  CHECK(in.left() == 0);
}

TEST_CASE("after a fault everything is zero and empty, and stays a fault") {
  std::string octets;
  writer out(octets);
  out.text("abc");
  octets.resize(3);
  reader in(octets);
  CHECK(in.text().empty());
  CHECK_FALSE(in.ok());
  CHECK(in.u8() == 0);
  CHECK(in.number() == 0);
  CHECK(in.signed_number() == 0);
  CHECK(in.text().empty());
  CHECK_FALSE(in.ok());
}

TEST_CASE("a length beyond the input, however large, is a fault") {
  auto octets = numbers(std::numeric_limits<std::uint64_t>::max()) + "abc";
  reader in(octets);
  CHECK(in.text().empty());
  CHECK_FALSE(in.ok());
}

TEST_CASE("texts are views of the input, empty ones and those with zeros too") {
  std::string octets;
  writer out(octets);
  out.text("");
  out.text(std::string_view("a\0b", 3));
  out.u8(255);
  reader in(octets);
  CHECK(in.text().empty());
  auto text = in.text();
  CHECK(text == std::string_view("a\0b", 3));
  CHECK(text.data() == octets.data() + 2);
  CHECK(in.u8() == 255);
  CHECK((in.ok() && in.left() == 0));
}

TEST_CASE("any sequence comes back, and each truncation of it is noticed") {
  auto seed = GENERATE(range(1, 21));
  CAPTURE(seed);
  random_source random(static_cast<std::uint64_t>(seed));
  std::string octets, kinds;
  std::vector<std::uint64_t> values;
  std::vector<std::string> texts;
  writer out(octets);
  for (int i = 0; i < 20; ++i) {
    kinds += "unst"[random.below(4)];
    values.push_back(random.next() >> random.below(64));
    texts.push_back(random.token(random.below(20)));
    switch (kinds.back()) {
    case 'u': out.u8(static_cast<std::uint8_t>(values.back())); break;
    case 'n': out.number(values.back()); break;
    case 's': out.signed_number(-static_cast<std::int64_t>(values.back() >> 1)); break;
    default: out.text(texts.back());
    }
  }
  auto read_all = [&](std::string_view from, bool compare) {
    reader in(from);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      std::uint64_t number = 0, wanted = values[i];
      std::string_view text = texts[i];
      switch (kinds[i]) {
      case 'u': number = in.u8(), wanted &= 255; break;
      case 'n': number = in.number(); break;
      case 's': number = static_cast<std::uint64_t>(-in.signed_number()), wanted >>= 1; break;
      default: text = in.text(), number = wanted;
      }
      if (compare)
        CHECK((number == wanted && text == texts[i]));
    }
    return in.ok();
  };
  CHECK(read_all(octets, true));
  for (std::size_t size = 0; size < octets.size(); ++size)
    CHECK_FALSE(read_all(std::string_view(octets).substr(0, size), false));
}

TEST_CASE("what is written with its length in front is a text, whatever its length and however deep it stands") {
  auto size = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{127}, std::size_t{128}, std::size_t{20'000});
  std::string octets = "before";
  writer w(octets);
  w.sized([&] {
    w.u8(7);
    w.sized([&] { w.raw(std::string(size, 'x')); });
    w.number(300);
  });
  w.u8(9);
  reader in(std::string_view(octets).substr(6));
  reader outer(in.text());
  CHECK(outer.u8() == 7);
  CHECK(outer.text() == std::string(size, 'x'));
  CHECK(outer.number() == 300);
  CHECK(outer.left() == 0);
  CHECK(in.u8() == 9);
  CHECK(in.left() == 0);
  CHECK(in.ok());
  CHECK(octets.starts_with("before"));
}
