#include "actors/roles/scscf/session.hpp"

#include "protocols/base/text.hpp"
#include "protocols/ims/charging.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::scscf {
namespace {

constexpr std::string_view kinds = "otd";

/// paramchar of RFC 3261 clause 25.1; the rest as %HH.
std::string escape_parameter(std::string_view text) {
  constexpr std::string_view plain = "-_.!~*'()[]/:&+$";
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    auto octet = static_cast<unsigned char>(c);
    if (is_alpha(c) || is_digit(c) || plain.find(c) != plain.npos)
      out += c;
    else
      ((out += '%') += hex[octet >> 4]) += hex[octet & 15];
  }
  return out;
}

/// The original dialog identifier that we gave to an AS, if the request came back by it.
std::optional<session> read_way_back(const context& ctx) {
  if (!ctx.token || ctx.token->use != sip::token_use::service_route || ctx.token->sequence == 0)
    return std::nullopt;
  auto own = sip::parse_uri(ctx.own_route);
  auto odi = own ? own->params.find("odi").value_or("") : std::string_view{};
  auto kind = odi.empty() ? kinds.npos : kinds.find(odi.front());
  if (kind == kinds.npos)
    return std::nullopt;
  return session{static_cast<side_served>(kind), sip::unescape(odi.substr(1)), ctx.token->sequence - 1, origin::server};
}

bool says_orig(const context& ctx) {
  auto own = sip::parse_uri(ctx.own_route);
  return own && own->params.has("orig");
}

std::string identity_in(const sip::message& request, sip::hdr id) {
  return ims::canonical_identity_of_value(sip::first_value(request, id)).value_or(std::string());
}

/// P-Served-User counts from those who may say it: an I-CSCF or AS, which come with "orig" (RFC 5502 clause 7).
std::optional<session> read_originating(const sip::message& request, bool by_server) {
  session s{side_served::originating, {}, 0, by_server ? origin::server : origin::pcscf};
  if (by_server)
    s.served = identity_in(request, sip::hdr::p_served_user);
  if (s.served.empty())
    s.served = identity_in(request, sip::hdr::p_asserted_identity);
  return s.served.empty() ? std::nullopt : std::optional(std::move(s));
}

} // namespace

std::optional<session> read_session(const sip::message& request, const context& ctx) {
  if (auto back = read_way_back(ctx))
    return back;
  if (says_orig(ctx) || ctx.half == sip::half::originating)
    return read_originating(request, says_orig(ctx));
  auto called = sip::parse_uri(request.uri());
  if (!called || called->kind == sip::scheme::other)
    return std::nullopt;
  // A temporary GRUU is nobody's identity; the profile that it leads to says whose it is.
  auto gruu = called->params.find("gr");
  auto served = gruu && gruu->empty() ? std::string(request.uri()) : sip::canonical_aor(*called);
  return session{side_served::terminating, std::move(served), 0, origin::network};
}

ims::session_case case_of(const session& s, bool registered) noexcept {
  switch (s.kind) {
  case side_served::originating:
    return registered ? ims::session_case::originating_registered : ims::session_case::originating_unregistered;
  case side_served::diverted: return ims::session_case::originating_cdiv;
  case side_served::terminating: break;
  }
  return registered ? ims::session_case::terminating_registered : ims::session_case::terminating_unregistered;
}

std::string way_back(const session& s, std::size_t next, const context& ctx) {
  sip::token t;
  t.use = sip::token_use::service_route;
  t.half = s.kind == side_served::originating ? sip::half::originating : sip::half::terminating;
  t.side = sip::side::core;
  t.sequence = static_cast<std::uint32_t>(next + 1);
  t.key = ctx.call;
  return "<" + ctx.make_uri(ctx, t) + ";odi=" + kinds[static_cast<std::size_t>(s.kind)] + escape_parameter(s.served) +
         ">";
}

note begin_note(const options& o, const session& s, const sip::message& request, const context& ctx) {
  note n;
  n.came_from = s.came_from;
  n.served = s.served;
  n.returned = s.came_from == origin::server && s.first != 0;
  auto vector = ims::parse_charging_vector(request.value(sip::hdr::p_charging_vector));
  if (!vector)
    vector = ims::make_charging_vector(*ctx.random, ctx.now, o.host);
  n.icid = vector->icid;
  n.generated_at = vector->generated_at;
  n.orig_ioi = vector->orig_ioi;
  return n;
}

} // namespace troupe::roles::scscf
