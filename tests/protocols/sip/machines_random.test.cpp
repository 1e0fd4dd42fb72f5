// What must hold of the protocol machines whatever comes in which order, and of the rules whatever message they are given.
// RFC 3261 clauses 16 and 17; RFC 4475 for the messages.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "protocols/base/random.hpp"
#include "protocols/sip/dialog.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/outbound.hpp"
#include "protocols/sip/preferences.hpp"
#include "protocols/sip/proxy.hpp"
#include "protocols/sip/proxy_context.hpp"
#include "protocols/sip/reason.hpp"
#include "protocols/sip/transaction.hpp"
#include "protocols/sip/transaction_key.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

event random_event(random_source& random) {
  static constexpr int statuses[] = {100, 180, 183, 200, 202, 302, 401, 408, 486, 487, 503, 603};
  auto what = static_cast<event::kind>(random.below(8));
  auto which = static_cast<timer>(random.below(15));
  if (what == event::kind::response)
    return event::response(statuses[random.below(std::size(statuses))]);
  return what == event::kind::timeout ? event::timeout(which) : event::of(what);
}

/// Ends exactly once, says so exactly then, and does nothing after.
template <class Machine>
void runs_to_one_end(random_source& random) {
  Machine m;
  m.reliable = random.below(2) == 0;
  m = on(m, event::of(event::kind::start), {}).next;
  int ends = 0;
  for (int i = 0; i < 60; ++i) {
    auto before = m;
    auto s = on(m, random_event(random), {});
    m = s.next;
    REQUIRE(s.todo.size() <= effects::capacity);
    int said = 0;
    for (auto& e : s.todo)
      said += e.what == effect::kind::terminated;
    ends += said;
    REQUIRE(said == (ended(m) && !ended(before) ? 1 : 0));
    REQUIRE((!ended(before) || s.todo.empty()));
    std::string octets;
    writer out(octets);
    encode(out, m);
    reader in(octets);
    Machine back;
    REQUIRE(decode(in, back));
    REQUIRE(back.at == m.at);
  }
  REQUIRE(ends <= 1);
}

std::vector<std::string> torture_messages() {
  std::vector<std::string> all;
  for (auto& entry : std::filesystem::recursive_directory_iterator(std::string(CORPUS_DIR) + "/torture")) {
    if (!entry.is_regular_file())
      continue;
    std::ifstream in(entry.path(), std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return all;
}

const own_uris own{[](const uri& u) { return u.host == "example.com"; }, [](const uri& u) { return u.user == "rr"; },
                   [](const uri&, const uri&) { return true; }};
const auto nobody = [](const uri&) { return false; };

void proxy_rules_on(message m) {
  check_request(m, {});
  note_source(m, "192.0.2.1", 5060);
  preprocess_route(m, own);
  auto hash = loop_hash(m, "", {1, 2});
  loops(m, hash, {1, 2});
  max_breadth(m);
  session_offer offer;
  adjust_session_timer(m, {}, offer);
  count_hop(m);
  add_record_route(m, "sip:in@example.com;lr", "sip:out@example.com;lr");
  next_hop(m, serve_strict_router(m));
  push_via(m, "UDP", "example.com", "z9hG4bK1");
  CHECK(first_value(m, hdr::via) == "SIP/2.0/UDP example.com;branch=z9hG4bK1;rport");
  CHECK(m.to_string().size() > 40);
}

void readers_on(const message& m) {
  auto wanted = read_preferences(m);
  read_disposition(m);
  reason_cause(m, "SIP");
  for_each_value(m, hdr::contact, [&](std::string_view value) {
    if (auto contact = parse_name_addr(value)) {
      std::vector<parameter> all;
      for (auto& p : contact->params)
        all.push_back(p);
      judge(wanted, all);
      judge_outbound(m, *contact);
    }
    return true;
  });
  (void)server_key_of({1, 2}, m);
  (void)client_key_of({1, 2}, m);
}

void dialog_on(const message& request, const message& response) {
  auto d = fork_dialog(begin_dialog(request), response, nobody);
  on_request(d, request, leg::caller);
  on_response(d, request, response, leg::caller, {1800, true}, {});
  is_hold(request.body());
  make_bye(d, leg::callee);
  std::string octets;
  writer out(octets);
  encode(out, d);
  reader in(octets);
  dialog back;
  CHECK(decode(in, back));
  CHECK(back == d);
}

} // namespace

TEST_CASE("a transaction ends once and is silent after, whatever comes in which order (RFC 3261 17)") {
  random_source random(4711);
  for (int run = 0; run < 2000; ++run) {
    runs_to_one_end<invite_client>(random);
    runs_to_one_end<non_invite_client>(random);
    runs_to_one_end<invite_server>(random);
    runs_to_one_end<non_invite_server>(random);
  }
}

TEST_CASE(
    "a response context answers once but for 2xx, and is done once, whatever comes in which order (RFC 3261 16.7)") {
  static constexpr int statuses[] = {100, 180, 200, 302, 401, 407, 408, 486, 487, 503, 600};
  using kind = fork_effect::kind;
  random_source random(815);
  for (int run = 0; run < 5000; ++run) {
    response_context c;
    c.invite = random.below(4) != 0;
    auto branches = 1 + random.below(max_branches);
    for (std::size_t n = 0; n < branches; ++n)
      c.add(static_cast<std::uint8_t>(random.below(3)));
    int answers = 0, successes = 0, done = 0;
    auto feed = [&](const fork_event& e) {
      auto s = on(c, e);
      c = s.next;
      for (auto& effect : s.todo) {
        bool final = effect.what == kind::forward && effect.status >= 200;
        successes += final;
        answers += effect.what == kind::forward_best || effect.what == kind::answer;
        done += effect.what == kind::done;
        REQUIRE((effect.what != kind::start || successes == 0));
        REQUIRE((effect.what != kind::cancel || c.invite));
      }
    };
    feed(fork_event::of(fork_event::kind::start));
    for (int i = 0; i < 100; ++i) {
      auto branch = random.below(branches);
      switch (random.below(12)) {
      case 0: feed(fork_event::timer_c(branch)); break;
      case 1: feed(fork_event::failed(branch, random.below(2) ? 408 : 503, random.below(3) == 0)); break;
      case 2:
        if (random.below(8) == 0)
          feed(fork_event::of(fork_event::kind::cancel));
        break;
      default: feed(fork_event::response(branch, statuses[random.below(std::size(statuses))]));
      }
    }
    for (std::size_t n = 0; n < branches; ++n) // whatever is left, comes to an end
      for (std::size_t branch = 0; branch < branches; ++branch)
        feed(fork_event::failed(branch, 408));
    REQUIRE(done == 1);
    REQUIRE(answers <= 1);
    REQUIRE((answers == 1 || successes >= 1));
    REQUIRE((c.invite || answers + successes == 1));
  }
}

TEST_CASE("the rules take every message of RFC 4475, refused or not, without losing their footing") {
  auto all = torture_messages();
  REQUIRE(all.size() > 40);
  std::size_t requests = 0, responses = 0;
  for (auto& octets : all) {
    auto taken = parse(octets);
    if (!taken.msg)
      continue;
    auto& m = *taken.msg;
    (m.is_request() ? requests : responses)++;
    readers_on(m);
    if (m.is_request()) {
      proxy_rules_on(m);
      auto answer = make_response(m, 200, "t");
      dialog_on(m, answer);
      make_ack(m, answer);
      make_cancel(m);
    } else {
      auto back = m;
      pop_via(back);
      settle_session_timer(back, {1800, true});
      dialog_on(message::request("INVITE", "sip:x"), m);
    }
  }
  CHECK(requests > 30);
  CHECK(responses > 3);
}
