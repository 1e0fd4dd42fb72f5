// RFC 3261 clause 17, RFC 6026, RFC 4320: every state and event of the four transaction machines.
#include <catch2/catch.hpp>

#include "tests/protocols/sip/transaction_table.hpp"

using namespace troupe;
using namespace troupe::sip;
using table::cells;

namespace {

const timer_values times;

const std::vector<const char*> invite_client_states = {"calling", "proceeding", "completed", "accepted", "terminated"};
const std::vector<const char*> non_invite_states = {"trying", "proceeding", "completed", "terminated"};
const std::vector<const char*> invite_server_states = {"proceeding", "completed", "confirmed", "accepted",
                                                       "terminated"};

/// Holds `m`, put into each state in turn, against the table; a cell that is not in it must be silent.
template <class Machine>
void check_every_cell(Machine m, const std::vector<const char*>& states, const cells& expected) {
  std::size_t used = 0;
  for (std::size_t s = 0; s < states.size(); ++s)
    for (auto& [name, e] : table::all_events()) {
      m.at = static_cast<typename Machine::state>(s);
      auto done = table::text(on(m, e, times), states);
      auto cell = expected.find({states[s], name});
      used += cell != expected.end();
      INFO("state " << states[s] << ", event " << name);
      CHECK(done == (cell == expected.end() ? std::string("-> ") + states[s] : cell->second));
    }
  CHECK(used == expected.size());
}

template <class Machine>
Machine over(bool reliable, std::uint32_t interval_ms = 0) {
  Machine m;
  m.reliable = reliable;
  if constexpr (requires { m.interval_ms; })
    m.interval_ms = interval_ms;
  return m;
}

} // namespace

TEST_CASE("INVITE client over UDP: every state and event (RFC 3261 17.1.1, RFC 6026 7.2)") {
  const std::string failed = "disarm.a disarm.b send_ack pass_final arm.d=32000 -> completed";
  const std::string failed_later = "send_ack pass_final arm.d=32000 -> completed";
  check_every_cell(over<invite_client>(false, 500), invite_client_states,
                   {
                       {{"calling", "start"}, "send_request arm.a=500 arm.b=32000 -> calling"},
                       {{"calling", "resume"}, "send_request arm.a=500 arm.b=32000 -> calling"},
                       {{"calling", "timer a"}, "send_request arm.a=1000 -> calling"},
                       {{"calling", "timer b"}, "pass_timeout terminated -> terminated"},
                       {{"calling", "transport_error"}, "pass_transport_error terminated -> terminated"},
                       {{"calling", "100"}, "disarm.a disarm.b pass_provisional -> proceeding"},
                       {{"calling", "180"}, "disarm.a disarm.b pass_provisional -> proceeding"},
                       {{"calling", "200"}, "disarm.a disarm.b pass_final arm.m=32000 -> accepted"},
                       {{"calling", "302"}, failed},
                       {{"calling", "408"}, failed},
                       {{"calling", "699"}, failed},
                       {{"proceeding", "100"}, "pass_provisional -> proceeding"},
                       {{"proceeding", "180"}, "pass_provisional -> proceeding"},
                       {{"proceeding", "200"}, "pass_final arm.m=32000 -> accepted"},
                       {{"proceeding", "302"}, failed_later},
                       {{"proceeding", "408"}, failed_later},
                       {{"proceeding", "699"}, failed_later},
                       {{"proceeding", "cancel"}, "send_cancel arm.cancelled=32000 -> proceeding"},
                       {{"completed", "302"}, "send_ack -> completed"},
                       {{"completed", "408"}, "send_ack -> completed"},
                       {{"completed", "699"}, "send_ack -> completed"},
                       {{"completed", "timer d"}, "terminated -> terminated"},
                       {{"completed", "transport_error"}, "pass_transport_error terminated -> terminated"},
                       {{"completed", "resume"}, "send_ack arm.d=32000 -> completed"},
                       {{"accepted", "200"}, "pass_final -> accepted"},
                       {{"accepted", "timer m"}, "terminated -> terminated"},
                       {{"accepted", "resume"}, "arm.m=32000 -> accepted"},
                   });
}

TEST_CASE("INVITE client over TCP: nothing is sent again and completed lasts no time (RFC 3261 17.1.1.2)") {
  const std::string failed = "disarm.b send_ack pass_final terminated -> terminated";
  const std::string failed_later = "send_ack pass_final terminated -> terminated";
  check_every_cell(over<invite_client>(true), invite_client_states,
                   {
                       {{"calling", "start"}, "send_request arm.b=32000 -> calling"},
                       {{"calling", "resume"}, "send_request arm.b=32000 -> calling"},
                       {{"calling", "timer b"}, "pass_timeout terminated -> terminated"},
                       {{"calling", "transport_error"}, "pass_transport_error terminated -> terminated"},
                       {{"calling", "100"}, "disarm.b pass_provisional -> proceeding"},
                       {{"calling", "180"}, "disarm.b pass_provisional -> proceeding"},
                       {{"calling", "200"}, "disarm.b pass_final arm.m=32000 -> accepted"},
                       {{"calling", "302"}, failed},
                       {{"calling", "408"}, failed},
                       {{"calling", "699"}, failed},
                       {{"proceeding", "100"}, "pass_provisional -> proceeding"},
                       {{"proceeding", "180"}, "pass_provisional -> proceeding"},
                       {{"proceeding", "200"}, "pass_final arm.m=32000 -> accepted"},
                       {{"proceeding", "302"}, failed_later},
                       {{"proceeding", "408"}, failed_later},
                       {{"proceeding", "699"}, failed_later},
                       {{"proceeding", "cancel"}, "send_cancel arm.cancelled=32000 -> proceeding"},
                       {{"completed", "302"}, "send_ack -> completed"},
                       {{"completed", "408"}, "send_ack -> completed"},
                       {{"completed", "699"}, "send_ack -> completed"},
                       {{"completed", "timer d"}, "terminated -> terminated"},
                       {{"completed", "transport_error"}, "pass_transport_error terminated -> terminated"},
                       {{"completed", "resume"}, "send_ack terminated -> terminated"},
                       {{"accepted", "200"}, "pass_final -> accepted"},
                       {{"accepted", "timer m"}, "terminated -> terminated"},
                       {{"accepted", "resume"}, "arm.m=32000 -> accepted"},
                   });
}

TEST_CASE("INVITE client with a CANCEL under way: only a final response or the time-out ends it (RFC 3261 9.1)") {
  auto m = over<invite_client>(false, 500);
  m.at = invite_client::state::proceeding;
  m.cancel_wanted = m.cancel_sent = true;
  CHECK(table::text(on(m, event::of(event::kind::cancel), times), invite_client_states) == "-> proceeding");
  CHECK(table::text(on(m, event::response(180), times), invite_client_states) == "pass_provisional -> proceeding");
  CHECK(table::text(on(m, event::response(487), times), invite_client_states) ==
        "disarm.cancelled send_ack pass_final arm.d=32000 -> completed");
  CHECK(table::text(on(m, event::response(200), times), invite_client_states) ==
        "disarm.cancelled pass_final arm.m=32000 -> accepted");
  CHECK(table::text(on(m, event::timeout(timer::cancelled), times), invite_client_states) ==
        "pass_timeout terminated -> terminated");
  CHECK(table::text(on(m, event::of(event::kind::resume), times), invite_client_states) ==
        "send_cancel arm.cancelled=32000 -> proceeding");
}

TEST_CASE("a CANCEL wanted before any response waits for the first provisional one (RFC 3261 9.1)") {
  auto calling = on(over<invite_client>(false, 500), event::of(event::kind::cancel), times);
  CHECK(table::text(calling, invite_client_states) == "-> calling");
  CHECK(table::text(on(calling.next, event::response(100), times), invite_client_states) ==
        "disarm.a disarm.b pass_provisional send_cancel arm.cancelled=32000 -> proceeding");
  CHECK(table::text(on(calling.next, event::response(486), times), invite_client_states) ==
        "disarm.a disarm.b send_ack pass_final arm.d=32000 -> completed");
}

TEST_CASE("timer A doubles without limit until timer B (RFC 3261 17.1.1.2)") {
  auto now = on(invite_client{}, event::of(event::kind::start), times).next;
  std::vector<std::uint32_t> intervals;
  for (int i = 0; i < 6; ++i) {
    auto s = on(now, event::timeout(timer::a), times);
    intervals.push_back(s.todo[1].after_ms);
    now = s.next;
  }
  CHECK(intervals == std::vector<std::uint32_t>{1000, 2000, 4000, 8000, 16000, 32000});
}

TEST_CASE("non-INVITE client over UDP: every state and event (RFC 3261 17.1.2)") {
  const std::string done = "disarm.e disarm.f pass_final arm.k=5000 -> completed";
  check_every_cell(over<non_invite_client>(false, 500), non_invite_states,
                   {
                       {{"trying", "start"}, "send_request arm.e=500 arm.f=32000 -> trying"},
                       {{"trying", "resume"}, "send_request arm.e=500 arm.f=32000 -> trying"},
                       {{"trying", "timer e"}, "send_request arm.e=1000 -> trying"},
                       {{"trying", "timer f"}, "pass_timeout terminated -> terminated"},
                       {{"trying", "transport_error"}, "pass_transport_error terminated -> terminated"},
                       {{"trying", "100"}, "pass_provisional -> proceeding"},
                       {{"trying", "180"}, "pass_provisional -> proceeding"},
                       {{"trying", "200"}, done},
                       {{"trying", "302"}, done},
                       {{"trying", "408"}, done},
                       {{"trying", "699"}, done},
                       {{"proceeding", "start"}, "send_request arm.e=500 arm.f=32000 -> proceeding"},
                       {{"proceeding", "resume"}, "send_request arm.e=500 arm.f=32000 -> proceeding"},
                       {{"proceeding", "timer e"}, "send_request arm.e=4000 -> proceeding"},
                       {{"proceeding", "timer f"}, "pass_timeout terminated -> terminated"},
                       {{"proceeding", "transport_error"}, "pass_transport_error terminated -> terminated"},
                       {{"proceeding", "100"}, "pass_provisional -> proceeding"},
                       {{"proceeding", "180"}, "pass_provisional -> proceeding"},
                       {{"proceeding", "200"}, done},
                       {{"proceeding", "302"}, done},
                       {{"proceeding", "408"}, done},
                       {{"proceeding", "699"}, done},
                       {{"completed", "timer k"}, "terminated -> terminated"},
                       {{"completed", "resume"}, "arm.k=5000 -> completed"},
                   });
}

TEST_CASE("non-INVITE client over TCP: sent once, over with the final response (RFC 3261 17.1.2.2)") {
  const std::string done = "disarm.f pass_final terminated -> terminated";
  cells expected = {
      {{"completed", "timer k"}, "terminated -> terminated"},
      {{"completed", "resume"}, "terminated -> terminated"},
  };
  for (std::string state : {"trying", "proceeding"}) {
    expected[{state, "start"}] = expected[{state, "resume"}] = "send_request arm.f=32000 -> " + state;
    expected[{state, "timer f"}] = "pass_timeout terminated -> terminated";
    expected[{state, "transport_error"}] = "pass_transport_error terminated -> terminated";
    expected[{state, "100"}] = expected[{state, "180"}] = "pass_provisional -> proceeding";
    for (auto status : {"200", "302", "408", "699"})
      expected[{state, status}] = done;
  }
  check_every_cell(over<non_invite_client>(true), non_invite_states, expected);
}

TEST_CASE("timer E doubles up to T2 (RFC 3261 17.1.2.2)") {
  auto now = on(non_invite_client{}, event::of(event::kind::start), times).next;
  std::vector<std::uint32_t> intervals;
  for (int i = 0; i < 5; ++i) {
    auto s = on(now, event::timeout(timer::e), times);
    intervals.push_back(s.todo[1].after_ms);
    now = s.next;
  }
  CHECK(intervals == std::vector<std::uint32_t>{1000, 2000, 4000, 4000, 4000});
}

TEST_CASE("INVITE server over UDP, nothing answered yet: every state and event (RFC 3261 17.2.1, RFC 6026 7.1)") {
  const std::string failed = "send_response arm.g=500 arm.h=32000 -> completed";
  check_every_cell(over<invite_server>(false, 500), invite_server_states,
                   {
                       {{"proceeding", "start"}, "pass_request -> proceeding"},
                       {{"proceeding", "100"}, "send_response -> proceeding"},
                       {{"proceeding", "180"}, "send_response -> proceeding"},
                       {{"proceeding", "200"}, "send_response arm.l=32000 -> accepted"},
                       {{"proceeding", "302"}, failed},
                       {{"proceeding", "408"}, failed},
                       {{"proceeding", "699"}, failed},
                       {{"completed", "request"}, "send_last_response -> completed"},
                       {{"completed", "timer g"}, "send_last_response arm.g=1000 -> completed"},
                       {{"completed", "timer h"}, "pass_timeout terminated -> terminated"},
                       {{"completed", "ack"}, "disarm.g disarm.h arm.i=5000 -> confirmed"},
                       {{"completed", "resume"}, "send_last_response arm.g=500 arm.h=32000 -> completed"},
                       {{"confirmed", "timer i"}, "terminated -> terminated"},
                       {{"confirmed", "resume"}, "arm.i=5000 -> confirmed"},
                       {{"accepted", "200"}, "send_response -> accepted"},
                       {{"accepted", "ack"}, "pass_ack -> accepted"},
                       {{"accepted", "timer l"}, "terminated -> terminated"},
                       {{"accepted", "resume"}, "arm.l=32000 -> accepted"},
                   });
}

TEST_CASE("INVITE server over TCP, already answered: every state and event (RFC 3261 17.2.1, RFC 6026 8.8)") {
  auto m = over<invite_server>(true);
  m.answered = true;
  const std::string failed = "send_response arm.h=32000 -> completed";
  check_every_cell(m, invite_server_states,
                   {
                       {{"proceeding", "start"}, "pass_request -> proceeding"},
                       {{"proceeding", "request"}, "send_last_response -> proceeding"},
                       {{"proceeding", "resume"}, "send_last_response -> proceeding"},
                       {{"proceeding", "100"}, "send_response -> proceeding"},
                       {{"proceeding", "180"}, "send_response -> proceeding"},
                       {{"proceeding", "200"}, "send_response arm.l=32000 -> accepted"},
                       {{"proceeding", "302"}, failed},
                       {{"proceeding", "408"}, failed},
                       {{"proceeding", "699"}, failed},
                       {{"proceeding", "transport_error"}, "pass_transport_error -> proceeding"},
                       {{"completed", "request"}, "send_last_response -> completed"},
                       {{"completed", "timer h"}, "pass_timeout terminated -> terminated"},
                       {{"completed", "ack"}, "disarm.h terminated -> terminated"},
                       {{"completed", "resume"}, "send_last_response arm.h=32000 -> completed"},
                       {{"completed", "transport_error"}, "pass_transport_error -> completed"},
                       {{"confirmed", "timer i"}, "terminated -> terminated"},
                       {{"confirmed", "resume"}, "terminated -> terminated"},
                       {{"confirmed", "transport_error"}, "pass_transport_error -> confirmed"},
                       {{"accepted", "200"}, "send_response -> accepted"},
                       {{"accepted", "ack"}, "pass_ack -> accepted"},
                       {{"accepted", "timer l"}, "terminated -> terminated"},
                       {{"accepted", "resume"}, "arm.l=32000 -> accepted"},
                       {{"accepted", "transport_error"}, "pass_transport_error -> accepted"},
                   });
}

TEST_CASE("a repeated INVITE gets the last provisional again, and nothing before there is one (RFC 3261 17.2.1)") {
  auto fresh = on(invite_server{}, event::of(event::kind::start), times).next;
  CHECK(on(fresh, event::of(event::kind::request), times).todo.empty());
  auto ringing = on(fresh, event::response(180), times).next;
  auto again = on(ringing, event::of(event::kind::request), times);
  REQUIRE(again.todo.size() == 1);
  CHECK(again.todo[0].what == effect::kind::send_last_response);
}

TEST_CASE("timer G doubles up to T2 (RFC 3261 17.2.1)") {
  auto now = on(invite_server{}, event::response(486), times).next;
  std::vector<std::uint32_t> intervals;
  for (int i = 0; i < 5; ++i) {
    auto s = on(now, event::timeout(timer::g), times);
    intervals.push_back(s.todo[1].after_ms);
    now = s.next;
  }
  CHECK(intervals == std::vector<std::uint32_t>{1000, 2000, 4000, 4000, 4000});
}

TEST_CASE("non-INVITE server over UDP: every state and event (RFC 3261 17.2.2, RFC 4320 4)") {
  check_every_cell(over<non_invite_server>(false), non_invite_states,
                   {
                       {{"trying", "start"}, "pass_request arm.trying=3500 arm.expiry=32000 -> trying"},
                       {{"trying", "resume"}, "arm.trying=3500 arm.expiry=32000 -> trying"},
                       {{"trying", "timer trying"}, "send_trying -> proceeding"},
                       {{"trying", "timer expiry"}, "pass_timeout terminated -> terminated"},
                       {{"trying", "200"}, "disarm.trying disarm.expiry send_response arm.j=32000 -> completed"},
                       {{"trying", "302"}, "disarm.trying disarm.expiry send_response arm.j=32000 -> completed"},
                       {{"trying", "408"}, "disarm.trying disarm.expiry arm.j=32000 -> completed"},
                       {{"trying", "699"}, "disarm.trying disarm.expiry send_response arm.j=32000 -> completed"},
                       {{"trying", "transport_error"}, "pass_transport_error -> trying"},
                       {{"proceeding", "request"}, "send_last_response -> proceeding"},
                       {{"proceeding", "resume"}, "send_last_response arm.expiry=32000 -> proceeding"},
                       {{"proceeding", "100"}, "send_response -> proceeding"},
                       {{"proceeding", "200"}, "disarm.expiry send_response arm.j=32000 -> completed"},
                       {{"proceeding", "302"}, "disarm.expiry send_response arm.j=32000 -> completed"},
                       {{"proceeding", "408"}, "disarm.expiry arm.j=32000 -> completed"},
                       {{"proceeding", "699"}, "disarm.expiry send_response arm.j=32000 -> completed"},
                       {{"proceeding", "timer expiry"}, "pass_timeout terminated -> terminated"},
                       {{"proceeding", "transport_error"}, "pass_transport_error -> proceeding"},
                       {{"completed", "request"}, "send_last_response -> completed"},
                       {{"completed", "resume"}, "send_last_response arm.j=32000 -> completed"},
                       {{"completed", "timer j"}, "terminated -> terminated"},
                       {{"completed", "transport_error"}, "pass_transport_error -> completed"},
                   });
}

TEST_CASE("non-INVITE server over TCP: 100 may go at once, completed lasts no time (RFC 4320 4.1)") {
  check_every_cell(over<non_invite_server>(true), non_invite_states,
                   {
                       {{"trying", "start"}, "pass_request arm.trying=3500 arm.expiry=32000 -> trying"},
                       {{"trying", "resume"}, "arm.trying=3500 arm.expiry=32000 -> trying"},
                       {{"trying", "timer trying"}, "send_trying -> proceeding"},
                       {{"trying", "timer expiry"}, "pass_timeout terminated -> terminated"},
                       {{"trying", "100"}, "disarm.trying send_response -> proceeding"},
                       {{"trying", "200"}, "disarm.trying disarm.expiry send_response terminated -> terminated"},
                       {{"trying", "302"}, "disarm.trying disarm.expiry send_response terminated -> terminated"},
                       {{"trying", "408"}, "disarm.trying disarm.expiry terminated -> terminated"},
                       {{"trying", "699"}, "disarm.trying disarm.expiry send_response terminated -> terminated"},
                       {{"trying", "transport_error"}, "pass_transport_error -> trying"},
                       {{"proceeding", "request"}, "send_last_response -> proceeding"},
                       {{"proceeding", "resume"}, "send_last_response arm.expiry=32000 -> proceeding"},
                       {{"proceeding", "100"}, "send_response -> proceeding"},
                       {{"proceeding", "200"}, "disarm.expiry send_response terminated -> terminated"},
                       {{"proceeding", "302"}, "disarm.expiry send_response terminated -> terminated"},
                       {{"proceeding", "408"}, "disarm.expiry terminated -> terminated"},
                       {{"proceeding", "699"}, "disarm.expiry send_response terminated -> terminated"},
                       {{"proceeding", "timer expiry"}, "pass_timeout terminated -> terminated"},
                       {{"proceeding", "transport_error"}, "pass_transport_error -> proceeding"},
                       {{"completed", "request"}, "send_last_response -> completed"},
                       {{"completed", "resume"}, "send_last_response terminated -> terminated"},
                       {{"completed", "timer j"}, "terminated -> terminated"},
                       {{"completed", "transport_error"}, "pass_transport_error -> completed"},
                   });
}

TEST_CASE("a request that was given up with 408 is absorbed in silence (RFC 4320 4.2)") {
  auto silent = on(non_invite_server{}, event::response(408), times).next;
  CHECK(on(silent, event::of(event::kind::request), times).todo.empty());
  CHECK(table::text(on(silent, event::of(event::kind::resume), times), non_invite_states) ==
        "arm.j=32000 -> completed");
}

TEST_CASE("the timers follow T1, T2 and T4, also those that TS 24.229 has towards a UE") {
  timer_values ue{milliseconds(2000), milliseconds(16000), milliseconds(17000)};
  CHECK(ue.first(timer::b, false) == milliseconds(128000));
  CHECK(ue.first(timer::d, false) == milliseconds(128000));
  CHECK(ue.first(timer::i, false) == milliseconds(17000));
  CHECK(ue.first(timer::trying, false) == milliseconds(14000));
  timer_values brisk{milliseconds(100), milliseconds(400), milliseconds(500)};
  CHECK(brisk.first(timer::d, false) == milliseconds(32000));
}

TEST_CASE("a transaction's value comes back from its octets, and other octets are refused") {
  invite_client ic{invite_client::state::proceeding, true, true, true, 8000};
  non_invite_client nc{non_invite_client::state::completed, false, 4000};
  invite_server is{invite_server::state::accepted, true, true, 2000};
  non_invite_server ns{non_invite_server::state::completed, false, true};
  std::string octets;
  writer out(octets);
  encode(out, ic), encode(out, nc), encode(out, is), encode(out, ns);
  CHECK(octets.size() == 10);

  reader in(octets);
  invite_client ic2;
  non_invite_client nc2;
  invite_server is2;
  non_invite_server ns2;
  REQUIRE((decode(in, ic2) && decode(in, nc2) && decode(in, is2) && decode(in, ns2)));
  CHECK(in.left() == 0);
  CHECK((ic2 == ic && nc2 == nc && is2 == is));
  CHECK((ns2.at == ns.at && ns2.silent && !ns2.reliable));

  reader wrong("\x07\x01"), cut(std::string_view("\x01", 1));
  CHECK_FALSE(decode(wrong, is2));
  CHECK_FALSE(decode(cut, ic2));
  STATIC_REQUIRE(sizeof(invite_client) <= 8);
  STATIC_REQUIRE(std::is_trivially_copyable_v<step<invite_client>>);
}
