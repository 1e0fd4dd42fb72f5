#include "cluster/store/encoding.hpp"

#include <limits>

namespace troupe::store {
namespace {

value_header header_from(reader& in) noexcept {
  value_header out;
  auto version = in.number();
  out.version = version > std::numeric_limits<std::uint32_t>::max() ? 0 : static_cast<std::uint32_t>(version);
  out.type = static_cast<kind>(in.u8());
  out.deadline.ms = in.signed_number();
  return out;
}

bool is_header(const reader& in, const value_header& header) noexcept { return in.ok() && header.version != 0; }

} // namespace

value_encoder::value_encoder(std::string& out, const value_header& header) : out_(out) {
  out_.clear();
  writer into(out_);
  into.number(header.version);
  into.u8(static_cast<std::uint8_t>(header.type));
  into.signed_number(header.deadline.ms);
}

void value_encoder::number(std::uint32_t field, std::uint64_t value) {
  std::string octets;
  writer(octets).number(value);
  text(field, octets);
}

void value_encoder::signed_number(std::uint32_t field, std::int64_t value) {
  std::string octets;
  writer(octets).signed_number(value);
  text(field, octets);
}

void value_encoder::text(std::uint32_t field, std::string_view value) {
  writer into(out_);
  into.number(field);
  into.text(value);
}

value_decoder::value_decoder(std::string_view value, kind type, std::uint32_t newest) {
  reader in(value);
  header_ = header_from(in);
  ok_ = is_header(in, header_) && header_.type == type && header_.version <= newest;
  if (ok_)
    rest_ = value.substr(value.size() - in.left());
}

bool value_decoder::next() noexcept {
  if (!ok_ || rest_.empty())
    return false;
  reader in(rest_);
  auto field = in.number();
  content_ = in.text();
  must(in.ok() && field <= std::numeric_limits<std::uint32_t>::max());
  if (!ok_)
    return false;
  field_ = static_cast<std::uint32_t>(field);
  whole_ = rest_.substr(0, rest_.size() - in.left());
  rest_.remove_prefix(whole_.size());
  return true;
}

std::uint64_t value_decoder::number() noexcept {
  reader in(content_);
  auto value = in.number();
  must(in.ok() && in.left() == 0);
  return value;
}

std::int64_t value_decoder::signed_number() noexcept {
  reader in(content_);
  auto value = in.signed_number();
  must(in.ok() && in.left() == 0);
  return value;
}

result<value_header> read_header(std::string_view value) {
  reader in(value);
  auto header = header_from(in);
  if (!is_header(in, header))
    return fail("a stored value without a header", value.size() - in.left(), 0);
  return header;
}

} // namespace troupe::store
