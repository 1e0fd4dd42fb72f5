// A subscriber, and REGISTERs as they reach the registrar.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "protocols/ims/registrar.hpp"
#include "tests/protocols/ims/corpus.hpp"

namespace troupe::test {

using namespace troupe::ims;

inline const instant start{1'700'000'000'000};
inline const std::string barred_impu = "sip:001010000000001@ims.mnc001.mcc001.3gppnetwork.org";
inline const std::string main_impu = "sip:+15550001@ims.mnc001.mcc001.3gppnetwork.org";
inline const std::string tel_impu = "tel:+15550001";

inline registrar_event::assigned profile(const std::string& file) {
  registrar_event::assigned e;
  e.success = true;
  e.user_data = std::make_shared<const std::string>(corpus("cx/subscription/" + file));
  e.user = std::make_shared<const subscription>(*parse_subscription(*e.user_data));
  e.charging.ccf = {"aaa://ccf.home"};
  return e;
}

struct register_options {
  std::string to = main_impu;
  std::string impi = "a@h";
  std::string call_id = "call-1";
  std::uint32_t cseq = 1;
  std::string expires; ///< Expires field; empty: none
  std::vector<std::string> contacts = {"<sip:ue@10.0.0.1:5060>"};
  std::vector<std::string> path = {"<sip:token@pcscf.visited;lr>"};
  std::string supported = "path";
  instant at = start;
  std::uint64_t ticket = 1;
  bool again = false;
};

inline sip::message_ref message_of(const register_options& o) {
  auto m = sip::message::request("REGISTER", "sip:ims.mnc001.mcc001.3gppnetwork.org");
  m.add(sip::hdr::from, "<" + o.to + ">;tag=1");
  m.add(sip::hdr::to, "<" + o.to + ">");
  m.add(sip::hdr::call_id, o.call_id);
  m.add(sip::hdr::cseq, std::to_string(o.cseq) + " REGISTER");
  if (!o.expires.empty())
    m.add(sip::hdr::expires, o.expires);
  for (auto& c : o.contacts)
    m.add(sip::hdr::contact, c);
  for (auto& p : o.path)
    m.add(sip::hdr::path, p);
  m.add(sip::hdr::supported, o.supported);
  return make_ref<sip::message>(m);
}

inline register_request_ref request_of(const register_options& o, std::optional<std::uint64_t> gruu_nonce = {}) {
  auto r = read_register(message_of(o), o.impi, o.at);
  INFO((r ? "" : r.error().what));
  REQUIRE(r);
  r->gruu_nonce = gruu_nonce;
  r->again = o.again;
  return std::make_shared<const register_request>(std::move(*r));
}

template <class Effect, class Step>
const Effect* find(const Step& step) {
  for (auto& e : step.effects)
    if (auto found = std::get_if<Effect>(&e))
      return found;
  return nullptr;
}

/// A step that changes the set must say so.
inline registrar_step step_of(const registration_set& s, const registrar_event_type& e,
                              const registrar_policy& policy) {
  auto step = ims::on(s, e, policy);
  CHECK((step.changed || (step.next == s && step.next.state == s.state && step.next.bindings == s.bindings)));
  return step;
}

/// The REGISTER's whole way: through the HSS where it is asked.
inline registrar_step run(const registration_set& set, const register_options& o,
                          const std::string& file = "02_implicit_set_barring.xml",
                          const registrar_policy& policy = {}) {
  auto step = step_of(set, registrar_event::registering{request_of(o), o.ticket}, policy);
  if (auto assign = find<registrar_effect::assign>(step)) {
    auto answer = profile(file);
    answer.request = assign->request;
    answer.ticket = assign->ticket;
    return step_of(step.next, answer, policy);
  }
  return step;
}

inline registration_set registered(const register_options& o = {},
                                   const std::string& file = "02_implicit_set_barring.xml") {
  auto step = run({}, o, file);
  REQUIRE(step.next.state == registration_state::registered);
  return step.next;
}

inline std::vector<std::string> uris(const registration_set& s) {
  std::vector<std::string> out;
  for (auto& b : s.bindings)
    out.push_back(b.contact.uri);
  return out;
}

inline registrar_step on(const registration_set& s, const registrar_event_type& e) { return step_of(s, e, {}); }

/// Of the refusal; 200 when there is none.
inline int status_of(const registrar_step& step) {
  auto refused = find<registrar_effect::refuse>(step);
  return refused ? refused->status : 200;
}

} // namespace troupe::test
