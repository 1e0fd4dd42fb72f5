// Several contacts of a set: instances, flows of RFC 5626, GRUUs of RFC 5627.
#include "tests/protocols/ims/registrar_fixture.hpp"

#include "protocols/ims/gruu.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::ims;
using namespace troupe::test;
namespace event = troupe::ims::registrar_event;
namespace effect = troupe::ims::registrar_effect;
using reginfo::contact_event;

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
    answer.request = request_of(o, nonce);
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
