#include "actors/diameter/framework/octets.hpp"

#include <algorithm>

namespace troupe::diameter_framework {

namespace {

constexpr std::size_t header_size = 20;
constexpr std::uint8_t vendor_flag = 0x80;

enum avp_code : std::uint32_t {
  acct_application_id = 259,
  auth_application_id = 258,
  vendor_specific_application_id = 260,
  session_id = 263,
  vendor_id = 266,
  result_code = 268,
  experimental_result = 297,
  proxy_info = 284,
};

std::uint32_t big_endian(std::string_view in, std::size_t at, std::size_t octets) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < octets; ++i)
    value = value << 8 | static_cast<std::uint8_t>(in[at + i]);
  return value;
}

struct avp_view {
  std::uint32_t code = 0;
  bool vendor = false;
  std::string_view data;
};

/// Whether `avps` is a row of AVPs, and `judge` says yes to each.
template <class Judge>
bool walk(std::string_view avps, Judge judge) noexcept {
  while (!avps.empty()) {
    if (avps.size() < 8)
      return false;
    avp_view one{big_endian(avps, 0, 4), (static_cast<std::uint8_t>(avps[4]) & vendor_flag) != 0, {}};
    std::size_t length = big_endian(avps, 5, 3), header = one.vendor ? 12 : 8;
    if (length < header || length > avps.size())
      return false;
    if (one.vendor && big_endian(avps, 8, 4) == 0) // an assertion fails on it
      return false;
    one.data = avps.substr(header, length - header);
    if (!judge(one))
      return false;
    avps.remove_prefix(std::min(avps.size(), (length + 3) & ~std::size_t{3}));
  }
  return true;
}

bool is_row(std::string_view avps) noexcept {
  return walk(avps, [](const avp_view&) { return true; });
}

/// In a capabilities exchange: another child than these is an abort, whoever sends it.
bool plain_application(std::string_view avps) noexcept {
  return walk(avps, [](const avp_view& a) {
    auto known = a.code == vendor_id || a.code == auth_application_id || a.code == acct_application_id;
    return !a.vendor && known && a.data.size() == 4;
  });
}

bool good_session_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 255 && id.find('\0') == std::string_view::npos;
}

bool harmless(const avp_view& a, bool base) noexcept {
  if (a.vendor)
    return true;
  switch (a.code) {
  case session_id: return good_session_id(a.data);
  case proxy_info: return is_row(a.data);
  case experimental_result: return is_row(a.data);
  case vendor_specific_application_id: return !base || plain_application(a.data);
  case result_code: return a.data.size() == 4;
  default: return true;
  }
}

} // namespace

header_view header_of(std::string_view message) noexcept {
  return {static_cast<std::uint8_t>(message[4]), big_endian(message, 1, 3), big_endian(message, 5, 3),
          big_endian(message, 8, 4)};
}

bool trustworthy(std::string_view message) noexcept {
  if (message.size() < header_size || message.size() % 4 != 0 || message[0] != 1)
    return false;
  bool base = header_of(message).application == 0;
  return walk(message.substr(header_size), [base](const avp_view& a) { return harmless(a, base); });
}

bool may_leave(std::string_view message, bool request) noexcept {
  if (message.size() < header_size || header_of(message).length != message.size())
    return false;
  auto h = header_of(message);
  return h.request() == request && h.application != 0 && trustworthy(message);
}

} // namespace troupe::diameter_framework
