#include <catch2/catch.hpp>

#include "cluster/link/entity.hpp"
#include "cluster/link/frame.hpp"

using namespace troupe::cluster;

TEST_CASE("a frame comes out as it went in, whatever the cuts") {
  std::string stream;
  append_message(stream, frame_kind::entity, group_id{513}, 300, "content");
  append_frame(stream, frame_kind::ping, "x");
  auto cut = GENERATE(1U, 2U, 7U, 100U);
  frame_reader in;
  std::vector<std::string> found;
  for (std::size_t at = 0; at < stream.size(); at += cut) {
    in.feed(std::string_view(stream).substr(at, cut));
    while (auto f = in.next())
      found.emplace_back(f->content);
  }
  REQUIRE(found.size() == 2);
  auto message = read_numbered(found[0]);
  REQUIRE(message);
  CHECK(message->number == 300);
  CHECK(message->octets == "content");
  CHECK(found[1] == "x");
  CHECK(in.left() == 0);
}

TEST_CASE("a frame that is longer than the limit, of version 0 or kind 0 breaks the stream before it is held") {
  std::string header(frame_header, '\0');
  header[0] = frame_version;
  header[1] = 1;
  auto what = GENERATE(0, 1, 2);
  if (what == 0)
    header[6] = 1; // 65,536
  else
    header[what - 1] = 0;
  frame_reader in(largest_greeting);
  in.feed(header);
  CHECK_FALSE(in.next());
  CHECK(in.broken());
  in.feed(std::string(100'000, 'x'));
  CHECK_FALSE(in.next());
  CHECK(in.left() <= frame_header);
}

TEST_CASE("the kind's range tells the lane, also of kinds that a later version adds") {
  CHECK_FALSE(lane_of(frame_kind{0}));
  CHECK(lane_of(frame_kind::membership) == lane::membership);
  CHECK(lane_of(frame_kind{63}) == lane::membership);
  CHECK(lane_of(frame_kind::ownership) == lane::data);
  CHECK(lane_of(frame_kind{127}) == lane::data);
  CHECK_FALSE(lane_of(frame_kind::hello));
  CHECK_FALSE(lane_of(frame_kind{255}));
}

TEST_CASE("a HELLO is read back; what a later version adds is skipped; half of one is none") {
  hello h{1, 3, "ims.example", node_id{7}, node_id{9}, 1'000'000'000'000, 5, {{{1, 2, 3}, {4, 5, 6}}}};
  auto octets = encode(h);
  CHECK(decode_hello(octets) == h);
  CHECK(decode_hello(octets + "later") == h);
  for (std::size_t n = 0; n < octets.size(); ++n)
    CHECK_FALSE(decode_hello(octets.substr(0, n)));
  h.life = 0;
  CHECK_FALSE(decode_hello(encode(h)));
}

TEST_CASE("entity messages, their refusal, and credit are read back") {
  entity_message m{3, "call-key", 1, std::string(300, 'x')};
  CHECK(decode_entity_message(encode(m)) == m);
  CHECK_FALSE(decode_entity_message(encode(m).substr(0, 100)));
  not_owner a{3, "call-key", 77};
  CHECK(decode_not_owner(encode(a)) == a);
  auto c = decode_credit(encode(lane::data, {1, 2, 300}));
  REQUIRE(c);
  CHECK(c->which == lane::data);
  CHECK(c->window == credit{1, 2, 300});
  CHECK_FALSE(decode_credit(std::string("\x02\x01\x01\x01")));
}
