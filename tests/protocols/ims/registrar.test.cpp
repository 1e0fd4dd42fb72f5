// What a REGISTER does to a set: TS 24.229 clauses 5.4.1.2 and 5.4.1.4.
#include "tests/protocols/ims/registrar_fixture.hpp"

#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::ims;
using namespace troupe::test;
namespace event = troupe::ims::registrar_event;
namespace effect = troupe::ims::registrar_effect;
using reginfo::contact_event;

TEST_CASE("TS 24.229 5.4.1.2.2F: the first REGISTER asks the HSS to assign this S-CSCF, and nothing is bound before") {
  auto step = on({}, event::registering{request_of({}), 1});
  REQUIRE(step.effects.size() == 1);
  auto assign = find<effect::assign>(step);
  REQUIRE(assign);
  CHECK(assign->type == assignment::registration);
  CHECK(assign->impi == "a@h");
  CHECK(assign->impus == std::vector{main_impu});
  CHECK(step.next.bindings.empty());
  CHECK_FALSE(step.changed); // nothing to store
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

TEST_CASE(
    "RFC 3261 10.3 step 7: a REGISTER that comes again over the death of a node is carried out as the first was") {
  auto s = registered();
  register_options o;
  o.again = true;
  auto step = run(s, o);
  CHECK(status_of(step) == 200);
  CHECK(step.next.bindings.size() == 1);
  CHECK(step.next.bindings[0].id == s.bindings[0].id);
  o.cseq = 0; // not the one that was accepted last
  CHECK(status_of(run(s, o)) == 500);
  o.cseq = 1;
  o.expires = "0";
  CHECK(status_of(run({}, o)) == 200); // he has left already
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
  auto r = read_register(message_of(o), "a@h", start);
  REQUIRE_FALSE(r);
  CHECK(r.error().status == 400);
}

TEST_CASE("a REGISTER that cannot be understood is refused with the status of its fault") {
  register_options o;
  SECTION("a Contact that is no SIP URI") { o.contacts = {"<tel:+1>"}; }
  SECTION("a Contact that is broken") { o.contacts = {"<sip:a@b"}; }
  SECTION("more contacts than anyone has") {
    o.contacts.assign(65, "<sip:ue@10.0.0.1>");
    auto r = read_register(message_of(o), "a@h", start);
    REQUIRE_FALSE(r);
    CHECK(r.error().status == 403);
    return;
  }
  SECTION("more Path values than anyone has") { o.path.assign(33, "<sip:p@x;lr>"); }
  auto r = read_register(message_of(o), "a@h", start);
  REQUIRE_FALSE(r);
  CHECK(r.error().status == 400);
}
