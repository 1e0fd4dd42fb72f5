#include "actors/node/ctl_subscribers.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>
#include <toml++/toml.h>

namespace troupe {
namespace {

using console::ctl_status;
using console::json;

std::optional<std::string> content_of(std::istream& in) {
  if (!in)
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

struct place {
  std::size_t begin, end; ///< of the value
  std::string file;
};

/// Octets before the line and column that toml++ counts from 1; its columns are characters.
std::size_t offset_of(std::string_view text, const toml::source_position& at) {
  std::size_t offset = 0;
  for (toml::source_index line = 1; line < at.line; ++line)
    offset = text.find('\n', offset) + 1;
  for (toml::source_index column = 1; column < at.column && offset < text.size(); ++column)
    do
      ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xc0) == 0x80);
  return offset;
}

void note(std::vector<place>& to, std::string_view text, const toml::table& in) {
  if (auto* value = in.get_as<std::string>("profile"))
    to.push_back({offset_of(text, value->source().begin), offset_of(text, value->source().end), value->get()});
}

std::vector<place> profiles_in(std::string_view text, const toml::table& root) {
  std::vector<place> out;
  auto* all = root.get_as<toml::array>("subscriber");
  for (std::size_t i = 0; all && i < all->size(); ++i) {
    auto* one = all->get_as<toml::table>(i);
    auto* sets = one ? one->get_as<toml::array>("set") : nullptr;
    if (one)
      note(out, text, *one);
    for (std::size_t s = 0; sets && s < sets->size(); ++s)
      if (auto* set = sets->get_as<toml::table>(s))
        note(out, text, *set);
  }
  return out;
}

/// Where the key in front of a value begins and ends, if it is written as one would.
std::optional<std::pair<std::size_t, std::size_t>> key_before(std::string_view text, std::size_t value) {
  constexpr std::string_view key = "profile";
  auto equals = text.rfind('=', value);
  if (equals == std::string_view::npos)
    return std::nullopt;
  auto begin = text.rfind(key, equals);
  if (begin == std::string_view::npos ||
      text.substr(begin, equals - begin).find_first_not_of(" \t\"'", key.size()) != std::string_view::npos)
    return std::nullopt;
  return std::pair(begin, begin + key.size());
}

} // namespace

result<std::string> inline_profiles(std::string_view toml, const std::filesystem::path& folder) try {
  auto root = toml::parse(toml);
  auto places = profiles_in(toml, root);
  std::sort(places.begin(), places.end(), [](auto& a, auto& b) { return a.begin > b.begin; });
  std::string out(toml);
  for (auto& p : places) {
    std::ifstream in(folder / p.file, std::ios::binary);
    auto xml = content_of(in);
    if (!xml)
      return fail((folder / p.file).string() + ": cannot be read");
    auto key = key_before(toml, p.begin);
    if (!key)
      return fail("profile is written in a way that cannot be followed: give its content as profile_xml");
    out.replace(p.begin, p.end - p.begin, console::toml_text(*xml));
    out.insert(key->second, "_xml");
  }
  return out;
} catch (const toml::parse_error&) {
  return std::string(toml);
}

ctl_status add_subscriber(console::client& to, const subscriber_words& words) {
  if (words.password.empty() == words.k.empty())
    return to.bad_input("a subscriber has either --k with --op or --opc, or --password");
  if (!words.k.empty() && words.op.empty() && words.opc.empty())
    return to.bad_input("--k needs --op or --opc");
  json one{{"impi", words.impi}, {"impus", words.impus}};
  auto put = [&](const char* key, const std::string& value) {
    if (!value.empty())
      one[key] = value;
  };
  put("k", words.k);
  put("op", words.op);
  put("opc", words.opc);
  put("amf", words.amf);
  put("password", words.password);
  return to.add_subscriber(one);
}

ctl_status import_subscribers(console::client& to, const std::string& file) {
  auto from_input = file == "-";
  std::ifstream in;
  if (!from_input)
    in.open(file, std::ios::binary);
  auto toml = content_of(from_input ? std::cin : in);
  if (!toml)
    return to.bad_input(file + ": cannot be read");
  auto whole = inline_profiles(*toml, std::filesystem::path(file).parent_path());
  if (!whole)
    return to.bad_input(whole.error().what);
  return to.import_subscribers(*whole, from_input ? "standard input" : file);
}

} // namespace troupe
