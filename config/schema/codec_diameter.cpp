// The tables within [diameter]: peers, routes, applications.
#include "config/schema/codec.hpp"

namespace troupe::config {

namespace {

/// Reads each entry by `read_entry(inner slot, entry)`, which says whether it knows the key and the value is good.
template <class Read>
bool read_entries(const slot& at, const value& from, std::string_view shape, Read read_entry) {
  auto* entries = std::get_if<table>(&from.is);
  if (entries == nullptr)
    return at.wrong_kind(from, "a table " + std::string(shape));
  bool ok = true;
  for (auto& each : *entries)
    ok = read_entry(slot{at.in, at.of, at.key + "." + each.key}, each) && ok;
  return ok;
}

template <std::size_t N>
bool unknown(const slot& at, const entry& from, const std::string_view (&keys)[N]) {
  return at.wrong(from.at, "is not known", did_you_mean(from.key, keys));
}

constexpr std::string_view peer_keys[] = {"identity", "address", "tls"};
constexpr std::string_view route_keys[] = {"realm", "peers", "backup"};
constexpr std::string_view application_keys[] = {"id", "vendor", "accounting"};

} // namespace

std::string codec<diameter_peer>::show(const diameter_peer& from) {
  return "{ identity = " + literal(from.identity) +
         (from.address.host.empty() ? "" : ", address = " + literal(from.address.text())) +
         (from.tls ? ", tls = true" : "") + " }";
}

bool codec<diameter_peer>::read(const slot& at, const value& from, diameter_peer& into) {
  auto ok = read_entries(at, from, type(), [&](const slot& inner, const entry& each) {
    if (each.key == "identity")
      return codec<std::string>::read(inner, each.content, into.identity);
    if (each.key == "address")
      return codec<endpoint>::read(inner, each.content, into.address);
    if (each.key == "tls")
      return codec<bool>::read(inner, each.content, into.tls);
    return unknown(inner, each, peer_keys);
  });
  if (ok && into.identity.empty())
    return at.wrong(from.at, "has no identity");
  return ok;
}

std::string codec<diameter_route>::show(const diameter_route& from) {
  using names = codec<std::vector<std::string>>;
  return "{ realm = " + literal(from.realm) + ", peers = " + names::show(from.peers) +
         (from.backup.empty() ? "" : ", backup = " + names::show(from.backup)) + " }";
}

bool codec<diameter_route>::read(const slot& at, const value& from, diameter_route& into) {
  using names = codec<std::vector<std::string>>;
  auto ok = read_entries(at, from, type(), [&](const slot& inner, const entry& each) {
    if (each.key == "realm")
      return codec<std::string>::read(inner, each.content, into.realm);
    if (each.key == "peers")
      return names::read(inner, each.content, into.peers);
    if (each.key == "backup")
      return names::read(inner, each.content, into.backup);
    return unknown(inner, each, route_keys);
  });
  if (ok && (into.realm.empty() || into.peers.empty()))
    return at.wrong(from.at, into.realm.empty() ? "has no realm" : "has no peers");
  return ok;
}

std::string codec<diameter_application>::show(const diameter_application& from) {
  return "{ id = " + std::to_string(from.id) + ", vendor = " + std::to_string(from.vendor) +
         (from.accounting ? ", accounting = true" : "") + " }";
}

bool codec<diameter_application>::read(const slot& at, const value& from, diameter_application& into) {
  auto ok = read_entries(at, from, type(), [&](const slot& inner, const entry& each) {
    if (each.key == "id")
      return codec<std::uint32_t>::read(inner, each.content, into.id);
    if (each.key == "vendor")
      return codec<std::uint32_t>::read(inner, each.content, into.vendor);
    if (each.key == "accounting")
      return codec<bool>::read(inner, each.content, into.accounting);
    return unknown(inner, each, application_keys);
  });
  if (ok && (into.id == 0 || into.id == 0xffffffff))
    return at.wrong(from.at, "has no id, or one that is no application's");
  return ok;
}

} // namespace troupe::config
