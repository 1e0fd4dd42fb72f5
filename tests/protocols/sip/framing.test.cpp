// RFC 3261 clauses 7.5 and 18.3, RFC 5626 clause 3.5.1: messages in a byte stream.
#include <catch2/catch.hpp>

#include "protocols/base/random.hpp"
#include "protocols/sip/framing.hpp"
#include "tests/protocols/sip/corpus.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const std::string head = "Via: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\n"
                         "Call-ID: x@y\r\nCSeq: 1 MESSAGE\r\n";

std::string text(std::string_view body, std::string_view length_line = "") {
  auto line =
      length_line.empty() ? "Content-Length: " + std::to_string(body.size()) + "\r\n" : std::string(length_line);
  return "MESSAGE sip:b@c SIP/2.0\r\n" + head + line + "\r\n" + std::string(body);
}

std::string_view view(const ref<storage>& s) { return {s->data(), s->used()}; }

struct seen {
  std::vector<std::string> messages;
  int pings = 0;
  std::optional<error> fault;
  std::string left;
};

void drain(framer& f, seen& s) {
  for (;;) {
    auto e = f.next();
    if (std::holds_alternative<framer::need_more>(e))
      return;
    if (auto* m = std::get_if<ref<storage>>(&e)) {
      s.messages.emplace_back(view(*m));
    } else if (std::holds_alternative<framer::ping>(e)) {
      ++s.pings;
    } else {
      auto& b = std::get<framer::broken>(e);
      s.fault = b.fault;
      s.left = view(b.octets);
      return;
    }
  }
}

seen all(std::string_view stream, const framing_limits& limits = {}) {
  framer f(limits);
  seen s;
  f.feed(stream);
  drain(f, s);
  return s;
}

} // namespace

TEST_CASE("messages behind each other are told apart by Content-Length") {
  auto s = all(text("one") + text("") + text("three\r\n\r\n"));
  REQUIRE(s.messages.size() == 3);
  CHECK(s.messages[0] == text("one"));
  CHECK(s.messages[1] == text(""));
  CHECK(s.messages[2] == text("three\r\n\r\n"));
  for (auto& m : s.messages)
    CHECK(!parse(m).fault);
}

TEST_CASE("a stream may be cut anywhere") {
  auto stream = "\r\n\r\n" + text("one\r\n\r\n") + "\r\n" + text("", "l \t:\r\n 0\r\n") + "\r\n\r\n\r\n" + text("two");
  auto whole = all(stream);
  REQUIRE(whole.messages.size() == 3);
  CHECK(whole.pings == 2);
  CHECK(!whole.fault);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    framer f;
    seen s;
    f.feed(std::string_view(stream).substr(0, cut));
    drain(f, s);
    f.feed(std::string_view(stream).substr(cut));
    drain(f, s);
    INFO(cut);
    CHECK(s.messages == whole.messages);
    CHECK(s.pings == whole.pings);
    CHECK(f.idle());
  }
  framer f;
  seen s;
  for (char c : stream) {
    f.feed({&c, 1});
    drain(f, s);
  }
  CHECK(s.messages == whole.messages);
  CHECK(s.pings == whole.pings);
}

TEST_CASE("real messages come out of a stream in random pieces as they went in") {
  std::string stream;
  std::vector<std::string> sent;
  for (auto& path : test::files_below(std::filesystem::path(CORPUS_DIR) / "pcap", ".sip")) {
    sent.push_back(parse(test::read_file(path)).msg->to_string());
    stream += sent.back();
  }
  random_source random(4711);
  framer f;
  seen s;
  for (std::string_view rest = stream; !rest.empty();) {
    auto n = 1 + random.below(std::min<std::size_t>(rest.size(), 3000));
    f.feed(rest.substr(0, n));
    rest.remove_prefix(n);
    drain(f, s);
  }
  CHECK(s.messages == sent);
  CHECK(f.idle());
}

TEST_CASE("CRLFCRLF is a ping, a lone CRLF is skipped (RFC 5626 clauses 3.5.1 and 4.4.1)") {
  CHECK(all("\r\n\r\n").pings == 1);
  CHECK(all("\r\n\r\n\r\n\r\n").pings == 2);
  CHECK(all("\r\n").pings == 0);
  CHECK(all("\r\n" + text("")).pings == 0);
  CHECK(all("\r\n" + text("")).messages.size() == 1);
  CHECK(all("\n\n" + text("")).messages.size() == 1);
  framer f;
  seen s;
  f.feed("\r\n");
  drain(f, s);
  CHECK(f.idle());
  f.feed("\r");
  drain(f, s);
  CHECK(s.pings == 0);
  f.feed("\n");
  drain(f, s);
  CHECK(s.pings == 1);
}

TEST_CASE("without one good Content-Length a stream is broken, and the request can be answered with 400") {
  for (auto line :
       {"X: y\r\n", "Content-Length: -1\r\n", "Content-Length: x\r\n", "Content-Length:\r\n",
        "Content-Length: 0\r\nl: 0\r\n", "Content-Length: 0\r\nContent-Length: 5\r\n", "Content-Length 5\r\n",
        "Content-Length: 99999999999999999999999\r\n", "Content-Length: 1, 1\r\n"}) {
    INFO(line);
    auto s = all(text("", line) + text(""));
    CHECK(s.messages.empty());
    REQUIRE(s.fault);
    CHECK(s.fault->status == 400);
    CHECK(s.left == text("", line));
    CHECK(parse(s.left).msg->value(hdr::call_id) == "x@y");
  }
}

TEST_CASE("what follows a broken message is not read") {
  framer f;
  f.feed(text("", "X: y\r\n"));
  CHECK(std::holds_alternative<framer::broken>(f.next()));
  f.feed(text("good"));
  CHECK(std::holds_alternative<framer::broken>(f.next()));
  CHECK_FALSE(f.idle());
}

TEST_CASE("a header section or body above the limits breaks the stream") {
  auto s = all(text("12345"), {16384, 4});
  REQUIRE(s.fault);
  CHECK(s.fault->status == 413);
  CHECK(!all(text("1234"), {16384, 4}).fault);
  auto size = text("").size();
  CHECK(!all(text(""), {size, 4}).fault);
  s = all(text(""), {size - 1, 4});
  REQUIRE(s.fault);
  CHECK(s.fault->status == 513);
  CHECK(s.left.size() == size - 1);
  s = all(std::string(20000, 'x'));
  REQUIRE(s.fault);
  CHECK(s.fault->status == 513);
}

TEST_CASE("a header section without end is refused as soon as it is too long, octet by octet") {
  framer f({1000, 1000});
  std::size_t fed = 0;
  for (; fed < 5000; ++fed) {
    f.feed("x");
    if (std::holds_alternative<framer::broken>(f.next()))
      break;
  }
  CHECK(fed == 1000);
}

TEST_CASE("octets that begin no message break the stream at once, without an answer") {
  using namespace std::string_view_literals;
  for (auto octets : {"\x16\x03\x01"sv, "\0"sv, " INVITE"sv, "\x80"sv, "\r\n\x01"sv}) {
    auto s = all(octets);
    REQUIRE(s.fault);
    CHECK(s.fault->status == 0);
  }
}

TEST_CASE("a framer can be copied with what it holds") {
  framer a;
  a.feed(text("body").substr(0, 50));
  CHECK(std::holds_alternative<framer::need_more>(a.next()));
  auto b = a;
  b.feed(text("body").substr(50));
  auto e = b.next();
  REQUIRE(std::holds_alternative<ref<storage>>(e));
  CHECK(view(std::get<ref<storage>>(e)) == text("body"));
}
