// How entities' values are encoded for the store: versioned, and such that versions N and N + 1 of the program can
// rewrite each other's values in turn during an upgrade without loss (cluster.md 24).
//
// A value is a header {format version, kind, deadline} and a body of numbered fields, each with its size in front. A
// decoder takes the fields that it knows and keeps the octets of the others; the encoder writes them again behind its
// own. So a newer version may add fields; it may neither change a field's meaning nor reuse its number. What cannot be
// said by adding fields raises the format version, which an older program refuses as a whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cluster/store/store.hpp"
#include "protocols/base/cursor.hpp"
#include "protocols/base/result.hpp"

namespace troupe::store {

struct value_header {
  std::uint32_t version = 1; ///< of the format of this kind's values
  kind type{};
  instant deadline;

  friend bool operator==(const value_header&, const value_header&) = default;
};

/// Writes a value into `out`, which it clears. Fields may come in any order; repeated ones make a list.
class value_encoder {
public:
  value_encoder(std::string& out, const value_header& header);

  void number(std::uint32_t field, std::uint64_t value);
  void signed_number(std::uint32_t field, std::int64_t value);
  void time(std::uint32_t field, instant value) { signed_number(field, value.ms); }
  void text(std::uint32_t field, std::string_view value);
  /// A field made of parts: `write(writer&)` writes them. Later versions may append parts; decoders leave those unread.
  template <class Write>
  void group(std::uint32_t field, Write write) {
    std::string parts;
    writer into(parts);
    write(into);
    text(field, parts);
  }
  /// What the decoder of this value did not know.
  void unknown(std::string_view fields) { out_ += fields; }

private:
  std::string& out_;
};

/// Reads a value field by field:
///
///   for (value_decoder in(value); in.next();)
///     switch (in.field()) {
///     case 1: state.cseq = in.number(); break;
///     default: in.keep(state.unknown);
///     }
///
/// After the loop ok() tells whether the value was whole. Views into the value.
class value_decoder {
public:
  /// `newest` is the highest format version that the caller reads; a newer value is not ok().
  value_decoder(std::string_view value, kind type, std::uint32_t newest);

  const value_header& header() const noexcept { return header_; }
  bool next() noexcept;
  std::uint32_t field() const noexcept { return field_; }

  std::uint64_t number() noexcept;
  std::int64_t signed_number() noexcept;
  instant time() noexcept { return {signed_number()}; }
  std::string_view text() const noexcept { return content_; }
  /// For a group: check its ok() and pass it to `must`.
  reader parts() const noexcept { return reader(content_); }
  void must(bool good) noexcept { ok_ = ok_ && good; }
  /// Appends this field, as it stands, to what the encoder will write again.
  void keep(std::string& unknown) const { unknown += whole_; }

  bool ok() const noexcept { return ok_; }

private:
  value_header header_;
  std::string_view rest_, content_, whole_;
  std::uint32_t field_ = 0;
  bool ok_ = true;
};

/// The header alone: what recovery puts into the timing wheel without decoding the rest (cluster.md 16).
result<value_header> read_header(std::string_view value);

} // namespace troupe::store
