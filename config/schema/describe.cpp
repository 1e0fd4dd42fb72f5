#include <algorithm>

#include "config/schema/options.hpp"

namespace troupe::config {
namespace {

constexpr std::string_view preface = R"(# Configuration

<!-- Generated from config/schema/options.cpp by config::describe_markdown(); a test compares. -->

A node reads one TOML file: `troupe run --config FILE`. `troupe check --config FILE` says what is wrong with it, by file,
line, column and key, and `--explain` shows every option with the value in force. Runnable examples are in
`config/profiles/`. A key that is not listed here is an error.

Paths that do not begin with `/` are taken from the working directory. A change takes effect with the next start)";

constexpr std::string_view live_options = R"(; that of
an option marked *live* already when the file is read again on SIGHUP)";

/// A cell must not end its row or column.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text)
    out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string code_unless_phrase(const option& of) {
  return of.about.default_note.empty() ? "`" + of.default_text() + "`" : of.default_text();
}

std::string kind_and_bounds(const option& of) {
  auto out = of.type;
  if (auto bounds = of.bounds(); !bounds.empty())
    out += ", " + bounds;
  if (!of.unit.empty())
    out += " " + of.unit;
  return out;
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out(indent);
  std::size_t column = 0;
  while (!text.empty()) {
    auto space = text.find(' ');
    auto word = text.substr(0, space);
    text.remove_prefix(space == text.npos ? text.size() : space + 1);
    if (column != 0 && column + 1 + word.size() > width) {
      out += "\n" + std::string(indent);
      column = 0;
    } else if (column != 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + "\n";
}

bool is_given(const node_config& config, std::string_view key) {
  return std::binary_search(config.given.begin(), config.given.end(), key);
}

std::string shown(const option& of, const node_config& config) {
  auto text = of.show(config);
  if (!of.about.secret)
    return text;
  return text == "\"\"" ? text : "\"(not shown)\"";
}

std::string explain_line(const option& of, const node_config& config) {
  auto out = std::string(of.key) + " = " + shown(of, config);
  out.append(out.size() < 48 ? 48 - out.size() : 1, ' ');
  out += "# ";
  if (!of.unit.empty())
    out += of.unit + ", ";
  return out + (is_given(config, of.key) ? "from the file" : "default") + (of.about.restart ? "" : ", live") + "\n";
}

} // namespace

std::string describe_markdown() {
  std::string out(preface);
  if (std::any_of(options().begin(), options().end(), [](const option& each) { return !each.about.restart; }))
    out += live_options;
  out += ".\n";
  for (auto& [name, description] : sections()) {
    out += "\n## [" + std::string(name) + "]\n\n" + std::string(description) + "\n\n";
    out += "| key | kind | default | meaning |\n| --- | --- | --- | --- |\n";
    for (auto& each : options())
      if (each.section() == name)
        out += "| `" + std::string(each.leaf()) + "` | " + cell(kind_and_bounds(each)) + " | " +
               cell(code_unless_phrase(each)) + " | " + cell(each.description) +
               (each.about.restart ? "" : " *Live.*") + " |\n";
  }
  return out;
}

std::string explain(const node_config& config, std::string_view prefix) {
  std::string out;
  for (auto& each : options()) {
    auto chosen = prefix.empty() || each.key == prefix || each.section() == prefix;
    if (!chosen)
      continue;
    out += explain_line(each, config);
    if (!prefix.empty()) {
      out += wrapped(each.description, 96, "    ");
      out += wrapped(kind_and_bounds(each) + "; default: " + each.default_text(), 96, "    ");
    }
  }
  return out;
}

std::vector<std::string> restart_needed(const node_config& running, const node_config& wanted) {
  std::vector<std::string> out;
  for (auto& each : options())
    if (each.about.restart && each.show(running) != each.show(wanted))
      out.emplace_back(each.key);
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace troupe::config
