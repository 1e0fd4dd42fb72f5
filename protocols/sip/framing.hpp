// Cuts a byte stream into messages: RFC 3261 clauses 7.5 and 18.3; keep-alives of RFC 5626 clause 3.5.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/sip/message.hpp"

namespace troupe::sip {

struct framing_limits {
  std::size_t header = 16 * 1024; ///< octets of start line and header fields; more is 513
  std::size_t body = 64 * 1024;   ///< more is 413
};

/// Feed what was read, then ask next() until it needs more. Holds no more than what was fed since then and one message
/// within the limits; looks at each octet a fixed number of times, however the stream is cut.
class framer {
public:
  struct need_more {};
  /// CRLFCRLF between messages, in one piece or two: the peer waits for a CRLF. A lone CRLF is a pong or padding, and
  /// skipped.
  struct ping {};
  /// Where the next message begins cannot be known any more. Answer with the fault's status if that is not 0 and
  /// parse(octets) reads a request that can be answered; then close.
  struct broken {
    error fault;
    ref<storage> octets; ///< the header section as far as it came
  };
  /// A message's octets, for parse(); or one of the above.
  using event = std::variant<need_more, ref<storage>, ping, broken>;

  explicit framer(const framing_limits& limits = {}) : limits_(limits) {}

  void feed(std::string_view octets);
  event next();

  /// After need_more: nothing of a message has come, so that the stream may end here.
  bool idle() const noexcept { return !fault_ && seen_ == 0; }

private:
  std::string_view unread() const noexcept { return std::string_view(buffer_).substr(begin_); }
  bool skip_line_ends(bool& is_ping);
  bool find_header_end();
  event header_ended();
  event fail_with(error fault);
  ref<storage> take(std::size_t octets);

  framing_limits limits_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of the message under way, in buffer_
  std::size_t line_ = 0;   // of its line under way, behind begin_
  std::size_t seen_ = 0;   // octets behind begin_ that were looked at
  std::size_t header_ = 0; // octets with the empty line, when they are all there; else 0
  std::size_t total_ = 0;  // with the body
  std::optional<error> fault_;
};

} // namespace troupe::sip
