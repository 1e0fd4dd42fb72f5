#include "actors/roles/hss/codec.hpp"

#include "protocols/base/cursor.hpp"
#include "protocols/base/text.hpp"
#include "protocols/ims/identity.hpp"

namespace troupe::hss {

namespace {

constexpr std::uint8_t version = 1;
enum class secret_kind : std::uint8_t { milenage = 1, tuak = 2, digest = 3 };

template <class List, class Write>
void write_list(writer& out, const List& list, Write write) {
  out.number(list.size());
  for (auto& one : list)
    write(one);
}

/// A count that the octets cannot hold is a fault, not a reason to allocate.
template <class Read>
auto read_list(reader& in, Read read) {
  std::vector<decltype(read())> list;
  auto count = in.number();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i)
    list.push_back(read());
  return list;
}

template <class Octets>
std::string_view view(const Octets& octets) {
  return as_text({octets.data(), octets.size()});
}

template <std::size_t N>
void read_into(reader& in, std::array<std::uint8_t, N>& to, bool& fits) {
  auto text = in.text();
  fits &= text.size() == N;
  std::copy_n(text.begin(), std::min(N, text.size()), to.begin());
}

template <std::size_t N>
void read_into(reader& in, aka::octets<N>& to, bool& fits) {
  auto text = in.text();
  fits &= text.size() <= N;
  to = aka::octets<N>(as_bytes(text.substr(0, N)));
}

struct write_algorithm {
  writer& out;

  void operator()(const aka::milenage& m) const {
    out.u8(static_cast<std::uint8_t>(secret_kind::milenage));
    out.text(view(m.k));
    out.text(view(m.opc));
  }
  void operator()(const aka::tuak& t) const {
    out.u8(static_cast<std::uint8_t>(secret_kind::tuak));
    out.text(view(t.k));
    out.text(view(t.topc));
    for (auto size : {t.mac_size, t.res_size, t.ck_size, t.ik_size, t.iterations})
      out.u8(size);
  }
};

struct write_secret {
  writer& out;

  void operator()(const aka_secret& s) const {
    s.with.visit(write_algorithm{out});
    out.text(view(s.amf));
    out.u8(static_cast<std::uint8_t>(s.scheme));
    out.signed_number(s.born.ms);
  }
  void operator()(const digest_secret& s) const {
    out.u8(static_cast<std::uint8_t>(secret_kind::digest));
    out.text(s.realm);
    out.text(s.md5);
    out.text(s.sha256);
  }
};

aka_secret read_aka(reader& in, aka::algorithm with, bool& fits) {
  aka_secret secret{with};
  read_into(in, secret.amf, fits);
  secret.scheme = static_cast<aka::sequence_scheme>(in.u8());
  secret.born.ms = in.signed_number();
  return secret;
}

private_identity read_private(reader& in, bool& fits) {
  private_identity p{std::string(in.text()), digest_secret()};
  switch (static_cast<secret_kind>(in.u8())) {
  case secret_kind::milenage: {
    aka::milenage m;
    read_into(in, m.k, fits);
    read_into(in, m.opc, fits);
    p.secret = read_aka(in, m, fits);
    break;
  }
  case secret_kind::tuak: {
    aka::tuak t;
    read_into(in, t.k, fits);
    read_into(in, t.topc, fits);
    for (auto* size : {&t.mac_size, &t.res_size, &t.ck_size, &t.ik_size, &t.iterations})
      *size = in.u8();
    fits &= t.valid();
    p.secret = read_aka(in, t, fits);
    break;
  }
  case secret_kind::digest:
    p.secret = digest_secret{std::string(in.text()), std::string(in.text()), std::string(in.text())};
    break;
  default: fits = false;
  }
  return p;
}

identity read_identity(reader& in, bool& fits) {
  identity id;
  id.uri = in.text();
  id.display_name = in.text();
  id.barred = in.u8() != 0;
  auto canonical = ims::canonical_identity(id.uri);
  fits &= canonical.has_value();
  id.canonical = canonical.value_or(std::string());
  return id;
}

implicit_set read_set(reader& in, services_pool& pool, bool& fits) {
  implicit_set set;
  set.identities = read_list(in, [&] { return read_identity(in, fits); });
  auto services = pool.get(in.text());
  fits &= services.has_value() && !set.identities.empty();
  set.services = services.value_or(nullptr);
  return set;
}

std::string read_string(reader& in) { return std::string(in.text()); }

void read_rest(reader& in, subscriber& who) {
  auto read_number = [&] { return static_cast<std::uint32_t>(in.number()); };
  auto read_text = [&] { return read_string(in); };
  who.visited_networks = read_list(in, read_text);
  who.capabilities.mandatory = read_list(in, read_number);
  who.capabilities.optional = read_list(in, read_number);
  who.capabilities.server_names = read_list(in, read_text);
  who.charging = {read_string(in), read_string(in), read_string(in), read_string(in)};
}

} // namespace

std::string encode(const subscriber& who) {
  std::string octets;
  writer out(octets);
  auto write_text = [&](const std::string& text) { out.text(text); };
  auto write_number = [&](std::uint32_t number) { out.number(number); };
  out.u8(version);
  write_list(out, who.privates, [&](const private_identity& p) {
    out.text(p.impi);
    std::visit(write_secret{out}, p.secret);
  });
  write_list(out, who.sets, [&](const implicit_set& set) {
    write_list(out, set.identities, [&](const identity& id) {
      out.text(id.uri);
      out.text(id.display_name);
      out.u8(id.barred ? 1 : 0);
    });
    out.text(set.services ? std::string_view(set.services->text) : std::string_view());
  });
  write_list(out, who.visited_networks, write_text);
  write_list(out, who.capabilities.mandatory, write_number);
  write_list(out, who.capabilities.optional, write_number);
  write_list(out, who.capabilities.server_names, write_text);
  for (auto* address :
       {&who.charging.primary_ccf, &who.charging.secondary_ccf, &who.charging.primary_ecf, &who.charging.secondary_ecf})
    out.text(*address);
  return octets;
}

result<subscriber> decode_subscriber(std::string_view octets, services_pool& pool) {
  reader in(octets);
  if (auto v = in.u8(); v != version)
    return fail("a subscriber has an encoding of another version: " + std::to_string(v), 0, 0);
  subscriber who;
  auto fits = true;
  who.privates = read_list(in, [&] { return read_private(in, fits); });
  who.sets = read_list(in, [&] { return read_set(in, pool, fits); });
  read_rest(in, who);
  if (!in.ok() || !fits || who.privates.empty() || who.sets.empty())
    return fail("a subscriber's octets are damaged", octets.size() - in.left(), 0);
  return who;
}

std::string encode(const assignment& state) {
  std::string octets;
  writer out(octets);
  out.u8(version);
  out.text(state.server_name);
  out.text(state.displaced);
  write_list(out, state.sets, [&](const set_state& set) {
    out.u8(static_cast<std::uint8_t>(set.state));
    out.number(set.registered_by);
    out.number(set.pending);
  });
  out.text(state.left);
  out.number(static_cast<std::uint64_t>(state.left_at.ms));
  for (auto* text : {&state.at.host, &state.at.realm, &state.displaced_at.host, &state.displaced_at.realm})
    out.text(*text);
  return octets;
}

result<assignment> decode_assignment(std::string_view octets, std::size_t sets) {
  reader in(octets);
  auto known = in.u8() == version;
  assignment state;
  state.server_name = in.text();
  state.displaced = in.text();
  state.sets = read_list(in, [&] {
    set_state set;
    set.state = static_cast<registration_state>(in.u8());
    set.registered_by = static_cast<std::uint32_t>(in.number());
    set.pending = static_cast<std::uint32_t>(in.number());
    known &= set.state <= registration_state::unregistered;
    return set;
  });
  if (in.left() > 0) { // records of before have no more
    state.left = in.text();
    state.left_at.ms = static_cast<std::int64_t>(in.number());
  }
  if (in.left() > 0)
    for (auto* text : {&state.at.host, &state.at.realm, &state.displaced_at.host, &state.displaced_at.realm})
      *text = in.text();
  if (!in.ok() || !known || state.sets.size() != sets)
    return fail("a subscriber's state is damaged", 0, 0);
  return state;
}

} // namespace troupe::hss
