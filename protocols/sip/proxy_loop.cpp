// Loop detection and breadth: RFC 5393.
#include "protocols/base/text.hpp"
#include "protocols/sip/proxy.hpp"
#include "protocols/sip/token.hpp"

namespace troupe::sip {

namespace {

void add_part(std::string& all, std::string_view part) {
  all += part;
  all += '\0';
}

std::string hex(std::uint64_t value) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at, value >>= 4)
    *at = digits[value & 15];
  return out;
}

} // namespace

std::string loop_hash(const message& request, std::string_view extra, const siphash_key& secret) {
  std::string all;
  all.reserve(256);
  add_part(all, request.uri());
  for_each_value(request, hdr::route, [&](std::string_view value) {
    add_part(all, value);
    return true;
  });
  add_part(all, extra);
  return hex(siphash(secret, all));
}

bool loops(const message& request, std::string_view hash, const siphash_key& secret) {
  bool found = false;
  for_each_value(request, hdr::via, [&](std::string_view value) {
    if (value.find(hash) == std::string_view::npos)
      return true;
    auto passed = parse_via(value);
    found = passed && passed->branch().ends_with(hash) && decode_branch(passed->branch(), secret).has_value();
    return !found;
  });
  return found;
}

std::uint32_t max_breadth(const message& request) {
  auto* breadth = request.find("Max-Breadth");
  if (!breadth)
    return default_max_breadth;
  return to_number<std::uint32_t>(breadth->value).value_or(0);
}

std::optional<std::uint32_t> breadth_share(std::uint32_t total, std::size_t branches, std::size_t n) {
  if (branches == 0 || total < branches)
    return std::nullopt;
  auto each = static_cast<std::uint32_t>(total / branches);
  return each + (n < total % branches ? 1 : 0);
}

void set_max_breadth(message& request, std::uint32_t value) { request.set("Max-Breadth", std::to_string(value)); }

} // namespace troupe::sip
