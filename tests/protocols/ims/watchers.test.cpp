#include "protocols/ims/watchers.hpp"

#include "tests/protocols/ims/registrar_fixture.hpp"

using namespace troupe;
using namespace troupe::ims;
using namespace troupe::test;
namespace event = troupe::ims::watcher_event;
namespace effect = troupe::ims::watcher_effect;
using reginfo::contact_event;
using reginfo::document_state;

namespace {

struct subscribe_options {
  std::string resource = main_impu;
  std::string asserted = "<" + main_impu + ">";
  std::string to_tag;
  std::string expires = "600000";
  std::string package = "reg";
  std::string accept = "application/reginfo+xml";
  std::string call_id = "s1";
  std::uint32_t cseq = 1;
  instant at = start;
};

subscribe_request subscribe(const subscribe_options& o = {}) {
  auto m = sip::message::request("SUBSCRIBE", o.resource);
  m.add(sip::hdr::from, "<" + main_impu + ">;tag=ue");
  m.add(sip::hdr::to, "<" + o.resource + ">" + (o.to_tag.empty() ? "" : ";tag=" + o.to_tag));
  m.add(sip::hdr::call_id, o.call_id);
  m.add(sip::hdr::cseq, std::to_string(o.cseq) + " SUBSCRIBE");
  m.add(sip::hdr::contact, "<sip:ue@10.0.0.1:5060>");
  m.add(sip::hdr::record_route, "<sip:a@pcscf.visited;lr>, <sip:b@other;lr>");
  m.add(sip::hdr::event, o.package);
  if (!o.accept.empty())
    m.add(sip::hdr::accept, o.accept);
  if (!o.expires.empty())
    m.add(sip::hdr::expires, o.expires);
  if (!o.asserted.empty())
    m.add(sip::hdr::p_asserted_identity, o.asserted);
  auto r = read_subscribe(m, o.at, 5);
  REQUIRE(r);
  return *r;
}

watcher_step on(const watcher_list& l, const watcher_event_type& e, const registration_set& s) {
  return ims::on(l, e, s, {});
}

watcher_list watching(const registration_set& s, const subscribe_options& o = {}) {
  auto step = on({}, event::subscribing{subscribe(o), "scscf"}, s);
  REQUIRE(step.next.all.size() == 1);
  return step.next;
}

int status_of(const watcher_step& step) {
  auto refused = find<effect::refuse>(step);
  return refused ? refused->status : 200;
}

reginfo::document document_of(const watcher_step& step) {
  auto n = find<effect::notify>(step);
  REQUIRE(n);
  auto d = reginfo::parse(n->body);
  REQUIRE(d);
  return *d;
}

registration_change change_of(const registrar_step& step) {
  auto changed = find<registrar_effect::changed>(step);
  REQUIRE(changed);
  return changed->what;
}

} // namespace

TEST_CASE("TS 24.229 5.4.2.1.1: a UE of the set subscribes: 200, and the full state at once") {
  auto s = registered();
  auto step = on({}, event::subscribing{subscribe(), "scscf"}, s);
  auto accepted = find<effect::accept>(step);
  REQUIRE(accepted);
  CHECK(accepted->expires == 600'000);
  CHECK(accepted->local_tag == "scscf");
  auto d = document_of(step);
  CHECK(d.state == document_state::full);
  CHECK(d.version == 0);
  REQUIRE(d.registrations.size() == 2);
  CHECK(d.registrations[0].aor == main_impu);
  CHECK(d.registrations[0].contacts.at(0).event == contact_event::registered);
  CHECK(d.registrations[1].aor == tel_impu);
  CHECK(d.registrations[1].contacts.at(0).event == contact_event::created);
  CHECK(d.registrations[0].contacts[0].id != d.registrations[1].contacts[0].id);
  CHECK(d.registrations[0].contacts[0].expires == 3'600u);
}

TEST_CASE("RFC 6665 4.2: a NOTIFY goes along the dialog that the SUBSCRIBE made") {
  auto s = registered();
  auto step = on({}, event::subscribing{subscribe(), "scscf"}, s);
  auto m = make_notify(*find<effect::notify>(step));
  CHECK(m.method() == sip::method::notify);
  CHECK(m.uri() == "sip:ue@10.0.0.1:5060");
  CHECK(m.count(sip::hdr::route) == 2);
  CHECK(m.value(sip::hdr::route) == "<sip:a@pcscf.visited;lr>");
  CHECK(m.value(sip::hdr::from) == "<" + main_impu + ">;tag=scscf");
  CHECK(m.value(sip::hdr::to) == "<" + main_impu + ">;tag=ue");
  CHECK(m.value(sip::hdr::cseq) == "1 NOTIFY");
  CHECK(m.value(sip::hdr::event) == "reg");
  CHECK(m.value(sip::hdr::subscription_state) == "active;expires=600000");
  CHECK(m.value(sip::hdr::content_type) == reginfo::content_type);
}

TEST_CASE("TS 24.229 5.4.2.1.1: who may watch a registration") {
  struct row {
    std::string asserted;
    int status;
  };
  auto r = GENERATE(values<row>({{"<" + main_impu + ">", 200},
                                 {"<" + tel_impu + ">", 200},
                                 {"<" + barred_impu + ">", 403},
                                 {"<sip:mallory@ims.mnc001.mcc001.3gppnetwork.org>", 403},
                                 {"<sip:pcscf.visited>", 200},
                                 {"<sip:mallory@pcscf.visited>", 403},
                                 {"<sip:tas.example:5080>", 403},
                                 {"", 403},
                                 {"broken <", 403}}));
  subscribe_options o;
  o.asserted = r.asserted;
  CHECK(status_of(on({}, event::subscribing{subscribe(o), "t"}, registered())) == r.status);
}

TEST_CASE("TS 24.229 5.4.2.1.1: an AS that a filter criterion names may watch") {
  register_options ro;
  ro.to = "sip:alice@ims.mnc001.mcc001.3gppnetwork.org";
  subscribe_options o;
  o.resource = ro.to;
  o.asserted = "<sip:tas.example>";
  CHECK(status_of(on({}, event::subscribing{subscribe(o), "t"}, registered(ro, "05_third_party_register.xml"))) == 200);
}

TEST_CASE("RFC 6665 4.2.1: what a SUBSCRIBE can be refused for") {
  auto s = registered();
  subscribe_options o;
  int status = 0;
  SECTION("another event package") { o.package = "presence", status = 489; }
  SECTION("a body that it does not take") { o.accept = "application/pidf+xml", status = 406; }
  SECTION("too brief") { o.expires = "10", status = 423; }
  SECTION("a dialog that is not ours") { o.to_tag = "unknown", status = 481; }
  SECTION("an identity that is not of this set") { o.resource = "sip:nobody@h", status = 404; }
  SECTION("a barred identity") { o.resource = barred_impu, status = 403; }
  auto step = on({}, event::subscribing{subscribe(o), "t"}, s);
  CHECK(status_of(step) == status);
  CHECK(step.next.all.empty());
  CHECK(step.effects.size() == 1);
  if (status == 423)
    CHECK(find<effect::refuse>(step)->min_expires == 60);
}

TEST_CASE("a set is not watched by more than its policy allows") {
  watcher_policy one;
  one.max_watchers = 1;
  auto s = registered();
  auto list = watching(s);
  subscribe_options o;
  o.call_id = "s2";
  CHECK(status_of(ims::on(list, event::subscribing{subscribe(o), "t"}, s, one)) == 403);
}

TEST_CASE("RFC 6665 4.2.1: a SUBSCRIBE without Accept and Expires takes the package's defaults") {
  subscribe_options o;
  o.accept = "";
  o.expires = "";
  auto step = on({}, event::subscribing{subscribe(o), "t"}, registered());
  CHECK(find<effect::accept>(step)->expires == 3'761);
}

TEST_CASE("RFC 6665 4.2.1: a refresh lengthens the subscription and shows the full state with the next version") {
  auto s = registered();
  subscribe_options o;
  o.to_tag = "scscf";
  o.cseq = 2;
  o.at = start + seconds(100);
  auto step = on(watching(s), event::subscribing{subscribe(o), "unused"}, s);
  CHECK(status_of(step) == 200);
  REQUIRE(step.next.all.size() == 1);
  CHECK(step.next.all[0].expires_at == o.at + seconds(600'000));
  CHECK(step.next.all[0].local_tag == "scscf");
  CHECK(document_of(step).version == 1);
  CHECK(document_of(step).state == document_state::full);
  CHECK(status_of(on(step.next, event::subscribing{subscribe(o), ""}, s)) == 500);
}

TEST_CASE("RFC 6665 4.2.1: Expires 0 ends a subscription, or fetches the state once") {
  auto s = registered();
  subscribe_options o;
  o.expires = "0";
  auto fetch = on({}, event::subscribing{subscribe(o), "t"}, s);
  CHECK(fetch.next.all.empty());
  CHECK(find<effect::accept>(fetch)->expires == 0);
  CHECK(find<effect::notify>(fetch)->subscription_state == "terminated;reason=timeout");
  CHECK(document_of(fetch).registrations.size() == 2);
  o.to_tag = "scscf";
  o.cseq = 2;
  auto end = on(watching(s), event::subscribing{subscribe(o), ""}, s);
  CHECK(end.next.all.empty());
  CHECK(find<effect::notify>(end)->subscription_state == "terminated;reason=timeout");
}

TEST_CASE("RFC 3680 5.1: each change is one more version and one more CSeq, and tells what changed alone") {
  auto s = registered();
  auto list = watching(s);
  register_options ro;
  ro.call_id = "call-2";
  ro.impi = "b@h";
  ro.contacts = {"<sip:ue@10.0.0.2>"};
  auto second = run(s, ro);
  auto step = on(list, event::changed{change_of(second)}, second.next);
  auto d = document_of(step);
  CHECK(d.version == 1);
  CHECK(d.state == document_state::partial);
  REQUIRE(d.registrations.size() == 2);
  REQUIRE(d.registrations[0].contacts.size() == 1);
  CHECK(d.registrations[0].contacts[0].uri == "sip:ue@10.0.0.2");
  CHECK(find<effect::notify>(step)->to.local_cseq == 2);
  CHECK(step.next.all[0].next_version == 2);
  CHECK(step.next.all[0].local_cseq == 2);
}

TEST_CASE("TS 24.229 5.4.2.1.2: a subscriber who merges all documents sees what the registrar has") {
  auto s = registered();
  reginfo::view view;
  auto first = on({}, event::subscribing{subscribe(), "scscf"}, s);
  CHECK(reginfo::merge(view, document_of(first)) == reginfo::merge_result::taken);
  auto list = first.next;
  auto follow = [&](const registrar_step& r) {
    auto step = on(list, event::changed{change_of(r)}, r.next);
    CHECK(reginfo::merge(view, document_of(step)) == reginfo::merge_result::taken);
    list = step.next;
    s = r.next;
  };
  register_options second;
  second.call_id = "call-2";
  second.contacts = {"<sip:ue@10.0.0.2>;expires=100"};
  follow(run(s, second));
  CHECK(view.registrations.at(0).contacts.size() == 2);
  follow(ims::on(s, registrar_event::shortening{start, {1}, 60}, {}));
  CHECK(view.registrations[1].contacts[0].expires == 60u);
  follow(ims::on(s, registrar_event::time_passed{start + seconds(60)}, {}));
  REQUIRE(view.registrations[1].contacts.size() == 1);
  CHECK(view.registrations[1].contacts[0].uri == "sip:ue@10.0.0.2");
  registrar_event::profile_pushed less;
  auto user = *s.user;
  user.profiles[0].identities.pop_back();
  less.user = std::make_shared<const subscription>(user);
  less.user_data = std::make_shared<const std::string>(build_subscription(user));
  follow(ims::on(s, less, {}));
  REQUIRE(view.registrations.size() == 1);
  CHECK(view.registrations[0].aor == main_impu);
  registrar_event::terminating all;
  all.at = start + seconds(61);
  follow(ims::on(s, all, {}));
  CHECK(view.registrations.empty());
  CHECK(list.all.empty());
}

TEST_CASE("TS 24.229 5.4.1.5: when all contacts are gone every watcher is told why, and its subscription ends") {
  auto s = registered();
  auto list = watching(s);
  auto why = GENERATE(contact_event::deactivated, contact_event::rejected, contact_event::probation);
  registrar_event::terminating e;
  e.at = start;
  e.event = why;
  e.retry_after = 20;
  auto gone = ims::on(s, e, {});
  auto step = on(list, event::changed{change_of(gone)}, gone.next);
  CHECK(step.next.all.empty());
  CHECK(find<effect::notify>(step)->subscription_state == "terminated;reason=noresource");
  auto d = document_of(step);
  REQUIRE(d.registrations.size() == 2);
  for (auto& r : d.registrations) {
    CHECK(r.status == reginfo::registration_status::terminated);
    CHECK(r.contacts.at(0).event == why);
    CHECK(r.contacts[0].status == reginfo::contact_status::terminated);
    CHECK(r.contacts[0].retry_after == 20u);
    CHECK_FALSE(r.contacts[0].expires);
  }
}

TEST_CASE("RFC 6665 4.2.2: a watcher that does not know its NOTIFY any more, or is not there, is dropped") {
  auto s = registered();
  struct row {
    int status;
    bool stays;
  };
  auto r = GENERATE(values<row>({{481, false}, {408, false}, {404, false}, {503, true}, {500, true}, {491, true}}));
  auto list = watching(s);
  auto step = on(list, event::notify_failed{"s1", "scscf", r.status}, s);
  CHECK(step.next.all.size() == (r.stays ? 1u : 0u));
  if (r.stays)
    CHECK(step.next.all[0].full_next);
  CHECK(on(list, event::notify_failed{"s1", "other", 481}, s).next == list);
}

TEST_CASE("RFC 6665 4.2.2: a subscription that runs out is ended with a last NOTIFY") {
  auto s = registered();
  auto list = watching(s);
  CHECK(deadline_of(list) == start + seconds(600'000));
  CHECK(on(list, event::time_passed{start}, s).effects.empty());
  auto step = on(list, event::time_passed{start + seconds(600'000)}, s);
  CHECK(step.next.all.empty());
  CHECK(find<effect::notify>(step)->subscription_state == "terminated;reason=timeout");
}

TEST_CASE("RFC 3680 5.1: after a recovery each watcher gets the full state with a version that was not used") {
  auto s = registered();
  auto list = watching(s);
  auto restored = decode_watchers(encode(list));
  REQUIRE(restored);
  auto step = on(*restored, event::recovered{start + seconds(10)}, s);
  CHECK(document_of(step).state == document_state::full);
  CHECK(document_of(step).version == 1);
  CHECK(find<effect::notify>(step)->to.local_cseq == 2);
}

TEST_CASE("RFC 5628 4: GRUUs stand with the identity that they belong to") {
  register_options o;
  o.supported = "gruu";
  o.contacts = {"<sip:ue@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\""};
  auto s = registered(o);
  s.bindings[0].temp_gruu = "sip:t2@h;gr";
  s.bindings[0].temp_gruu_cseq = 3;
  auto d = describe(s, nullptr, start, document_state::full, 0);
  CHECK(d.registrations[0].contacts[0].pub_gruu == main_impu + ";gr=urn:uuid:1");
  CHECK(d.registrations[0].contacts[0].temp_gruu == "sip:t2@h;gr");
  CHECK(d.registrations[0].contacts[0].temp_gruu_first_cseq == 3u);
  CHECK(d.registrations[1].contacts[0].pub_gruu.empty());
}

TEST_CASE("the stored form of watchers is read back, and broken ones are refused") {
  auto list = watching(registered());
  list.all[0].unknown = "later";
  list.unknown = "later still";
  auto octets = encode(list);
  CHECK(*decode_watchers(octets) == list);
  auto known = octets.size() - list.unknown.size();
  for (std::size_t i = 0; i < known; ++i)
    CHECK_FALSE(decode_watchers(std::string_view(octets).substr(0, i)));
}
