#include "protocols/ims/ifc.hpp"

#include <algorithm>
#include <string>

#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

/// Runs of white space count as one SP (RFC 3261 clause 7.3.1), so that a folded line compares like a plain one.
std::string squeezed(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (char c : value) {
    if (!is_space(c))
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return out;
}

bool header_matches(const header_spt& spt, const sip::message& request) {
  return std::any_of(request.fields().begin(), request.fields().end(), [&](const sip::field& f) {
    auto long_form = sip::to_string(f.id);
    if (!spt.name.matches_whole(f.name) && (long_form.empty() || !spt.name.matches_whole(long_form)))
      return false;
    return !spt.content || spt.content->found_in(squeezed(f.value));
  });
}

bool sdp_matches(const session_description_spt& spt, std::string_view sdp) {
  while (!sdp.empty()) {
    auto end = std::min(sdp.find('\n'), sdp.size());
    auto line = trim(sdp.substr(0, end));
    sdp.remove_prefix(std::min(end + 1, sdp.size()));
    auto equals = line.find('=');
    if (equals == line.npos || !spt.line.matches_whole(line.substr(0, equals)))
      continue;
    if (!spt.content || spt.content->found_in(line.substr(equals + 1)))
      return true;
  }
  return false;
}

bool is_sdp(std::string_view content_type) {
  return equal_nocase(sip::parse_token_value(content_type).token, "application/sdp");
}

/// The part's Content-Type, and its body behind the empty line: RFC 2046 clause 5.1.
bool sdp_part_matches(const session_description_spt& spt, std::string_view part) {
  auto blank = part.find("\r\n\r\n");
  auto width = std::string_view("\r\n\r\n").size();
  if (blank == part.npos) {
    blank = part.find("\n\n");
    width = 2;
  }
  if (blank == part.npos)
    return false;
  for (auto head = part.substr(0, blank); !head.empty();) {
    auto end = std::min(head.find('\n'), head.size());
    auto line = trim(head.substr(0, end));
    head.remove_prefix(std::min(end + 1, head.size()));
    if (starts_with_nocase(line, "content-type:") && is_sdp(trim(line.substr(13))))
      return sdp_matches(spt, part.substr(blank + width));
  }
  return false;
}

bool body_matches(const session_description_spt& spt, const sip::message& request) {
  auto type = sip::parse_token_value(request.value(sip::hdr::content_type));
  if (equal_nocase(type.token, "application/sdp"))
    return sdp_matches(spt, request.body());
  if (!starts_with_nocase(type.token, "multipart/"))
    return false;
  auto delimiter = "--" + sip::unquote(type.params.find("boundary").value_or(std::string_view{}));
  if (delimiter.size() == 2)
    return false;
  auto body = request.body();
  for (auto at = body.find(delimiter); at != body.npos;) {
    auto start = at + delimiter.size();
    auto next = body.find(delimiter, start);
    if (sdp_part_matches(spt, body.substr(start, next == body.npos ? next : next - start)))
      return true;
    at = next;
  }
  return false;
}

struct condition_holds {
  const sip::message& request;
  const trigger_context& context;

  bool operator()(const request_uri_spt& spt) const { return spt.content.found_in(request.uri()); }
  bool operator()(const method_spt& spt) const {
    if (spt.name != request.method_name())
      return false;
    return request.method() != sip::method::register_ || spt.registration.empty() ||
           std::find(spt.registration.begin(), spt.registration.end(), context.registration) != spt.registration.end();
  }
  bool operator()(const header_spt& spt) const { return header_matches(spt, request); }
  bool operator()(const session_case_spt& spt) const { return spt.value == context.direction; }
  bool operator()(const session_description_spt& spt) const { return body_matches(spt, request); }
};

bool in_group(const service_point_trigger& spt, std::uint32_t group) {
  return std::find(spt.groups.begin(), spt.groups.end(), group) != spt.groups.end();
}

} // namespace

registration_type registration_type_of(const sip::message& request, bool registered_before) {
  bool any = false;
  bool lives = false;
  sip::for_each_value(request, sip::hdr::contact, [&](std::string_view value) {
    auto contact = sip::parse_name_addr(value);
    if (!contact)
      return true;
    any = true;
    lives = lives || sip::contact_expires(request, *contact).value_or(1) != 0;
    return true;
  });
  if (any && !lives)
    return registration_type::de_registration;
  return registered_before ? registration_type::re_registration : registration_type::initial;
}

bool matches(const trigger_point& trigger, const sip::message& request, const trigger_context& context) {
  if (trigger.malformed)
    return false;
  auto holds = [&](const service_point_trigger& spt) {
    return std::visit(condition_holds{request, context}, spt.condition) != spt.negated;
  };
  // CNF: every group needs one that holds; DNF: one group in which all hold. A condition may be in several groups.
  for (auto& leader : trigger.spts) {
    for (auto group : leader.groups) {
      auto members_hold = [&](bool wanted) {
        return std::any_of(trigger.spts.begin(), trigger.spts.end(),
                           [&](const auto& spt) { return in_group(spt, group) && holds(spt) == wanted; });
      };
      if (trigger.conjunctive && !members_hold(true))
        return false;
      if (!trigger.conjunctive && !members_hold(false))
        return true;
    }
  }
  return trigger.conjunctive;
}

bool matches(const filter_criterion& criterion, const sip::message& request, const trigger_context& context) {
  if (criterion.part && (*criterion.part == profile_part::registered) != context.registered)
    return false;
  return !criterion.trigger || matches(*criterion.trigger, request, context);
}

std::optional<std::size_t> next_match(const service_profile& profile, const sip::message& request,
                                      const trigger_context& context, std::size_t first) {
  for (auto i = first; i < profile.criteria.size(); ++i)
    if (matches(profile.criteria[i], request, context))
      return i;
  return std::nullopt;
}

std::vector<const filter_criterion*> chain(const service_profile& profile, const sip::message& request,
                                           const trigger_context& context) {
  std::vector<const filter_criterion*> out;
  for (std::optional<std::size_t> i; (i = next_match(profile, request, context, i ? *i + 1 : 0));)
    out.push_back(&profile.criteria[*i]);
  return out;
}

} // namespace troupe::ims
