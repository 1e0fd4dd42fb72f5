#include "actors/console/log_line.hpp"

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "protocols/base/text.hpp"

namespace troupe::log {
namespace {

constexpr char between_fields = '\x1f';
constexpr char behind_name = '\x1e';

/// Names of fields whose values never reach a log, whoever passes them.
constexpr std::array<std::string_view, 14> secrets{"password", "k",       "op",  "opc",  "topc",   "top",
                                                   "ck",       "ik",      "ha1", "xres", "secret", "authorization",
                                                   "token",    "response"};

bool is_secret(std::string_view name) noexcept {
  for (auto s : secrets)
    if (equal_nocase(name, s))
      return true;
  return false;
}

void append_clean(std::string& out, std::string_view text) {
  for (char c : text)
    out += c == between_fields || c == behind_name ? ' ' : c;
}

/// Splits off the text up to the next field.
std::string_view take(std::string_view& rest, char until) noexcept {
  auto at = rest.find(until);
  auto head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return head;
}

void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (char c : text) {
    auto u = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (u < 0x20 || u == 0x7f) {
      out += "\\x";
      out += digits[u >> 4];
      out += digits[u & 15];
    } else {
      if (in_quotes && (c == '"' || c == '\\'))
        out += '\\';
      out += c;
    }
  }
}

bool wants_quotes(std::string_view value) noexcept {
  return value.empty() || value.find_first_of(" \"=\t\r\n\\") != std::string_view::npos;
}

} // namespace

std::string pack(std::string_view event, fields with) {
  std::string out;
  append_clean(out, event);
  for (auto& [name, value] : with) {
    out += between_fields;
    append_clean(out, name);
    out += behind_name;
    append_clean(out, is_secret(name) ? "(not shown)" : value);
  }
  return out;
}

std::string time_text(std::int64_t ms) {
  auto second = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&second, &parts);
  std::array<char, 40> text{};
  auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  auto fraction = std::to_string(1000 + ms % 1000);
  return std::string(text.data(), length) + '.' + fraction.substr(1) + 'Z';
}

void append_text(std::string& out, std::int64_t ms, std::string_view level, std::string_view packed) {
  out += time_text(ms);
  out += ' ';
  out += level;
  out.append(level.size() < 6 ? 6 - level.size() : 1, ' ');
  append_escaped(out, take(packed, between_fields), false);
  while (!packed.empty()) {
    auto value = take(packed, between_fields);
    out += ' ';
    append_escaped(out, take(value, behind_name), false);
    out += '=';
    auto quoted = wants_quotes(value);
    out.append(quoted ? 1 : 0, '"');
    append_escaped(out, value, quoted);
    out.append(quoted ? 1 : 0, '"');
  }
  out += '\n';
}

void append_json(std::string& out, std::int64_t ms, std::string_view level, std::string_view packed) {
  nlohmann::ordered_json line;
  line["time"] = time_text(ms);
  line["level"] = level;
  line["event"] = take(packed, between_fields);
  while (!packed.empty()) {
    auto value = take(packed, between_fields);
    auto name = std::string(take(value, behind_name)); // before `value` is read: it leaves what is behind the name
    line[name] = value;
  }
  out += line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  out += '\n';
}

} // namespace troupe::log
