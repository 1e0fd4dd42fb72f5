// What the roles' tests share: messages from text, a context to be filled in, and a look at the decision.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "actors/contracts/role.hpp"
#include "protocols/sip/token.hpp"
#include "protocols/sip/uri.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::testing {

inline const siphash_key secret{1, 2};

/// "\n" stands for CRLF; the empty line at the end may be left out.
inline sip::message message_of(std::string_view text) {
  std::string wire;
  for (char c : text)
    (c == '\n' ? wire += "\r\n" : wire += c);
  if (wire.find("\r\n\r\n") == std::string::npos)
    wire += wire.ends_with("\r\n") ? "\r\n" : "\r\n\r\n";
  auto parsed = sip::parse(wire);
  INFO(wire);
  if (parsed.fault)
    FAIL(parsed.fault->what);
  return *parsed.msg;
}

inline flow udp_flow(std::string_view host, std::uint16_t port, sip::side side) {
  flow f;
  f.side = side;
  f.peer = *parse_address(host, port);
  return f;
}

/// A context in which make_uri writes "sip:TOKEN@node.example:5060;lr".
struct scene {
  random_source random{7};
  roles::facts facts;
  flow from;
  context ctx;
  hop own;

  scene(role_id id, sip::side side, sip::half half) {
    from = udp_flow("192.0.2.7", 5060, side);
    own.role = id;
    ctx.now = instant{1'700'000'000'000};
    ctx.random = &random;
    ctx.side = side;
    ctx.from = &from;
    ctx.half = half;
    ctx.call = {3, 0x1234567890abcdef};
    ctx.facts = &facts;
    ctx.make_uri = [](const context&, const sip::token& t) {
      return "sip:" + sip::encode(t, secret) + "@node.example:5060;lr";
    };
  }
  scene(const scene&) = delete;
  scene& operator=(const scene&) = delete;

  decision request(const role& r, sip::message& m) { return r.on_request(m, ctx, own); }
  decision response(const role& r, sip::message& m, const sip::message& to) { return r.on_response(m, to, ctx, own); }
};

template <class Expected>
const Expected& is(const decision& d) {
  if (auto replied = std::get_if<reply>(&d); replied && !std::is_same_v<Expected, reply>)
    FAIL("a reply: " << replied->response.to_string());
  if (auto dropped = std::get_if<drop>(&d); dropped && !std::is_same_v<Expected, drop>)
    FAIL("dropped: " << dropped->reason);
  REQUIRE(std::holds_alternative<Expected>(d));
  return std::get<Expected>(d);
}

template <class Question>
const Question& asks(const decision& d) {
  auto& asked = is<ask>(d).question;
  REQUIRE(std::holds_alternative<Question>(asked));
  return std::get<Question>(asked);
}

inline int status_of(const decision& d) { return is<reply>(d).response.status(); }

inline std::string value(const sip::message& m, sip::hdr id) { return std::string(m.value(id)); }

inline std::vector<std::string> all(const sip::message& m, sip::hdr id) {
  std::vector<std::string> out;
  sip::for_each_value(m, id, [&](std::string_view v) { return out.emplace_back(v), true; });
  return out;
}

/// The token in the user part of "<sip:TOKEN@...>".
inline std::optional<sip::token> token_in(std::string_view name_addr) {
  auto parsed = sip::parse_name_addr(name_addr);
  if (!parsed)
    return std::nullopt;
  auto uri = sip::parse_uri(parsed->uri);
  return uri ? sip::decode_token(uri->user, secret) : std::nullopt;
}

} // namespace troupe::roles::testing
