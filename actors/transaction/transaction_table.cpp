#include "actors/transaction/transaction_table.hpp"

#include "actors/transaction/client_transaction.hpp"
#include "actors/transaction/server_transaction.hpp"

namespace troupe {

transaction_table::transaction_table(shard& home, metrics& counts, const siphash_key& secret,
                                     const sip::timer_values& times, outlet& out, transaction_user& user,
                                     supervisor& failures)
    : home_(home), counts_(counts), secret_(secret), times_(times), out_(out), user_(user), failures_(failures) {}

const transaction_table::server_entry* transaction_table::find_server(const sip::transaction_key& key) const {
  auto found = servers_.find(key);
  return found == servers_.end() ? nullptr : &found->second;
}

transaction_table::client_entry* transaction_table::find_client(const sip::transaction_key& key) {
  auto found = clients_.find(key);
  return found == clients_.end() ? nullptr : &found->second;
}

/// One that rests becomes an actor again.
template <class Entry, class Message>
void transaction_table::tell(const sip::transaction_key& key, Entry& to, Message m) {
  if (auto rest = std::exchange(to.rest, nullptr)) {
    ++live_;
    auto ends = rest->deadline();
    to.actor =
        spawn_pinned<typename Entry::shell>(home_, *this, key, to.user, std::move(rest->value), rest->timer, ends);
  }
  caf::anon_send(to.actor, std::move(m));
}

void transaction_table::rest(const sip::transaction_key& key, sip::timer last, instant at, server_rest value) {
  auto found = servers_.find(key);
  if (found == servers_.end())
    return;
  --live_;
  found->second.actor = server_transaction_actor();
  found->second.rest = std::make_unique<resting<transaction_table, server_rest>>(*this, key, last, std::move(value));
  home_.timers().arm(*found->second.rest, at);
}

void transaction_table::rest(const sip::transaction_key& key, sip::timer last, instant at, client_rest value) {
  auto* entry = find_client(key);
  if (!entry)
    return;
  --live_;
  entry->actor = client_transaction_actor();
  entry->rest = std::make_unique<resting<transaction_table, client_rest>>(*this, key, last, std::move(value));
  home_.timers().arm(*entry->rest, at);
}

void transaction_table::forget_server(const sip::transaction_key& key) { live_ -= servers_.erase(key); }

void transaction_table::forget_client(const sip::transaction_key& key) { live_ -= clients_.erase(key); }

void transaction_table::make_server(const sip::transaction_key& key, sip::message_ref request, const flow& reply_over,
                                    const call_id& user) {
  auto invite = request->method() == sip::method::invite;
  counts_.add(invite ? metric::invite_transactions : metric::other_transactions);
  ++unanswered_;
  ++live_;
  auto& entry = servers_[key];
  entry.user = user;
  entry.invite = invite;
  entry.actor = spawn_pinned<server_transaction>(home_, *this, key, std::move(request), reply_over, user);
}

void transaction_table::repeated(const sip::transaction_key& key) {
  if (auto found = servers_.find(key); found != servers_.end())
    tell(key, found->second, to_server::again{});
}

void transaction_table::acknowledged(const sip::transaction_key& key) {
  if (auto found = servers_.find(key); found != servers_.end())
    tell(key, found->second, to_server::ack{});
}

void transaction_table::respond(const sip::transaction_key& key, sip::message_ref response) {
  if (auto found = servers_.find(key); found != servers_.end())
    tell(key, found->second, to_server::respond{std::move(response)});
}

void transaction_table::reject(const sip::transaction_key& key, sip::message_ref response) {
  if (auto found = servers_.find(key); found != servers_.end())
    tell(key, found->second, to_server::reject{std::move(response)});
}

bool transaction_table::has_client(std::string_view branch_text, std::string_view method) const {
  return clients_.contains(sip::client_key(secret_, branch_text, method));
}

void transaction_table::make_client(std::string_view branch_text, sip::message_ref request, packet_ref octets,
                                    const flow& over, const call_id& user, std::uint32_t branch) {
  auto key = sip::client_key(secret_, branch_text, request->method_name());
  // The actor's constructor sends, and over a local flow an answer may come before it returns: make the place first.
  auto [place, fresh] = clients_.try_emplace(key);
  place->second.user = user;
  if (fresh || !place->second.actor)
    ++live_;
  place->second.rest.reset();
  auto actor =
      spawn_pinned<client_transaction>(home_, *this, key, std::move(request), std::move(octets), over, user, branch);
  if (auto* entry = find_client(key))
    entry->actor = std::move(actor);
}

void transaction_table::cancel(std::string_view branch_text, std::string reason) {
  auto key = sip::client_key(secret_, branch_text, "INVITE");
  if (auto* entry = find_client(key))
    tell(key, *entry, to_client::cancel{std::move(reason)});
}

void transaction_table::abandon(std::string_view branch_text, std::string_view method) {
  auto key = sip::client_key(secret_, branch_text, method);
  if (auto* entry = find_client(key))
    tell(key, *entry, to_client::abandon{});
}

bool transaction_table::on_response(sip::message_ref response) {
  auto key = sip::client_key_of(secret_, *response);
  if (!key)
    return false;
  auto* entry = find_client(*key);
  if (!entry)
    return false;
  tell(*key, *entry, to_client::response{std::move(response)});
  return true;
}

bool transaction_table::on_send_failed(const sip::transaction_key& owner) {
  if (auto found = servers_.find(owner); found != servers_.end())
    tell(owner, found->second, to_server::send_failed{});
  else if (auto* entry = find_client(owner))
    tell(owner, *entry, to_client::send_failed{});
  else
    return false;
  return true;
}

} // namespace troupe
