#include "protocols/diameter/message.hpp"

#include <algorithm>

namespace troupe::diameter {
namespace {

constexpr std::uint8_t version = 1;

std::uint32_t number(std::string_view octets, std::size_t at, std::size_t size) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | static_cast<std::uint8_t>(octets[at + i]);
  return value;
}

/// RFC 6733 clause 3: E is for answers, T for requests; and what is between two peers goes no further.
bool bits_go_together(const header& h) noexcept {
  constexpr std::uint32_t between_peers[] = {257, 280, 282};
  if (h.is_request() && h.is_error())
    return false;
  if (!h.is_request() && (h.flags & flag::retransmitted))
    return false;
  return !(h.flags & flag::proxiable) || std::ranges::find(between_peers, h.command) == std::end(between_peers);
}

} // namespace

outcome<std::optional<std::size_t>> message_size(std::string_view octets) {
  if (!octets.empty() && static_cast<std::uint8_t>(octets.front()) != version)
    return refuse(code::unsupported_version, "the message is of another version of Diameter");
  if (octets.size() < 4)
    return std::optional<std::size_t>();
  std::size_t size = number(octets, 1, 3);
  if (size < header_size || size % 4 != 0)
    return refuse(code::invalid_message_length, "the message's length is none that a message can have");
  if (size > largest_message)
    return refuse(code::invalid_message_length, "the message is longer than this node takes");
  return std::optional(size);
}

header decode_header(std::string_view octets) noexcept {
  header h;
  h.flags = static_cast<std::uint8_t>(octets[4]);
  h.command = number(octets, 5, 3);
  h.application = number(octets, 8, 4);
  h.hop_by_hop = number(octets, 12, 4);
  h.end_to_end = number(octets, 16, 4);
  return h;
}

outcome<message_view> decode(std::string_view octets) {
  auto size = message_size(octets);
  if (!size)
    return tl::unexpected(std::move(size.error()));
  if (!*size || **size != octets.size())
    return refuse(code::invalid_message_length, "the message is not as long as it says");
  message_view message{decode_header(octets), avp_range(octets.substr(header_size)), octets};
  if (!bits_go_together(message.header))
    return refuse(code::invalid_header_bits, "the header's flags do not go together");
  if (auto good = check_structure(message.avps.octets()); !good)
    return tl::unexpected(std::move(good.error()));
  return message;
}

} // namespace troupe::diameter
