// Byte cursors for the encodings that go into the store and over links: integers as LEB128, octet strings with their
// length in front. A reader never reads past its end: after a fault every read gives zero and ok() is false, so that
// a decoder reads all its fields and asks once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

class writer {
public:
  explicit writer(std::string& out) noexcept : out_(out) {}

  void u8(std::uint8_t value) { out_ += static_cast<char>(value); }
  void number(std::uint64_t value) {
    char octets[10];
    std::size_t size = 0;
    for (; value >= 128; value >>= 7)
      octets[size++] = static_cast<char>(value | 128);
    octets[size++] = static_cast<char>(value);
    out_.append(octets, size);
  }
  /// Zigzag, so that small negatives stay small.
  void signed_number(std::int64_t value) {
    number(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  /// What stood before, as it was.
  void raw(std::string_view octets) { out_ += octets; }
  /// What `write()` writes with this writer, as a text: its length goes in front when it is known.
  template <class Write>
  void sized(Write write) {
    auto from = out_.size();
    write();
    std::string length;
    writer(length).number(out_.size() - from);
    out_.insert(from, length);
  }

private:
  std::string& out_;
};

class reader {
public:
  explicit reader(std::string_view in) noexcept : in_(in) {}

  std::uint8_t u8() noexcept {
    if (in_.empty())
      return fault();
    auto value = static_cast<std::uint8_t>(in_.front());
    in_.remove_prefix(1);
    return value;
  }
  std::uint64_t number() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (in_.empty())
        return fault();
      auto byte = static_cast<std::uint8_t>(in_.front());
      in_.remove_prefix(1);
      if (shift == 63 && byte > 1)
        break; // more than 64 bits
      value |= static_cast<std::uint64_t>(byte & 127) << shift;
      if (byte < 128)
        return value;
    }
    return fault();
  }
  std::int64_t signed_number() noexcept {
    auto value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  /// Views the input.
  std::string_view text() noexcept {
    auto size = number();
    if (size > in_.size()) {
      fault();
      return {};
    }
    auto value = in_.substr(0, size);
    in_.remove_prefix(size);
    return value;
  }
  std::size_t left() const noexcept { return in_.size(); }
  bool ok() const noexcept { return ok_; }

private:
  std::uint8_t fault() noexcept {
    ok_ = false;
    in_ = {};
    return 0;
  }

  std::string_view in_;
  bool ok_ = true;
};

} // namespace troupe
