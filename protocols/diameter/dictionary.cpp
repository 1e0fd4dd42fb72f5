#include "protocols/diameter/dictionary.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "protocols/base/text.hpp"

namespace troupe::diameter {
namespace {

auto code_key(const avp_definition& a) noexcept { return std::pair(a.vendor, a.code); }

[[noreturn]] void wrong(std::string_view grammar, std::string_view at) {
  throw std::logic_error("dictionary: " + std::string(grammar) + " at " + std::string(at));
}

/// "1*", "*", "0*2" in front of a bracket.
struct qualifier {
  std::optional<std::uint32_t> min;
  std::optional<std::uint32_t> max;
  bool star = false;
};

qualifier take_qualifier(std::string_view& token) {
  auto bracket = token.find_first_of("<{[");
  auto text = token.substr(0, bracket);
  token.remove_prefix(std::min(bracket, token.size()));
  qualifier q;
  auto star = text.find('*');
  q.star = star != text.npos;
  if (q.star) {
    q.min = to_number<std::uint32_t>(text.substr(0, star));
    q.max = to_number<std::uint32_t>(text.substr(star + 1));
  }
  return q;
}

rule parse_rule(const dictionary& names, std::string_view grammar, std::string_view token) {
  auto whole = token;
  auto q = take_qualifier(token);
  if (token.size() < 3 || (whole.size() != token.size() && !q.star))
    wrong(grammar, whole);
  auto open = token.front();
  auto close = open == '<' ? '>' : open == '{' ? '}' : ']';
  if (token.back() != close)
    wrong(grammar, whole);
  auto name = token.substr(1, token.size() - 2);
  auto* avp = names.avp(name);
  if (!avp && name != "AVP")
    wrong(grammar, whole);
  // RFC 6733 clause 3.2: "*[A]" is none or more, "*{A}" one or more.
  auto least = open == '[' ? 0u : 1u;
  return {avp, q.min.value_or(least), q.max.value_or(q.star ? rule::any_number : 1u), open == '<'};
}

} // namespace

rules parse_grammar(const dictionary& names, std::string_view grammar) {
  rules result;
  for (std::size_t at = 0; at < grammar.size();) {
    auto end = std::min(grammar.find(' ', at), grammar.size());
    result.push_back(parse_rule(names, grammar, grammar.substr(at, end - at)));
    at = end + 1;
  }
  if (result.size() > most_rules)
    wrong(grammar, "its end");
  return result;
}

const dictionary& dictionary::instance() {
  static const dictionary only;
  return only;
}

dictionary::dictionary() {
  for (auto part : table::avps)
    for (auto& definition : part)
      by_name_.push_back(&definition);
  by_code_ = by_name_;
  std::ranges::sort(by_name_, {}, [](auto* a) { return a->name; });
  std::ranges::sort(by_code_, {}, [](auto* a) { return code_key(*a); });
  for (auto part : table::groups)
    for (auto& group : part) {
      auto* definition = avp(group.name);
      if (!definition || definition->type != avp_type::grouped)
        wrong(group.grammar, group.name);
      groups_.emplace_back(definition, parse_grammar(*this, group.grammar));
    }
  std::ranges::sort(groups_, {}, [](auto& g) { return code_key(*g.first); });
  for (auto part : table::commands)
    for (auto& command : part)
      commands_.push_back({&command, parse_grammar(*this, command.request), parse_grammar(*this, command.answer)});
}

const avp_definition* dictionary::avp(std::uint32_t vendor, std::uint32_t code) const noexcept {
  auto key = std::pair(vendor, code);
  auto it = std::ranges::lower_bound(by_code_, key, {}, [](auto* a) { return code_key(*a); });
  return it != by_code_.end() && code_key(**it) == key ? *it : nullptr;
}

const avp_definition* dictionary::avp(std::string_view name) const noexcept {
  auto it = std::ranges::lower_bound(by_name_, name, {}, [](auto* a) { return a->name; });
  return it != by_name_.end() && (*it)->name == name ? *it : nullptr;
}

std::span<const rule> dictionary::group(const avp_definition& avp) const noexcept {
  auto it = std::ranges::lower_bound(groups_, code_key(avp), {}, [](auto& g) { return code_key(*g.first); });
  if (it == groups_.end() || code_key(*it->first) != code_key(avp))
    return {};
  return it->second;
}

const command_rules* dictionary::command(std::uint32_t application, std::uint32_t code) const noexcept {
  for (auto& c : commands_)
    if (c.definition->code == code && c.definition->application == application)
      return &c;
  return nullptr;
}

const command_rules* dictionary::command(std::uint32_t application, std::string_view name) const noexcept {
  for (auto& c : commands_)
    if (c.definition->application == application && (c.definition->name == name || c.definition->abbreviation == name))
      return &c;
  return nullptr;
}

const application_definition* find_application(std::uint32_t id) noexcept {
  auto it = std::ranges::find(applications, id, &application_definition::id);
  return it != std::end(applications) ? it : nullptr;
}

} // namespace troupe::diameter
