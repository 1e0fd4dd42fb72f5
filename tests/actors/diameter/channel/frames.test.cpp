#include "actors/diameter/channel/settings.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::diameter_channel;

namespace {

std::string framed(frame_kind kind, std::uint64_t number, std::string_view content) {
  std::string out;
  append(out, kind, number, content);
  return out;
}

settings sample() {
  settings out;
  out.identity = "scscf.ims.test";
  out.realm = "ims.test";
  out.listen = {"127.0.0.1", "::1"};
  out.port = 13'868;
  out.tls_port = 15'868;
  out.tls_certificate = "c.pem";
  out.tls_key = "k.pem";
  out.tls_ca = "a.pem";
  out.peers = {{"hss1.ims.test", "192.0.2.1", 3'868, false}, {"hss2.ims.test", "", 0, true}};
  out.routes = {{"ims.test", {"hss1.ims.test"}, {"hss2.ims.test"}}, {"*", {"dra.test"}, {}}};
  out.applications = {{16'777'251, 10'415, false}, {19, 0, true}};
  out.reconnect_s = 1;
  out.watchdog_s = 7;
  out.most_questions = 3;
  out.answer_within_ms = 4;
  return out;
}

} // namespace

TEST_CASE("frames come out as they went in, however the octets are cut") {
  auto octets = framed(frame_kind::ask, 0x0102030405060708, "first") + framed(frame_kind::pulse, 2, "") +
                framed(frame_kind::reply, 3, std::string(70'000 - 5'000, 'x'));
  for (std::size_t piece : {1u, 7u, 4'096u, 100'000u}) {
    frame_reader in;
    std::vector<std::pair<std::uint64_t, std::string>> got;
    for (std::size_t at = 0; at < octets.size(); at += piece) {
      in.add(std::string_view(octets).substr(at, piece));
      for (auto one = in.next(); *one; one = in.next())
        got.emplace_back((*one)->number, (*one)->content);
    }
    REQUIRE(got.size() == 3);
    CHECK(got[0] == std::pair<std::uint64_t, std::string>(0x0102030405060708, "first"));
    CHECK(got[1].second.empty());
    CHECK(got[2].second.size() == 65'000);
    CHECK(in.held() == 0);
  }
}

TEST_CASE("a length above the limit and an unknown kind are refused before anything more is read") {
  frame_reader long_one, odd_one, edge;
  long_one.add(framed(frame_kind::ask, 1, std::string(largest_content + 1, 'x')).substr(0, header_size));
  CHECK_FALSE(long_one.next().has_value());
  odd_one.add(std::string("\x20\0\0\0", 4) + std::string(8, '\0'));
  CHECK_FALSE(odd_one.next().has_value());
  edge.add(framed(frame_kind::ask, 1, std::string(largest_content, 'x')));
  REQUIRE(edge.next().has_value());
}

TEST_CASE("contents come out as they went in; torn ones are refused at each octet") {
  std::string content;
  write(content, ask{1'500, "octets"});
  auto a = read_ask(content);
  REQUIRE(a.has_value());
  CHECK(a->patience_ms == 1'500);
  CHECK(a->octets == "octets");
  for (std::size_t size = 0; size < content.size(); ++size)
    CHECK_FALSE(read_ask(std::string_view(content).substr(0, size)).has_value());

  std::string counts;
  write(counts, pulse{1, 2, 3, 4, 5, 6, 7});
  auto p = read_pulse(counts);
  REQUIRE(p.has_value());
  CHECK(p->framework_silent_ms == 1);
  CHECK(p->lost == 7);
  for (std::size_t size = 0; size < counts.size(); ++size)
    CHECK_FALSE(read_pulse(std::string_view(counts).substr(0, size)).has_value());
}

TEST_CASE("settings and services travel whole") {
  std::string content;
  write(content, sample());
  auto back = read_settings(content);
  REQUIRE(back.has_value());
  CHECK(*back == sample());
  for (std::size_t size = 0; size < content.size(); ++size)
    CHECK_FALSE(read_settings(std::string_view(content).substr(0, size)).has_value());

  std::string services;
  std::vector<served_command> wanted{{16'777'216, 300, true}, {16'777'236, 265, false}};
  write(services, wanted);
  CHECK(read_served(services).value() == wanted);
}

TEST_CASE("a child of another version is not configured") {
  std::string content;
  write(content, sample());
  content[0] = static_cast<char>(version + 1);
  CHECK_FALSE(read_settings(content).has_value());
}
