#include "protocols/sip/token.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::sip;

namespace {
const siphash_key secret = make_siphash_key("a secret of the cluster");
const token sample{token_use::record_route, half::terminating, side::core, 5, 77, {3, 0x0123456789abcdef}};
} // namespace

TEST_CASE("a token comes back as it was made") {
  auto text = encode(sample, secret);
  CHECK(text.size() == token_length);
  CHECK(decode_token(text, secret) == sample);
}

TEST_CASE("a token with any one character changed is not ours") {
  auto text = encode(sample, secret);
  for (auto& c : text) {
    auto kept = c;
    c = kept == '0' ? '1' : '0';
    CHECK_FALSE(decode_token(text, secret));
    c = kept;
  }
}

TEST_CASE("a token made under another secret is not ours") {
  CHECK_FALSE(decode_token(encode(sample, make_siphash_key("another")), secret));
}

TEST_CASE("text of another length or alphabet is no token") {
  CHECK_FALSE(decode_token("", secret));
  CHECK_FALSE(decode_token(encode(sample, secret) + "0", secret));
  CHECK_FALSE(decode_token(std::string(token_length, 'z'), secret));
}

TEST_CASE("a branch carries its token with and without a loop hash, RFC 5393 4.2") {
  CHECK(decode_branch(make_branch(sample, secret), secret) == sample);
  CHECK(decode_branch(make_branch(sample, secret, "1a2b"), secret) == sample);
  CHECK_FALSE(decode_branch("z9hG4bK74bf9", secret));
}
