// A server's nonces without a memory of each: RFC 7616 clauses 3.3 and 5.4; and the nonce counts that it took, clause
// 3.4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/siphash.hpp"
#include "protocols/base/time.hpp"

namespace troupe::sip {

/// Which counts of one nonce have been used: those of the last 64 may come out of order, each once.
class nonce_count_window {
public:
  /// False for a repeated, zero or too old count.
  bool take(std::uint32_t count) noexcept;
  std::uint32_t highest() const noexcept { return highest_; }

private:
  std::uint32_t highest_ = 0;
  std::uint64_t taken_ = 0; ///< bit i: highest_ - i
};

/// A nonce says when it was made and carries a MAC over that, so that any process with the key knows its own.
class nonce_factory {
public:
  nonce_factory(const siphash_key& key, milliseconds lifetime) noexcept : key_(key), lifetime_(lifetime) {}

  /// `salt` sets apart nonces of one millisecond. `context` binds the nonce, for instance to a realm and a user.
  std::string make(instant now, std::uint64_t salt, std::string_view context) const;

  enum class verdict {
    good,
    stale,   ///< ours, but too old: challenge again with stale=true, so that the user is not asked for a password
    foreign, ///< not ours, or of another context
  };
  struct opened {
    verdict what = verdict::foreign;
    instant made;
  };
  opened open(std::string_view nonce, std::string_view context, instant now) const;

  milliseconds lifetime() const noexcept { return lifetime_; }

private:
  siphash_key key_;
  milliseconds lifetime_;
};

/// Both together, with bounded memory. A nonce's window must be forgotten when room is needed, and a forgotten nonce
/// could be replayed from its first count on: so a bucket remembers how young the youngest that it forgot was, and
/// nonces not younger than that are stale.
class nonce_guard {
public:
  /// `buckets`: rounded up to a power of two; four nonces go in each.
  nonce_guard(const siphash_key& key, milliseconds lifetime, std::size_t buckets = 1024);

  std::string make(instant now, std::uint64_t salt, std::string_view context) const {
    return factory_.make(now, salt, context);
  }

  enum class verdict { good, stale, foreign, replayed };
  /// `count`: nothing when the credentials have no qop; then the nonce is good once. To be asked after the response was
  /// found right, so that strangers cannot use up counts.
  verdict take(std::string_view nonce, std::string_view context, std::optional<std::uint32_t> count, instant now);

private:
  struct entry {
    std::uint64_t tag = 0; ///< 0: free
    instant made;
    nonce_count_window window;
  };
  struct bucket {
    entry entries[4];
    instant forgotten{-1};
  };

  entry* find(bucket& in, std::uint64_t tag, instant made, instant now);

  nonce_factory factory_;
  std::vector<bucket> buckets_;
};

} // namespace troupe::sip
