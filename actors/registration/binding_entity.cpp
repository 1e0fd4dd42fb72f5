#include "actors/registration/binding_entity.hpp"

#include <cstring>

#include "actors/registration/registration_front.hpp"
#include "protocols/ims/access.hpp"
#include "protocols/ims/trust.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {
namespace {

std::vector<std::string> record_routes(const sip::message& m, bool reversed) {
  std::vector<std::string> out;
  for (auto v : sip::values(m, sip::hdr::record_route))
    out.emplace_back(v);
  if (reversed)
    std::reverse(out.begin(), out.end());
  return out;
}

std::string contact_of(const sip::message& m) {
  auto c = sip::parse_name_addr(sip::first_value(m, sip::hdr::contact));
  return c ? std::string(c->uri) : std::string();
}

} // namespace

std::string binding_entity::key_of(const sip::entity_key& key) {
  std::string out(reinterpret_cast<const char*>(&key.hash), sizeof key.hash);
  out.append(reinterpret_cast<const char*>(&key.group), sizeof key.group);
  return out;
}

binding_entity::binding_entity(caf::actor_config& config, shard& home, table& entities, const std::string& key,
                               registration_environment& env)
    : base(config, home, entities, key, env) {
  std::memcpy(&binding_key_.hash, key_.data(), sizeof binding_key_.hash);
  std::memcpy(&binding_key_.group, key_.data() + sizeof binding_key_.hash, sizeof binding_key_.group);
  auto octets = entities_.stored(key_);
  if (octets.empty())
    return;
  auto kept = ims::decode_access_binding(octets);
  if (!kept)
    throw std::runtime_error("the stored binding cannot be read");
  state_ = std::move(*kept);
  shown_ = env_.seen.find_binding(binding_key_); // it was only put away
  if (shown_)
    published_ = registration_front::source_key(state_.flow);
  publish();
}

binding_entity::behavior_type binding_entity::make_behavior() {
  return {handler<to_binding::note>("REGISTER's answer", [this](auto& m) { on(m); }),
          handler<to_binding::notified>("NOTIFY", [this](auto& m) { on(m); }),
          handler<to_binding::subscribed>("SUBSCRIBE's answer", [this](auto& m) { on(m); }),
          handler<timer_due>("timer", [this](auto&) { on_time(); })};
}

void binding_entity::on_time() {
  auto due = ims::deadline_of(state_);
  if (due && *due <= now())
    return step(ims::access_event::time_passed{now(), home().random().token(24), home().random().token(10)});
  go_away();
}

void binding_entity::on(to_binding::note& m) {
  ims::access_event::register_forwarded forwarded;
  forwarded.at = now();
  forwarded.impi = ims::auth_parameter(m.request->value(sip::hdr::authorization), "username");
  auto to = sip::parse_name_addr(m.request->value(sip::hdr::to));
  if (auto u = to ? sip::parse_uri(to->uri) : tl::unexpected(to.error()))
    forwarded.impu = sip::canonical_aor(*u);
  forwarded.contact = contact_of(*m.request);
  auto path = sip::parse_name_addr(sip::first_value(*m.request, sip::hdr::path));
  forwarded.path_token = path ? std::string(path->uri) : std::string();
  if (m.from) {
    forwarded.flow = encode(*m.from);
    forwarded.source = to_string(m.from->peer);
  }
  ims::access_event::register_answered answered;
  answered.at = now();
  answered.status = m.response->status();
  answered.outcome = ims::read_register_outcome(*m.response, forwarded.contact);
  answered.fresh_call_id = home().random().token(24);
  answered.fresh_tag = home().random().token(10);
  if (state_.now == ims::access_binding::phase::empty || state_.now == ims::access_binding::phase::registered)
    step(forwarded);
  step(answered, m.done);
}

void binding_entity::on(to_binding::notified& m) {
  // RFC 6665 clause 4.1.3: what does not belong to our dialog is nobody's.
  auto& dialog = state_.subscription;
  if (m.request->value(sip::hdr::call_id) != dialog.call_id || sip::to_tag(*m.request) != dialog.local_tag) {
    m.answer(make_ref<const sip::message>(sip::make_response(*m.request, 481, home().random().token(8))));
    return rest(ims::deadline_of(state_), false);
  }
  notify_ = m.request;
  answer_ = std::move(m.answer);
  ims::access_event::notify_received e;
  e.at = now();
  e.remote_tag = sip::from_tag(*notify_);
  auto seq = sip::cseq_of(*notify_);
  e.cseq = seq ? seq->number : 0;
  e.subscription_state = notify_->value(sip::hdr::subscription_state);
  e.target = contact_of(*notify_);
  e.routes = record_routes(*notify_, false);
  e.body = notify_->body();
  step(e);
  if (auto left = std::exchange(answer_, nullptr)) // the machine had nothing to say: it is none of ours
    left(make_ref<const sip::message>(sip::make_response(*notify_, 481, home().random().token(8))));
  notify_ = {};
}

void binding_entity::on(to_binding::subscribed& m) {
  ims::access_event::subscribe_answered e;
  e.at = now();
  e.status = m.status;
  env_.counts.add(m.status >= 200 && m.status < 300 ? metric::subscriptions_accepted : metric::subscriptions_refused);
  if (m.response) {
    e.expires = sip::number_of(*m.response, sip::hdr::expires).value_or(0);
    e.remote_tag = sip::to_tag(*m.response);
    e.target = contact_of(*m.response);
    e.routes = record_routes(*m.response, true);
  }
  step(e);
}

void binding_entity::step(const ims::access_event_type& event, std::function<void()> stored) {
  auto [next, effects] = ims::on(state_, event, env_.own.access);
  state_ = std::move(next);
  auto gone = state_.now == ims::access_binding::phase::empty;
  if (gone)
    entities_.erase(key_);
  else
    persist();
  publish();
  for (auto& e : effects)
    std::visit([this](auto& effect) { carry_out(effect); }, e);
  if (stored)
    after_store(std::move(stored));
  rest(ims::deadline_of(state_), false);
}

void binding_entity::persist() {
  auto& octets = blank();
  ims::encode_to(octets, state_);
  entities_.put(key_, ims::deadline_of(state_).value_or(now() + seconds(3'600)), octets);
}

void binding_entity::publish() {
  auto is = state_.now == ims::access_binding::phase::registered;
  auto snapshot = std::make_shared<ims::access_snapshot>();
  snapshot->key = binding_key_;
  snapshot->impi = state_.impi;
  snapshot->associated = state_.identities;
  for (auto& route : state_.service_route) {
    auto value = sip::parse_name_addr(route);
    snapshot->service_route.emplace_back(value ? value->uri : std::string_view(route));
  }
  snapshot->path = state_.path_token;
  snapshot->contact = state_.contact;
  snapshot->flow = state_.flow;
  snapshot->registered = is;
  snapshot->charging = state_.charging;
  snapshot->expires_at = state_.expires_at;
  if (is && shown_ && *shown_ == *snapshot)
    return;
  auto source = is ? registration_front::source_key(state_.flow) : std::string();
  if (!published_.empty() && (published_ != source || shown_->contact != snapshot->contact))
    env_.seen.withdraw(published_, shown_); // the UE moved, or is gone: its old flow is nobody's
  if (is)
    env_.seen.publish(source, snapshot);
  shown_ = is ? snapshot : nullptr;
  if (is && published_.empty())
    env_.counts.add(metric::bindings_now);
  else if (!is && !published_.empty())
    env_.counts.subtract(metric::bindings_now);
  published_ = std::move(source);
}

void binding_entity::carry_out(ims::access_effect::subscribe& e) {
  // As a network element, which has no user part; NOTIFYs come back with the token to this binding.
  sip::token t{sip::token_use::path, sip::half::terminating, sip::side::core, 0, 0, binding_key_};
  auto& host = env_.own.pcscf_host;
  auto request = ims::make_subscribe(e, "sip:" + host, "sip:" + sip::encode(t, env_.own.secret) + '@' + host);
  after_store([requests = &env_.requests, table = &entities_, key = key_, request = std::move(request)]() mutable {
    requests->send(std::move(request), [table, key](int status, const sip::message* response) {
      table->tell(
          key, to_binding::subscribed{status, response ? make_ref<const sip::message>(*response) : sip::message_ref{}});
    });
  });
}

void binding_entity::carry_out(ims::access_effect::answer_notify& e) {
  if (auto answer = std::exchange(answer_, nullptr))
    after_store([answer, response = make_ref<const sip::message>(sip::make_response(*notify_, e.status, {}))] {
      answer(response);
    });
}

void binding_entity::carry_out(ims::access_effect::removed& e) {
  if (e.by_network)
    env_.front.release_calls_of(roles::held_by(binding_key_));
}

void binding_entity::carry_out(ims::access_effect::forget&) { entities_.erase(key_); }

} // namespace troupe
