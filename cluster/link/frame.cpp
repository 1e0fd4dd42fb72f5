#include "cluster/link/frame.hpp"

#include <limits>

#include "protocols/base/cursor.hpp"

namespace troupe::cluster {

namespace {

void append_header(std::string& out, frame_kind kind, group_id group, std::size_t length) {
  auto g = static_cast<std::uint16_t>(group);
  char header[frame_header] = {
      static_cast<char>(frame_version), static_cast<char>(kind),        static_cast<char>(g),
      static_cast<char>(g >> 8),        static_cast<char>(length),      static_cast<char>(length >> 8),
      static_cast<char>(length >> 16),  static_cast<char>(length >> 24)};
  out.append(header, frame_header);
}

constexpr std::size_t number_size(std::uint64_t value) noexcept {
  std::size_t size = 1;
  for (; value >= 128; value >>= 7)
    ++size;
  return size;
}

void write_credit(writer& w, const credit& c) {
  w.number(c.seen);
  w.number(c.octets);
  w.number(c.frames);
}

credit read_credit(reader& in) noexcept {
  credit c;
  c.seen = in.number();
  c.octets = in.number();
  c.frames = in.number();
  return c;
}

std::optional<node_id> read_node(reader& in) noexcept {
  auto value = in.number();
  if (value > std::numeric_limits<std::uint16_t>::max())
    return std::nullopt;
  return static_cast<node_id>(value);
}

} // namespace

void append_frame(std::string& out, frame_kind kind, std::string_view content) {
  append_header(out, kind, {}, content.size());
  out += content;
}

void append_message(std::string& out, frame_kind kind, group_id group, std::uint64_t number, std::string_view octets) {
  append_header(out, kind, group, number_size(number) + octets.size());
  writer(out).number(number);
  out += octets;
}

std::optional<numbered> read_numbered(std::string_view content) noexcept {
  reader in(content);
  auto number = in.number();
  if (!in.ok() || number == 0)
    return std::nullopt;
  return numbered{number, content.substr(content.size() - in.left())};
}

void frame_reader::feed(std::string_view octets) {
  buffer_.erase(0, at_);
  at_ = 0;
  if (!broken_)
    buffer_ += octets;
}

std::optional<frame> frame_reader::next() noexcept {
  auto in = std::string_view(buffer_).substr(at_);
  if (broken_ || in.size() < frame_header)
    return std::nullopt;
  auto octet = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(in[at])); };
  auto length = octet(4) | octet(5) << 8 | octet(6) << 16 | octet(7) << 24;
  broken_ = octet(0) == 0 || octet(1) == 0 || length > limit_;
  if (broken_ || in.size() - frame_header < length)
    return std::nullopt;
  at_ += frame_header + length;
  return frame{static_cast<frame_kind>(octet(1)), static_cast<group_id>(octet(2) | octet(3) << 8),
               in.substr(frame_header, length)};
}

std::string_view to_string(farewell why) noexcept {
  constexpr std::string_view names[] = {"",           "stopping",   "version",   "other_cluster", "itself",
                                        "wrong_node", "older_life", "malformed", "overrun"};
  auto at = static_cast<std::size_t>(why);
  return at > 0 && at < std::size(names) ? names[at] : "unknown";
}

std::string encode(const hello& h) {
  std::string out;
  writer w(out);
  w.u8(h.least);
  w.u8(h.most);
  w.text(h.cluster);
  w.number(static_cast<std::uint16_t>(h.node));
  w.number(static_cast<std::uint16_t>(h.to));
  w.number(h.life);
  w.number(h.known);
  for (auto& window : h.windows)
    write_credit(w, window);
  return out;
}

std::optional<hello> decode_hello(std::string_view content) {
  reader in(content);
  hello h;
  h.least = in.u8();
  h.most = in.u8();
  h.cluster = in.text();
  auto node = read_node(in), to = read_node(in);
  h.life = in.number();
  h.known = in.number();
  for (auto& window : h.windows)
    window = read_credit(in);
  if (!in.ok() || !node || !to || h.life == 0)
    return std::nullopt;
  h.node = *node;
  h.to = *to;
  return h;
}

std::string encode(lane which, const credit& c) {
  std::string out;
  writer w(out);
  w.u8(static_cast<std::uint8_t>(which));
  write_credit(w, c);
  return out;
}

std::optional<lane_credit> decode_credit(std::string_view content) {
  reader in(content);
  auto which = in.u8();
  lane_credit out{static_cast<lane>(which), read_credit(in)};
  if (!in.ok() || which >= lanes)
    return std::nullopt;
  return out;
}

} // namespace troupe::cluster
