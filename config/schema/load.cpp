#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "config/schema/check.hpp"
#include "config/schema/options.hpp"
#include "config/schema/suggest.hpp"
#include "config/schema/tree.hpp"

namespace troupe::config {
namespace {

/// The full key whose last part is meant: in the section at hand, or in another.
std::string advice_for(std::string_view section_name, std::string_view leaf) {
  std::vector<std::string_view> here;
  for (auto& candidate : options())
    if (candidate.section() == section_name)
      here.push_back(candidate.leaf());
  if (!nearest(leaf, here).empty())
    return did_you_mean(leaf, here);
  for (auto& candidate : options())
    if (candidate.leaf() == leaf)
      return "did you mean \"" + std::string(candidate.key) + "\"? It belongs under [" +
             std::string(candidate.section()) + "]";
  std::vector<std::string_view> everywhere;
  for (auto& candidate : options())
    everywhere.push_back(candidate.leaf());
  if (auto near = nearest(leaf, everywhere); !near.empty() && leaf.size() > 3)
    return advice_for(find_option(std::string(section_name) + "." + std::string(near)) != nullptr ? section_name : "",
                      near);
  return did_you_mean(leaf, here);
}

std::string advice_for_section(std::string_view name) {
  std::vector<std::string_view> names;
  for (auto& each : sections())
    names.push_back(each.name);
  if (nearest(name, names).empty())
    for (auto& candidate : options())
      if (candidate.leaf() == name)
        return "did you mean \"" + std::string(candidate.key) + "\"? It belongs under [" +
               std::string(candidate.section()) + "]";
  return did_you_mean(name, names);
}

void read_section(std::string_view name, const table& entries, reading& in, node_config& into) {
  for (auto& [leaf, at, content] : entries) {
    auto key = std::string(name) + "." + leaf;
    auto* found = find_option(key);
    if (found == nullptr) {
      in.wrong(key, at, "is not an option", advice_for(name, leaf));
      continue;
    }
    in.places[key] = content.at;
    into.given.push_back(key);
    found->read(in, *found, content, into);
  }
}

bool is_section(std::string_view name) {
  auto all = sections();
  return std::any_of(all.begin(), all.end(), [&](const section& each) { return each.name == name; });
}

void read_document(const table& document, reading& in, node_config& into) {
  for (auto& [name, at, content] : document) {
    auto* entries = std::get_if<table>(&content.is);
    if (!is_section(name))
      in.wrong(name, at, entries != nullptr ? "is not a section" : "is not an option", advice_for_section(name));
    else if (entries == nullptr)
      in.wrong(name, at, "is " + std::string(kind_of(content)) + " where a section is wanted",
               "write [" + name + "] on a line of its own");
    else
      read_section(name, *entries, in, into);
  }
  for (std::string_view required : {"node.name", "node.roles"})
    if (!in.given(required))
      in.wrong(required, {}, "is missing",
               "add to [node]: " + std::string(find_option(required)->leaf()) + " = " +
                   std::string(find_option(required)->about.example));
}

void in_file_order(std::vector<problem>& problems) {
  std::stable_sort(problems.begin(), problems.end(), [](const problem& a, const problem& b) {
    auto line = [](const problem& p) { return p.line == 0 ? UINT32_MAX : p.line; };
    return line(a) != line(b) ? line(a) < line(b) : a.column < b.column;
  });
}

std::optional<std::string> whole_file(const std::filesystem::path& file) {
  std::ifstream from(file, std::ios::binary);
  if (!from.is_open())
    return std::nullopt;
  try {
    return std::string{std::istreambuf_iterator<char>(from), {}};
  } catch (const std::ios_base::failure&) { // a folder, a disk that errs
    return std::nullopt;
  }
}

} // namespace

loaded parse(std::string_view toml, std::string_view file_name) {
  auto document = parse_tree(toml);
  if (!document) {
    document.error().file = file_name;
    return tl::unexpected(std::vector<problem>{document.error()});
  }
  node_config config;
  reading in{std::string(file_name), {}, {}};
  read_document(*document, in, config);
  if (in.problems.empty()) { // what follows from a mistyped key would only hide it
    complete(config, in);
    check(config, in);
  }
  if (!in.problems.empty()) {
    in_file_order(in.problems);
    return tl::unexpected(std::move(in.problems));
  }
  std::sort(config.given.begin(), config.given.end());
  in_file_order(config.warnings);
  return config;
}

loaded load(const std::filesystem::path& file) {
  auto text = whole_file(file);
  if (!text)
    return tl::unexpected(std::vector<problem>{
        {file.string(), 0, 0, "", "cannot be read", "name a file with --config; config/profiles/ has examples"}});
  return parse(*text, file.string());
}

} // namespace troupe::config
