#include "protocols/sip/digest_nonce.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "protocols/base/text.hpp"

namespace troupe::sip {

namespace {

/// Time and salt, eight octets each, in clear; then the MAC.
constexpr std::size_t clear_size = 16;
using nonce_octets = std::array<std::uint8_t, clear_size + 8>;

void put(std::span<std::uint8_t> at, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i, value >>= 8)
    at[i] = static_cast<std::uint8_t>(value);
}

std::uint64_t get(std::span<const std::uint8_t> at) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;)
    value = value << 8 | at[i];
  return value;
}

std::uint64_t mac(const siphash_key& key, std::span<const std::uint8_t> clear, std::string_view context) {
  std::string signed_text(as_text(clear));
  return siphash(key, signed_text.append(context));
}

std::optional<nonce_octets> decode(std::string_view nonce) {
  auto octets = from_base64(nonce);
  if (!octets || octets->size() != nonce_octets().size())
    return std::nullopt;
  nonce_octets out;
  std::copy(octets->begin(), octets->end(), out.begin());
  return out;
}

} // namespace

bool nonce_count_window::take(std::uint32_t count) noexcept {
  if (count == 0)
    return false;
  if (count > highest_) {
    auto by = count - highest_;
    taken_ = (by < 64 ? taken_ << by : 0) | 1;
    highest_ = count;
    return true;
  }
  auto back = highest_ - count;
  auto bit = back < 64 ? std::uint64_t{1} << back : 0;
  if (bit == 0 || (taken_ & bit) != 0)
    return false;
  taken_ |= bit;
  return true;
}

std::string nonce_factory::make(instant now, std::uint64_t salt, std::string_view context) const {
  nonce_octets octets;
  std::span<std::uint8_t> all = octets;
  put(all, static_cast<std::uint64_t>(now.ms));
  put(all.subspan(8), salt);
  put(all.subspan(clear_size), mac(key_, all.first(clear_size), context));
  return to_base64(octets);
}

nonce_factory::opened nonce_factory::open(std::string_view nonce, std::string_view context, instant now) const {
  auto octets = decode(nonce);
  if (!octets)
    return {};
  std::span<const std::uint8_t> all = *octets;
  if (get(all.subspan(clear_size)) != mac(key_, all.first(clear_size), context))
    return {};
  instant made{static_cast<std::int64_t>(get(all))};
  return {now - made > lifetime_ ? verdict::stale : verdict::good, made};
}

nonce_guard::nonce_guard(const siphash_key& key, milliseconds lifetime, std::size_t buckets)
    : factory_(key, lifetime), buckets_(std::bit_ceil(std::max<std::size_t>(buckets, 1))) {}

nonce_guard::verdict nonce_guard::take(std::string_view nonce, std::string_view context,
                                       std::optional<std::uint32_t> count, instant now) {
  auto [what, made] = factory_.open(nonce, context, now);
  if (what == nonce_factory::verdict::foreign)
    return verdict::foreign;
  if (what == nonce_factory::verdict::stale)
    return verdict::stale;
  auto octets = decode(nonce);
  auto tag = std::max<std::uint64_t>(get(std::span<const std::uint8_t>(*octets).subspan(clear_size)), 1);
  auto* known = find(buckets_[tag & (buckets_.size() - 1)], tag, made, now);
  if (!known)
    return verdict::stale;
  if (!count) // as good as the largest count: nothing comes after it
    return known->window.highest() == 0 && known->window.take(0xffffffff) ? verdict::good : verdict::replayed;
  return known->window.take(*count) ? verdict::good : verdict::replayed;
}

/// The nonce's entry, made when it is not there; nothing when it may be one that was forgotten.
nonce_guard::entry* nonce_guard::find(bucket& in, std::uint64_t tag, instant made, instant now) {
  for (auto& candidate : in.entries)
    if (candidate.tag == tag)
      return &candidate;
  if (made <= in.forgotten)
    return nullptr;
  auto* chosen = &in.entries[0];
  for (auto& candidate : in.entries) {
    if (candidate.tag == 0 || now - candidate.made > factory_.lifetime()) {
      chosen = &candidate;
      break;
    }
    if (candidate.made < chosen->made)
      chosen = &candidate;
  }
  if (chosen->tag != 0)
    in.forgotten = std::max(in.forgotten, chosen->made);
  *chosen = {tag, made, {}};
  return chosen;
}

} // namespace troupe::sip
