#include "protocols/diameter/validate.hpp"

#include <algorithm>
#include <array>

namespace troupe::diameter {
namespace {

struct counts {
  std::array<std::uint32_t, most_rules> of{};
};

outcome<void> check_avps(avp_range avps, std::span<const rule> rules, bool complete);

bool is_open(std::span<const rule> rules) noexcept {
  return rules.empty() || std::ranges::any_of(rules, [](auto& r) { return r.avp == nullptr; });
}

outcome<void> check_inside(const avp_definition& d, const avp_view& avp, bool complete) {
  if (d.type != avp_type::grouped)
    return check_value(d, avp);
  // RFC 6733 clause 7.5: it holds what another was refused for.
  if (d.vendor == ietf && d.code == "Failed-AVP"_avp.code)
    return {};
  auto good = check_avps(avp_range(avp), dictionary::instance().group(d), complete);
  if (!good && !good.error().failed_avp.empty())
    good.error().failed_avp = wrap(d, good.error().failed_avp);
  return good;
}

/// An AVP that no rule names. A closed grammar refuses it when it must be understood; else it may be left aside.
outcome<void> check_other(const avp_view& avp, bool open, bool complete) {
  auto* d = dictionary::instance().avp(avp.vendor, avp.code);
  if (!d && avp.mandatory())
    return refuse(code::avp_unsupported, "an AVP that must be understood is not known", copy_of(avp));
  if (!d)
    return {};
  if (!open && avp.mandatory())
    return refuse(code::avp_not_allowed, std::string(d->name) + " is not allowed here", copy_of(avp));
  return check_inside(*d, avp, complete);
}

outcome<void> check_one(const avp_view& avp, std::span<const rule> rules, bool open, bool complete, counts& seen) {
  auto it = std::ranges::find_if(rules, [&](auto& r) { return r.avp && avp.is(*r.avp); });
  if (it == rules.end())
    return check_other(avp, open, complete);
  auto& count = seen.of[static_cast<std::size_t>(it - rules.begin())];
  if (++count > it->max)
    return refuse(it->max == 0 ? code::avp_not_allowed : code::avp_occurs_too_many_times,
                  std::string(it->avp->name) + " is there too often", copy_of(avp));
  return check_inside(*it->avp, avp, complete);
}

outcome<void> check_missing(std::span<const rule> rules, const counts& seen) {
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (rules[i].avp && seen.of[i] < rules[i].min)
      return refuse(code::missing_avp, std::string(rules[i].avp->name) + " is missing", empty_avp(*rules[i].avp));
  return {};
}

outcome<void> check_avps(avp_range avps, std::span<const rule> rules, bool complete) {
  counts seen;
  auto open = is_open(rules);
  for (auto& avp : avps)
    if (auto good = check_one(avp, rules, open, complete, seen); !good)
      return good;
  return complete ? check_missing(rules, seen) : outcome<void>();
}

outcome<void> check_sender(const message_view& message) {
  for (auto* d : {&"Origin-Host"_avp, &"Origin-Realm"_avp})
    if (!message.find(*d))
      return refuse(code::missing_avp, std::string(d->name) + " is missing", empty_avp(*d));
  return {};
}

outcome<void> check_answer(const message_view& answer, std::span<const rule> rules) {
  auto result = result_of(answer);
  if (!result)
    return tl::unexpected(std::move(result.error()));
  if (result->is_success())
    return check_avps(answer.avps, rules, true);
  if (auto good = check_sender(answer); !good)
    return good;
  return check_avps(answer.avps, answer.header.is_error() ? std::span<const rule>() : rules, false);
}

} // namespace

outcome<void> validate(const message_view& message) {
  auto& h = message.header;
  auto* command = dictionary::instance().command(h.application, h.command);
  if (!command && !find_application(h.application))
    return refuse(code::application_unsupported, "the application is not known");
  if (!command)
    return refuse(code::command_unsupported, "the application has no such command");
  if (!h.is_request())
    return check_answer(message, command->answer);
  return check_avps(message.avps, command->request, true);
}

outcome<result_code> result_of(const message_view& answer) {
  if (auto avp = answer.find("Result-Code"_avp)) {
    if (auto value = to_unsigned32(avp->value))
      return result_code{*value, false};
    return refuse(code::invalid_avp_length, "Result-Code has a wrong length", empty_avp("Result-Code"_avp));
  }
  constexpr auto& group = "Experimental-Result"_avp;
  constexpr auto& inner = "Experimental-Result-Code"_avp;
  auto experimental = answer.find(group);
  if (!experimental)
    return refuse(code::missing_avp, "the answer has no result", empty_avp("Result-Code"_avp));
  auto avp = avp_range(*experimental).find(inner);
  auto value = avp ? to_unsigned32(avp->value) : std::nullopt;
  if (!value)
    return refuse(avp ? code::invalid_avp_length : code::missing_avp, "Experimental-Result has no code",
                  wrap(group, empty_avp(inner)));
  return result_code{*value, true};
}

} // namespace troupe::diameter
