// What happens to a set without its UE: time, the HSS, application servers. TS 24.229 clauses 5.4.1.5 to 5.4.1.7.
#include "protocols/ims/registrar_servers.hpp"
#include "protocols/sip/make.hpp"
#include "tests/protocols/ims/registrar_fixture.hpp"

#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::ims;
using namespace troupe::test;
namespace event = troupe::ims::registrar_event;
namespace effect = troupe::ims::registrar_effect;
using reginfo::contact_event;

TEST_CASE("TS 24.229 5.4.1.5: contacts that run out are told as expired, and the HSS learns of the last") {
  register_options o;
  o.contacts = {"<sip:ue@10.0.0.1>;expires=100", "<sip:ue@10.0.0.2>;expires=200"};
  auto s = registered(o);
  auto step = on(s, event::time_passed{start + seconds(99)});
  CHECK(step.effects.empty());
  CHECK(step.next == s);
  step = on(s, event::time_passed{start + seconds(100)});
  CHECK(uris(step.next) == std::vector<std::string>{"sip:ue@10.0.0.2"});
  CHECK(find<effect::changed>(step)->what.contacts.at(0).event == contact_event::expired);
  CHECK_FALSE(find<effect::assign>(step));
  step = on(step.next, event::time_passed{start + seconds(200)});
  CHECK(find<effect::assign>(step)->type == assignment::timeout_deregistration);
  CHECK(find<effect::assign>(step)->impus == std::vector{main_impu});
  CHECK(find<effect::changed>(step)->what.ended);
  CHECK(find<effect::forget>(step));
}

TEST_CASE("TS 24.229 5.4.1.5: network-initiated de-registration by set, by private identity and by contact") {
  register_options other;
  other.impi = "b@h";
  other.contacts = {"<sip:ue@10.0.0.9>"};
  other.call_id = "call-b";
  auto s = run(registered(), other).next;
  event::terminating e;
  e.at = start;
  e.event = contact_event::rejected;
  SECTION("the whole set, by the HSS: it is not told what it said") {
    e.by_hss = true;
    auto step = on(s, e);
    CHECK(step.next.bindings.empty());
    CHECK_FALSE(find<effect::assign>(step));
    CHECK(find<effect::changed>(step)->what.contacts.size() == 2);
    CHECK(find<effect::changed>(step)->what.contacts[0].event == contact_event::rejected);
    CHECK(find<effect::forget>(step));
  }
  SECTION("one private identity, by ourselves: the HSS is told") {
    e.impis = {"b@h"};
    auto step = on(s, e);
    CHECK(uris(step.next) == std::vector<std::string>{"sip:ue@10.0.0.1:5060"});
    CHECK(find<effect::assign>(step)->type == assignment::administrative_deregistration);
    CHECK(find<effect::assign>(step)->impi == "b@h");
    CHECK_FALSE(find<effect::changed>(step)->what.ended);
  }
  SECTION("one contact, on probation") {
    e.contacts = {s.bindings[0].id};
    e.event = contact_event::probation;
    e.retry_after = 30;
    auto step = on(s, e);
    CHECK(find<effect::changed>(step)->what.contacts.at(0).retry_after == 30u);
    CHECK(step.next.bindings.size() == 1);
  }
  SECTION("somebody else: nothing") {
    e.impis = {"c@h"};
    CHECK(on(s, e).effects.empty());
    CHECK(on(s, e).next == s);
  }
}

TEST_CASE("TS 24.229 5.4.1.5: a permanent termination is rejected, a change of server deactivated") {
  CHECK(event_for_rtr(0) == contact_event::rejected);
  CHECK(event_for_rtr(1) == contact_event::deactivated);
  CHECK(event_for_rtr(2) == contact_event::deactivated);
  CHECK(event_for_rtr(3) == contact_event::deactivated);
}

TEST_CASE("TS 24.229 5.4.1.6: for re-authentication contacts are shortened, never lengthened") {
  auto s = registered();
  auto step = on(s, event::shortening{start, {}, 60});
  CHECK(step.next.bindings[0].contact.expires_at == start + seconds(60));
  CHECK(find<effect::changed>(step)->what.contacts.at(0).event == contact_event::shortened);
  CHECK(on(step.next, event::shortening{start, {}, 600}).effects.empty());
}

TEST_CASE("TS 24.229 5.4.1.7: an AS is told of what its criterion asks for, with what it asks for") {
  register_options o;
  o.to = "sip:alice@ims.mnc001.mcc001.3gppnetwork.org";
  auto file = "05_third_party_register.xml";
  auto step = run({}, o, file);
  auto first = find<effect::register_at_servers>(step);
  REQUIRE(first);
  CHECK(first->what.at(0) == third_party_register{"sip:tas.example:5080", o.to, registration_type::initial, 3'600,
                                                  default_handling::session_terminated, "<info>&lt;x&amp;y</info>",
                                                  true, true});
  o.cseq = 2;
  auto refreshed = run(step.next, o, file);
  CHECK_FALSE(find<effect::register_at_servers>(refreshed));
  o.cseq = 3;
  o.expires = "0";
  auto left = run(refreshed.next, o, file);
  REQUIRE(find<effect::register_at_servers>(left));
  CHECK(find<effect::register_at_servers>(left)->what.at(0).type == registration_type::de_registration);
  CHECK(find<effect::register_at_servers>(left)->what.at(0).expires == 0);
}

TEST_CASE("TS 24.229 5.4.1.7: what an AS is sent: identities, charging, whence the UE came, bodies by their number") {
  register_options o;
  auto heard = message_of(o);
  auto with = *heard;
  with.add(sip::hdr::p_charging_vector, "icid-value=abc;orig-ioi=\"Type 1visited\"");
  with.add(sip::hdr::p_access_network_info, "3GPP-E-UTRAN-FDD");
  with.add(sip::hdr::p_visited_network_id, "\"visited\"");
  auto answered = make_ref<const sip::message>(sip::make_response(with, 200, "t"));
  charging_addresses charging{{"ccf.home"}, {}};
  third_party_source from{"sip:scscf.home", "home", charging, make_ref<const sip::message>(with), answered};
  third_party_register what;
  what.server_name = "sip:as.home";
  what.impu = main_impu;
  what.expires = 600;

  auto plain = make_third_party_register(what, from, "cut");
  CHECK(plain.uri() == "sip:as.home");
  CHECK(plain.value(sip::hdr::to) == "<" + main_impu + ">");
  CHECK(plain.value(sip::hdr::contact) == "<sip:scscf.home>");
  CHECK(plain.value(sip::hdr::expires) == "600");
  CHECK(plain.value(sip::hdr::p_charging_vector) == "icid-value=abc;orig-ioi=\"Type 3home\"");
  CHECK(plain.value(sip::hdr::p_access_network_info) == "3GPP-E-UTRAN-FDD");
  CHECK(plain.value(sip::hdr::p_visited_network_id) == "\"visited\"");
  CHECK(plain.value(sip::hdr::p_charging_function_addresses) == to_string(charging));
  CHECK(plain.body().empty());

  what.include_response = true;
  auto one = make_third_party_register(what, from, "cut");
  CHECK(one.value(sip::hdr::content_type) == "message/sip");
  CHECK(one.body() == answered->to_string());

  what.include_request = true;
  auto two = make_third_party_register(what, from, "cut");
  CHECK(two.value(sip::hdr::content_type) == "multipart/mixed;boundary=cut");
  CHECK(two.body() == "--cut\r\nContent-Type: message/sip\r\n\r\n" + with.to_string() +
                          "\r\n--cut\r\nContent-Type: message/sip\r\n\r\n" + answered->to_string() + "\r\n--cut--\r\n");

  from.heard = {};
  from.answered = {};
  CHECK(make_third_party_register(what, from, "cut").body().empty());
}

TEST_CASE("TS 24.229 5.4.1.7: de-registration by time and by the network reaches the AS too") {
  register_options o;
  o.to = "sip:alice@ims.mnc001.mcc001.3gppnetwork.org";
  auto s = registered(o, "05_third_party_register.xml");
  event::terminating e;
  e.at = start;
  for (auto& step : {on(s, event::time_passed{start + seconds(3'600)}), on(s, e)}) {
    auto told = find<effect::register_at_servers>(step);
    REQUIRE(told);
    CHECK(told->what.at(0).type == registration_type::de_registration);
    CHECK(told->what.at(0).impu == o.to);
  }
}

TEST_CASE("TS 24.229 5.4.3.3: an unregistered user is served from a profile until that ends") {
  auto p = profile("02_implicit_set_barring.xml");
  auto s = on({}, event::served_unregistered{p.user_data, p.user, {}}).next;
  CHECK(s.state == registration_state::unregistered);
  CHECK(snapshot_of(s).find(tel_impu));
  auto step = on(s, event::no_longer_served{});
  CHECK(find<effect::assign>(step)->type == assignment::timeout_deregistration);
  CHECK(find<effect::forget>(step));
  auto r = run(s, {}).next;
  CHECK(r.state == registration_state::registered);
  CHECK(on(r, event::no_longer_served{}).effects.empty());
  CHECK(on(r, event::served_unregistered{p.user_data, p.user, {}}).next == r);
  event::terminating e;
  e.by_hss = true;
  CHECK(find<effect::forget>(on(s, e)));
}

TEST_CASE("TS 29.228 6.2: a pushed profile takes effect, and identities that left are told") {
  auto s = registered();
  auto less = *s.user;
  less.profiles[0].identities.pop_back();
  event::profile_pushed e;
  e.at = start;
  e.user = std::make_shared<const subscription>(less);
  e.user_data = std::make_shared<const std::string>(build_subscription(less));
  auto step = on(s, e);
  CHECK_FALSE(snapshot_of(step.next).find(tel_impu));
  auto changed = find<effect::changed>(step);
  REQUIRE(changed);
  CHECK(changed->what.gone == std::vector<watched_identity>{{tel_impu, ""}});
  event::profile_pushed charging;
  charging.charging.ecf = {"aaa://ecf"};
  step = on(s, charging);
  CHECK(step.next.charging.ecf.size() == 1);
  CHECK(step.effects.empty());
  CHECK(step.next.user == s.user);
}
