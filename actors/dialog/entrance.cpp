#include "actors/dialog/entrance.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/proxy.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {
namespace {

using roles::role_id;
using sip::half;
using sip::token_use;

std::optional<sip::uri> uri_of(std::string_view text) {
  auto parsed = sip::parse_uri(text);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<sip::token> token_in(const sip::uri& u, const siphash_key& secret) {
  return u.is_sip() ? sip::decode_token(u.user, secret) : std::nullopt;
}

/// Reads tokens of one message; the same one, which several questions are about, once.
class token_reader {
public:
  explicit token_reader(const siphash_key& secret) : secret_(secret) {}

  const std::optional<sip::token>& operator()(const sip::uri& u) {
    if (u.user.data() != last_.data() || u.user.size() != last_.size()) {
      last_ = u.user;
      found_ = token_in(u, secret_);
    }
    return found_;
  }

private:
  const siphash_key& secret_;
  std::string_view last_;
  std::optional<sip::token> found_;
};

bool names(const sip::uri& u, std::string_view host) {
  return !host.empty() && u.is_sip() && equal_nocase(u.host, host);
}

/// A request that no token of ours leads: from the core, or from another half on this node.
std::optional<local_place> by_name(const sip::message& request, const sip::uri& next, const call_settings& own) {
  auto registering = request.method() == sip::method::register_;
  if (own.roles.has(role_id::scscf) && names(next, own.scscf_host))
    return local_place{
        role_id::scscf, registering || next.params.has("orig") ? half::originating : half::terminating, {}};
  if (!own.roles.has(role_id::icscf))
    return std::nullopt;
  auto home = next.kind == sip::scheme::tel || names(next, own.home_domain) || names(next, own.icscf_host);
  if (!home)
    return std::nullopt;
  return local_place{role_id::icscf, registering ? half::originating : half::terminating, {}};
}

std::optional<local_place> by_token(const sip::token& t, const call_settings& own) {
  switch (t.use) {
  case token_use::service_route:
    if (own.roles.has(role_id::scscf))
      return local_place{role_id::scscf, t.half, t};
    break;
  case token_use::path:
    if (own.roles.has(role_id::pcscf))
      return local_place{role_id::pcscf, half::terminating, t};
    break;
  default: break;
  }
  return std::nullopt;
}

/// The side's first role for a request without a token.
std::optional<local_place> by_side(const sip::message& request, const flow& by, const call_settings& own) {
  if (own.roles.has(role_id::transit))
    return local_place{role_id::transit, half::none, {}};
  if (by.side == sip::side::access && by.transport != transport::local)
    return own.roles.has(role_id::pcscf) ? std::optional(local_place{role_id::pcscf, half::originating, {}})
                                         : std::nullopt;
  if (auto next = uri_of(sip::next_hop(request)))
    if (auto place = by_name(request, *next, own))
      return place;
  // A Request-URI that is our own address: an I-CSCF that peers know by number.
  if (own.roles.has(role_id::icscf))
    return local_place{
        role_id::icscf, request.method() == sip::method::register_ ? half::originating : half::terminating, {}};
  return std::nullopt;
}

std::uint8_t stage_of(role_id role, const call_settings& own) {
  return own.fused ? 0 : static_cast<std::uint8_t>(role);
}

} // namespace

bool is_own_address(const sip::uri& u, const call_settings& own) {
  if (!u.is_sip())
    return false;
  auto port = u.port.value_or(
      u.kind == sip::scheme::sips || equal_nocase(u.params.find("transport").value_or(""), "tls") ? 5061 : 5060);
  return std::any_of(own.own_hosts.begin(), own.own_hosts.end(),
                     [&](auto& one) { return one.port == port && equal_nocase(u.host, one.host); });
}

std::optional<sip::token> token_of(std::string_view uri_text, const siphash_key& secret) {
  auto u = uri_of(uri_text);
  return u ? token_in(*u, secret) : std::nullopt;
}

entrance enter(sip::message& request, const flow& by, const call_settings& own, std::uint64_t call_hash) {
  entrance out;
  auto on_core = by.side == sip::side::core || by.transport == transport::local;
  token_reader read(own.secret);
  sip::own_uris self{[&](const sip::uri& u) {
                       auto& t = read(u);
                       // A UE may leave out the P-CSCF's Route and begin with its Service-Route: the P-CSCF looks at that.
                       if (t && t->use == token_use::service_route && !on_core)
                         return false;
                       return t || is_own_address(u, own) ||
                              (on_core && (names(u, own.scscf_host) || names(u, own.icscf_host)));
                     },
                     [&](const sip::uri& u) {
                       auto& t = read(u);
                       return t && t->use == token_use::record_route;
                     },
                     [&](const sip::uri& first, const sip::uri& second) {
                       auto a = token_in(first, own.secret), b = token_in(second, own.secret);
                       return a && b && a->use == token_use::record_route && b->use == token_use::record_route &&
                              a->key == b->key && a->half == b->half && a->stage == b->stage &&
                              a->sequence == b->sequence;
                     }};
  // What names a role must be read before it is taken off: an S-CSCF's name in the topmost Route.
  std::optional<local_place> named;
  if (on_core && request.has(sip::hdr::route))
    if (auto next = uri_of(sip::next_hop(request)); next && !read(*next))
      named = by_name(request, *next, own);
  auto taken = sip::preprocess_route(request, self);
  out.own_route = taken.first;
  if (auto first = taken.first.empty() ? std::nullopt : uri_of(taken.first))
    out.token = read(*first);
  if (out.token && out.token->side == sip::side::core && !on_core) {
    out.refuse = 403;
    out.why = "a route of the core on the access side";
    return out;
  }
  // A Record-Route of ours belongs to the dialog that it was made for.
  if (out.token && out.token->use == token_use::record_route && sip::to_tag(request).empty()) {
    if (!on_core) {
      out.refuse = 403;
      out.why = "a route of another dialog";
      return out;
    }
    out.token.reset();
  }
  if (out.token && out.token->use == token_use::record_route) {
    out.call = {out.token->key, out.token->half, out.token->stage};
    return out;
  }
  // A NOTIFY for the P-CSCF itself has our token in its Request-URI.
  if (!out.token && on_core && !request.has(sip::hdr::route))
    if (auto t = token_of(request.uri(), own.secret); t && t->use == token_use::path)
      out.token = t;
  auto place = out.token ? by_token(*out.token, own) : named;
  if (!place && !own.role_of_listener.empty() && by.transport != transport::local) {
    auto role = own.role_of_listener[by.listener];
    auto h = role == role_id::pcscf                       ? half::originating
             : request.method() == sip::method::register_ ? half::originating
                                                          : half::terminating;
    place = local_place{role, h, {}};
  }
  if (!place)
    place = by_side(request, by, own);
  if (!place) {
    out.refuse = 404;
    out.why = "no role of this node takes the request";
    return out;
  }
  out.role = place->role;
  out.call = {{0, call_hash}, place->half, stage_of(place->role, own)};
  return out;
}

std::optional<local_place> next_here(const sip::message& request, const call_settings& own) {
  if (!own.fused)
    return std::nullopt;
  auto next = uri_of(sip::next_hop(request));
  if (!next)
    return std::nullopt;
  if (auto t = token_in(*next, own.secret)) {
    // Nodes that share the secret read each other's tokens; the address says whose it is.
    if (!is_own_address(*next, own) && !names(*next, own.local_host) && !names(*next, own.scscf_host))
      return std::nullopt;
    if (t->use == token_use::record_route)
      return local_place{role_id::transit, t->half, t};
    return by_token(*t, own);
  }
  return by_name(request, *next, own);
}

} // namespace troupe
