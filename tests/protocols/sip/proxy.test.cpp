// RFC 3261 clauses 16.3, 16.4, 16.6 and 18.2, RFC 5658, RFC 5393, RFC 3581: what a proxy does to a request.
#include <catch2/catch.hpp>

#include "protocols/sip/proxy.hpp"
#include "protocols/sip/token.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const siphash_key secret = {7, 8};

message request(std::string_view method, std::string_view uri) {
  auto m = message::request(method, uri);
  m.add(hdr::via, "SIP/2.0/UDP ua.example.com:5062;branch=z9hG4bK1");
  m.add(hdr::max_forwards, "70");
  m.add(hdr::from, "<sip:alice@example.com>;tag=1");
  m.add(hdr::to, "<sip:bob@example.com>");
  m.add(hdr::call_id, "c");
  m.add(hdr::cseq, std::string("1 ") + std::string(method));
  return m;
}

/// "ours" is this proxy's host; a user "rr..." is what it writes into Record-Route.
const own_uris own{
    [](const uri& u) { return u.host == "ours"; },
    [](const uri& u) { return u.host == "ours" && u.user.starts_with("rr"); },
    [](const uri& a, const uri& b) { return a.user.substr(0, 3) == b.user.substr(0, 3) && a.user != b.user; },
};

std::vector<std::string> routes(const message& m) {
  std::vector<std::string> all;
  for (auto v : values(m, hdr::route))
    all.emplace_back(v);
  return all;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("a request that a proxy must not forward is refused with its status (RFC 3261 16.3)") {
  struct row {
    std::string_view method, uri, max_forwards, proxy_require;
    int status;
    std::string_view unsupported;
  };
  auto [method, uri, max_forwards, proxy_require, status, unsupported] = GENERATE(values<row>({
      {"INVITE", "sip:bob@example.com", "70", "", 0, ""},
      {"INVITE", "tel:+15551234", "1", "", 0, ""},
      {"INVITE", "sips:bob@example.com", "255", "known", 0, ""},
      {"INVITE", "nobodyKnowsThisScheme:opaque", "70", "", 416, ""},
      {"INVITE", "sip:bob@example.com", "0", "", 483, ""},
      {"OPTIONS", "sip:bob@example.com", "0", "", 483, ""},
      {"INVITE", "sip:bob@example.com", "256", "", 400, ""},
      {"INVITE", "sip:bob@example.com", "x", "", 400, ""},
      {"INVITE", "sip:bob@example.com", "70", "known, foo, bar", 420, "foo, bar"},
      {"INVITE", "sip:bob@example.com", "70", "KNOWN", 0, ""},
      {"ACK", "sip:bob@example.com", "70", "foo", 0, ""},
      {"CANCEL", "sip:bob@example.com", "70", "foo", 0, ""},
      {"ACK", "sip:bob@example.com", "0", "", 483, ""},
  }));
  auto m = request(method, uri);
  m.set(hdr::max_forwards, max_forwards);
  if (!proxy_require.empty())
    m.add(hdr::proxy_require, proxy_require);
  proxy_rules rules;
  rules.proxy_require = {"known"};
  auto why = check_request(m, rules);
  INFO(method << " " << uri << " " << max_forwards << " " << proxy_require);
  CHECK((why ? why->status : 0) == status);
  if (status == 420) {
    auto answer = make_refusal(m, *why, "t");
    CHECK(answer.status() == 420);
    CHECK(answer.value(hdr::unsupported) == unsupported);
  }
}

TEST_CASE("a request without Max-Forwards passes and gets 70, others one less (RFC 3261 16.3, 16.6 step 3)") {
  auto m = request("INVITE", "sip:bob@example.com");
  m.remove(hdr::max_forwards);
  CHECK_FALSE(check_request(m, {}));
  count_hop(m);
  CHECK(m.value(hdr::max_forwards) == "70");
  count_hop(m);
  CHECK(m.value(hdr::max_forwards) == "69");
}

TEST_CASE("our Route is taken from the top, and only ours (RFC 3261 16.4)") {
  auto m = request("BYE", "sip:bob@192.0.2.4");
  m.add(hdr::route, "<sip:x@ours;lr>, <sip:next;lr>");
  auto found = preprocess_route(m, own);
  CHECK(found.first == "sip:x@ours;lr");
  CHECK(routes(m) == texts{"<sip:next;lr>"});
  CHECK(preprocess_route(m, own).first.empty());
  CHECK(routes(m) == texts{"<sip:next;lr>"});
}

TEST_CASE("both Routes of a hop that wrote two go together, in one line or two (RFC 5658)") {
  auto m = request("BYE", "sip:bob@192.0.2.4");
  m.add(hdr::route, "<sip:rr1a@ours;lr>");
  m.add(hdr::route, "<sip:rr1b@ours;lr>,<sip:rr2a@ours;lr>");
  auto found = preprocess_route(m, own);
  CHECK(found.first == "sip:rr1a@ours;lr");
  CHECK(found.second == "sip:rr1b@ours;lr");
  CHECK(routes(m) == texts{"<sip:rr2a@ours;lr>"});
}

TEST_CASE("what a strict router did to the Request-URI is undone (RFC 3261 16.4)") {
  auto m = request("BYE", "sip:rr1a@ours;lr");
  m.add(hdr::route, "<sip:next;lr>");
  m.add(hdr::route, "<sip:bob@192.0.2.4>");
  auto found = preprocess_route(m, own);
  CHECK(found.strict_router);
  CHECK(found.first == "sip:rr1a@ours;lr");
  CHECK(m.uri() == "sip:bob@192.0.2.4");
  CHECK(routes(m) == texts{"<sip:next;lr>"});
}

TEST_CASE("a Request-URI of ours that is no Record-Route stays, Routes or not (RFC 3261 16.4)") {
  auto m = request("OPTIONS", "sip:x@ours");
  m.add(hdr::route, "<sip:next;lr>");
  CHECK_FALSE(preprocess_route(m, own).strict_router);
  CHECK(m.uri() == "sip:x@ours");
  auto no_route = request("BYE", "sip:rr1a@ours;lr");
  CHECK_FALSE(preprocess_route(no_route, own).strict_router);
  CHECK(no_route.uri() == "sip:rr1a@ours;lr");
}

TEST_CASE("a maddr that is ours goes, with port and transport; another's stays (RFC 3261 16.4)") {
  auto m = request("INVITE", "sip:bob@example.com:5070;maddr=ours;transport=tcp;user=phone?h=1");
  preprocess_route(m, own);
  CHECK(m.uri() == "sip:bob@example.com;user=phone?h=1");
  auto other = request("INVITE", "sip:bob@example.com:5070;maddr=theirs;transport=tcp");
  preprocess_route(other, own);
  CHECK(other.uri() == "sip:bob@example.com:5070;maddr=theirs;transport=tcp");
}

TEST_CASE("Record-Route: one value, or two where the sides differ, the leaving side's on top (RFC 5658)") {
  auto m = request("INVITE", "sip:bob@example.com");
  m.add(hdr::record_route, "<sip:before;lr>");
  add_record_route(m, "sip:in@ours;lr", "sip:in@ours;lr");
  CHECK(first_value(m, hdr::record_route) == "<sip:in@ours;lr>");
  CHECK(values(m, hdr::record_route).size() == 2);
  add_record_route(m, "sip:in@ours;lr", "sip:out@ours;lr");
  auto all = values(m, hdr::record_route);
  REQUIRE(all.size() == 4);
  CHECK(all[0] == "<sip:out@ours;lr>");
  CHECK(all[1] == "<sip:in@ours;lr>");
  CHECK(all[3] == "<sip:before;lr>");
}

TEST_CASE("for a strict router the Request-URI goes to the end of Route (RFC 3261 16.6 step 6)") {
  auto m = request("INVITE", "sip:bob@example.com");
  m.add(hdr::route, "<sip:strict.example.com>,<sip:loose;lr>");
  CHECK(serve_strict_router(m));
  CHECK(m.uri() == "sip:strict.example.com");
  CHECK(routes(m) == texts{"<sip:loose;lr>", "<sip:bob@example.com>"});
  CHECK(next_hop(m, true) == "sip:strict.example.com");
}

TEST_CASE("the next hop is the topmost Route's URI, else the Request-URI (RFC 3261 16.6 step 7)") {
  auto m = request("INVITE", "sip:bob@example.com");
  CHECK(next_hop(m) == "sip:bob@example.com");
  CHECK_FALSE(serve_strict_router(m));
  m.add(hdr::route, "<sip:loose;lr>");
  CHECK_FALSE(serve_strict_router(m));
  CHECK(next_hop(m) == "sip:loose;lr");
}

TEST_CASE(
    "our Via goes on top and comes off the response; the last one off means it was for us (RFC 3261 16.6, 16.7)") {
  auto m = request("INVITE", "sip:bob@example.com");
  push_via(m, "UDP", "ours:5060", "z9hG4bKx");
  CHECK(first_value(m, hdr::via) == "SIP/2.0/UDP ours:5060;branch=z9hG4bKx;rport");
  CHECK(pop_via(m));
  CHECK(first_value(m, hdr::via) == "SIP/2.0/UDP ua.example.com:5062;branch=z9hG4bK1");
  CHECK_FALSE(pop_via(m));
  CHECK_FALSE(pop_via(m));
}

TEST_CASE("a loop is found by our branch with the same hash; a spiral is none (RFC 5393 4.2)") {
  auto m = request("INVITE", "sip:bob@example.com");
  m.add(hdr::route, "<sip:next;lr>");
  auto hash = loop_hash(m, "orig", secret);
  CHECK(hash.size() == 16);
  CHECK_FALSE(loops(m, hash, secret));
  push_via(m, "UDP", "ours", make_branch({}, secret, hash));
  push_via(m, "UDP", "other", "z9hG4bKother");
  CHECK(loops(m, loop_hash(m, "orig", secret), secret));
  CHECK_FALSE(loops(m, loop_hash(m, "term", secret), secret));
  auto retargeted = m;
  retargeted.set_uri("sip:carol@example.com");
  CHECK_FALSE(loops(retargeted, loop_hash(retargeted, "orig", secret), secret));
  auto rerouted = m;
  rerouted.set(hdr::route, "<sip:odi@next;lr>");
  CHECK_FALSE(loops(rerouted, loop_hash(rerouted, "orig", secret), secret));
}

TEST_CASE("a branch that was not made under our secret proves no loop (RFC 5393 4.2)") {
  auto m = request("INVITE", "sip:bob@example.com");
  auto hash = loop_hash(m, "", secret);
  push_via(m, "UDP", "ours", make_branch({}, {9, 9}, hash));
  CHECK_FALSE(loops(m, hash, secret));
}

TEST_CASE("parallel branches share the breadth, each at least one (RFC 5393 5.3)") {
  auto m = request("INVITE", "sip:bob@example.com");
  CHECK(max_breadth(m) == 60);
  m.add("Max-Breadth", "5");
  CHECK(max_breadth(m) == 5);
  CHECK(breadth_share(5, 3, 0) == 2u);
  CHECK(breadth_share(5, 3, 1) == 2u);
  CHECK(breadth_share(5, 3, 2) == 1u);
  CHECK_FALSE(breadth_share(2, 3, 0));
  CHECK_FALSE(breadth_share(0, 1, 0));
  set_max_breadth(m, 2);
  CHECK(max_breadth(m) == 2);
  m.set("Max-Breadth", "many");
  CHECK(max_breadth(m) == 0);
}

TEST_CASE("where a request came from is noted in its Via (RFC 3261 18.2.1, RFC 3581 4)") {
  struct row {
    std::string_view via, host, noted;
  };
  auto [via_text, host, noted] = GENERATE(values<row>({
      {"SIP/2.0/UDP 192.0.2.1:5062;branch=z9", "192.0.2.1", "SIP/2.0/UDP 192.0.2.1:5062;branch=z9"},
      {"SIP/2.0/UDP 10.0.0.1:5062;branch=z9", "192.0.2.1", "SIP/2.0/UDP 10.0.0.1:5062;branch=z9;received=192.0.2.1"},
      {"SIP/2.0/UDP ua.example.com;branch=z9", "192.0.2.1", "SIP/2.0/UDP ua.example.com;branch=z9;received=192.0.2.1"},
      {"SIP/2.0/UDP 192.0.2.1;rport;branch=z9", "192.0.2.1",
       "SIP/2.0/UDP 192.0.2.1;branch=z9;received=192.0.2.1;rport=4711"},
      {"SIP/2.0/UDP 192.0.2.1;branch=z9;received=198.51.100.9", "192.0.2.1", "SIP/2.0/UDP 192.0.2.1;branch=z9"},
      {"SIP/2.0/UDP ua;branch=z9;received=198.51.100.9;rport=1", "192.0.2.1",
       "SIP/2.0/UDP ua;branch=z9;received=192.0.2.1;rport=4711"},
      {"SIP/2.0/TCP ua;branch=z9", "[2001:db8::1]", "SIP/2.0/TCP ua;branch=z9;received=2001:db8::1"},
      {"SIP/2.0/TCP [2001:DB8::1];branch=z9", "[2001:db8::1]", "SIP/2.0/TCP [2001:DB8::1];branch=z9"},
      {"SIP/2.0/UDP ua", "192.0.2.1", "SIP/2.0/UDP ua;received=192.0.2.1"},
  }));
  auto m = message::request("OPTIONS", "sip:x");
  m.add(hdr::via, std::string(via_text) + ", SIP/2.0/UDP second;branch=z9hG4bK2");
  note_source(m, host, 4711);
  CHECK(first_value(m, hdr::via) == noted);
  CHECK(values(m, hdr::via).size() == 2);
}

TEST_CASE(
    "a response goes to received and rport, else to sent-by; to a maddr only for trusted peers (RFC 3261 18.2.2)") {
  auto where = [](std::string_view text, bool maddr = false) {
    auto v = parse_via(text);
    REQUIRE(v);
    auto to = response_destination(*v, maddr);
    return std::string(to.host) + ":" + (to.port ? std::to_string(*to.port) : "-");
  };
  CHECK(where("SIP/2.0/UDP ua:5062;branch=z9;received=192.0.2.1;rport=4711") == "192.0.2.1:4711");
  CHECK(where("SIP/2.0/UDP ua:5062;branch=z9;received=192.0.2.1") == "192.0.2.1:5062");
  CHECK(where("SIP/2.0/UDP ua;branch=z9;received=192.0.2.1") == "192.0.2.1:-");
  CHECK(where("SIP/2.0/UDP ua;branch=z9") == "ua:-");
  CHECK(where("SIP/2.0/UDP ua:5062;maddr=239.1.1.1;received=192.0.2.1", true) == "239.1.1.1:5062");
  CHECK(where("SIP/2.0/UDP ua:5062;maddr=239.1.1.1;received=192.0.2.1") == "192.0.2.1:5062");
}

TEST_CASE("the challenges of all branches go with the best one (RFC 3261 16.7 step 7)") {
  auto best = message::response(407);
  best.add(hdr::proxy_authenticate, "Digest realm=\"a\"");
  auto other = message::response(401);
  other.add(hdr::www_authenticate, "Digest realm=\"b\"");
  other.add(hdr::www_authenticate, "Digest realm=\"c\"");
  add_challenges(best, other);
  CHECK(best.count(hdr::proxy_authenticate) == 1);
  CHECK(best.count(hdr::www_authenticate) == 2);
}
