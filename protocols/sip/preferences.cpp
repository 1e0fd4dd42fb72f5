#include "protocols/sip/preferences.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

namespace {

preference read_one(std::string_view value) {
  preference wanted;
  auto star = parse_token_value(value);
  for (auto& p : star.params) {
    if (equal_nocase(p.name, "require"))
      wanted.require = true;
    else if (equal_nocase(p.name, "explicit"))
      wanted.explicitly = true;
    else if (is_feature(p.name) && wanted.features.size() < most_preferences)
      wanted.features.push_back(p);
  }
  return wanted;
}

std::vector<preference> read_all(const message& request, hdr id) {
  std::vector<preference> all;
  for_each_value(request, id, [&](std::string_view value) {
    all.push_back(read_one(value));
    return all.size() < most_preferences;
  });
  return all;
}

preference implied(std::string_view name, std::string_view value) {
  return {{parameter{name, value, true}}, true, false};
}

const parameter* feature_of(const std::vector<parameter>& contact, std::string_view name) {
  auto found = std::find_if(contact.begin(), contact.end(), [name](auto& p) { return equal_nocase(p.name, name); });
  return found == contact.end() ? nullptr : &*found;
}

struct match {
  bool matches = true;    ///< nothing that both speak of contradicts
  std::size_t spoken = 0; ///< features of the preference that the contact speaks of
};

match compare(const preference& wanted, const std::vector<parameter>& contact) {
  match m;
  for (auto& feature : wanted.features)
    if (auto* have = feature_of(contact, feature.name)) {
      ++m.spoken;
      m.matches = m.matches && features_overlap(feature, *have);
    }
  return m;
}

/// Clause 7.2.3: rejected only by a preference whose every feature the contact speaks of.
bool rejects(const preference& unwanted, const std::vector<parameter>& contact) {
  auto m = compare(unwanted, contact);
  return m.matches && m.spoken == unwanted.features.size() && m.spoken != 0;
}

contact_verdict accept(const preference& wanted, const std::vector<parameter>& contact) {
  auto m = compare(wanted, contact);
  bool all = m.spoken == wanted.features.size();
  if (!m.matches || (wanted.explicitly && !all))
    return {wanted.require, 0};
  if (wanted.features.empty())
    return {};
  return {false, static_cast<std::uint16_t>(1000 * m.spoken / wanted.features.size())};
}

} // namespace

bool is_feature(std::string_view name) noexcept {
  static constexpr std::string_view base[] = {"audio",    "automata",   "class",       "duplex",      "data",
                                              "control",  "mobility",   "description", "events",      "priority",
                                              "methods",  "extensions", "schemes",     "application", "video",
                                              "language", "type",       "isfocus",     "actor",       "text"};
  return name.starts_with('+') ||
         std::any_of(std::begin(base), std::end(base), [name](auto tag) { return equal_nocase(tag, name); });
}

caller_preferences read_preferences(const message& request) {
  caller_preferences wanted{read_all(request, hdr::accept_contact), read_all(request, hdr::reject_contact), {}};
  if (!wanted.accept.empty() || !wanted.reject.empty())
    return wanted;
  wanted.implicit.push_back(implied("methods", request.method_name()));
  if (request.method() == method::subscribe && request.has(hdr::event))
    wanted.implicit.push_back(implied("events", parse_token_value(request.value(hdr::event)).token));
  return wanted;
}

contact_verdict judge(const caller_preferences& wanted, const std::vector<parameter>& contact) {
  auto immune = std::none_of(contact.begin(), contact.end(), [](auto& p) { return is_feature(p.name); });
  if (immune)
    return {};
  for (auto& unwanted : wanted.reject)
    if (rejects(unwanted, contact))
      return {true, 0};
  auto& asked = wanted.accept.empty() ? wanted.implicit : wanted.accept;
  std::size_t sum = 0;
  for (auto& one : asked) {
    auto verdict = accept(one, contact);
    if (verdict.dropped)
      return verdict;
    sum += verdict.score;
  }
  // The method that is implied makes no order: it only drops who said that they cannot.
  if (wanted.accept.empty())
    return {};
  return {false, static_cast<std::uint16_t>(sum / asked.size())};
}

request_disposition read_disposition(const message& request) {
  request_disposition d;
  for_each_value(request, hdr::request_disposition, [&](std::string_view value) {
    d.redirect |= equal_nocase(value, "redirect");
    d.no_cancel |= equal_nocase(value, "no-cancel");
    d.no_fork |= equal_nocase(value, "no-fork");
    d.no_recurse |= equal_nocase(value, "no-recurse");
    d.sequential |= equal_nocase(value, "sequential");
    d.queue |= equal_nocase(value, "queue");
    return true;
  });
  return d;
}

} // namespace troupe::sip
