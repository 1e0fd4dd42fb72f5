#include "actors/transaction/transaction_table.hpp"

#include "actors/transaction/client_transaction.hpp"
#include "actors/transaction/server_transaction.hpp"

namespace troupe {

transaction_table::transaction_table(shard& home, metrics& counts, const siphash_key& secret,
                                     const sip::timer_values& times, outlet& out, transaction_user& user,
                                     supervisor& failures)
    : home_(home), counts_(counts), secret_(secret), times_(times), out_(out), user_(user), failures_(failures) {}

transaction_table::server_entry* transaction_table::find_server(const sip::transaction_key& key) {
  auto found = servers_.find(key);
  return found == servers_.end() ? nullptr : &found->second;
}

void transaction_table::make_server(const sip::transaction_key& key, sip::message_ref request, const flow& reply_over,
                                    const call_id& user) {
  auto invite = request->method() == sip::method::invite;
  counts_.add(invite ? metric::invite_transactions : metric::other_transactions);
  ++unanswered_;
  auto& entry = servers_[key];
  entry.user = user;
  entry.invite = invite;
  entry.actor = spawn_pinned<server_transaction>(home_, *this, key, std::move(request), reply_over, user);
}

void transaction_table::respond(const sip::transaction_key& key, sip::message_ref response) {
  if (auto* entry = find_server(key))
    caf::anon_send(entry->actor, to_server::respond{std::move(response)});
}

void transaction_table::reject(const sip::transaction_key& key, sip::message_ref response) {
  if (auto* entry = find_server(key))
    caf::anon_send(entry->actor, to_server::reject{std::move(response)});
}

bool transaction_table::has_client(std::string_view branch_text, std::string_view method) const {
  return clients_.contains(sip::client_key(secret_, branch_text, method));
}

void transaction_table::make_client(std::string_view branch_text, sip::message_ref request, const flow& over,
                                    const call_id& user, std::uint32_t branch) {
  auto key = sip::client_key(secret_, branch_text, request->method_name());
  // The actor's constructor sends, and over a local flow an answer may come before it returns: make the place first.
  clients_.try_emplace(key);
  auto actor = spawn_pinned<client_transaction>(home_, *this, key, std::move(request), over, user, branch);
  if (auto place = clients_.find(key); place != clients_.end())
    place->second = std::move(actor);
}

void transaction_table::cancel(std::string_view branch_text, std::string reason) {
  auto found = clients_.find(sip::client_key(secret_, branch_text, "INVITE"));
  if (found != clients_.end())
    caf::anon_send(found->second, to_client::cancel{std::move(reason)});
}

void transaction_table::abandon(std::string_view branch_text, std::string_view method) {
  auto found = clients_.find(sip::client_key(secret_, branch_text, method));
  if (found != clients_.end())
    caf::anon_send(found->second, to_client::abandon{});
}

bool transaction_table::on_response(sip::message_ref response) {
  auto key = sip::client_key_of(secret_, *response);
  if (!key)
    return false;
  auto found = clients_.find(*key);
  if (found == clients_.end())
    return false;
  caf::anon_send(found->second, to_client::response{std::move(response)});
  return true;
}

void transaction_table::on_send_failed(const sip::transaction_key& owner) {
  if (auto* entry = find_server(owner))
    caf::anon_send(entry->actor, to_server::send_failed{});
  else if (auto found = clients_.find(owner); found != clients_.end())
    caf::anon_send(found->second, to_client::send_failed{});
}

} // namespace troupe
