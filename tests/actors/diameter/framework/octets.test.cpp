// What the guards refuse, as a function of the octets.
#include "actors/diameter/framework/octets.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/diameter/messages.hpp"
#include "tests/actors/diameter/raw_peer.hpp"

using namespace troupe;
using namespace troupe::by_hand;
using diameter_framework::trustworthy;

TEST_CASE("what brings the framework down is refused from its octets alone") {
  ends e{"a.test", "test", "test", ""};
  auto good = user_authorization_request(e, 1, avp(284, avp(280, "p") + avp(33, "s")));
  CHECK(trustworthy(good));
  CHECK(trustworthy(capabilities("a.test")));
  CHECK(trustworthy(capabilities("a.test", avp(9'999, "unknown", 0, 0))));

  auto with = [&](const std::string& avps) { return message(0xc0, uar, cx, avps); };
  CHECK_FALSE(trustworthy(with(avp(263, std::string_view("a\0b", 3)))));
  CHECK_FALSE(trustworthy(with(avp(263, ""))));
  CHECK_FALSE(trustworthy(with(avp(284, "torn"))));
  CHECK_FALSE(trustworthy(with(avp(268, "xx"))));
  CHECK_FALSE(trustworthy(with(big_endian(1, 4) + big_endian(0xc000000c, 4) + big_endian(0, 4)))); // vendor 0, said
  auto odd_child = avp(260, avp(266, vendor_3gpp) + avp(258, cx) + avp(9'999, "x", 0, 0));
  CHECK_FALSE(trustworthy(capabilities("a.test", odd_child)));
  CHECK(trustworthy(with(odd_child))); // elsewhere it is an AVP as any
  for (std::size_t size = 0; size < good.size(); ++size)
    if (size % 4 != 0 || size < 20)
      CHECK_FALSE(trustworthy(std::string_view(good).substr(0, size)));
  CHECK_FALSE(diameter_framework::may_leave(good, false));
  CHECK_FALSE(diameter_framework::may_leave(good.substr(0, good.size() - 4), true));
  CHECK_FALSE(diameter_framework::may_leave(capabilities("a.test"), true)); // the base protocol is the framework's
}
