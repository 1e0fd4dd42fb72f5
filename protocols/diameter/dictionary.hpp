// The dictionary: each AVP by code or by name, what a grouped AVP or a command may hold. RFC 6733 clauses 3.2 and 4.4.
// It is built from the tables when it is first asked; then it is read only.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "protocols/diameter/table_base.hpp"
#include "protocols/diameter/table_charging.hpp"
#include "protocols/diameter/table_cx.hpp"
#include "protocols/diameter/table_rx.hpp"
#include "protocols/diameter/table_sh.hpp"

namespace troupe::diameter {

inline constexpr application_definition applications[] = {
    {"Diameter Common Messages", application::base, ietf, false},
    {"Diameter Base Accounting", application::accounting, ietf, true},
    {"Diameter Credit Control", application::credit_control, ietf, false},
    {"3GPP Cx", application::cx, tgpp, false},
    {"3GPP Sh", application::sh, tgpp, false},
    {"3GPP Rx", application::rx, tgpp, false},
};

namespace table {

/// A definition comes before those that use it.
inline constexpr std::array<std::span<const avp_definition>, 7> avps = {base_avps, credit_avps,   cx_avps,    sh_avps,
                                                                        rx_avps,   charging_avps, reused_avps};
inline constexpr std::array<std::span<const group_definition>, 6> groups = {
    base_groups, credit_groups, cx_groups, sh_groups, rx_groups, charging_groups};
inline constexpr std::array<std::span<const command_definition>, 5> commands = {base_commands, charging_commands,
                                                                                cx_commands, sh_commands, rx_commands};
} // namespace table

/// By name, for constant expressions: an unknown name ends the compilation.
constexpr const avp_definition& known(std::string_view name) {
  for (auto part : table::avps)
    for (auto& definition : part)
      if (definition.name == name)
        return definition;
  throw "no such AVP"; // no constant expression gets here
}

/// A literal as a template's argument.
template <std::size_t size>
struct literal_name {
  consteval literal_name(const char (&text)[size]) { std::copy_n(text, size, characters); } // NOLINT: is to convert
  char characters[size];
};

template <literal_name name>
inline constexpr const avp_definition& definition_of = known(std::string_view(name.characters));

/// "Session-Id"_avp, looked up while compiling.
template <literal_name name>
constexpr const avp_definition& operator""_avp() noexcept {
  return definition_of<name>;
}

struct rule {
  static constexpr std::uint32_t any_number = std::numeric_limits<std::uint32_t>::max();

  const avp_definition* avp; ///< null: any AVP that no other rule names
  std::uint32_t min;
  std::uint32_t max;
  bool fixed; ///< has its place: <A>
};
using rules = std::vector<rule>;
/// No grammar has more: what counts them needs no memory.
inline constexpr std::size_t most_rules = 64;

struct command_rules {
  const command_definition* definition;
  rules request;
  rules answer;
};

class dictionary {
public:
  static const dictionary& instance();

  /// Null when the code is not known.
  const avp_definition* avp(std::uint32_t vendor, std::uint32_t code) const noexcept;
  const avp_definition* avp(std::string_view name) const noexcept;
  /// All of them, each once.
  std::span<const avp_definition* const> avps() const noexcept { return by_name_; }

  /// Empty for a grouped AVP whose grammar is not written down, and for what is not grouped.
  std::span<const rule> group(const avp_definition& avp) const noexcept;

  /// Null when the application has no such command. Those of the base protocol are not searched for another application.
  const command_rules* command(std::uint32_t application, std::uint32_t code) const noexcept;
  /// By "User-Authorization" or "UA".
  const command_rules* command(std::uint32_t application, std::string_view name) const noexcept;
  std::span<const command_rules> commands() const noexcept { return commands_; }

private:
  dictionary();

  std::vector<const avp_definition*> by_name_;
  std::vector<const avp_definition*> by_code_;
  std::vector<std::pair<const avp_definition*, rules>> groups_; ///< in the order of by_code_
  std::vector<command_rules> commands_;
};

/// Reads a grammar in the notation of definition.hpp. Throws std::logic_error on a wrong one: the tables are ours.
rules parse_grammar(const dictionary& names, std::string_view grammar);

const application_definition* find_application(std::uint32_t id) noexcept;

} // namespace troupe::diameter
