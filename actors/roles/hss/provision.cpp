#include "actors/roles/hss/provision.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "actors/roles/hss/provision_services.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/sip/digest.hpp"

namespace troupe::hss {

namespace {

struct reading {
  services_pool& pool;
  instant now;
};

std::array<std::uint8_t, 16> to_block(std::span<const std::uint8_t> octets) {
  std::array<std::uint8_t, 16> out{};
  std::copy_n(octets.begin(), std::min<std::size_t>(16, octets.size()), out.begin());
  return out;
}

std::string domain_of(const std::string& impi) {
  auto at = impi.rfind('@');
  return at == std::string::npos ? std::string() : impi.substr(at + 1);
}

/// One of `plain` (the operator's constant) and `derived` (with K mixed in) must stand.
bool has_one_of(table_reader& in, std::string_view plain, std::string_view derived) {
  if (in.has(plain) == in.has(derived)) {
    in.mistake(plain, "exactly one of " + std::string(plain) + " and " + std::string(derived) + " is needed beside k");
    return false;
  }
  return true;
}

aka::milenage read_milenage(table_reader& in) {
  aka::milenage m;
  m.k = to_block(in.hex<32>("k", {16}));
  if (has_one_of(in, "op", "opc"))
    m.opc = in.has("op") ? aka::make_opc(m.k, to_block(in.hex<32>("op", {16}))) : to_block(in.hex<32>("opc", {16}));
  return m;
}

std::uint8_t read_octets_of_bits(table_reader& in, std::string_view key, std::int64_t fallback,
                                 std::initializer_list<std::int64_t> allowed) {
  auto bits = in.number(key, fallback, 1, 256);
  if (std::find(allowed.begin(), allowed.end(), bits) == allowed.end())
    in.mistake(key, "is a length that TUAK does not have");
  return static_cast<std::uint8_t>(bits / 8);
}

/// The MAC has 64 bits: an AUTN of IMS has 16 octets (RFC 3310).
aka::tuak read_tuak(table_reader& in) {
  aka::tuak t;
  t.k = in.hex<32>("k", {16, 32});
  t.res_size = read_octets_of_bits(in, "res_bits", 64, {32, 64, 128, 256});
  t.ck_size = read_octets_of_bits(in, "ck_bits", 128, {128, 256});
  t.ik_size = read_octets_of_bits(in, "ik_bits", 128, {128, 256});
  t.iterations = static_cast<std::uint8_t>(in.number("iterations", 1, 1, 255));
  if (has_one_of(in, "top", "topc"))
    t.topc = in.has("top") ? aka::make_topc(t.k, in.hex<32>("top", {32}), t.iterations) : in.hex<32>("topc", {32});
  return t;
}

aka_secret read_keys(table_reader& in, instant now) {
  auto tuak = in.choice("algorithm", {"milenage", "tuak"}, 0) == 1;
  aka_secret secret{tuak ? aka::algorithm(read_tuak(in)) : aka::algorithm(read_milenage(in))};
  if (in.has("amf")) {
    auto amf = in.hex<2>("amf", {2});
    secret.amf = {amf[0], amf[1]};
  }
  secret.scheme = static_cast<aka::sequence_scheme>(in.choice("sqn", {"counter", "time"}, 0));
  if (secret.scheme == aka::sequence_scheme::time_based)
    secret.born = now;
  return secret;
}

std::string read_ha1(table_reader& in, std::string_view key, std::size_t size) {
  auto octets = in.hex<32>(key, {size});
  return octets.empty() ? std::string() : octets.hex();
}

digest_secret read_password(table_reader& in, const std::string& impi) {
  digest_secret secret;
  secret.realm = in.text("realm", domain_of(impi));
  if (secret.realm.empty())
    in.mistake("realm", "is needed when the impi has no domain");
  if (!in.has("password")) {
    secret.md5 = read_ha1(in, "ha1_md5", 16);
    secret.sha256 = read_ha1(in, "ha1_sha256", 32);
    return secret;
  }
  auto password = in.text("password");
  if (password.empty())
    in.mistake("password", "is empty");
  secret.md5 = sip::make_ha1(sip::digest_hash::md5, impi, secret.realm, password).text();
  secret.sha256 = sip::make_ha1(sip::digest_hash::sha256, impi, secret.realm, password).text();
  return secret;
}

private_identity read_private(table_reader& in, const reading& how) {
  private_identity out;
  out.impi = in.text("impi");
  if (out.impi.empty() || out.impi.size() > 255)
    in.mistake("impi", "is needed, of at most 255 characters");
  auto has_digest = in.has("password") || in.has("ha1_md5") || in.has("ha1_sha256");
  if (in.has("k") == has_digest)
    in.mistake("k", "either k or password (or ha1_md5, ha1_sha256) is needed");
  else if (in.has("k"))
    out.secret = read_keys(in, how.now);
  else
    out.secret = read_password(in, out.impi);
  return out;
}

identity read_identity(const toml::node& item, table_reader& in) {
  identity out;
  if (auto* table = item.as_table()) {
    table_reader fields(*table, in.wrong());
    out.uri = fields.text("uri");
    out.display_name = fields.text("display_name");
    out.barred = fields.flag("barred", false);
    fields.end();
  } else {
    out.uri = item.value_exact<std::string>().value_or(std::string());
  }
  auto canonical = ims::canonical_identity(out.uri);
  if (!canonical)
    in.wrong().add(item, "impus", "\"" + out.uri + "\" is neither a SIP nor a tel URI");
  out.canonical = canonical.value_or(out.uri);
  return out;
}

implicit_set read_set(table_reader& in, const reading& how) {
  implicit_set set;
  if (auto* list = in.array("impus"))
    for (auto& item : *list)
      set.identities.push_back(read_identity(item, in));
  if (set.identities.empty())
    in.mistake("impus", "at least one public identity is needed");
  for (auto& uri : in.texts("barred")) {
    auto canonical = ims::canonical_identity(uri).value_or(uri);
    auto at =
        std::find_if(set.identities.begin(), set.identities.end(), [&](auto& id) { return id.canonical == canonical; });
    if (at == set.identities.end())
      in.mistake("barred", "\"" + uri + "\" is not one of impus");
    else
      at->barred = true;
  }
  set.services = read_services(in, how.pool);
  return set;
}

void read_addresses(table_reader& in, std::string_view key, std::string& primary, std::string& secondary) {
  auto list = in.texts(key);
  if (list.size() > 2)
    in.mistake(key, "has more than a primary and a secondary address");
  list.resize(2);
  primary = list[0];
  secondary = list[1];
}

cx::server_capabilities read_capabilities(table_reader& in) {
  auto* table = in.table("capabilities");
  if (!table)
    return {};
  table_reader fields(*table, in.wrong());
  cx::server_capabilities out{fields.numbers("mandatory"), fields.numbers("optional"), fields.texts("servers")};
  fields.end();
  return out;
}

template <class Read>
void each_table(table_reader& in, std::string_view key, Read read) {
  auto* list = in.array(key);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    auto* table = list->get_as<toml::table>(i);
    if (!table) {
      in.wrong().add(*list->get(i), key, "is not a table");
      continue;
    }
    table_reader fields(*table, in.wrong());
    read(fields);
    fields.end();
  }
}

subscriber read_subscriber(table_reader& in, const reading& how) {
  subscriber who;
  who.privates.push_back(read_private(in, how));
  who.sets.push_back(read_set(in, how));
  who.visited_networks = in.texts("visited_networks");
  who.capabilities = read_capabilities(in);
  read_addresses(in, "ccf", who.charging.primary_ccf, who.charging.secondary_ccf);
  read_addresses(in, "ecf", who.charging.primary_ecf, who.charging.secondary_ecf);
  each_table(in, "set", [&](table_reader& of) { who.sets.push_back(read_set(of, how)); });
  each_table(in, "private", [&](table_reader& of) { who.privates.push_back(read_private(of, how)); });
  if (who.privates.size() > subscriber::most_privates)
    in.mistake("private", "more than 32 private identities");
  return who;
}

} // namespace

result<std::vector<subscriber>> read_subscribers(std::string_view text, const std::string& file, services_pool& pool,
                                                 instant now) {
  std::vector<subscriber> all;
  mistakes wrong{file, {}};
  try {
    auto root = toml::parse(text, std::string_view(file));
    table_reader in(root, wrong);
    each_table(in, "subscriber", [&](table_reader& of) { all.push_back(read_subscriber(of, {pool, now})); });
    in.end();
  } catch (const toml::parse_error& error) {
    auto line = error.source().begin.line;
    return fail(file + ":" + std::to_string(line) + ": " + std::string(error.description()), line, 0);
  }
  return wrong.any() ? fail(wrong.text(), 0, 0) : result<std::vector<subscriber>>(std::move(all));
}

result<std::vector<subscriber>> load_subscribers(const std::string& file, services_pool& pool, instant now) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return fail(file + ": cannot be read", 0, 0);
  return read_subscribers(std::string{std::istreambuf_iterator<char>(in), {}}, file, pool, now);
}

} // namespace troupe::hss
