#include "protocols/ims/access.hpp"

#include <algorithm>
#include <vector>

#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

bool is_network_provided(std::string_view access_network_info) {
  return sip::parse_token_value(access_network_info).params.has("network-provided") ||
         sip::parse_token_value(access_network_info).params.has("np");
}

std::size_t strip_network_provided(sip::message& m) {
  auto all = sip::values(m, sip::hdr::p_access_network_info);
  std::vector<std::string> kept;
  for (auto value : all)
    if (!is_network_provided(value))
      kept.emplace_back(value);
  auto gone = all.size() - kept.size();
  if (gone == 0)
    return 0;
  m.remove(sip::hdr::p_access_network_info);
  for (auto& value : kept)
    m.add(sip::hdr::p_access_network_info, value);
  return gone;
}

void add_network_provided(sip::message& m, std::string_view text) {
  auto value = sip::parse_token_value(text);
  m.add(sip::hdr::p_access_network_info,
        std::string(value.token) + ";network-provided" + std::string(value.params.text()));
}

void remove_access_network_info(sip::message& m) { m.remove(sip::hdr::p_access_network_info); }

std::string to_p_visited_network_id(std::string_view network) {
  bool token = !network.empty() && std::all_of(network.begin(), network.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
  });
  return token ? std::string(network) : sip::quote(network);
}

std::string read_p_visited_network_id(const sip::message& m) {
  auto value = sip::first_value(m, sip::hdr::p_visited_network_id);
  if (value.empty() || value.front() != '"')
    return std::string(sip::parse_token_value(value).token);
  auto end = value.find('"', 1);
  while (end != value.npos && value[end - 1] == '\\')
    end = value.find('"', end + 1);
  return end == value.npos ? std::string() : sip::unquote(value.substr(0, end + 1));
}

} // namespace troupe::ims
