#include "protocols/sip/locate.hpp"

#include <algorithm>
#include <utility>

#include "protocols/base/text.hpp"

namespace troupe::sip {

namespace {

std::uint16_t default_port(wire w) { return w == wire::tls ? 5061 : 5060; }

std::string service_name(wire w, std::string_view host) {
  static constexpr std::string_view prefixes[] = {"_sip._udp.", "_sip._tcp.", "_sips._tcp."};
  return std::string(prefixes[static_cast<std::size_t>(w)]) += host;
}

/// The transport parameter's wire. With sips, TCP means TLS over it (RFC 3263 clause 4.1).
std::optional<wire> wire_of(std::string_view transport, bool secure) {
  if (equal_nocase(transport, "udp") && !secure)
    return wire::udp;
  if (equal_nocase(transport, "tcp"))
    return secure ? wire::tls : wire::tcp;
  if (equal_nocase(transport, "tls"))
    return wire::tls;
  return std::nullopt;
}

std::optional<wire> wire_of_service(std::string_view service) {
  if (equal_nocase(service, "SIP+D2U"))
    return wire::udp;
  if (equal_nocase(service, "SIP+D2T"))
    return wire::tcp;
  if (equal_nocase(service, "SIPS+D2T"))
    return wire::tls;
  return std::nullopt;
}

std::string_view without_brackets(std::string_view host) {
  return host.size() > 2 && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
}

std::string_view without_dot(std::string_view name) {
  return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

} // namespace

std::string_view via_name(wire w) noexcept {
  static constexpr std::string_view names[] = {"UDP", "TCP", "TLS"};
  return names[static_cast<std::size_t>(w)];
}

bool is_numeric(std::string_view host) noexcept {
  if (host.starts_with('[') || host.find(':') != host.npos)
    return true;
  int parts = 0;
  for (bool more = true; more; ++parts) {
    auto dot = host.find('.');
    more = dot != host.npos;
    if (!to_number<std::uint8_t>(host.substr(0, dot)))
      return false;
    host.remove_prefix(more ? dot + 1 : host.size());
  }
  return parts == 4;
}

result<locator> locator::request(const uri& where, std::size_t size, const locate_rules& rules, random_source& random) {
  if (!where.is_sip() || where.host.empty())
    return fail("a next hop that is no SIP URI", 0, 416);
  locator self(rules, random);
  self.secure_ = where.kind == scheme::sips;
  self.large_ = size > rules.large && rules.tcp;
  self.host_ = without_dot(where.params.find("maddr").value_or(where.host));
  if (auto transport = where.params.find("transport")) {
    self.only_ = wire_of(*transport, self.secure_);
    if (!self.only_)
      return fail("a next hop by a transport that is not spoken here", 0, 503);
  }
  if (!rules.takes(self.default_wire()))
    return fail("a next hop by a transport that is switched off", 0, 503);
  self.begin(where.port);
  return self;
}

result<locator> locator::response(wire over, std::string_view host, std::optional<std::uint16_t> port,
                                  const locate_rules& rules, random_source& random) {
  if (host.empty())
    return fail("a Via without host", 0, 0);
  locator self(rules, random);
  self.secure_ = over == wire::tls;
  self.only_ = over;
  self.host_ = without_dot(host);
  self.begin(port);
  return self;
}

wire locator::default_wire() const noexcept {
  if (only_)
    return *only_;
  if (secure_)
    return wire::tls;
  return rules_.udp ? wire::udp : rules_.tcp ? wire::tcp : wire::tls;
}

/// Clauses 4.1 and 4.2: what is said already need not be asked.
void locator::begin(std::optional<std::uint16_t> port) {
  auto over = default_wire();
  if (is_numeric(host_) || port)
    return add_host(over, host_, port.value_or(default_port(over)));
  may_fall_back_ = true;
  if (only_)
    ask_srv(over, service_name(over, host_));
  else
    ask(dns_type::naptr, host_, 0, 0);
}

void locator::ask(dns_type type, std::string name, std::size_t service, std::size_t server) {
  if (questions_.size() >= rules_.most_questions)
    return;
  auto id = static_cast<std::uint32_t>(questions_.size());
  questions_.push_back({type, static_cast<std::uint32_t>(service), static_cast<std::uint32_t>(server), true});
  fresh_.push_back({id, type, std::move(name)});
  ++open_;
}

std::size_t locator::add_service(wire over) {
  services_.push_back({over, {}});
  return services_.size() - 1;
}

void locator::add_host(wire over, std::string_view host, std::uint16_t port) {
  auto service = add_service(over);
  services_[service].servers.push_back({over, port, {}, {}});
  ask_addresses(host, service, 0);
}

void locator::ask_addresses(std::string_view name, std::size_t service, std::size_t server) {
  if (is_numeric(name)) {
    auto& found = services_[service].servers[server];
    auto v6 = name.find(':') != name.npos;
    (v6 ? found.v6 : found.v4).emplace_back(without_brackets(name));
    return;
  }
  if (rules_.v6)
    ask(dns_type::aaaa, std::string(name), service, server);
  if (rules_.v4)
    ask(dns_type::a, std::string(name), service, server);
}

void locator::ask_srv(wire over, std::string name) { ask(dns_type::srv, std::move(name), add_service(over), 0); }

void locator::ask_srv_of_all() {
  for (auto over : {wire::udp, wire::tcp, wire::tls})
    if (rules_.takes(over) && (!secure_ || over == wire::tls))
      ask_srv(over, service_name(over, host_));
}

/// Clause 4.1: what is not supported is left out, then the first order counts (RFC 3403 clause 4.1).
void locator::take_naptr(const std::vector<naptr_record>& records) {
  std::vector<const naptr_record*> usable;
  for (auto& r : records) {
    auto over = wire_of_service(r.service);
    if (over && rules_.takes(*over) && (!secure_ || *over == wire::tls) && equal_nocase(r.flags, "s") &&
        !without_dot(r.replacement).empty())
      usable.push_back(&r);
  }
  if (usable.empty())
    return ask_srv_of_all();
  std::stable_sort(usable.begin(), usable.end(), [](auto* a, auto* b) {
    return a->order != b->order ? a->order < b->order : a->preference < b->preference;
  });
  for (auto* r : usable)
    if (r->order == usable.front()->order)
      ask_srv(*wire_of_service(r->service), std::string(without_dot(r->replacement)));
}

void locator::take_srv(std::size_t service, std::vector<srv_record> records) {
  if (!records.empty())
    may_fall_back_ = false;
  for (auto& r : order_srv(std::move(records), random_)) {
    auto name = without_dot(r.target);
    auto& servers = services_[service].servers;
    if (name.empty() || r.port == 0 || servers.size() >= rules_.most_targets) // "." says: no such service here
      continue;
    servers.push_back({services_[service].over, r.port, {}, {}});
    ask_addresses(name, service, servers.size() - 1);
  }
}

/// No SRV record of any kind: the name itself, by the default transport and port (clauses 4.1 and 4.2).
void locator::fall_back() {
  may_fall_back_ = false;
  add_host(default_wire(), host_, default_port(default_wire()));
}

std::vector<dns_question> locator::take_questions() { return std::exchange(fresh_, {}); }

void locator::answer(std::uint32_t id, const dns_answer& what) {
  if (id >= questions_.size() || !questions_[id].open)
    return;
  questions_[id].open = false;
  --open_;
  auto q = questions_[id];
  auto add = [&](std::vector<std::string>& to) {
    auto room = rules_.most_targets - std::min(rules_.most_targets, to.size());
    to.insert(to.end(), what.addresses.begin(),
              what.addresses.begin() + static_cast<std::ptrdiff_t>(std::min(room, what.addresses.size())));
  };
  switch (q.type) {
  case dns_type::naptr: take_naptr(what.naptr); break;
  case dns_type::srv: take_srv(q.service, what.srv); break;
  case dns_type::a: add(services_[q.service].servers[q.server].v4); break;
  case dns_type::aaaa: add(services_[q.service].servers[q.server].v6); break;
  }
  if (open_ == 0 && may_fall_back_)
    fall_back();
}

std::vector<hop_target> locator::targets() const {
  std::vector<hop_target> all;
  auto add = [&](hop_target t) {
    if (all.size() < rules_.most_targets && std::find(all.begin(), all.end(), t) == all.end())
      all.push_back(std::move(t));
  };
  auto add_address = [&](const server_entry& s, const std::string& address) {
    bool too_large = large_ && s.over == wire::udp;
    if (too_large)
      add({wire::tcp, address, s.port, false});
    add({s.over, address, s.port, too_large});
  };
  for (auto& service : services_)
    for (auto& server : service.servers) {
      for (auto& address : rules_.prefer_v6 ? server.v6 : server.v4)
        add_address(server, address);
      for (auto& address : rules_.prefer_v6 ? server.v4 : server.v6)
        add_address(server, address);
    }
  return all;
}

} // namespace troupe::sip
