#include "actors/contracts/metrics.hpp"

namespace troupe {
namespace {

constexpr std::array<metric_description, static_cast<std::size_t>(metric::last_)> descriptions{{
    {"troupe_messages_received_total", "transport=\"udp\"", "SIP messages received"},
    {"troupe_messages_received_total", "transport=\"tcp\"", "SIP messages received"},
    {"troupe_messages_received_total", "transport=\"tls\"", "SIP messages received"},
    {"troupe_messages_received_total", "transport=\"local\"", "SIP messages received"},
    {"troupe_messages_sent_total", "transport=\"udp\"", "SIP messages sent"},
    {"troupe_messages_sent_total", "transport=\"tcp\"", "SIP messages sent"},
    {"troupe_messages_sent_total", "transport=\"tls\"", "SIP messages sent"},
    {"troupe_messages_sent_total", "transport=\"local\"", "SIP messages sent"},
    {"troupe_handed_over_total", "", "messages that arrived on another shard than their call's"},
    {"troupe_dropped_total", "reason=\"malformed\"", "messages dropped without an answer"},
    {"troupe_dropped_total", "reason=\"oversized\"", "messages dropped without an answer"},
    {"troupe_dropped_total", "reason=\"flood\"", "messages dropped without an answer"},
    {"troupe_dropped_total", "reason=\"unmatched_response\"", "messages dropped without an answer"},
    {"troupe_dropped_total", "reason=\"unmatched_ack\"", "messages dropped without an answer"},
    {"troupe_dropped_total", "reason=\"stranger\"", "messages dropped without an answer"},
    {"troupe_dropped_total", "reason=\"send_failed\"", "messages dropped without an answer"},
    {"troupe_undelivered_total", "", "datagrams that ICMP says did not arrive"},
    {"troupe_dropped_total", "reason=\"overload\"", "messages dropped without an answer"},
    {"troupe_dropped_total", "reason=\"by_role\"", "messages dropped without an answer"},
    {"troupe_dropped_total", "reason=\"dns\"", "messages dropped without an answer"},
    {"troupe_transactions_total", "kind=\"invite\"", "server transactions"},
    {"troupe_transactions_total", "kind=\"other\"", "server transactions"},
    {"troupe_retransmissions_total", "direction=\"received\"", "repeated requests and responses"},
    {"troupe_retransmissions_total", "direction=\"sent\"", "repeated requests and responses"},
    {"troupe_transaction_timeouts_total", "", "client transactions without a final response"},
    {"troupe_calls_total", "event=\"made\"", "call entities: made, restored from the store, put away"},
    {"troupe_calls_total", "event=\"restored\"", "call entities: made, restored from the store, put away"},
    {"troupe_calls_total", "event=\"put_away\"", "call entities: made, restored from the store, put away"},
    {"troupe_calls_total", "event=\"quarantined\"", "call entities: made, restored from the store, put away"},
    {"troupe_restarts_total", "actor=\"transaction\"", "actors that threw and were made again"},
    {"troupe_restarts_total", "actor=\"call\"", "actors that threw and were made again"},
    {"troupe_restarts_total", "actor=\"registration\"", "actors that threw and were made again"},
    {"troupe_restarts_total", "actor=\"other\"", "actors that threw and were made again"},
    {"troupe_registrations_total", "event=\"made\"", "registration sets that became registered, or ceased to be"},
    {"troupe_registrations_total", "event=\"ended\"", "registration sets that became registered, or ceased to be"},
    {"troupe_challenges_total", "", "REGISTERs answered with a challenge"},
    {"troupe_authentication_failures_total", "", "wrong responses to a challenge"},
    {"troupe_cx_requests_total", "", "questions to the HSS"},
    {"troupe_cx_failures_total", "", "questions to the HSS without a good answer"},
    {"troupe_store_puts_total", "", "values given to the store"},
    {"troupe_connections_total", "event=\"accepted\"", "stream connections"},
    {"troupe_connections_total", "event=\"opened\"", "stream connections"},
    {"troupe_connections_total", "event=\"refused\"", "stream connections"},
    {"troupe_connections_total", "event=\"closed_idle\"", "stream connections"},
    {"troupe_rounds_total", "", "rounds of work of the shards"},
    {"troupe_transactions", "", "transactions now", true},
    {"troupe_requests_unanswered", "", "requests without a final response", true},
    {"troupe_sessions", "", "confirmed INVITE dialogs", true},
    {"troupe_calls", "state=\"live\"", "call halves now: with an actor, or held as a value", true},
    {"troupe_calls", "state=\"stored\"", "call halves now: with an actor, or held as a value", true},
    {"troupe_registrations", "", "implicit registration sets that are registered here", true},
    {"troupe_bindings", "", "UEs that this P-CSCF serves", true},
    {"troupe_connections", "", "stream connections now", true},
    {"troupe_timers", "", "armed timers", true},
    {"troupe_actors_queued", "", "actors waiting for their turn", true},
    {"troupe_store_octets", "", "octets that the store's tables hold", true},
}};

} // namespace

const metric_description& describe(metric m) noexcept { return descriptions[static_cast<std::size_t>(m)]; }

} // namespace troupe
