// The log: one line an event, with the time, the level, a sentence, and key=value fields.
//
// A shard must never wait for a terminal or a disk, so lines go through a ring to a thread of their own; when the ring
// is full the oldest are overwritten and counted. What comes from the network is escaped: a line stays one line. Fields
// that name secrets are never written.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "actors/console/flood_gate.hpp"

namespace troupe::log {

enum class level : std::uint8_t { trace, debug, info, warn, error, critical };
enum class format : std::uint8_t { text, json };

struct settings {
  level least = level::info;
  log::format format = log::format::text;
  std::string file;         ///< appended to; empty: standard error
  std::size_t ring = 8'192; ///< lines that wait to be written
};

/// Installs the log for the whole process; before that, lines go to standard error at once. Throws std::runtime_error
/// with a sentence when the file cannot be opened.
void setup(const settings& how);
/// Writes what waits, and ends the thread. Lines after it go to standard error at once. No other thread may log meanwhile.
void end() noexcept;
/// Lines that were overwritten before they were written.
std::uint64_t lost() noexcept;

/// "call", "subscriber", "peer", ...: the same word means the same thing in every line (docs/operations/troupe.md).
using field = std::pair<std::string_view, std::string_view>;
using fields = std::initializer_list<field>;

bool enabled(level l) noexcept;
void write(level l, std::string_view event, fields with = {});
/// The same for a line that the network can cause as often as it likes.
void write(console::flood_gate& gate, instant now, level l, std::string_view event, fields with = {});

inline void debug(std::string_view event, fields with = {}) { write(level::debug, event, with); }
inline void info(std::string_view event, fields with = {}) { write(level::info, event, with); }
inline void warn(std::string_view event, fields with = {}) { write(level::warn, event, with); }
inline void error(std::string_view event, fields with = {}) { write(level::error, event, with); }
inline void critical(std::string_view event, fields with = {}) { write(level::critical, event, with); }

} // namespace troupe::log
