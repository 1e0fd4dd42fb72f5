// Rx commands: TS 29.214 clause 5.6.
#pragma once

#include "protocols/diameter/command.hpp"
#include "protocols/diameter/rx.hpp"

namespace troupe::diameter {

template <>
inline constexpr command_id id_of<rx::aar> = {application::rx, 265, true};
template <>
inline constexpr command_id id_of<rx::aaa> = {application::rx, 265, false};
template <>
inline constexpr command_id id_of<rx::rar> = {application::rx, 258, true};
template <>
inline constexpr command_id id_of<rx::raa> = {application::rx, 258, false};
template <>
inline constexpr command_id id_of<rx::str> = {application::rx, 275, true};
template <>
inline constexpr command_id id_of<rx::sta> = {application::rx, 275, false};
template <>
inline constexpr command_id id_of<rx::asr> = {application::rx, 274, true};
template <>
inline constexpr command_id id_of<rx::asa> = {application::rx, 274, false};

} // namespace troupe::diameter
