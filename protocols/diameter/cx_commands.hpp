// Cx and Dx commands: TS 29.229 clause 6.1; what each procedure puts into them: TS 29.228 clauses 6.1 to 6.3.
#pragma once

#include "protocols/diameter/command.hpp"
#include "protocols/diameter/cx.hpp"

namespace troupe::diameter {

template <>
inline constexpr command_id id_of<cx::uar> = {application::cx, 300, true};
template <>
inline constexpr command_id id_of<cx::uaa> = {application::cx, 300, false};
template <>
inline constexpr command_id id_of<cx::sar> = {application::cx, 301, true};
template <>
inline constexpr command_id id_of<cx::saa> = {application::cx, 301, false};
template <>
inline constexpr command_id id_of<cx::lir> = {application::cx, 302, true};
template <>
inline constexpr command_id id_of<cx::lia> = {application::cx, 302, false};
template <>
inline constexpr command_id id_of<cx::mar> = {application::cx, 303, true};
template <>
inline constexpr command_id id_of<cx::maa> = {application::cx, 303, false};
template <>
inline constexpr command_id id_of<cx::rtr> = {application::cx, 304, true};
template <>
inline constexpr command_id id_of<cx::rta> = {application::cx, 304, false};
template <>
inline constexpr command_id id_of<cx::ppr> = {application::cx, 305, true};
template <>
inline constexpr command_id id_of<cx::ppa> = {application::cx, 305, false};

} // namespace troupe::diameter
