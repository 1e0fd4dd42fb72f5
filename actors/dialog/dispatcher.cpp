#include "actors/dialog/dispatcher.hpp"

#include <algorithm>

#include "actors/dialog/entrance.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/proxy.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {
namespace {

const flow local_flow{transport::local, sip::side::core, 0, 0, 0, 0, {}};

/// The hash of the call that a token of ours in the topmost Route names, or of the Call-ID.
std::uint64_t owner_of(const sip::message& request, const siphash_key& secret, std::uint64_t call_hash) {
  auto token = token_of(sip::next_hop(request), secret);
  return token && token->use == sip::token_use::record_route ? token->key.hash : call_hash;
}

} // namespace

dispatcher::dispatcher(shard& home, metrics& counts, const call_settings& own)
    : home_(home), counts_(counts), own_(own) {}

void dispatcher::connect(transports& net, transaction_table& transactions, call_table& calls,
                         std::vector<dispatcher*> all) {
  net_ = &net;
  transactions_ = &transactions;
  calls_ = &calls;
  all_ = std::move(all);
}

flow dispatcher::reply_flow(const sip::message& request, const flow& by) {
  // Towards UEs always to where the request came from, as if it had rport: they sit behind address translators, and what
  // a Via claims must not aim our answers at others.
  if (by.transport != transport::udp || by.side == sip::side::access)
    return by;
  auto over = by;
  auto top = sip::top_via(request);
  if (top && !top->params.has("rport"))
    over.peer.port = top->port.value_or(5060);
  return over;
}

bool dispatcher::allowed(const flow& by) const noexcept {
  if (by.side == sip::side::access || by.transport == transport::local)
    return true;
  return std::any_of(peers_.begin(), peers_.end(), [&](const address& peer) {
    return peer.v6 == by.peer.v6 && peer.octets == by.peer.octets &&
           (peer.port == 0 || peer.port == by.peer.port || is_reliable(by.transport));
  });
}

void dispatcher::on_received(sip::parsed&& in, const flow& by) {
  if (!allowed(by))
    return counts_.add(metric::dropped_stranger);
  if (in.fault) {
    if (in.fault->status == 0 || !in.msg->is_request() || in.msg->method() == sip::method::ack)
      return counts_.add(metric::dropped_malformed);
    return answer(*in.msg, by, in.fault->status, in.fault->what);
  }
  if (in.msg->is_request())
    on_request(std::move(in.msg), by);
  else
    on_response(in.msg, by);
}

void dispatcher::answer(const sip::message& request, const flow& by, int status, std::string_view why) {
  auto response = sip::make_response(request, status, home_.random().token(8));
  if (!why.empty())
    response.add(sip::hdr::warning, "399 troupe " + sip::quote(why));
  if (status == 503)
    response.set(sip::hdr::retry_after, std::to_string(own_.retry_after.count()));
  send(reply_flow(request, by), make_packet(response), {});
}

void dispatcher::on_request(ref<sip::message> request, const flow& by) {
  auto call_hash = siphash(own_.secret, request->value(sip::hdr::call_id));
  auto& owner = at(owner_of(*request, own_.secret, call_hash));
  if (&owner == this)
    return on_own_request(std::move(request), by, call_hash);
  counts_.add(metric::handed_over);
  owner.home_.post([&owner, request = std::move(request), by, call_hash]() mutable {
    owner.on_own_request(std::move(request), by, call_hash);
  });
}

void dispatcher::on_own_request(ref<sip::message> request, const flow& by, std::uint64_t call_hash) {
  auto key = sip::server_key_of(own_.secret, *request);
  if (!key)
    return counts_.add(metric::dropped_malformed);
  auto is_ack = request->method() == sip::method::ack;
  if (auto* known = transactions_->find_server(*key); known && (!is_ack || known->invite)) {
    if (is_ack) {
      transactions_->acknowledged(*key);
    } else {
      counts_.add(metric::retransmissions_received);
      transactions_->repeated(*key);
    }
    return;
  }
  if (request->method() == sip::method::cancel)
    return on_cancel(std::move(request), by, *key);
  auto where = enter(*request, by, own_, call_hash);
  if (where.refuse != 0) {
    if (is_ack)
      return counts_.add(metric::dropped_unmatched_ack);
    return answer(*request, by, where.refuse, where.why);
  }
  if (is_ack) {
    if (where.role && !sip::to_tag(*request).empty() && !request->has(sip::hdr::route) &&
        !own_.roles.has(roles::role_id::transit))
      return counts_.add(metric::dropped_unmatched_ack); // to a response of ours that was never answered by us
    return calls_->tell(where.call,
                        to_call::request{{}, std::move(request), by, where.role, where.token, where.own_route});
  }
  if (where.role && overloaded(*request)) {
    counts_.add(metric::dropped_overload);
    return answer(*request, by, 503, {});
  }
  transactions_->make_server(*key, request, reply_flow(*request, by), where.call);
  calls_->tell(where.call, to_call::request{*key, std::move(request), by, where.role, where.token, where.own_route});
}

bool dispatcher::overloaded(const sip::message& request) const noexcept {
  if (transactions_->live() < own_.max_transactions && transactions_->at_rest() < 10 * own_.max_transactions &&
      !draining_)
    return false;
  // Emergency calls go first; what belongs to a dialog never comes here.
  return !starts_with_nocase(request.uri(), "urn:service:sos");
}

void dispatcher::on_cancel(ref<sip::message> request, const flow& by, const sip::transaction_key& key) {
  auto invite_key = sip::cancelled_key_of(own_.secret, *request);
  auto* invite = invite_key ? transactions_->find_server(*invite_key) : nullptr;
  auto user = invite ? invite->user : call_id{};
  transactions_->make_server(key, request, reply_flow(*request, by), user);
  auto answer = make_ref<const sip::message>(sip::make_response(*request, invite ? 200 : 481, home_.random().token(8)));
  transactions_->respond(key, std::move(answer));
  if (invite)
    calls_->tell(user, to_call::cancel{*invite_key, std::move(request)});
}

void dispatcher::on_response(sip::message_ref response, const flow& by) {
  auto token = sip::decode_branch(sip::top_branch(*response), own_.secret);
  if (!token || token->use != sip::token_use::via)
    return counts_.add(metric::dropped_unmatched_response);
  auto& owner = at(token->key.hash);
  if (&owner != this) {
    counts_.add(metric::handed_over);
    return owner.home_.post([&owner, response = std::move(response), by] { owner.on_response(response, by); });
  }
  if (transactions_->on_response(response))
    return;
  // RFC 6026 clause 8.9: but a 2xx to an INVITE whose transaction is over still belongs to its call.
  auto status = response->status();
  auto seq = sip::cseq_of(*response);
  if (status >= 200 && status < 300 && seq && seq->method == sip::method::invite)
    return calls_->tell({token->key, token->half, token->stage},
                        to_call::response{token->sequence, std::move(response)});
  counts_.add(metric::dropped_unmatched_response);
}

void dispatcher::on_send_failed(const sip::transaction_key& owner, const flow& over, const packet_ref& octets) {
  if (transactions_->on_send_failed(owner) || !octets || !octets->octets.starts_with("SIP/"))
    return;
  // A response over a stream, where a transaction ends with it (timer J is zero): once more, the other way.
  auto response = sip::parse(octets->octets);
  if (auto way = other_way(*response.msg, over))
    send(*way, octets, {});
}

/// Only a request of ours has a branch that we made; of responses nothing is to be known.
void dispatcher::on_undelivered(std::string_view quoted) {
  constexpr std::string_view mark = "branch=";
  auto method = quoted.substr(0, quoted.find(' '));
  auto at_branch =
      quoted.find(mark, std::min(quoted.find("\r\n"), quoted.size())); // of our Via, the first line behind the first
  if (at_branch == quoted.npos)
    return;
  auto branch = quoted.substr(at_branch + mark.size());
  branch = branch.substr(0, branch.find_first_of(";,\r\n \t"));
  auto token = sip::decode_branch(branch, own_.secret);
  if (!token || token->use != sip::token_use::via)
    return;
  auto& owner = at(token->key.hash);
  owner.home_.post(
      [&owner, key = sip::client_key(own_.secret, branch, method)] { owner.transactions_->on_send_failed(key); });
}

void dispatcher::send(const flow& over, const packet_ref& octets, const sip::transaction_key& owner) {
  net_->send(over, octets, owner);
}

/// To the address that the request came from, at the port that its Via names. Never towards UEs: what a Via claims must not
/// make us connect to others.
std::optional<flow> dispatcher::other_way(const sip::message& message, const flow& gone) {
  auto top = sip::top_via(message);
  if (!top || gone.side != sip::side::core || !is_reliable(gone.transport))
    return std::nullopt;
  auto to = gone.peer;
  to.port = top->port.value_or(gone.transport == transport::tls ? 5061 : 5060);
  return net_->flow_to(gone.transport, gone.side, to, {});
}

void dispatcher::send_local(sip::message_ref message) {
  counts_.add(metric::sent_local);
  if (!message->is_request())
    return on_response(std::move(message), local_flow);
  // The sender keeps the message as it went; taking our Routes off needs a copy.
  on_request(make_ref<sip::message>(*message), local_flow);
}

} // namespace troupe
