// The stored form of access_binding.hpp.
#include <array>

#include "protocols/ims/access_binding.hpp"
#include "protocols/ims/record.hpp"

namespace troupe::ims {

namespace {

constexpr std::uint8_t version = 1;

template <class Self>
auto texts_of(Self& b) {
  return std::array{&b.impi, &b.impu,   &b.contact,      &b.path_token,
                    &b.flow, &b.source, &b.pending_flow, &b.pending_source};
}

template <class Self>
auto texts_of_dialog(Self& d) {
  return std::array{&d.call_id, &d.local_tag, &d.remote_tag, &d.target};
}

void put_subscription(writer& w, const reg_subscription& d) {
  w.u8(static_cast<std::uint8_t>(d.now));
  for (auto text : texts_of_dialog(d))
    w.text(*text);
  put_texts(w, d.routes);
  w.number(d.local_cseq);
  w.number(d.remote_cseq);
  put_instant(w, d.expires_at);
  put_instant(w, d.renew_at);
  w.u8(d.renewing);
  w.u8(d.retry);
  w.u8(d.seen.have_full);
  w.number(d.seen.version);
}

bool take_subscription(reader& r, reg_subscription& d) {
  auto now = r.u8();
  if (now > static_cast<std::uint8_t>(reg_subscription::phase::ended))
    return false;
  d.now = static_cast<reg_subscription::phase>(now);
  for (auto text : texts_of_dialog(d))
    *text = r.text();
  if (!take_texts(r, d.routes))
    return false;
  d.local_cseq = static_cast<std::uint32_t>(r.number());
  d.remote_cseq = static_cast<std::uint32_t>(r.number());
  d.expires_at = take_instant(r);
  d.renew_at = take_instant(r);
  d.renewing = r.u8() != 0;
  d.retry = r.u8() != 0;
  d.seen.have_full = r.u8() != 0;
  d.seen.version = static_cast<std::uint32_t>(r.number());
  return true;
}

} // namespace

void encode_to(std::string& out, const access_binding& b) {
  writer w(out);
  w.u8(version);
  w.u8(static_cast<std::uint8_t>(b.now));
  for (auto text : texts_of(b))
    w.text(*text);
  put_list(w, b.identities, [&](const associated_uri& a) {
    w.text(a.uri);
    w.text(a.display_name);
  });
  put_texts(w, b.wildcards);
  put_texts(w, b.service_route);
  put_texts(w, b.charging.ccf);
  put_texts(w, b.charging.ecf);
  put_instant(w, b.expires_at);
  put_instant(w, b.pending_until);
  put_subscription(w, b.subscription);
  w.raw(b.unknown);
}

std::string encode(const access_binding& binding) {
  std::string out;
  encode_to(out, binding);
  return out;
}

std::optional<access_binding> decode_access_binding(std::string_view octets) {
  reader in(octets);
  access_binding b;
  if (in.u8() != version)
    return std::nullopt;
  auto now = in.u8();
  if (now > static_cast<std::uint8_t>(access_binding::phase::gone))
    return std::nullopt;
  b.now = static_cast<access_binding::phase>(now);
  for (auto text : texts_of(b))
    *text = in.text();
  bool whole = take_list(in,
                         [&] {
                           auto& a = b.identities.emplace_back();
                           a.uri = in.text();
                           a.display_name = in.text();
                           return true;
                         }) &&
               take_texts(in, b.wildcards) && take_texts(in, b.service_route) && take_texts(in, b.charging.ccf) &&
               take_texts(in, b.charging.ecf);
  if (!whole)
    return std::nullopt;
  b.expires_at = take_instant(in);
  b.pending_until = take_instant(in);
  if (!take_subscription(in, b.subscription) || !in.ok())
    return std::nullopt;
  b.unknown = octets.substr(octets.size() - in.left());
  return b;
}

} // namespace troupe::ims
