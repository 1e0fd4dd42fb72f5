#include "actors/diameter/channel/frames.hpp"

#include "protocols/base/cursor.hpp"

namespace troupe::diameter_channel {

namespace {

constexpr std::size_t worth_moving = 64 * 1024; ///< octets dealt with before the rest is moved to the front

void append_little_endian(std::string& out, std::uint64_t value, int octets) {
  for (int i = 0; i < octets; ++i, value >>= 8)
    out += static_cast<char>(value & 255);
}

std::uint64_t little_endian(std::string_view octets) {
  std::uint64_t value = 0;
  for (auto i = octets.size(); i-- > 0;)
    value = value << 8 | static_cast<std::uint8_t>(octets[i]);
  return value;
}

bool known(std::uint8_t kind) {
  auto within = [kind](frame_kind least, frame_kind most) {
    return kind >= static_cast<std::uint8_t>(least) && kind <= static_cast<std::uint8_t>(most);
  };
  return within(frame_kind::configure, frame_kind::stop) || within(frame_kind::ready, frame_kind::note);
}

tl::unexpected<error> torn() { return fail("a frame of the Diameter child makes no sense", 0, 0); }

std::uint32_t small(reader& in) { return static_cast<std::uint32_t>(in.number()); }

} // namespace

void append(std::string& out, frame_kind kind, std::uint64_t number, std::string_view content) {
  out.reserve(out.size() + header_size + content.size());
  out += static_cast<char>(kind);
  append_little_endian(out, content.size(), 3);
  append_little_endian(out, number, 8);
  out += content;
}

void frame_reader::add(std::string_view octets) {
  if (at_ == held_.size() || at_ > worth_moving) {
    held_.erase(0, at_);
    at_ = 0;
  }
  held_ += octets;
}

result<std::optional<frame>> frame_reader::next() {
  auto rest = std::string_view(held_).substr(at_);
  if (rest.size() < header_size)
    return std::nullopt;
  auto kind = static_cast<std::uint8_t>(rest[0]);
  auto length = little_endian(rest.substr(1, 3));
  if (!known(kind) || length > largest_content)
    return torn();
  if (rest.size() - header_size < length)
    return std::nullopt;
  at_ += header_size + length;
  return frame{static_cast<frame_kind>(kind), little_endian(rest.substr(4, 8)), rest.substr(header_size, length)};
}

void write(std::string& out, const ask& from) {
  writer w(out);
  w.number(from.patience_ms);
  w.text(from.octets);
}

result<ask> read_ask(std::string_view content) {
  reader in(content);
  ask out{small(in), in.text()};
  return in.ok() ? result<ask>(out) : torn();
}

void write(std::string& out, const question& from) {
  writer w(out);
  w.text(from.peer);
  w.text(from.octets);
}

result<question> read_question(std::string_view content) {
  reader in(content);
  question out{in.text(), in.text()};
  return in.ok() ? result<question>(out) : torn();
}

void write(std::string& out, const peer_news& from) {
  writer w(out);
  w.u8(from.up ? 1 : 0);
  w.text(from.identity);
}

result<peer_news> read_peer_news(std::string_view content) {
  reader in(content);
  peer_news out{in.u8() != 0, in.text()};
  return in.ok() ? result<peer_news>(out) : torn();
}

void write(std::string& out, const pulse& from) {
  writer w(out);
  for (std::uint64_t each :
       {std::uint64_t{from.framework_silent_ms}, std::uint64_t{from.asked}, std::uint64_t{from.questions},
        from.rejected_octets, from.shed, from.unanswered, from.lost})
    w.number(each);
}

result<pulse> read_pulse(std::string_view content) {
  reader in(content);
  pulse out{small(in), small(in), small(in), in.number(), in.number(), in.number(), in.number()};
  return in.ok() ? result<pulse>(out) : torn();
}

void write(std::string& out, const note& from) {
  writer w(out);
  w.u8(from.level);
  w.text(from.text);
}

result<note> read_note(std::string_view content) {
  reader in(content);
  note out{in.u8(), in.text()};
  return in.ok() ? result<note>(out) : torn();
}

} // namespace troupe::diameter_channel
