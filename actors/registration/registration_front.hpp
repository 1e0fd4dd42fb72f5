// A shard's door to the registrations of the node: finds the shard and entity that a request belongs to, and the facts
// that roles ask for.
#pragma once

#include <vector>

#include "actors/dialog/services.hpp"
#include "actors/registration/authentication_entity.hpp"
#include "actors/registration/binding_entity.hpp"
#include "actors/registration/registration_entity.hpp"

namespace troupe {

class call_table;

class registration_front final : public fact_finder {
public:
  registration_front(shard& home, store::partition& values, supervisor& failures, metrics& counts, cx_port& hss,
                     snapshots& seen, own_requests& requests, const registration_settings& own);

  /// All shards' fronts and calls, by index.
  void connect(std::vector<registration_front*> all, std::vector<call_table*> calls);
  void recover();

  // fact_finder: for the calls of this shard
  void find(roles::question q, std::function<void(put)> done) override;

  // for the entities of this shard
  void registering(ims::register_request_ref request, answer_with answer);
  void assigned(const std::string& key, ims::registrar_event::assigned event, answer_with answer);
  void terminate(const std::string& set_key);
  void release_calls_of(const std::string& holder);
  // the HSS's own requests
  cx::result_code on(const cx::rtr& request);
  cx::result_code on(const cx::ppr& request);
  /// How bindings are found by the address that a UE sends from: transport, listener's side and peer.
  static std::string source_key(std::string_view encoded_flow);
  static std::string source_key(const flow& f);

private:
  using front = registration_front;
  front& at(std::string_view key) const { return *all_[siphash(own_.secret, key) % all_.size()]; }
  front& at(const sip::entity_key& key) const { return *all_[key.hash % all_.size()]; }
  /// Runs `work` on the shard of `there`: at once when that is this one.
  void go(front& there, std::function<void(front&)> work);
  /// `answer` brought back to this shard.
  answer_with back(answer_with answer);
  std::string set_of(const std::string& impi, const ims::subscription& user) const;

  void find(cx::uar& q, std::function<void(put)> done);
  void find(cx::lir& q, std::function<void(put)> done);
  void find(roles::ask_registrar& q, std::function<void(put)> done);
  void find(roles::ask_notifier& q, std::function<void(put)> done);
  void find(roles::ask_profile& q, std::function<void(put)> done);
  void find(roles::ask_binding& q, std::function<void(put)> done);
  void find(roles::note_registration& q, std::function<void(put)> done);
  void find(roles::ask_subscriber& q, std::function<void(put)> done);
  void load_unregistered(const std::string& impu, std::function<void(put)> done);

  shard& home_;
  const registration_settings& own_;
  registration_environment env_;
  entity_table<authentication_entity, registration_environment> authentications_;
  entity_table<registration_entity, registration_environment> sets_;
  entity_table<binding_entity, registration_environment> bindings_;
  std::vector<front*> all_;
  std::vector<call_table*> calls_;
};

} // namespace troupe
