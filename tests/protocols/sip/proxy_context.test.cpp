// RFC 3261 clauses 16.7 to 16.10: which response goes back, what is cancelled, when the next group begins.
#include <catch2/catch.hpp>
#include <string>

#include "protocols/sip/proxy_context.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

std::string text(const fork_effects& todo) {
  static constexpr const char* names[] = {"start",    "retry",   "cancel",       "abandon", "arm_c",
                                          "disarm_c", "forward", "forward_best", "answer",  "done"};
  std::string out;
  for (auto& e : todo) {
    out += out.empty() ? "" : " ";
    out += names[static_cast<int>(e.what)];
    if (e.what != fork_effect::kind::done)
      out += "." + std::to_string(e.branch);
    if (e.status)
      out += "=" + std::to_string(e.status);
  }
  return out;
}

/// A call flow: feeds events and answers what each asks for.
class flow {
public:
  flow(bool invite, std::initializer_list<int> groups) {
    now_.invite = invite;
    for (auto g : groups)
      REQUIRE(now_.add(static_cast<std::uint8_t>(g)));
  }
  std::string operator()(const fork_event& e) {
    auto s = on(now_, e);
    now_ = s.next;
    return text(s.todo);
  }
  std::string start() { return (*this)(fork_event::of(fork_event::kind::start)); }
  std::string cancel() { return (*this)(fork_event::of(fork_event::kind::cancel)); }
  std::string gets(std::size_t branch, int status) { return (*this)(fork_event::response(branch, status)); }
  std::string fails(std::size_t branch, int status, bool more = false) {
    return (*this)(fork_event::failed(branch, status, more));
  }
  std::string timer_c(std::size_t branch) { return (*this)(fork_event::timer_c(branch)); }
  response_context now_;
};

} // namespace

TEST_CASE("one branch: provisional responses and the 2xx go back at once, 100 does not (RFC 3261 16.7 step 5)") {
  flow f(true, {0});
  CHECK(f.start() == "start.0 arm_c.0");
  CHECK(f.gets(0, 100) == "");
  CHECK(f.gets(0, 180) == "arm_c.0 forward.0=180");
  CHECK(f.gets(0, 183) == "arm_c.0 forward.0=183");
  CHECK(f.gets(0, 200) == "disarm_c.0 forward.0=200 done");
}

TEST_CASE("a failure of the only branch goes back when it comes (RFC 3261 16.7 step 6)") {
  flow f(true, {0});
  f.start();
  CHECK(f.gets(0, 486) == "disarm_c.0 forward_best.0=486 done");
  CHECK(f.gets(0, 486) == "");
  CHECK(f.gets(0, 180) == "");
}

TEST_CASE(
    "parallel branches: a 2xx goes back and the others are cancelled as completed elsewhere (RFC 3261 16.7 step 10)") {
  flow f(true, {0, 0, 0});
  CHECK(f.start() == "start.0 arm_c.0 start.1 arm_c.1 start.2 arm_c.2");
  f.gets(0, 180);
  CHECK(f.gets(1, 180) == "arm_c.1 forward.1=180");
  CHECK(f.gets(2, 486) == "disarm_c.2");
  CHECK(f.gets(1, 200) == "disarm_c.1 forward.1=200 cancel.0=200");
  CHECK(f.gets(0, 487) == "disarm_c.0 done");
}

TEST_CASE("a second 2xx goes back too, from the same branch or one that the CANCEL missed (RFC 3261 16.7 step 5, RFC "
          "6026 7.2)") {
  flow f(true, {0, 0});
  f.start();
  CHECK(f.gets(0, 200) == "disarm_c.0 forward.0=200 cancel.1=200");
  CHECK(f.gets(0, 200) == "forward.0=200");
  CHECK(f.gets(1, 200) == "disarm_c.1 forward.1=200 done");
  CHECK(f.gets(1, 200) == "forward.1=200");
}

TEST_CASE("after a 2xx no provisional response goes back (RFC 3261 16.7 step 5)") {
  flow f(true, {0, 0});
  f.start();
  f.gets(0, 200);
  CHECK(f.gets(1, 180) == "arm_c.1");
}

TEST_CASE("a 6xx cancels the others and waits for them, and no group follows (RFC 3261 16.7 step 5)") {
  flow f(true, {0, 0, 1});
  f.start();
  f.gets(1, 180);
  CHECK(f.gets(0, 603) == "disarm_c.0 cancel.1=603");
  CHECK(f.gets(1, 487) == "disarm_c.1 forward_best.0=603 done");
}

TEST_CASE("a 2xx that crosses the CANCEL after a 6xx still goes back (RFC 3261 16.7 step 5)") {
  flow f(true, {0, 0});
  f.start();
  f.gets(0, 600);
  CHECK(f.gets(1, 200) == "disarm_c.1 forward.1=200 done");
}

TEST_CASE("groups go out one after another in ascending order, whatever order they were added in (RFC 3261 16.6)") {
  flow f(true, {2, 1, 2});
  CHECK(f.start() == "start.1 arm_c.1");
  CHECK(f.gets(1, 480) == "disarm_c.1 start.0 arm_c.0 start.2 arm_c.2");
  CHECK(f.gets(0, 486) == "disarm_c.0");
  CHECK(f.gets(2, 486) == "disarm_c.2 forward_best.1=480 done");
}

TEST_CASE("a 2xx ends the search (RFC 3261 16.7 step 10)") {
  flow f(true, {0, 1});
  f.start();
  CHECK(f.gets(0, 202) == "disarm_c.0 forward.0=200 done");
  CHECK(f.now_.branches[1].at == fork_branch::state::waiting);
}

TEST_CASE("the best response is a 6xx, else of the lowest class, else what helps to ask again (RFC 3261 16.7 step 6)") {
  struct row {
    std::vector<int> statuses;
    std::string best;
  };
  auto r = GENERATE(values<row>({
      {{404, 486}, "forward_best.0=404"},
      {{486, 404}, "forward_best.0=486"},
      {{500, 404}, "forward_best.1=404"},
      {{404, 302}, "forward_best.1=302"},
      {{404, 401}, "forward_best.1=401"},
      {{486, 407, 401}, "forward_best.1=407"},
      {{480, 484}, "forward_best.1=484"},
      {{486, 415}, "forward_best.1=415"},
      {{486, 420}, "forward_best.1=420"},
      {{401, 420}, "forward_best.0=401"},
      {{487, 486}, "forward_best.1=486"},
      {{408, 487}, "forward_best.1=487"},
      {{503, 500}, "forward_best.1=500"},
      {{503, 504}, "forward_best.1=504"},
      {{302, 604}, "forward_best.1=604"},
  }));
  response_context c;
  for (std::size_t n = 0; n < r.statuses.size(); ++n)
    c.add(0);
  c = on(c, fork_event::of(fork_event::kind::start)).next;
  std::string last;
  for (std::size_t n = 0; n < r.statuses.size(); ++n) {
    auto s = on(c, fork_event::response(n, r.statuses[n]));
    c = s.next;
    last = text(s.todo);
  }
  INFO(last);
  CHECK(last.find(r.best + " done") != std::string::npos);
}

TEST_CASE("challenges of all branches are to be aggregated (RFC 3261 16.7 step 7)") {
  flow f(true, {0, 0, 0, 0});
  f.start();
  f.gets(0, 407);
  f.gets(1, 401);
  f.gets(2, 486);
  CHECK(f.fails(3, 408) == "disarm_c.3 forward_best.0=407 done");
  CHECK(f.now_.challenged(0));
  CHECK(f.now_.challenged(1));
  CHECK_FALSE(f.now_.challenged(2));
  CHECK_FALSE(f.now_.challenged(3));
}

TEST_CASE("a 503 is told as it is, received or ours: who answers makes it a 500 (RFC 3261 16.7 step 6, 16.9)") {
  flow received(true, {0});
  received.start();
  CHECK(received.gets(0, 503) == "disarm_c.0 forward_best.0=503 done");
  flow ours(true, {0});
  ours.start();
  CHECK(ours.fails(0, 503) == "disarm_c.0 answer.0=503 done");
}

TEST_CASE("a branch that times out counts as 408, of our own making (RFC 3261 16.8)") {
  flow f(true, {0});
  f.start();
  CHECK(f.fails(0, 408) == "disarm_c.0 answer.0=408 done");
}

TEST_CASE("a branch goes to its next server, unless it is not wanted any more (RFC 3263 4.3)") {
  flow f(true, {0, 0});
  f.start();
  f.gets(0, 100);
  CHECK(f.fails(0, 503, true) == "retry.0 arm_c.0");
  CHECK(f.now_.branches[0].at == fork_branch::state::trying);
  f.gets(1, 600);
  CHECK(f.fails(0, 503, true) == "disarm_c.0 forward_best.1=600 done");
  flow cancelled(true, {0});
  cancelled.start();
  cancelled.cancel();
  CHECK(cancelled.fails(0, 408, true) == "disarm_c.0 answer.0=408 done");
}

TEST_CASE("timer C cancels what has answered, and gives up what never did (RFC 3261 16.8)") {
  flow f(true, {0, 0});
  f.start();
  f.gets(0, 180);
  CHECK(f.timer_c(0) == "cancel.0=408");
  CHECK(f.timer_c(0) == "");
  CHECK(f.timer_c(1) == "abandon.1 disarm_c.1");
  CHECK(f.gets(0, 487) == "disarm_c.0 forward_best.0=487 done");
  CHECK(f.timer_c(0) == "");
}

TEST_CASE("the sender's CANCEL reaches every pending branch and starts no other (RFC 3261 16.10)") {
  flow f(true, {0, 0, 1});
  f.start();
  f.gets(0, 180);
  CHECK(f.cancel() == "cancel.0 cancel.1");
  CHECK(f.cancel() == "");
  CHECK(f.gets(1, 404) == "disarm_c.1");
  CHECK(f.gets(0, 487) == "disarm_c.0 forward_best.0=487 done");
}

TEST_CASE("a CANCEL after the final response, or of another request than INVITE, does nothing (RFC 3261 9.2)") {
  flow f(true, {0});
  f.start();
  f.gets(0, 200);
  CHECK(f.cancel() == "");
  flow options(false, {0});
  CHECK(options.start() == "start.0");
  CHECK(options.cancel() == "");
}

TEST_CASE("a CANCEL before any branch began is answered by 487; no branch at all by 480") {
  flow f(true, {0});
  CHECK(f.cancel() == "answer.0=487 done");
  flow none(true, {});
  CHECK(none.start() == "answer.0=480 done");
}

TEST_CASE(
    "non-INVITE: no timer C, no CANCEL, one final response, and 408 is the last choice (RFC 3261 16.7, RFC 4320)") {
  flow f(false, {0, 0});
  CHECK(f.start() == "start.0 start.1");
  CHECK(f.gets(0, 200) == "forward.0=200");
  CHECK(f.gets(1, 200) == "done");
  flow late(false, {0, 0});
  late.start();
  late.fails(0, 408);
  CHECK(late.gets(1, 500) == "forward_best.1=500 done");
}

TEST_CASE("a redirection that is followed adds branches before its response is counted (RFC 3261 16.7 step 4)") {
  flow f(true, {0});
  f.start();
  REQUIRE(f.now_.add(1));
  CHECK(f.gets(0, 302) == "disarm_c.0 start.1 arm_c.1");
}

TEST_CASE("events of branches that do not exist or wait are ignored, and a full context takes no more") {
  flow f(true, {0, 1});
  f.start();
  CHECK(f.gets(7, 200) == "");
  CHECK(f.gets(1, 200) == "");
  CHECK(f.timer_c(1) == "");
  CHECK(f.fails(1, 503) == "");
  for (auto n = f.now_.count; n < max_branches; ++n)
    CHECK(f.now_.add(2));
  CHECK_FALSE(f.now_.add(2));
}

TEST_CASE("sixteen branches fit into one step's effects") {
  response_context c;
  for (std::size_t n = 0; n < max_branches; ++n)
    c.add(n == 0 ? 0 : 1);
  c = on(c, fork_event::of(fork_event::kind::start)).next;
  auto s = on(c, fork_event::response(0, 404));
  CHECK(s.todo.size() == 1 + 2 * (max_branches - 1));
  CHECK(on(s.next, fork_event::response(1, 200)).todo.size() == 2 + max_branches - 2);
}

TEST_CASE("a response context comes back from its octets, and other octets are refused") {
  flow f(true, {0, 0, 3});
  f.start();
  f.gets(0, 180);
  f.gets(1, 603);
  std::string octets;
  writer out(octets);
  encode(out, f.now_);
  CHECK(octets.size() < 24);
  reader in(octets);
  response_context back;
  REQUIRE(decode(in, back));
  CHECK(back == f.now_);
  for (std::size_t n = 0; n < octets.size(); ++n) {
    reader cut(std::string_view(octets).substr(0, n));
    CHECK_FALSE(decode(cut, back));
  }
}
