// Sh commands: TS 29.329 clause 6.1.
#pragma once

#include "protocols/diameter/command.hpp"
#include "protocols/diameter/sh.hpp"

namespace troupe::diameter {

template <>
inline constexpr command_id id_of<sh::udr> = {application::sh, 306, true};
template <>
inline constexpr command_id id_of<sh::uda> = {application::sh, 306, false};
template <>
inline constexpr command_id id_of<sh::pur> = {application::sh, 307, true};
template <>
inline constexpr command_id id_of<sh::pua> = {application::sh, 307, false};
template <>
inline constexpr command_id id_of<sh::snr> = {application::sh, 308, true};
template <>
inline constexpr command_id id_of<sh::sna> = {application::sh, 308, false};
template <>
inline constexpr command_id id_of<sh::pnr> = {application::sh, 309, true};
template <>
inline constexpr command_id id_of<sh::pna> = {application::sh, 309, false};

} // namespace troupe::diameter
