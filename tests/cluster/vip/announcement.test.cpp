#include <catch2/catch.hpp>

#include "cluster/vip/announcement.hpp"

using namespace troupe::cluster;

namespace {

constexpr hardware_address mac{2, 0, 0, 0, 0, 7};

template <class Octets>
std::string hex(const Octets& octets) {
  std::string out;
  for (auto octet : octets)
    for (auto half : {octet >> 4, octet & 15})
      out += "0123456789abcdef"[half];
  return out;
}

} // namespace

TEST_CASE("an ARP announcement names the address as its own sender and target") {
  auto ip = *parse_ip("192.0.2.10");
  CHECK(hex(arp_announcement(ip, mac, arp_form::request)) == "0001080006040001"
                                                             "020000000007c000020a"
                                                             "000000000000c000020a");
  CHECK(hex(arp_announcement(ip, mac, arp_form::reply)) == "0001080006040002"
                                                           "020000000007c000020a"
                                                           "020000000007c000020a");
}

TEST_CASE("an unsolicited neighbour advertisement overrides, and carries the link-layer address") {
  CHECK(hex(unsolicited_advertisement(*parse_ip("2001:db8::a"), mac)) == "8800000020000000"
                                                                         "20010db800000000000000000000000a"
                                                                         "0201020000000007");
}

TEST_CASE("addresses are read and written in both families, and names are none") {
  auto text = GENERATE(as<std::string>(), "192.0.2.10", "2001:db8::a", "::1");
  CHECK(to_string(*parse_ip(text)) == text);
  CHECK(parse_ip("192.0.2.10")->size() == 4);
  CHECK(parse_ip("::1")->size() == 16);
  CHECK_FALSE(parse_ip("localhost"));
  CHECK_FALSE(parse_ip(""));
  CHECK_FALSE(parse_ip(std::string(100, '1')));
}

TEST_CASE("an address goes on the interface that is named, or on the one in its subnet") {
  CHECK(find_interface({{}, *parse_ip("127.0.0.99"), ""})->name == "lo");
  CHECK_FALSE(find_interface({{}, *parse_ip("127.0.0.99"), ""})->hardware);
  CHECK(find_interface({{}, *parse_ip("192.0.2.10"), "lo"})->name == "lo");
  CHECK_FALSE(find_interface({{}, *parse_ip("192.0.2.10"), "none-such"}));
  CHECK_FALSE(find_interface({{}, *parse_ip("240.0.0.1"), ""}));
  CHECK(no_interface({{}, *parse_ip("192.0.2.10"), ""}).find("subnet of 192.0.2.10") != std::string::npos);
  CHECK(no_interface({{}, {}, "none-such"}).find("none-such") != std::string::npos);
}
