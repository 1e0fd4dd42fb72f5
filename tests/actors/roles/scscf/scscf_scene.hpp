// An S-CSCF that serves Alice, who has two application servers if the test wants them.
#pragma once

#include "actors/roles/scscf/note.hpp"
#include "actors/roles/scscf/scscf.hpp"
#include "protocols/ims/charging.hpp"
#include "protocols/ims/snapshot.hpp"
#include "tests/actors/roles/support.hpp"

namespace troupe::roles::testing {

using texts = std::vector<std::string>;

inline ims::public_identity identity(std::string uri, bool barred = false) {
  ims::public_identity id;
  id.canonical = id.uri = std::move(uri);
  id.barred = barred;
  return id;
}

inline ims::registered_contact contact(std::string uri, std::uint16_t q = 1000) {
  ims::registered_contact c;
  c.uri = std::move(uri);
  c.impi = "alice.priv@home.example";
  c.q = q;
  c.path = {"<sip:path@pcscf.visited.example:5060;lr>"};
  c.expires_at = {1'800'000'000'000};
  return c;
}

/// Sees each request of this method in this case.
inline ims::filter_criterion criterion(std::string server, ims::session_case direction,
                                       ims::default_handling handling = ims::default_handling::session_continued) {
  ims::filter_criterion c;
  ims::trigger_point trigger;
  trigger.spts.push_back({ims::method_spt{"INVITE", {}}, false, {0}});
  trigger.spts.push_back({ims::session_case_spt{direction}, false, {1}});
  c.trigger = trigger;
  c.server.name = std::move(server);
  c.server.handling = handling;
  return c;
}

struct alice_profile {
  ims::subscription user;
  ims::profile_snapshot snapshot;

  alice_profile() {
    user.private_id = "alice.priv@home.example";
    user.profiles.resize(1);
    user.profiles[0].identities = {identity("sip:alice@home.example"), identity("tel:+15550001"),
                                   identity("sip:secret@home.example", true)};
    snapshot.state = ims::registration_state::registered;
    snapshot.contacts = {contact("sip:alice@192.0.2.7:5060")};
  }
  std::vector<ims::filter_criterion>& criteria() { return user.profiles[0].criteria; }
  std::shared_ptr<const ims::profile_snapshot> made() const {
    auto made = std::make_shared<ims::profile_snapshot>(snapshot);
    made->user = std::make_shared<const ims::subscription>(user);
    return made;
  }
};

struct scscf_scene : scene {
  scscf::role cscf{{"sip:scscf.home.example:6060",
                    "home.example",
                    "sip:icscf.home.example:5070",
                    "home.example",
                    "scscf.home.example",
                    {"partner.example"}}};
  alice_profile alice;
  std::string route_store;

  explicit scscf_scene(sip::half half) : scene(role_id::scscf, sip::side::core, half) {
    if (half == sip::half::originating) { // she comes by her Service-Route
      sip::token t;
      t.use = sip::token_use::service_route;
      t.half = half;
      t.side = sip::side::core;
      ctx.token = t;
      route_store = ctx.make_uri(ctx, t);
      ctx.own_route = route_store;
    }
  }

  void knows_alice() { facts.profile = alice.made(); }
  void knows_nobody() { facts.profile = std::shared_ptr<const ims::profile_snapshot>(); }
  decision gets(sip::message& m) { return request(cscf, m); }
  decision gets(sip::message& response, const sip::message& to) { return scene::response(cscf, response, to); }

  /// Brings the request back from an AS by the Route that it was given; the Route is taken off, as the shell does.
  void comes_back(sip::message& m) {
    auto route = sip::parse_name_addr(sip::first_value(m, sip::hdr::route));
    REQUIRE(route);
    route_store = route->uri;
    ctx.own_route = route_store;
    ctx.token = sip::decode_token(sip::parse_uri(route_store)->user, secret);
    REQUIRE(ctx.token);
    m.remove_first_value(sip::hdr::route);
    own.note.clear(); // another hop
  }

  ims::charging_vector charging(const sip::message& m) const {
    auto v = ims::parse_charging_vector(m.value(sip::hdr::p_charging_vector));
    REQUIRE(v);
    return *v;
  }
};

inline sip::message answer_to(const sip::message& request, int status, std::string_view more = {}) {
  auto tag = sip::to_tag(request).empty() ? ";tag=9" : "";
  return message_of("SIP/2.0 " + std::to_string(status) + " X\nVia: " + value(request, sip::hdr::via) +
                    "\nFrom: " + value(request, sip::hdr::from) + "\nTo: " + value(request, sip::hdr::to) + tag +
                    "\nCall-ID: one\nCSeq: " + value(request, sip::hdr::cseq) + "\n" + std::string(more));
}

} // namespace troupe::roles::testing
