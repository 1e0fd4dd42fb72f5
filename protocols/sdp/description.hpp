// Session descriptions as views of their text: RFC 8866, RFC 4566.
//
// A proxy reads a few lines of a description and passes the rest on, unknown attributes included. So a description is
// its lines in order, cut at each "m=", and what is asked for is read out of a line when it is asked for. The text must
// outlive the description; so must a text that is put into it.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/result.hpp"

namespace troupe::sdp {

struct line {
  char type = 'a';
  std::string_view value; ///< behind '=', as it came

  friend bool operator==(const line&, const line&) = default;
};

/// "a=name:value" or, without value, "a=name".
struct attribute {
  std::string_view name; ///< with case, as RFC 8866 compares it
  std::string_view value;
  bool has_value = false;
};
attribute parse_attribute(std::string_view value) noexcept;

/// RFC 8866 clause 5.2. Identifier and version are numbers, but longer than any integer of ours.
struct origin {
  std::string_view user;
  std::string_view session_id;
  std::string_view version;
  std::string_view network_type; ///< "IN"
  std::string_view address_type; ///< "IP4" or "IP6"
  std::string_view address;
};
result<origin> parse_origin(std::string_view value);

/// RFC 8866 clause 5.7.
struct connection {
  std::string_view network_type;
  std::string_view address_type;
  std::string_view address;   ///< without what stands behind '/'
  std::string_view multicast; ///< "ttl", "count" or "ttl/count"; empty for unicast
};
result<connection> parse_connection(std::string_view value);

/// RFC 8866 clause 5.8; RFC 3556 for RS and RR, RFC 3890 for TIAS. AS and CT in kbit/s, those in bit/s.
struct bandwidth {
  std::string_view type;
  std::uint32_t value = 0;
};
result<bandwidth> parse_bandwidth(std::string_view value);

enum class direction : std::uint8_t { inactive, sendonly, recvonly, sendrecv }; ///< bit 0: sends; bit 1: receives
std::string_view to_string(direction d) noexcept;

/// The lines of the session level, or those below one "m=".
class section {
public:
  std::vector<line> lines;

  /// The value of the first line of this type; nothing when there is none.
  std::optional<std::string_view> value(char type) const noexcept;
  /// The value of the first attribute of this name, empty for one without value.
  std::optional<std::string_view> attribute_value(std::string_view name) const noexcept;
  bool has_attribute(std::string_view name) const noexcept { return attribute_value(name).has_value(); }
  std::vector<std::string_view> attribute_values(std::string_view name) const;

  std::optional<sdp::connection> connection() const;
  /// The first of this type ("AS", "RS", ...), without regard to case.
  std::optional<std::uint32_t> bandwidth(std::string_view type) const noexcept;
  /// As written here; a media section without one takes the session's (see below).
  std::optional<sdp::direction> own_direction() const noexcept;

  /// Puts the value into the first line of this type, or a new line where RFC 8866 clause 9 wants it. Not for 'a'.
  void set(char type, std::string_view value);
  /// Removes all attributes of this name. Answers how many went.
  std::size_t remove_attribute(std::string_view name);
};

/// One "m=" and what belongs to it: RFC 8866 clause 5.14.
class media : public section {
public:
  std::string_view type; ///< "audio", "video", "message", "image", ...
  std::uint16_t port = 0;
  std::optional<std::uint32_t> port_count;
  std::string_view protocol; ///< "RTP/AVP", "UDP/TLS/RTP/SAVPF", "udptl", ...
  std::vector<std::string_view> formats;

  /// Refused or ended: RFC 3264 clauses 6 and 8.2.
  bool rejected() const noexcept { return port == 0; }
  bool is_rtp() const noexcept { return protocol.find("RTP/") != protocol.npos; }
};

class description : public section {
public:
  std::vector<sdp::media> media;

  std::optional<sdp::origin> origin() const;
  /// The media's own, else the session's; nothing where both lack.
  std::optional<sdp::connection> connection_of(const sdp::media& m) const;
  /// The media's own, else the session's, else sendrecv: RFC 8866 clause 6.7.
  direction direction_of(const sdp::media& m) const noexcept;

  void write(std::string& out) const;
  std::string to_string() const;
};

/// Lone LFs and empty lines are taken; "s=", "t=" and an order other than the standard's are not insisted on. Refused
/// are a first line other than "v=0", no "o=", a second "v=", "o=" or "s=", a type letter that RFC 8866 lacks, and what is
/// malformed in "o=", "c=", "b=" and "m=".
result<description> parse(std::string_view text);
/// A temporary would be gone before what views it.
template <std::same_as<std::string> Text>
result<description> parse(Text&& text) = delete;

} // namespace troupe::sdp
