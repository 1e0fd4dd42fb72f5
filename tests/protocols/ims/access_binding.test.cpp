#include "protocols/ims/access_binding.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::ims;
using namespace troupe::ims::access_event;
namespace effect = troupe::ims::access_effect;
using phase = access_binding::phase;
using dialog_phase = reg_subscription::phase;
using reginfo::contact_event;

namespace {

const access_policy policy;
const instant start{1'700'000'000'000};

access_step on(const access_binding& b, const access_event_type& e) { return ims::on(b, e, policy); }

register_forwarded forwarded(std::string flow = "flow-1") {
  return {start, "a@h", "sip:barred@h", "sip:ue@10.0.0.1:5060", "token", std::move(flow), "10.0.0.1:5060"};
}

register_answered ok(std::uint32_t expires = 3'600, instant at = start) {
  register_answered e;
  e.at = at;
  e.outcome.expires = expires;
  e.outcome.identities = {{"sip:alice@h", "Alice"}, {"tel:+15550001", ""}};
  e.outcome.service_route = {"<sip:orig@scscf.h;lr>"};
  e.fresh_call_id = "sub-1";
  e.fresh_tag = "p";
  return e;
}

access_binding pending() { return on({}, forwarded()).next; }
access_binding registered() { return on(pending(), ok()).next; }
access_binding subscribed() {
  return on(registered(), subscribe_answered{start, 200, 600'000, "s", "sip:scscf.h", {"<sip:r1;lr>"}}).next;
}

reginfo::contact contact_of(contact_event event, std::string uri = "sip:ue@10.0.0.1:5060") {
  reginfo::contact c;
  c.id = uri;
  c.event = event;
  c.status = reginfo::status_after(event);
  c.uri = std::move(uri);
  return c;
}

reginfo::registration registration_of(std::string aor, std::vector<reginfo::contact> contacts) {
  bool alive = std::any_of(contacts.begin(), contacts.end(),
                           [](auto& c) { return c.status == reginfo::contact_status::active; });
  return {aor, "id-" + aor, alive ? reginfo::registration_status::active : reginfo::registration_status::terminated,
          std::move(contacts), ""};
}

/// NOTIFYs of one dialog, each with the next CSeq.
struct notifier {
  std::uint32_t cseq = 0;
  std::string body;

  notify_received operator()(std::uint32_t version, std::vector<reginfo::registration> registrations,
                             std::string state = "active;expires=600000",
                             reginfo::document_state kind = reginfo::document_state::full) {
    body = reginfo::build({version, kind, std::move(registrations)});
    notify_received e;
    e.ticket = ++cseq;
    e.at = start;
    e.remote_tag = "s";
    e.cseq = cseq;
    e.subscription_state = std::move(state);
    e.body = body;
    return e;
  }
};

std::vector<reginfo::registration> both(contact_event event) {
  return {registration_of("sip:alice@h", {contact_of(event)}), registration_of("tel:+15550001", {contact_of(event)})};
}

template <class Effect>
const Effect* find(const access_step& s) {
  for (auto& e : s.effects)
    if (auto found = std::get_if<Effect>(&e))
      return found;
  return nullptr;
}

} // namespace

TEST_CASE("TS 24.229 5.2.2.1: a REGISTER that passed binds nothing before its 200") {
  auto step = on({}, forwarded());
  CHECK(step.next.now == phase::pending);
  CHECK(step.next.flow.empty());
  CHECK(step.effects.empty());
  CHECK(deadline_of(step.next) == start + milliseconds(240'000));
}

TEST_CASE("TS 24.229 5.2.2.1: with the 200 the P-CSCF knows contact, identities, Service-Route and interval") {
  auto b = registered();
  CHECK(b.is_registered());
  CHECK(b.flow == "flow-1");
  CHECK(b.source == "10.0.0.1:5060");
  CHECK(b.expires_at == start + seconds(3'600));
  CHECK(b.identities.at(0) == associated_uri{"sip:alice@h", "Alice"});
  CHECK(b.service_route == std::vector<std::string>{"<sip:orig@scscf.h;lr>"});
  CHECK(b.path_token == "token");
  CHECK(b.pending_until == instant{});
  auto request = sip::message::request("INVITE", "sip:b@h");
  request.add(sip::hdr::p_preferred_identity, "<sip:barred@h>");
  CHECK(choose_asserted(request, b.identities) == std::vector<std::string>{"\"Alice\" <sip:alice@h>"});
}

TEST_CASE("TS 24.229 5.2.2.1: a 200 is read for our contact only") {
  auto m = sip::message::response(200);
  m.add(sip::hdr::contact, "<sip:other@10.0.0.2>;expires=10, <sip:ue@10.0.0.1:5060>;expires=1800");
  m.add(sip::hdr::p_associated_uri, "<sip:alice@h>, <tel:+15550001>");
  m.add(sip::hdr::service_route, "<sip:a@s;lr>, <sip:b@s;lr>");
  m.add(sip::hdr::p_charging_function_addresses, "ccf=c1;ecf=e1");
  auto outcome = read_register_outcome(m, "sip:ue@10.0.0.1:5060");
  CHECK(outcome.expires == 1'800u);
  CHECK(outcome.identities.size() == 2);
  CHECK(outcome.service_route.size() == 2);
  CHECK(outcome.charging.ecf == std::vector<std::string>{"e1"});
  CHECK_FALSE(read_register_outcome(m, "sip:nobody@10.0.0.3").expires);
}

TEST_CASE("TS 24.229 5.2.2.2: a 401 leaves the REGISTER under way, and its time begins anew") {
  auto e = ok(0, start + seconds(10));
  e.status = 401;
  auto step = on(pending(), e);
  CHECK(step.next.now == phase::pending);
  CHECK(step.next.pending_until == start + seconds(250));
  CHECK(step.effects.empty());
}

TEST_CASE("TS 24.229 5.2.2.1: a first REGISTER that fails, or that nobody answers, is forgotten") {
  auto e = ok();
  e.status = GENERATE(403, 404, 480, 504);
  auto step = on(pending(), e);
  CHECK(step.next == access_binding{});
  CHECK(find<effect::forget>(step));
  CHECK_FALSE(find<effect::removed>(step));
  step = on(pending(), time_passed{start + milliseconds(240'000), "", ""});
  CHECK(find<effect::forget>(step));
  CHECK(on(pending(), time_passed{start, "", ""}).effects.empty());
}

TEST_CASE("TS 24.229 5.2.2.1: a re-registration that fails leaves the registration and its flow as they were") {
  auto b = on(subscribed(), forwarded("flow-2")).next;
  CHECK(b.flow == "flow-1");
  CHECK(b.is_registered());
  auto e = ok();
  e.status = GENERATE(403, 408, 500);
  auto step = on(b, e);
  CHECK(step.next == subscribed());
  CHECK(step.effects.empty());
  step = on(b, time_passed{start + milliseconds(240'000), "", ""});
  CHECK(step.next == subscribed());
}

TEST_CASE("TS 24.229 5.2.2.1: a re-registration that succeeds moves the binding to the flow that it came by") {
  auto b = on(subscribed(), forwarded("flow-2")).next;
  auto step = on(b, ok(600, start + seconds(50)));
  CHECK(step.next.flow == "flow-2");
  CHECK(step.next.expires_at == start + seconds(650));
  CHECK_FALSE(find<effect::subscribe>(step));
}

TEST_CASE("a 200 that answers no REGISTER of ours changes nothing") {
  CHECK(on({}, ok()).next == access_binding{});
  CHECK(on(subscribed(), ok(1)).next == subscribed());
}

TEST_CASE("TS 24.229 5.2.5.1: a 200 with interval zero, or without our contact, ends the registration") {
  auto e = ok(0);
  if (GENERATE(true, false))
    e.outcome.expires.reset();
  auto step = on(on(subscribed(), forwarded()).next, e);
  REQUIRE(find<effect::removed>(step));
  CHECK_FALSE(find<effect::removed>(step)->by_network);
  CHECK(step.next.now == phase::gone);
  CHECK_FALSE(step.next.is_registered());
  CHECK(step.next.identities.empty());
}

TEST_CASE("TS 24.229 5.2.5.1: the last NOTIFY after a de-registration still gets its 200, or time takes the rest") {
  notifier notify;
  auto gone = on(on(subscribed(), forwarded()).next, ok(0)).next;
  auto step = on(gone, notify(0, both(contact_event::unregistered), "terminated;reason=noresource"));
  CHECK(find<effect::answer_notify>(step)->status == 200);
  CHECK(find<effect::forget>(step));
  CHECK(step.next == access_binding{});
  step = on(gone, time_passed{start + seconds(32), "", ""});
  CHECK(find<effect::forget>(step));
  CHECK(step.next == access_binding{});
  CHECK(on(gone, time_passed{start + seconds(31), "", ""}).next == gone);
  CHECK(on(gone, forwarded()).next.now == phase::pending);
  CHECK(on(gone, forwarded()).next.subscription == reg_subscription{});
}

TEST_CASE("TS 24.229 5.2.2.1: a registration that is not refreshed in its time is gone") {
  auto b = subscribed();
  auto step = on(b, time_passed{start + seconds(3'599), "", ""});
  CHECK(step.next == b);
  step = on(b, time_passed{start + seconds(3'600), "", ""});
  CHECK(find<effect::removed>(step)->why == contact_event::expired);
}

TEST_CASE("TS 24.229 5.2.3: after the first 200 the P-CSCF subscribes to the registration of the default identity") {
  auto step = on(pending(), ok());
  auto s = find<effect::subscribe>(step);
  REQUIRE(s);
  auto m = make_subscribe(*s, "sip:pcscf.visited", "sip:token@pcscf.visited");
  CHECK(m.uri() == "sip:alice@h");
  CHECK(m.value(sip::hdr::to) == "<sip:alice@h>");
  CHECK(m.value(sip::hdr::from) == "<sip:pcscf.visited>;tag=p");
  CHECK(m.value(sip::hdr::event) == "reg");
  CHECK(m.value(sip::hdr::accept) == "application/reginfo+xml");
  CHECK(m.value(sip::hdr::expires) == "600000");
  CHECK(m.value(sip::hdr::p_asserted_identity) == "<sip:pcscf.visited>");
  CHECK(m.value(sip::hdr::contact) == "<sip:token@pcscf.visited>");
  CHECK(m.value(sip::hdr::cseq) == "1 SUBSCRIBE");
  access_policy quiet;
  quiet.subscribe = false;
  CHECK_FALSE(find<effect::subscribe>(ims::on(pending(), ok(), quiet)));
}

TEST_CASE(
    "TS 24.229 5.2.3: the subscription is renewed in its dialog, 600 s before its end or at half of a short one") {
  auto b = subscribed();
  CHECK(b.subscription.renew_at == start + seconds(599'400));
  b.expires_at = start + seconds(700'000);
  auto step = on(b, time_passed{start + seconds(599'400), "", ""});
  REQUIRE(find<effect::subscribe>(step));
  auto m = make_subscribe(*find<effect::subscribe>(step), "sip:p", "sip:t@p");
  CHECK(m.uri() == "sip:scscf.h");
  CHECK(m.value(sip::hdr::to) == "<sip:alice@h>;tag=s");
  CHECK(m.value(sip::hdr::cseq) == "2 SUBSCRIBE");
  CHECK(m.value(sip::hdr::route) == "<sip:r1;lr>");
  auto later = start + seconds(599'400);
  CHECK(on(step.next, subscribe_answered{later, 200, 1'000, "s", "", {}}).next.subscription.renew_at ==
        later + seconds(500));
}

TEST_CASE("TS 24.229 5.2.3: a SUBSCRIBE that fails is tried again when the fault may pass, and else left") {
  struct row {
    int status;
    bool again;
  };
  auto r = GENERATE(values<row>({{408, true}, {503, true}, {481, true}, {403, false}, {404, false}, {489, false}}));
  auto b = on(registered(), subscribe_answered{start, r.status, 0, "", "", {}}).next;
  CHECK(b.subscription.now == dialog_phase::ended);
  CHECK(b.is_registered());
  auto step = on(b, time_passed{start + seconds(60), "sub-2", "p2"});
  CHECK(static_cast<bool>(find<effect::subscribe>(step)) == r.again);
  if (r.again)
    CHECK(find<effect::subscribe>(step)->with.call_id == "sub-2");
  auto refreshed = on(on(b, forwarded()).next, ok(3'600, start));
  CHECK(find<effect::subscribe>(refreshed));
}

TEST_CASE("a SUBSCRIBE whose answer was lost with its node counts as failed after a while") {
  auto b = registered();
  REQUIRE(b.subscription.now == dialog_phase::asked);
  auto step = on(b, time_passed{start + seconds(60), "sub-2", "p2"});
  CHECK(step.next.subscription.now == dialog_phase::ended);
  CHECK(step.next.subscription.retry);
}

TEST_CASE("TS 24.229 5.2.3: a NOTIFY that ends our contact ends the registration, by the network's will") {
  auto why = GENERATE(contact_event::deactivated, contact_event::rejected, contact_event::expired,
                      contact_event::unregistered, contact_event::probation);
  notifier notify;
  auto b = on(subscribed(), notify(0, both(contact_event::registered))).next;
  auto step = on(b, notify(1, both(why), "terminated;reason=noresource"));
  REQUIRE(find<effect::removed>(step));
  CHECK(find<effect::removed>(step)->by_network);
  CHECK(find<effect::removed>(step)->why == why);
  CHECK(find<effect::answer_notify>(step)->status == 200);
  CHECK(find<effect::forget>(step));
}

TEST_CASE("TS 24.229 5.2.3: a contact that is not ours, or not mentioned, does not touch the registration") {
  notifier notify;
  auto others = registration_of("sip:alice@h", {contact_of(contact_event::rejected, "sip:other@10.0.0.9")});
  others.status = reginfo::registration_status::active;
  auto step = on(subscribed(), notify(0, {others}));
  CHECK(step.next.is_registered());
  CHECK(step.next.identities.size() == 2);
  step = on(step.next, notify(1, {}));
  CHECK(step.next.is_registered());
}

TEST_CASE("TS 24.229 5.2.3: a contact that is shortened ends earlier, never later") {
  notifier notify;
  auto c = contact_of(contact_event::shortened);
  c.expires = 60;
  auto step = on(subscribed(), notify(0, {registration_of("sip:alice@h", {c})}));
  CHECK(step.next.expires_at == start + seconds(60));
  c.expires = 6'000;
  step = on(step.next, notify(1, {registration_of("sip:alice@h", {c})}));
  CHECK(step.next.expires_at == start + seconds(60));
}

TEST_CASE("TS 24.229 5.2.3: identities come and go with what the S-CSCF notifies") {
  notifier notify;
  auto registrations = both(contact_event::registered);
  registrations.push_back(registration_of("sip:new@h", {contact_of(contact_event::created)}));
  auto wildcard = registration_of("sip:chat@h", {contact_of(contact_event::created)});
  wildcard.wildcard = "sip:chat-!.*!@h";
  registrations.push_back(wildcard);
  auto b = on(subscribed(), notify(0, registrations)).next;
  REQUIRE(b.identities.size() == 3);
  CHECK(b.identities[2].uri == "sip:new@h");
  CHECK(b.identities[0].display_name == "Alice");
  CHECK(b.wildcards == std::vector<std::string>{"sip:chat-!.*!@h"});
  b = on(b, notify(1, {registration_of("tel:+15550001", {contact_of(contact_event::deactivated)})},
                   "active;expires=600000", reginfo::document_state::partial))
          .next;
  CHECK(b.is_registered());
  CHECK(b.identities.size() == 2);
}

TEST_CASE("RFC 6665 4.1.2: a NOTIFY of another dialog, out of order or unreadable is refused and changes nothing") {
  notifier notify;
  auto b = on(subscribed(), notify(0, both(contact_event::registered))).next;
  auto e = notify(1, both(contact_event::rejected));
  int status = 0;
  SECTION("another dialog") { e.remote_tag = "x", status = 481; }
  SECTION("an old CSeq") { e.cseq = 1, status = 500; }
  SECTION("no reginfo") { e.body = "<reginfo", status = 400; }
  auto step = on(b, e);
  CHECK(find<effect::answer_notify>(step)->status == status);
  CHECK(step.next == b);
  CHECK(find<effect::answer_notify>(on({}, e))->status == 481);
}

TEST_CASE("RFC 6665 4.1.2.4: a NOTIFY may come before the 200 to the SUBSCRIBE") {
  notifier notify;
  auto step = on(registered(), notify(0, both(contact_event::registered)));
  CHECK(find<effect::answer_notify>(step)->status == 200);
  CHECK(step.next.subscription.remote_tag == "s");
  CHECK(step.next.subscription.seen.have_full);
}

TEST_CASE("RFC 3680 5.1: when a version was missed the P-CSCF asks for the full state") {
  notifier notify;
  auto b = on(subscribed(), notify(0, both(contact_event::registered))).next;
  auto step = on(b, notify(2, {}, "active;expires=600000", reginfo::document_state::partial));
  REQUIRE(find<effect::subscribe>(step));
  CHECK(find<effect::subscribe>(step)->with.local_cseq == 2);
  CHECK(find<effect::answer_notify>(step)->status == 200);
}

TEST_CASE("RFC 6665 4.1.3: a subscription that the notifier ends is begun again if its reason lets us") {
  struct row {
    const char* state;
    bool again;
    int seconds;
  };
  auto r = GENERATE(values<row>({{"terminated;reason=deactivated", true, 0},
                                 {"terminated;reason=timeout", true, 0},
                                 {"terminated;reason=probation;retry-after=20", true, 20},
                                 {"terminated;reason=giveup", true, 60},
                                 {"terminated;reason=rejected", false, 0},
                                 {"terminated;reason=noresource", false, 0}}));
  notifier notify;
  auto b = on(subscribed(), notify(0, both(contact_event::registered), r.state)).next;
  CHECK(b.is_registered());
  CHECK(b.subscription.now == dialog_phase::ended);
  auto step = on(b, time_passed{start + seconds(r.seconds), "sub-2", "p2"});
  CHECK(static_cast<bool>(find<effect::subscribe>(step)) == r.again);
}

TEST_CASE("TS 24.229 5.2.8.1: when the access is lost the binding goes and its calls are to be released") {
  auto step = on(subscribed(), access_lost{start});
  CHECK(find<effect::removed>(step)->by_network);
  CHECK(on({}, access_lost{start}).effects.empty());
  step = on(pending(), access_lost{start});
  CHECK(find<effect::forget>(step));
  CHECK_FALSE(find<effect::removed>(step));
}

TEST_CASE("TS 24.229 5.2.6.3.3: a UE's Route must be the Service-Route that was stored") {
  auto b = subscribed();
  CHECK(follows_service_route(b, {"<sip:orig@scscf.h;lr>"}));
  CHECK_FALSE(follows_service_route(b, {}));
  CHECK_FALSE(follows_service_route(b, {"<sip:orig@evil;lr>"}));
  CHECK_FALSE(follows_service_route(b, {"<sip:orig@scscf.h;lr>", "<sip:x;lr>"}));
  CHECK_FALSE(follows_service_route(b, {"broken <"}));
}

TEST_CASE("the stored form of an access binding is read back, and broken ones are refused") {
  auto b = GENERATE(access_binding{}, pending(), registered(), subscribed());
  b.wildcards = {"w"};
  b.charging.ccf = {"c"};
  b.unknown = "later";
  auto octets = encode(b);
  CHECK(*decode_access_binding(octets) == b);
  for (std::size_t i = 0; i < octets.size() - b.unknown.size(); ++i)
    CHECK_FALSE(decode_access_binding(std::string_view(octets).substr(0, i)));
}

TEST_CASE("RFC 3680 5.1: put away and made again the P-CSCF takes the next document, and asks for the full state after "
          "a gap") {
  notifier notify;
  auto b = on(subscribed(), notify(0, both(contact_event::registered))).next;
  auto restored = *decode_access_binding(encode(b));
  CHECK(restored == b);
  auto partial = reginfo::document_state::partial;
  auto next = on(restored, notify(1, {}, "active;expires=600000", partial));
  CHECK_FALSE(find<effect::subscribe>(next));
  CHECK(find<effect::subscribe>(on(next.next, notify(3, {}, "active;expires=600000", partial))));
}
