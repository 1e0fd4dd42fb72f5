// RFC 5627: public and temporary GRUUs.
#include <catch2/catch.hpp>
#include <set>

#include "protocols/sip/gruu.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const siphash_key secret = {21, 22};

uri parsed(const std::string& text) {
  auto u = parse_uri(text);
  REQUIRE(u);
  return *u;
}

} // namespace

TEST_CASE("a public GRUU is the identity with the instance in gr (RFC 5627 3.1, TS 24.229 5.4.7A.2)") {
  auto gruu = public_gruu("sip:alice@home.example;user=phone", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  CHECK(gruu == "sip:alice@home.example;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  CHECK(instance_of_gruu(parsed(gruu)) == "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  CHECK(public_gruu("tel:+15551234", "urn:uuid:x").empty());
  CHECK(public_gruu("sip:alice@home.example", "").empty());
}

TEST_CASE("an instance that a URI cannot hold as it is comes back from its escapes") {
  std::string odd = "urn:x;y=\"1 2\"";
  auto gruu = public_gruu("sip:alice@home.example", odd);
  CHECK(gruu == "sip:alice@home.example;gr=urn:x%3By%3D%221%202%22");
  CHECK(instance_of_gruu(parsed(gruu)) == odd);
}

TEST_CASE("a URI without gr, or with an empty one, names no instance (RFC 5627 3.2)") {
  CHECK_FALSE(instance_of_gruu(parsed("sip:alice@home.example")));
  CHECK_FALSE(instance_of_gruu(parsed("sip:alice@home.example;gr")));
}

TEST_CASE("a temporary GRUU leads back to its target (RFC 5627 3.1.2)") {
  gruu_target target{0x0123456789abcdef, gruu_instance_hash("urn:uuid:x", secret), 7};
  auto text = temporary_gruu_uri(make_temporary_gruu(target, 99, secret), "home.example");
  CHECK(text.starts_with("sip:tgruu."));
  CHECK(text.ends_with("@home.example;gr"));
  CHECK(read_temporary_gruu(parsed(text), secret) == target);
  CHECK_FALSE(read_temporary_gruu(parsed(text), {21, 23}));
}

TEST_CASE("temporary GRUUs of one target have nothing in common, and those of two tell nothing (RFC 5627 3.1.2, 9)") {
  gruu_target target{1, 2, 3};
  std::set<std::string> seen;
  for (std::uint64_t nonce = 0; nonce < 100; ++nonce) {
    auto user = make_temporary_gruu(target, nonce * 0x9e3779b97f4a7c15, secret);
    CHECK(seen.insert(user.substr(20)).second);
  }
}

TEST_CASE("a temporary GRUU that was changed, cut or is of another kind leads nowhere (RFC 5627 3.4)") {
  auto user = make_temporary_gruu({1, 2, 3}, 5, secret);
  for (std::size_t n = 6; n < user.size(); ++n) {
    auto forged = user;
    forged[n] = forged[n] == 'a' ? 'b' : 'a';
    CHECK_FALSE(read_temporary_gruu(parsed(temporary_gruu_uri(forged, "h")), secret));
    CHECK_FALSE(read_temporary_gruu(parsed(temporary_gruu_uri(user.substr(0, n), "h")), secret));
  }
  CHECK_FALSE(read_temporary_gruu(parsed("sip:" + user + "@h"), secret));
  CHECK_FALSE(read_temporary_gruu(parsed("sip:" + user + "@h;gr=x"), secret));
  CHECK_FALSE(read_temporary_gruu(parsed("sip:bob@h;gr"), secret));
}
