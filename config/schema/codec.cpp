#include "config/schema/codec.hpp"

namespace troupe::config {

std::string codec<std::vector<advertisement>>::show(const std::vector<advertisement>& from) {
  if (from.empty())
    return "{}";
  std::string out = "{";
  for (auto& entry : from)
    out += (&entry == &from.front() ? " " : ", ") + literal(entry.listener) + " = " + literal(entry.as.text());
  return out + " }";
}

bool codec<std::vector<advertisement>>::read(const slot& at, const value& from, std::vector<advertisement>& into) {
  auto* entries = std::get_if<table>(&from.is);
  if (entries == nullptr)
    return at.wrong_kind(from, "a table");
  bool ok = true;
  for (auto& [key, where, content] : *entries) {
    slot inner{at.in, at.of, at.key + "." + literal(key)};
    at.in.places[inner.key] = where;
    advertisement read{key, {}};
    if (auto parsed = read_listener(key); !parsed)
      ok = inner.wrong(where, parsed.error());
    else if (codec<endpoint>::read(inner, content, read.as))
      into.push_back(std::move(read));
    else
      ok = false;
  }
  return ok;
}

std::string codec<scscf_choice>::show(const scscf_choice& from) {
  return "{ name = " + literal(from.name) +
         ", capabilities = " + codec<std::vector<std::uint32_t>>::show(from.capabilities) + " }";
}

namespace {

constexpr std::string_view choice_keys[] = {"name", "capabilities"};

bool read_capabilities(const slot& at, const value& from, std::vector<std::uint32_t>& into) {
  auto* elements = std::get_if<list>(&from.is);
  if (elements == nullptr)
    return at.wrong_kind(from, "a list");
  for (auto& element : *elements)
    if (!codec<std::uint32_t>::read(at, element, into.emplace_back()))
      return false;
  return true;
}

bool read_choice_entry(const slot& at, const entry& from, scscf_choice& into) {
  slot inner{at.in, at.of, at.key + "." + from.key};
  if (from.key == "name")
    return codec<std::string>::read(inner, from.content, into.name);
  if (from.key == "capabilities")
    return read_capabilities(inner, from.content, into.capabilities);
  return inner.wrong(from.at, "is not known", did_you_mean(from.key, choice_keys));
}

} // namespace

bool codec<scscf_choice>::read(const slot& at, const value& from, scscf_choice& into) {
  auto* entries = std::get_if<table>(&from.is);
  if (entries == nullptr)
    return at.wrong_kind(from, "a table {name, capabilities}");
  bool ok = true;
  for (auto& entry : *entries)
    ok = read_choice_entry(at, entry, into) && ok;
  if (ok && into.name.empty())
    return at.wrong(from.at, "has no name");
  return ok;
}

std::string codec<cluster_node>::show(const cluster_node& from) {
  return "{ id = " + std::to_string(from.id) + ", name = " + literal(from.name) +
         ", link = " + codec<endpoint>::show(from.link) + " }";
}

namespace {

constexpr std::string_view node_keys[] = {"id", "name", "link"};

bool read_node_entry(const slot& at, const entry& from, cluster_node& into) {
  slot inner{at.in, at.of, at.key + "." + from.key};
  if (from.key == "id")
    return codec<std::uint32_t>::read(inner, from.content, into.id);
  if (from.key == "name")
    return codec<std::string>::read(inner, from.content, into.name);
  if (from.key == "link")
    return codec<endpoint>::read(inner, from.content, into.link);
  return inner.wrong(from.at, "is not known", did_you_mean(from.key, node_keys));
}

} // namespace

bool codec<cluster_node>::read(const slot& at, const value& from, cluster_node& into) {
  auto* entries = std::get_if<table>(&from.is);
  if (entries == nullptr)
    return at.wrong_kind(from, "a table {id, name, link}");
  bool ok = true;
  for (auto& entry : *entries)
    ok = read_node_entry(at, entry, into) && ok;
  if (!ok)
    return false;
  if (into.id == 0 || into.name.empty() || into.link.host.empty())
    return at.wrong(from.at, "lacks " + std::string(into.id == 0 ? "id" : into.name.empty() ? "name" : "link"));
  return true;
}

std::string codec<cluster_group>::show(const cluster_group& from) {
  return "{ access = " + codec<std::vector<listener>>::show(from.access) +
         ", core = " + codec<std::vector<listener>>::show(from.core) +
         (from.interface.empty() ? "" : ", interface = " + literal(from.interface)) + " }";
}

namespace {

constexpr std::string_view group_keys[] = {"access", "core", "interface"};

bool read_group_entry(const slot& at, const entry& from, cluster_group& into) {
  slot inner{at.in, at.of, at.key + "." + from.key};
  if (from.key == "access")
    return codec<std::vector<listener>>::read(inner, from.content, into.access);
  if (from.key == "core")
    return codec<std::vector<listener>>::read(inner, from.content, into.core);
  if (from.key == "interface")
    return codec<std::string>::read(inner, from.content, into.interface);
  return inner.wrong(from.at, "is not known", did_you_mean(from.key, group_keys));
}

} // namespace

bool codec<cluster_group>::read(const slot& at, const value& from, cluster_group& into) {
  auto* entries = std::get_if<table>(&from.is);
  if (entries == nullptr)
    return at.wrong_kind(from, "a table {access, core, interface}");
  bool ok = true;
  for (auto& entry : *entries)
    ok = read_group_entry(at, entry, into) && ok;
  if (ok && into.core.empty())
    return at.wrong(from.at, "has no core listener", "add for example: core = [\"udp://192.0.2.10:5070\"]");
  return ok;
}

} // namespace troupe::config
