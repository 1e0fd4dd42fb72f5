// Rf and Ro commands: TS 32.299 clauses 6.2 and 6.4.
#pragma once

#include "protocols/diameter/charging.hpp"
#include "protocols/diameter/command.hpp"

namespace troupe::diameter {

template <>
inline constexpr command_id id_of<charging::acr> = {application::accounting, 271, true};
template <>
inline constexpr command_id id_of<charging::aca> = {application::accounting, 271, false};
template <>
inline constexpr command_id id_of<charging::ccr> = {application::credit_control, 272, true};
template <>
inline constexpr command_id id_of<charging::cca> = {application::credit_control, 272, false};

} // namespace troupe::diameter
