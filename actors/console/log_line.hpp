// A log line's two forms. The event and its fields travel through spdlog as one text: unit separators (0x1F) part the
// fields, record separators (0x1E) a name from its value.
#pragma once

#include <string>
#include <string_view>

#include "actors/console/log.hpp"

namespace troupe::log {

/// For the ring. Fields that name secrets lose their values; separators within are taken out.
std::string pack(std::string_view event, fields with);

/// `2026-01-31T12:00:00.000Z info  ready node=demo`: the packed line as text. Values with spaces or quotes are quoted,
/// control characters are escaped.
void append_text(std::string& out, std::int64_t ms, std::string_view level, std::string_view packed);
/// `{"time":"...","level":"info","event":"ready","node":"demo"}`. Octets that are no UTF-8 become U+FFFD.
void append_json(std::string& out, std::int64_t ms, std::string_view level, std::string_view packed);

/// RFC 3339 in UTC with milliseconds.
std::string time_text(std::int64_t ms);

} // namespace troupe::log
