// SIP, SIPS and TEL URIs: RFC 3261 clause 19.1, RFC 3966; other schemes are kept as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/result.hpp"

namespace troupe::sip {

/// Iterates ";name=value" lists as they stand in URIs, Via and name-addr values. The value of a flag is empty.
/// A quoted value keeps its quotes.
struct parameter {
  std::string_view name;
  std::string_view value;
  bool has_value = false;
};

class parameters {
public:
  parameters() noexcept = default;
  /// `text` starts with ';' or is empty.
  explicit parameters(std::string_view text) noexcept : text_(text) {}

  std::string_view text() const noexcept { return text_; }
  /// Case-insensitive; the first of this name.
  std::optional<std::string_view> find(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept { return find(name).has_value(); }

  class iterator {
  public:
    explicit iterator(std::string_view rest) noexcept;
    const parameter& operator*() const noexcept { return current_; }
    const parameter* operator->() const noexcept { return &current_; }
    iterator& operator++() noexcept;
    bool operator==(const iterator& other) const noexcept {
      return rest_.data() == other.rest_.data() && done_ == other.done_;
    }

  private:
    void step() noexcept;
    std::string_view rest_;
    parameter current_;
    bool done_ = false;
    friend class parameters;
  };
  iterator begin() const noexcept;
  iterator end() const noexcept;

private:
  std::string_view text_;
};

enum class scheme : std::uint8_t { sip, sips, tel, other };

/// A parsed URI that views the text it was parsed from.
struct uri {
  sip::scheme kind = scheme::other;
  std::string_view text;   ///< the whole
  std::string_view scheme; ///< without ':'
  std::string_view user;   ///< escaped as it came; of tel: the number, with its visual separators
  std::string_view password;
  bool has_user = false; ///< an '@' stood there, even behind an empty user
  std::string_view host; ///< of an IPv6 reference: with its brackets; of other schemes: empty
  std::optional<std::uint16_t> port;
  parameters params;
  std::string_view headers; ///< behind '?', without it

  bool is_sip() const noexcept { return kind == scheme::sip || kind == scheme::sips; }
  bool loose_route() const noexcept { return params.has("lr"); }
};

result<uri> parse_uri(std::string_view text);

/// RFC 3261 clause 19.1.4 for sip and sips; RFC 3966 clause 4 for tel; octet by octet for others.
bool equivalent(const uri& a, const uri& b);

/// The comparable form of a public user identity, for keys and look-ups: "sip:user@host" with the user unescaped where
/// that is allowed and the host in lower case, without port, password, parameters and headers; "tel:+4912345" without separators, with
/// phone-context for local numbers. sips becomes sip (TS 24.229 treats them as one identity). A SIP URI with
/// user=phone stays a SIP URI.
std::string canonical_aor(const uri& u);

/// %HH undone; a % that is no escape stays.
std::string unescape(std::string_view text);
/// What may not stand in a user part becomes %HH.
std::string escape_user(std::string_view text);

} // namespace troupe::sip
