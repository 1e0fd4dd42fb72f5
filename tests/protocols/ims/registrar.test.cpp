#include "tests/protocols/ims/registrar_fixture.hpp"

#include "protocols/ims/gruu.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::ims;
using namespace troupe::test;
namespace event = troupe::ims::registrar_event;
namespace effect = troupe::ims::registrar_effect;
using reginfo::contact_event;

namespace {

std::vector<std::string> uris(const registration_set& s) {
  std::vector<std::string> out;
  for (auto& b : s.bindings)
    out.push_back(b.contact.uri);
  return out;
}

registrar_step on(const registration_set& s, const registrar_event_type& e) { return ims::on(s, e, {}); }

int status_of(const registrar_step& step) {
  auto refused = find<effect::refuse>(step);
  return refused ? refused->status : 200;
}

} // namespace

TEST_CASE("TS 24.229 5.4.1.2.2F: the first REGISTER asks the HSS to assign this S-CSCF, and nothing is bound before") {
  auto step = on({}, event::registering{request_of({})});
  REQUIRE(step.effects.size() == 1);
  auto assign = find<effect::assign>(step);
  REQUIRE(assign);
  CHECK(assign->type == assignment::registration);
  CHECK(assign->impi == "a@h");
  CHECK(assign->impus == std::vector{main_impu});
  CHECK(step.next.bindings.empty());
}

TEST_CASE("TS 24.229 5.4.1.2.2F: once assigned, the set is registered and the 200 has all that the UE needs") {
  auto step = run({}, {});
  CHECK(step.next.state == registration_state::registered);
  CHECK(default_impu(step.next) == main_impu);
  auto answer = find<effect::answer>(step);
  REQUIRE(answer);
  CHECK(answer->ticket == 1);
  auto response = sip::message::response(200);
  fill_response(response, answer->content, "<sip:orig@scscf.home;lr>");
  CHECK(response.value(sip::hdr::contact) == "<sip:ue@10.0.0.1:5060>;expires=3600");
  CHECK(response.value(sip::hdr::path) == "<sip:token@pcscf.visited;lr>");
  CHECK(response.value(sip::hdr::service_route) == "<sip:orig@scscf.home;lr>");
  CHECK(response.value(sip::hdr::p_associated_uri) == "<" + main_impu + ">, <" + tel_impu + ">");
  CHECK(response.value(sip::hdr::p_charging_function_addresses) == "ccf=\"aaa://ccf.home\"");
}

TEST_CASE("TS 24.229 5.4.1.2.2F: a barred identity registers its set and is not told to anyone") {
  register_options o;
  o.to = barred_impu;
  auto step = run({}, o);
  CHECK(step.next.state == registration_state::registered);
  for (auto& a : find<effect::answer>(step)->content.associated)
    CHECK(a.uri != barred_impu);
  CHECK(find<effect::answer>(step)->content.associated.size() == 2);
  for (auto& id : find<effect::changed>(step)->what.identities)
    CHECK(id.uri != barred_impu);
}

TEST_CASE("TS 24.229 5.4.1.2.2F: a set of barred identities only, or without the one asked for, gets 403") {
  auto answer = profile("02_implicit_set_barring.xml");
  answer.request = request_of({});
  SECTION("all barred") {
    auto all = *answer.user;
    for (auto& id : all.profiles[0].identities)
      id.barred = true;
    answer.user = std::make_shared<const subscription>(all);
  }
  SECTION("another user's profile") {
    answer.user = std::make_shared<const subscription>(
        *parse_subscription("<IMSSubscription><PrivateID>b</PrivateID><ServiceProfile><PublicIdentity><Identity>sip:b@h"
                            "</Identity></PublicIdentity></ServiceProfile></IMSSubscription>"));
  }
  auto step = on({}, answer);
  CHECK(status_of(step) == 403);
  CHECK(find<effect::assign>(step)->type == assignment::administrative_deregistration);
  CHECK(step.next.bindings.empty());
  CHECK(find<effect::forget>(step));
}

TEST_CASE("TS 24.229 5.4.1.2.3: a failed assignment is answered as it says and leaves nothing") {
  auto answer = profile("01_minimal.xml");
  answer.request = request_of({});
  answer.success = false;
  answer.status = 480;
  auto step = on({}, answer);
  CHECK(status_of(step) == 480);
  CHECK(step.next == registration_set{});
}

TEST_CASE("RFC 3261 10.2.1.1: a contact's own interval counts, then Expires, then the default; long ones are cut") {
  struct row {
    std::string contact;
    std::string field;
    std::uint32_t granted;
  };
  auto r = GENERATE(values<row>({{"<sip:ue@1>;expires=120", "900", 120},
                                 {"<sip:ue@1>", "900", 900},
                                 {"<sip:ue@1>", "", 3'600},
                                 {"<sip:ue@1>;expires=60", "", 60},
                                 {"<sip:ue@1>;expires=600000", "", 7'200}}));
  register_options o;
  o.contacts = {r.contact};
  o.expires = r.field;
  auto step = run({}, o);
  CHECK(find<effect::answer>(step)->content.contacts.at(0).expires == r.granted);
  CHECK(step.next.bindings.at(0).contact.expires_at == start + seconds(r.granted));
}

TEST_CASE("RFC 3261 10.3 step 7: an interval too brief gets 423 with the least, and nothing of the request is done") {
  auto s = registered();
  register_options o;
  o.cseq = 2;
  o.contacts = {"<sip:other@10.0.0.2>;expires=3600", "<sip:ue@10.0.0.1>;expires=59"};
  auto step = run(s, o);
  REQUIRE(find<effect::refuse>(step));
  CHECK(find<effect::refuse>(step)->status == 423);
  CHECK(find<effect::refuse>(step)->min_expires == 60);
  CHECK(step.next == s);
}

TEST_CASE("RFC 3261 10.3 step 7: within one Call-ID the CSeq must rise; another Call-ID is a new beginning") {
  auto s = registered();
  register_options o;
  o.cseq = GENERATE(0u, 1u);
  CHECK(status_of(run(s, o)) == 500);
  CHECK(run(s, o).next == s);
  o.contacts = {"*"};
  o.expires = "0";
  CHECK(status_of(run(s, o)) == 500);
  o = {};
  o.call_id = "call-2";
  auto step = run(s, o);
  CHECK(status_of(step) == 200);
  CHECK(step.next.bindings.size() == 1);
  CHECK(step.next.bindings[0].call_id == "call-2");
}

TEST_CASE("TS 24.229 5.4.1.2.2: a refresh keeps the binding and is told as refreshed") {
  register_options o;
  o.cseq = 2;
  o.at = start + seconds(1'000);
  auto step = run(registered(), o);
  REQUIRE(step.next.bindings.size() == 1);
  CHECK(step.next.bindings[0].id == 1);
  CHECK(step.next.bindings[0].registered_at == start);
  CHECK(step.next.bindings[0].contact.expires_at == o.at + seconds(3'600));
  CHECK(find<effect::changed>(step)->what.contacts.at(0).event == contact_event::refreshed);
}

TEST_CASE("TS 29.228 6.1.2.1: which Server-Assignment-Type a REGISTER needs") {
  auto s = registered();
  register_options o;
  o.cseq = 2;
  SECTION("a refresh: re-registration") {
    CHECK(find<effect::assign>(on(s, event::registering{request_of(o)}))->type == assignment::re_registration);
    registrar_policy lazy;
    lazy.assign_on_refresh = false;
    CHECK_FALSE(find<effect::assign>(ims::on(s, event::registering{request_of(o)}, lazy)));
  }
  SECTION("another private identity of the set: registration") {
    o.impi = "b@h";
    o.contacts = {"<sip:ue@10.0.0.2>"};
    CHECK(find<effect::assign>(on(s, event::registering{request_of(o)}))->type == assignment::registration);
  }
  SECTION("the last contact of a private identity: user de-registration, with or without the server's name kept") {
    o.expires = "0";
    CHECK(find<effect::assign>(on(s, event::registering{request_of(o)}))->type == assignment::user_deregistration);
    registrar_policy keeping;
    keeping.keep_server_name = true;
    CHECK(find<effect::assign>(ims::on(s, event::registering{request_of(o)}, keeping))->type ==
          assignment::user_deregistration_store_server_name);
  }
  SECTION("one contact of several: none") {
    o.contacts = {"<sip:ue@10.0.0.2>"};
    s = run(s, o).next;
    REQUIRE(s.bindings.size() == 2);
    o.cseq = 3;
    o.expires = "0";
    auto step = on(s, event::registering{request_of(o)});
    CHECK_FALSE(find<effect::assign>(step));
    CHECK(uris(step.next) == std::vector<std::string>{"sip:ue@10.0.0.1:5060"});
  }
  SECTION("no contact at all: none, and the 200 lists what there is") {
    o.contacts = {};
    auto step = on(s, event::registering{request_of(o)});
    CHECK_FALSE(find<effect::assign>(step));
    CHECK(find<effect::answer>(step)->content.contacts.size() == 1);
    CHECK_FALSE(find<effect::changed>(step));
    CHECK(step.next == s);
  }
}

TEST_CASE("TS 24.229 5.4.1.4: de-registration of the last contact ends the set, its calls and its AS registrations") {
  auto s = registered({}, "02_implicit_set_barring.xml");
  register_options o;
  o.cseq = 2;
  o.expires = "0";
  auto step = run(s, o);
  CHECK(status_of(step) == 200);
  CHECK(find<effect::answer>(step)->content.contacts.empty());
  CHECK_FALSE(find<effect::answer>(step)->content.registered);
  auto changed = find<effect::changed>(step);
  REQUIRE(changed);
  CHECK(changed->what.ended);
  CHECK(changed->what.contacts.at(0).event == contact_event::unregistered);
  auto released = find<effect::release_calls>(step)->identities;
  CHECK(std::find(released.begin(), released.end(), default_impu(s)) != released.end());
  CHECK(find<effect::forget>(step));
  CHECK(step.next.state == registration_state::not_registered);
}

TEST_CASE("TS 24.229 5.4.1.4: a user leaves even when the HSS does not answer") {
  auto s = registered();
  register_options o;
  o.cseq = 2;
  o.expires = "0";
  event::assigned failed;
  failed.request = request_of(o);
  failed.status = 504;
  auto step = on(s, failed);
  CHECK(status_of(step) == 200);
  CHECK(step.next.bindings.empty());
}

TEST_CASE("RFC 3261 10.3 step 6: Contact: * removes what this private identity bound, and no other's") {
  register_options other;
  other.impi = "b@h";
  other.contacts = {"<sip:ue@10.0.0.9>"};
  other.call_id = "call-b";
  auto s = run(registered(), other).next;
  REQUIRE(s.bindings.size() == 2);
  register_options o;
  o.cseq = 2;
  o.contacts = {"*"};
  o.expires = "0";
  auto step = run(s, o);
  CHECK(uris(step.next) == std::vector<std::string>{"sip:ue@10.0.0.9"});
  CHECK_FALSE(find<effect::forget>(step));
}

TEST_CASE("RFC 3261 10.3 step 6: a wildcard with an interval, or beside a contact, is 400") {
  register_options o;
  o.contacts = {"*"};
  SECTION("no Expires") {}
  SECTION("Expires not zero") { o.expires = "60"; }
  SECTION("beside another") {
    o.contacts = {"*", "<sip:ue@1>"};
    o.expires = "0";
  }
  auto r = read_register(message_of(o), "a@h", start, 1);
  REQUIRE_FALSE(r);
  CHECK(r.error().status == 400);
}

TEST_CASE("a REGISTER that cannot be understood is refused with the status of its fault") {
  register_options o;
  SECTION("a Contact that is no SIP URI") { o.contacts = {"<tel:+1>"}; }
  SECTION("a Contact that is broken") { o.contacts = {"<sip:a@b"}; }
  SECTION("more contacts than anyone has") {
    o.contacts.assign(65, "<sip:ue@10.0.0.1>");
    auto r = read_register(message_of(o), "a@h", start, 1);
    REQUIRE_FALSE(r);
    CHECK(r.error().status == 403);
    return;
  }
  SECTION("more Path values than anyone has") { o.path.assign(33, "<sip:p@x;lr>"); }
  auto r = read_register(message_of(o), "a@h", start, 1);
  REQUIRE_FALSE(r);
  CHECK(r.error().status == 400);
}

TEST_CASE("several contacts of one request are bound together, and count against the limit together") {
  register_options o;
  o.contacts = {"<sip:ue@10.0.0.1>;q=0.5", "<sip:ue@10.0.0.2>;q=0.8, <sip:ue@10.0.0.3>;expires=600"};
  auto s = run({}, o).next;
  CHECK(uris(s).size() == 3);
  auto view = snapshot_of(s);
  CHECK(view.contacts[0].uri == "sip:ue@10.0.0.3");
  CHECK(view.contacts[1].q == 800);
  CHECK(view.contacts[2].q == 500);
  CHECK(deadline_of(s) == start + seconds(600));
  registrar_policy few;
  few.max_contacts = 3;
  o.cseq = 2;
  CHECK(status_of(run(s, o, "02_implicit_set_barring.xml", few)) == 200);
  o.contacts.push_back("<sip:ue@10.0.0.4>");
  auto step = run(s, o, "02_implicit_set_barring.xml", few);
  CHECK(status_of(step) == 403);
  CHECK(step.next == s);
}

TEST_CASE("TS 24.229 5.4.1.2.2F: a UE known by its instance that comes from another address replaces its contact") {
  register_options o;
  o.contacts = {"<sip:ue@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\""};
  auto s = registered(o);
  o.call_id = "call-2";
  o.contacts = {"<sip:ue@10.0.0.7>;+sip.instance=\"<urn:uuid:1>\""};
  auto step = run(s, o);
  CHECK(uris(step.next) == std::vector<std::string>{"sip:ue@10.0.0.7"});
  auto& contacts = find<effect::changed>(step)->what.contacts;
  REQUIRE(contacts.size() == 2);
  CHECK(contacts[0].event == contact_event::unregistered);
  CHECK(contacts[1].event == contact_event::registered);
  o.call_id = "call-3";
  o.contacts = {"<sip:ue@10.0.0.8>;+sip.instance=\"<urn:uuid:2>\""};
  CHECK(run(step.next, o).next.bindings.size() == 2);
}

TEST_CASE("RFC 5626 6: flows of one instance stand side by side by reg-id when the first hop keeps flows") {
  register_options o;
  o.supported = "path, outbound";
  o.path = {"<sip:token@pcscf.visited;lr;ob>"};
  o.contacts = {"<sip:ue@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1"};
  auto first = run({}, o);
  CHECK(find<effect::answer>(first)->content.outbound);
  o.call_id = "call-2";
  o.contacts = {"<sip:ue@10.0.0.2>;+sip.instance=\"<urn:uuid:1>\";reg-id=2"};
  auto s = run(first.next, o).next;
  CHECK(s.bindings.size() == 2);
  o.call_id = "call-3";
  o.contacts = {"<sip:ue@10.0.0.3>;+sip.instance=\"<urn:uuid:1>\";reg-id=1"};
  CHECK(uris(run(s, o).next) == std::vector<std::string>{"sip:ue@10.0.0.2", "sip:ue@10.0.0.3"});
}

TEST_CASE("RFC 5626 6: without ob in the first hop's Path a reg-id does not count") {
  register_options o;
  o.supported = "path, outbound";
  o.contacts = {"<sip:ue@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1"};
  auto step = run({}, o);
  CHECK_FALSE(find<effect::answer>(step)->content.outbound);
  CHECK(step.next.bindings[0].contact.reg_id == 0);
}

TEST_CASE("RFC 5627 5.1: a UE that supports GRUU gets a public one, and temporary ones as long as its Call-ID stays") {
  registrar_policy p;
  p.gruu_secret = {11, 12};
  register_options o;
  o.supported = "path, gruu";
  o.contacts = {"<sip:ue@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\""};
  auto answer = profile("02_implicit_set_barring.xml");
  auto send = [&](const registration_set& set, std::uint64_t nonce) {
    answer.request = request_of(o);
    answer.request.gruu_nonce = nonce;
    return ims::on(set, answer, p);
  };
  auto step = send({}, 1);
  auto first = step.next.bindings.at(0);
  CHECK(first.contact.pub_gruu == main_impu + ";gr=urn:uuid:1");
  auto response = sip::message::response(200);
  fill_response(response, find<effect::answer>(step)->content, "<sip:s>");
  CHECK(response.value(sip::hdr::contact).find(";pub-gruu=\"" + main_impu + ";gr=urn:uuid:1\"") != std::string::npos);
  CHECK(response.value(sip::hdr::contact).find(";temp-gruu=\"" + first.temp_gruu + "\"") != std::string::npos);
  auto leads = [&](const registration_set& set, const std::string& gruu) {
    auto view = snapshot_of(set);
    return contact_of_gruu(view, *sip::parse_uri(gruu), p.gruu_secret) != nullptr;
  };
  o.cseq = 2;
  auto second = send(step.next, 2).next;
  CHECK(second.bindings[0].temp_gruu != first.temp_gruu);
  CHECK(second.bindings[0].temp_gruu_cseq == 1);
  CHECK(leads(second, first.temp_gruu));
  CHECK(leads(second, second.bindings[0].temp_gruu));
  CHECK(leads(second, main_impu + ";gr=urn:uuid:1"));
  CHECK_FALSE(leads(second, main_impu + ";gr=urn:uuid:2"));
  CHECK_FALSE(leads(second, "sip:somebody@else;gr=urn:uuid:1"));
  CHECK_FALSE(leads(second, "sip:t0ken@ims.mnc001.mcc001.3gppnetwork.org;gr"));
  CHECK_FALSE(leads(second, main_impu));
  o.call_id = "call-2";
  auto third = send(second, 3).next;
  CHECK_FALSE(leads(third, first.temp_gruu));
  CHECK(leads(third, third.bindings[0].temp_gruu));
}

TEST_CASE("RFC 5627 5.1: a UE that does not ask for GRUUs gets none, nor does a tel: identity") {
  register_options o;
  o.contacts = {"<sip:ue@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\""};
  CHECK(registered(o).bindings[0].contact.pub_gruu.empty());
  o.supported = "gruu";
  o.to = tel_impu;
  CHECK(registered(o).bindings[0].contact.pub_gruu.empty());
}

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

TEST_CASE("a set's key follows its profile, whichever identity registered") {
  register_options o;
  o.to = GENERATE(barred_impu, main_impu, tel_impu);
  CHECK(default_impu(registered(o)) == main_impu);
}

TEST_CASE("the stored form of a registration set is read back, fields of a later version and all") {
  register_options o;
  o.contacts = {"\"A\" <sip:ue@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";+g.3gpp.smsip;q=0.25"};
  o.supported = "path, gruu";
  auto s = registered(o);
  s.bindings[0].unknown = "later";
  s.bindings[0].temp_gruu = "sip:t@h;gr";
  s.bindings[0].temp_gruu_cseq = 4;
  s.bindings[0].contact.gruu_epoch = 2;
  s.unknown = "later still";
  auto back = decode_registration_set(encode(s));
  REQUIRE(back);
  CHECK(*back == s);
  CHECK(back->bindings == s.bindings);
  CHECK(*back->user == *s.user);
  CHECK(back->state == s.state);
  CHECK(*decode_registration_set(encode({})) == registration_set{});
}

TEST_CASE("a stored registration set that is cut short or turned is refused and never crashes") {
  auto octets = encode(registered());
  for (std::size_t i = 0; i < octets.size(); ++i) {
    CHECK_FALSE(decode_registration_set(std::string_view(octets).substr(0, i)));
    auto turned = octets;
    turned[i] = static_cast<char>(turned[i] ^ 0xff);
    if (auto read = decode_registration_set(turned))
      CHECK(decode_registration_set(encode(*read)));
  }
}
