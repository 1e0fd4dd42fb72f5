#include "protocols/ims/charging.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/uri.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

/// gen-value = token / host / quoted-string.
bool plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
  });
}

std::string generic(std::string_view text) { return plain(text) ? std::string(text) : sip::quote(text); }

std::string hex(std::uint64_t value) {
  std::string out(16, '0');
  for (auto i = out.size(); i-- > 0; value >>= 4)
    out[i] = "0123456789abcdef"[value & 15];
  return out;
}

/// The values' grammar is parameters with ';' between them, and none in front: RFC 7315 clause 5.
std::string with_leading_semicolon(std::string_view value) { return ";" + std::string(trim(value)); }

void write(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty())
    return;
  if (!out.empty())
    out += ';';
  out += name;
  out += '=';
  out += generic(value);
}

} // namespace

charging_vector make_charging_vector(random_source& random, instant now, std::string_view host) {
  charging_vector v;
  v.icid = hex(static_cast<std::uint64_t>(now.ms)).substr(5) + hex(random.next());
  v.generated_at = host;
  return v;
}

result<charging_vector> parse_charging_vector(std::string_view value) {
  charging_vector v;
  auto text = with_leading_semicolon(value);
  for (auto& p : sip::parameters(text)) {
    auto is = [&](std::string_view name) { return equal_nocase(p.name, name); };
    auto target = is("icid-value")            ? &v.icid
                  : is("icid-generated-at")   ? &v.generated_at
                  : is("orig-ioi")            ? &v.orig_ioi
                  : is("term-ioi")            ? &v.term_ioi
                  : is("transit-ioi")         ? &v.transit_ioi
                  : is("related-icid")        ? &v.related_icid
                  : is("related-icid-gen-at") ? &v.related_generated_at
                                              : nullptr;
    if (target) {
      *target = sip::unquote(p.value);
    } else if (!p.name.empty()) {
      v.others += ';';
      v.others += p.name;
      if (p.has_value)
        v.others.append("=").append(p.value);
    }
  }
  if (v.icid.empty())
    return fail("P-Charging-Vector without icid-value");
  return v;
}

std::string to_string(const charging_vector& v) {
  std::string out;
  write(out, "icid-value", v.icid);
  write(out, "icid-generated-at", v.generated_at);
  write(out, "orig-ioi", v.orig_ioi);
  write(out, "term-ioi", v.term_ioi);
  write(out, "transit-ioi", v.transit_ioi);
  write(out, "related-icid", v.related_icid);
  write(out, "related-icid-gen-at", v.related_generated_at);
  return out + v.others;
}

void append_transit_ioi(charging_vector& v, std::string_view network) {
  auto number = 1 + (v.transit_ioi.empty() ? 0 : 1 + std::count(v.transit_ioi.begin(), v.transit_ioi.end(), ','));
  if (!v.transit_ioi.empty())
    v.transit_ioi += ',';
  v.transit_ioi.append(network).append(".").append(std::to_string(number));
}

std::string make_ioi(ioi_type type, std::string_view network) {
  if (type == ioi_type::home_to_home)
    return std::string(network);
  return "Type " + std::to_string(static_cast<int>(type)) + std::string(network);
}

result<charging_addresses> parse_charging_addresses(std::string_view value) {
  charging_addresses out;
  auto text = with_leading_semicolon(value);
  for (auto& p : sip::parameters(text)) {
    if (equal_nocase(p.name, "ccf") && !p.value.empty())
      out.ccf.push_back(sip::unquote(p.value));
    else if (equal_nocase(p.name, "ecf") && !p.value.empty())
      out.ecf.push_back(sip::unquote(p.value));
  }
  if (out.empty())
    return fail("P-Charging-Function-Addresses without ccf and ecf");
  return out;
}

std::string to_string(const charging_addresses& a) {
  std::string out;
  for (auto& ccf : a.ccf)
    write(out, "ccf", ccf);
  for (auto& ecf : a.ecf)
    write(out, "ecf", ecf);
  return out;
}

} // namespace troupe::ims
