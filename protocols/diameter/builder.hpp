// Writes a message into one buffer: RFC 6733 clauses 3 and 4. Lengths and padding are set behind what they count.
#pragma once

#include <string>

#include "protocols/diameter/message.hpp"

namespace troupe::diameter {

class builder {
public:
  /// Appends to `out`, which must outlive the builder. Reserved bits of the flags are the caller's.
  builder(std::string& out, const header& h);

  /// An AVP of text or octets. As all of these: std::logic_error when the type is another, the caller's fault.
  void text(const avp_definition& d, std::string_view value);
  void number(const avp_definition& d, std::uint32_t value); ///< also Enumerated, Integer32 and Time
  void number64(const avp_definition& d, std::uint64_t value);
  void place(const avp_definition& d, const address& value);
  /// `inside()` adds the group's AVPs.
  template <class Inside>
  void group(const avp_definition& d, Inside inside) {
    auto from = open(d);
    inside();
    close(from);
  }
  /// AVPs as they came: an unknown one that is handed on, Proxy-Info. Padding is added where the last one lacks it.
  void raw(std::string_view octets);

  /// The AVP that was just added keeps its M bit clear, whatever its table says: for Rx, which reuses some so (TS 29.214
  /// clause 5.4), and for Supported-Features.
  void mark(bool mandatory) noexcept;

  /// Sets the message's length. Fails, and takes back what was added, when it is longer than `largest_message`: 5012.
  outcome<void> finish();

private:
  /// Answers where it begins.
  std::size_t open(const avp_definition& d);
  void close(std::size_t from);
  void expect(const avp_definition& d, bool good) const;

  std::string& out_;
  std::size_t from_;
  std::size_t last_ = 0; ///< where the AVP began that was added last; in front of all: 0
};

} // namespace troupe::diameter
