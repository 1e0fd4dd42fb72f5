// The stored form of registration.hpp.
#include "protocols/ims/record.hpp"
#include "protocols/ims/registration.hpp"

namespace troupe::ims {

namespace {

constexpr std::uint8_t version = 1;

void put_parameters(writer& out, const std::vector<contact_parameter>& parameters) {
  put_list(out, parameters, [&](const contact_parameter& p) {
    out.text(p.name);
    out.text(p.value);
    out.u8(p.has_value);
  });
}

bool take_parameters(reader& in, std::vector<contact_parameter>& parameters) {
  return take_list(in, [&] {
    auto& p = parameters.emplace_back();
    p.name = in.text();
    p.value = in.text();
    p.has_value = in.u8() != 0;
    return true;
  });
}

void put_contact(writer& out, const registered_contact& c) {
  for (auto text : {&c.uri, &c.impi, &c.instance_id, &c.pub_gruu})
    out.text(*text);
  out.number(c.reg_id);
  out.number(c.q);
  out.number(c.gruu_epoch);
  put_texts(out, c.path);
  put_parameters(out, c.parameters);
  put_instant(out, c.expires_at);
}

bool take_contact(reader& in, registered_contact& c) {
  for (auto text : {&c.uri, &c.impi, &c.instance_id, &c.pub_gruu})
    *text = in.text();
  c.reg_id = static_cast<std::uint32_t>(in.number());
  c.q = static_cast<std::uint16_t>(in.number());
  c.gruu_epoch = static_cast<std::uint32_t>(in.number());
  bool whole = take_texts(in, c.path) && take_parameters(in, c.parameters);
  c.expires_at = take_instant(in);
  return whole;
}

void put_binding(writer& out, const binding& b) {
  put_record(out, b.unknown, [&](writer& w) {
    w.number(b.id);
    put_contact(w, b.contact);
    for (auto text : {&b.impu, &b.call_id, &b.display_name, &b.user_agent, &b.access_info, &b.visited_network})
      w.text(*text);
    w.number(b.cseq);
    put_instant(w, b.registered_at);
    w.u8(static_cast<std::uint8_t>(b.last_event));
    w.u8(b.outbound);
    w.text(b.temp_gruu);
    w.number(b.temp_gruu_cseq);
  });
}

bool take_user(std::string_view text, const profile_snapshot* known, registration_set& s) {
  if (known && known->user && known->user_data && *known->user_data == text) {
    s.user_data = known->user_data;
    s.user = known->user;
    return true;
  }
  auto user = parse_subscription(text);
  if (!user)
    return false;
  s.user_data = std::make_shared<const std::string>(text);
  s.user = std::make_shared<const subscription>(std::move(*user));
  return true;
}

bool take_binding(reader& in, binding& b) {
  bool whole = true;
  auto read = [&](reader& r) {
    b.id = r.number();
    whole = take_contact(r, b.contact);
    for (auto text : {&b.impu, &b.call_id, &b.display_name, &b.user_agent, &b.access_info, &b.visited_network})
      *text = r.text();
    b.cseq = static_cast<std::uint32_t>(r.number());
    b.registered_at = take_instant(r);
    auto event = r.u8();
    whole = whole && event <= static_cast<std::uint8_t>(reginfo::contact_event::rejected);
    b.last_event = static_cast<reginfo::contact_event>(event);
    b.outbound = r.u8() != 0;
    b.temp_gruu = r.text();
    b.temp_gruu_cseq = static_cast<std::uint32_t>(r.number());
  };
  return take_record(in, b.unknown, read) && whole;
}

} // namespace

void encode_to(std::string& out, const registration_set& set) {
  writer w(out);
  w.u8(version);
  w.u8(static_cast<std::uint8_t>(set.state));
  w.number(set.next_id);
  w.u8(set.user_data != nullptr);
  if (set.user_data)
    w.text(*set.user_data);
  put_texts(w, set.charging.ccf);
  put_texts(w, set.charging.ecf);
  put_texts(w, set.associated_impis);
  put_list(w, set.bindings, [&](const binding& b) { put_binding(w, b); });
  w.raw(set.unknown);
}

std::string encode(const registration_set& set) {
  std::string out;
  encode_to(out, set);
  return out;
}

std::optional<registration_set> decode_registration_set(std::string_view octets, const profile_snapshot* known) {
  reader in(octets);
  registration_set s;
  if (in.u8() != version)
    return std::nullopt;
  auto state = in.u8();
  if (state > static_cast<std::uint8_t>(registration_state::unregistered))
    return std::nullopt;
  s.state = static_cast<registration_state>(state);
  s.next_id = in.number();
  if (in.u8() != 0 && !take_user(in.text(), known, s))
    return std::nullopt;
  bool whole = take_texts(in, s.charging.ccf) && take_texts(in, s.charging.ecf) && take_texts(in, s.associated_impis) &&
               take_list(in, [&] { return take_binding(in, s.bindings.emplace_back()); });
  if (!whole || !in.ok())
    return std::nullopt;
  s.unknown = octets.substr(octets.size() - in.left());
  return s;
}

} // namespace troupe::ims
