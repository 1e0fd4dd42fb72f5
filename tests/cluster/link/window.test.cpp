#include <catch2/catch.hpp>

#include "cluster/link/window.hpp"

using namespace troupe::cluster;

namespace {

constexpr lane_limits limits{1'000, 8, 2'000, 10};

outgoing message(std::size_t size, std::uint64_t ticket = 0) {
  return {frame_kind::entity, {}, ticket, std::string(size, 'x')};
}

} // namespace

TEST_CASE("without credit messages wait, up to the queue's bounds in frames and in octets") {
  outbox out;
  for (int i = 0; i < 10; ++i)
    CHECK_FALSE(out.put(message(36), limits));
  CHECK(out.put(message(36), limits) == loss::full);
  outbox large;
  CHECK_FALSE(large.put(message(936), limits));
  CHECK_FALSE(large.put(message(936), limits));
  CHECK(large.put(message(0), limits) == loss::full);
  CHECK(large.put(message(937), limits) == loss::too_large);
  std::string octets;
  CHECK(out.take(octets, 100'000) == 0);
}

TEST_CASE("credit lets through so many frames and octets, and an acknowledgement frees them") {
  outbox out;
  for (std::uint64_t i = 1; i <= 10; ++i)
    CHECK_FALSE(out.put(message(36, i), limits));
  CHECK(out.acknowledge({0, 350, 8}));
  std::string octets;
  CHECK(out.take(octets, 100'000) == 3);
  CHECK(out.acknowledge({2, 1'000, 4}));
  CHECK(out.items.size() == 8);
  CHECK(out.sent == 1);
  CHECK(out.take(octets, 100'000) == 3); // 4 frames beyond the second
  CHECK_FALSE(out.ready());
  CHECK_FALSE(out.acknowledge({11, 1'000, 8})); // never sent
  CHECK(out.lose() == std::vector<std::uint64_t>{3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(out.octets == 0);
}

TEST_CASE("after a reconnect the sender goes on behind what the peer has seen") {
  outbox out;
  for (int i = 0; i < 4; ++i)
    CHECK_FALSE(out.put(message(36), limits));
  CHECK(out.acknowledge({0, 1'000, 8}));
  std::string octets;
  out.take(octets, 100'000);
  out.rewind();
  CHECK(out.acknowledge({3, 1'000, 8}));
  CHECK(out.items.size() == 1);
  CHECK(out.items.front().number == 4);
  CHECK(out.take(octets, 100'000) == 1);
}

TEST_CASE("the receiver takes what is new within its window; gaps are the sender's losses") {
  inbox in;
  CHECK(in.arrived(1, 36, limits) == inbox::verdict::fresh);
  CHECK(in.arrived(1, 36, limits) == inbox::verdict::repeated);
  CHECK(in.arrived(5, 36, limits) == inbox::verdict::fresh);
  CHECK(in.arrived(4, 36, limits) == inbox::verdict::repeated);
  CHECK(in.arrived(6, 737, limits) == inbox::verdict::overrun);
  CHECK(in.now(limits) == credit{5, 800, 6});
}

TEST_CASE("credit is told when the peer gains a quarter of the window by it") {
  inbox in;
  in.tell(limits);
  CHECK_FALSE(in.worth_telling(limits));
  CHECK(in.arrived(1, 100, limits) == inbox::verdict::fresh);
  CHECK(in.arrived(2, 100, limits) == inbox::verdict::fresh);
  CHECK_FALSE(in.worth_telling(limits));
  in.consumed(164, 1);
  CHECK_FALSE(in.worth_telling(limits));
  in.consumed(164, 1);
  CHECK(in.worth_telling(limits));
  CHECK(in.tell(limits) == credit{2, 1'000, 8});
  CHECK_FALSE(in.worth_telling(limits));
}
