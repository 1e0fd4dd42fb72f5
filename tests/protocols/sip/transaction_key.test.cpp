// RFC 3261 clauses 17.1.3, 17.2.3 and 9.2: which transaction a message belongs to.
#include <catch2/catch.hpp>

#include "protocols/sip/transaction_key.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const siphash_key secret = {1, 2};
const branch_parts parts{"z9hG4bK776asdhds", "pc33.example.com", 5060};
const legacy_parts legacy{"sip:bob@example.com", "1928", "", "a84b@pc33", "SIP/2.0/UDP pc33.example.com", 7};

} // namespace

TEST_CASE("an ACK has its INVITE's key, a CANCEL a key of its own (RFC 3261 17.2.3)") {
  auto invite = server_key(secret, parts, "INVITE");
  CHECK(server_key(secret, parts, "ACK") == invite);
  CHECK(server_key(secret, parts, "CANCEL") != invite);
  CHECK(server_key(secret, parts, "invite") != invite);
}

TEST_CASE("sent-by and branch are compared without case, the port counts (RFC 3261 17.2.3, 7.3.1)") {
  auto key = server_key(secret, parts, "INVITE");
  CHECK(server_key(secret, {"Z9HG4BK776ASDHDS", "PC33.EXAMPLE.COM", 5060}, "INVITE") == key);
  CHECK(server_key(secret, {parts.branch, parts.host, 5062}, "INVITE") != key);
  CHECK(server_key(secret, {parts.branch, "pc34.example.com", 5060}, "INVITE") != key);
  CHECK(server_key(secret, {"z9hG4bK776asdhdt", parts.host, 5060}, "INVITE") != key);
}

TEST_CASE("text does not slip from one part of a key into the next") {
  CHECK(server_key(secret, {"z9hG4bKab", "c", 5060}, "INVITE") !=
        server_key(secret, {"z9hG4bKa", "bc", 5060}, "INVITE"));
}

TEST_CASE("a key depends on the secret, in both halves") {
  auto one = server_key(secret, parts, "INVITE");
  auto two = server_key({1, 3}, parts, "INVITE");
  CHECK(one.high != two.high);
  CHECK(one.low != two.low);
  CHECK(one.high != one.low);
}

TEST_CASE("a branch of any length makes a key, and its last octet counts") {
  std::string huge = "z9hG4bK" + std::string(16000, 'x');
  auto key = server_key(secret, {huge, parts.host, 5060}, "INVITE");
  CHECK(key == server_key(secret, {huge, parts.host, 5060}, "ACK"));
  huge.back() = 'y';
  CHECK(key != server_key(secret, {huge, parts.host, 5060}, "INVITE"));
}

TEST_CASE("the magic cookie alone is no branch of RFC 3261") {
  CHECK(has_magic_cookie("z9hG4bK1"));
  CHECK(has_magic_cookie("Z9HG4bK1"));
  CHECK_FALSE(has_magic_cookie("z9hG4bK"));
  CHECK_FALSE(has_magic_cookie("1"));
  CHECK_FALSE(has_magic_cookie(""));
}

TEST_CASE("an RFC 2543 ACK finds its INVITE whatever its To-tag, other methods need the same (RFC 3261 17.2.3)") {
  auto with_tag = legacy;
  with_tag.to_tag = "314159";
  CHECK(legacy_server_key(secret, legacy, "INVITE") == legacy_server_key(secret, with_tag, "ACK"));
  CHECK(legacy_server_key(secret, legacy, "BYE") != legacy_server_key(secret, with_tag, "BYE"));
  auto next = legacy;
  next.cseq = 8;
  CHECK(legacy_server_key(secret, legacy, "INVITE") != legacy_server_key(secret, next, "INVITE"));
  next = legacy;
  next.call_id = "other";
  CHECK(legacy_server_key(secret, legacy, "INVITE") != legacy_server_key(secret, next, "INVITE"));
}

TEST_CASE("a response finds its client transaction by branch and method (RFC 3261 17.1.3)") {
  auto key = client_key(secret, "z9hG4bKabc", "INVITE");
  CHECK(key == client_key(secret, "z9hG4bKabc", "INVITE"));
  CHECK(key != client_key(secret, "z9hG4bKabc", "CANCEL"));
  CHECK(key != client_key(secret, "z9hG4bKabd", "INVITE"));
  CHECK(key != server_key(secret, {"z9hG4bKabc", "", 0}, "INVITE"));
}

namespace {

message request(std::string_view method, std::string_view via_text) {
  auto m = message::request(method, "sip:bob@example.com");
  m.add(hdr::via, via_text);
  m.add(hdr::from, "<sip:alice@example.com>;tag=1928");
  m.add(hdr::to, "<sip:bob@example.com>");
  m.add(hdr::call_id, "a84b");
  m.add(hdr::cseq, std::string("7 ") + std::string(method));
  return m;
}

} // namespace

TEST_CASE("a parsed CANCEL and ACK lead to the INVITE, with and without the cookie (RFC 3261 9.2, 17.2.3)") {
  for (auto via_text : {"SIP/2.0/UDP pc33.example.com:5060;branch=z9hG4bK776", "SIP/2.0/UDP pc33.example.com"}) {
    auto invite = server_key_of(secret, request("INVITE", via_text));
    auto cancel = request("CANCEL", via_text);
    REQUIRE(invite);
    CHECK(cancelled_key_of(secret, cancel).value() == *invite);
    CHECK(server_key_of(secret, cancel).value() != *invite);
    CHECK(server_key_of(secret, request("ACK", via_text)).value() == *invite);
  }
}

TEST_CASE("sent-by without a port means the transport's default port (RFC 3261 18.2.2)") {
  auto key = [](std::string_view via_text) { return server_key_of(secret, request("INVITE", via_text)).value(); };
  CHECK(key("SIP/2.0/UDP a.example.com;branch=z9hG4bK1") == key("SIP/2.0/UDP A.example.com:5060;branch=z9hG4bK1"));
  CHECK(key("SIP/2.0/TLS a.example.com;branch=z9hG4bK1") == key("SIP/2.0/TLS a.example.com:5061;branch=z9hG4bK1"));
  CHECK(key("SIP/2.0/TLS a.example.com;branch=z9hG4bK1") != key("SIP/2.0/TLS a.example.com:5060;branch=z9hG4bK1"));
}

TEST_CASE("a message without Via has no key") {
  auto m = request("INVITE", "SIP/2.0/UDP a;branch=z9hG4bK1");
  m.remove(hdr::via);
  CHECK_FALSE(server_key_of(secret, m));
  CHECK_FALSE(client_key_of(secret, message::response(200)));
}

TEST_CASE("a parsed response leads to its client transaction by top Via and CSeq (RFC 3261 17.1.3)") {
  auto response = message::response(200);
  response.add(hdr::via, "SIP/2.0/UDP a;branch=z9hG4bKx, SIP/2.0/UDP b;branch=z9hG4bKy");
  response.add(hdr::cseq, "7 INVITE");
  CHECK(client_key_of(secret, response).value() == client_key(secret, "z9hG4bKx", "INVITE"));
}
