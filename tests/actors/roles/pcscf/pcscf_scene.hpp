// A P-CSCF, Alice who is registered at it, and her messages.
#pragma once

#include "actors/roles/pcscf/pcscf.hpp"
#include "protocols/ims/access_snapshot.hpp"
#include "tests/actors/roles/support.hpp"

namespace troupe::roles::testing {

inline pcscf::options pcscf_options() {
  pcscf::options o;
  o.home_domain = "home.example";
  o.visited_network_id = "visited.example";
  o.icscf = "sip:icscf.home.example:5070";
  o.ioi = "visited.example";
  o.host = "pcscf.visited.example";
  o.trust_domain = {"partner.example"};
  o.access_network_info = "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=00101";
  o.binding_secret = {5, 6};
  return o;
}

inline ims::access_snapshot alice_binding() {
  ims::access_snapshot b;
  b.key = {3, 77};
  b.impi = "alice.priv@home.example";
  b.associated = {{"sip:alice@home.example", "Alice"}, {"tel:+15550001", ""}};
  b.service_route = {"sip:orig@scscf.home.example:6060;lr"};
  b.path = "sip:path@pcscf.visited.example:5060;lr";
  b.contact = "sip:alice@192.0.2.7:5060";
  b.flow = encode(udp_flow("192.0.2.7", 5060, sip::side::access));
  b.registered = true;
  return b;
}

struct pcscf_scene : scene {
  pcscf::role cscf{pcscf_options()};

  explicit pcscf_scene(sip::side side = sip::side::access, sip::half half = sip::half::originating)
      : scene(role_id::pcscf, side, half) {}

  void knows(const ims::access_snapshot& b) { facts.binding = std::make_shared<const ims::access_snapshot>(b); }
  void knows_nobody() { facts.binding = std::shared_ptr<const ims::access_snapshot>(); }
  void configured(const pcscf::options& o) { cscf = pcscf::role(o); }

  decision gets(sip::message& m) { return request(cscf, m); }
  decision gets(sip::message& response, const sip::message& to) { return scene::response(cscf, response, to); }

  /// What the P-CSCF makes of a request: itself where it was edited, else the one target's.
  sip::message passes(sip::message m) {
    auto decided = gets(m);
    auto& passed = is<pass_on>(decided);
    return passed.targets.empty() ? m : passed.targets.front().request;
  }
};

inline sip::message from_alice(std::string_view start_line, std::string_view more = {}) {
  std::string text(start_line);
  auto method = text.substr(0, text.find(' '));
  text += R"( SIP/2.0
Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKabc
Max-Forwards: 70
From: <sip:alice@home.example>;tag=1
To: <sip:bob@home.example>
Call-ID: one
CSeq: 1 )" +
          method + "\nContact: <sip:alice@192.0.2.7:5060>\n" + std::string(more);
  return message_of(text);
}

} // namespace troupe::roles::testing
