#include "actors/diameter/channel/settings.hpp"

#include "protocols/base/cursor.hpp"

namespace troupe::diameter_channel {

namespace {

tl::unexpected<error> torn() { return fail("settings of the Diameter child make no sense", 0, 0); }

void write_texts(writer& w, const std::vector<std::string>& from) {
  w.number(from.size());
  for (auto& each : from)
    w.text(each);
}

/// Reads as many as are said to come, or until nothing is left.
template <class Read>
void repeat(reader& in, Read read) {
  for (auto count = in.number(); count > 0 && in.ok(); --count)
    read();
}

std::vector<std::string> read_texts(reader& in) {
  std::vector<std::string> out;
  repeat(in, [&] { out.emplace_back(in.text()); });
  return out;
}

template <class T>
void take(reader& in, T& into) {
  into = static_cast<T>(in.number());
}

void write_peers(writer& w, const settings& from) {
  w.number(from.peers.size());
  for (auto& each : from.peers) {
    w.text(each.identity);
    w.text(each.host);
    w.number(each.port);
    w.u8(each.tls ? 1 : 0);
  }
}

void write_routes(writer& w, const settings& from) {
  w.number(from.routes.size());
  for (auto& each : from.routes) {
    w.text(each.realm);
    write_texts(w, each.peers);
    write_texts(w, each.backup);
  }
}

void write_applications(writer& w, const settings& from) {
  w.number(from.applications.size());
  for (auto& each : from.applications) {
    w.number(each.id);
    w.number(each.vendor);
    w.u8(each.accounting ? 1 : 0);
  }
}

peer_settings read_peer(reader& in) {
  peer_settings out;
  out.identity = in.text();
  out.host = in.text();
  take(in, out.port);
  out.tls = in.u8() != 0;
  return out;
}

route_settings read_route(reader& in) {
  route_settings out;
  out.realm = in.text();
  out.peers = read_texts(in);
  out.backup = read_texts(in);
  return out;
}

application_settings read_application(reader& in) {
  application_settings out;
  take(in, out.id);
  take(in, out.vendor);
  out.accounting = in.u8() != 0;
  return out;
}

} // namespace

void write(std::string& out, const settings& from) {
  writer w(out);
  w.u8(version);
  for (auto* each : {&from.identity, &from.realm, &from.tls_certificate, &from.tls_key, &from.tls_ca})
    w.text(*each);
  write_texts(w, from.listen);
  for (std::uint32_t each : {std::uint32_t{from.port}, std::uint32_t{from.tls_port}, from.reconnect_s, from.watchdog_s,
                             from.most_questions, from.answer_within_ms})
    w.number(each);
  write_peers(w, from);
  write_routes(w, from);
  write_applications(w, from);
}

result<settings> read_settings(std::string_view content) {
  reader in(content);
  if (in.u8() != version)
    return fail("the node speaks another version than its Diameter child", 0, 0);
  settings out;
  for (auto* each : {&out.identity, &out.realm, &out.tls_certificate, &out.tls_key, &out.tls_ca})
    *each = in.text();
  out.listen = read_texts(in);
  take(in, out.port);
  take(in, out.tls_port);
  for (auto* each : {&out.reconnect_s, &out.watchdog_s, &out.most_questions, &out.answer_within_ms})
    take(in, *each);
  repeat(in, [&] { out.peers.push_back(read_peer(in)); });
  repeat(in, [&] { out.routes.push_back(read_route(in)); });
  repeat(in, [&] { out.applications.push_back(read_application(in)); });
  return in.ok() ? result<settings>(std::move(out)) : torn();
}

void write(std::string& out, const std::vector<served_command>& from) {
  writer w(out);
  w.number(from.size());
  for (auto& each : from) {
    w.number(each.application);
    w.number(each.command);
    w.u8(each.checked ? 1 : 0);
  }
}

result<std::vector<served_command>> read_served(std::string_view content) {
  reader in(content);
  std::vector<served_command> out;
  repeat(in, [&] {
    auto application = in.number(), command = in.number();
    out.push_back({static_cast<std::uint32_t>(application), static_cast<std::uint32_t>(command), in.u8() != 0});
  });
  return in.ok() ? result<std::vector<served_command>>(std::move(out)) : torn();
}

} // namespace troupe::diameter_channel
