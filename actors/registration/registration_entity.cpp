#include "actors/registration/registration_entity.hpp"

#include <iterator>

#include "actors/registration/registration_front.hpp"
#include "protocols/base/cursor.hpp"
#include "protocols/ims/gruu.hpp"
#include "protocols/ims/registrar_servers.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/token.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {
namespace {

int status_of(const cx::result_code& code) {
  if (code == cx::user_unknown || code == cx::identities_dont_match || code == cx::roaming_not_allowed ||
      code == cx::authorization_rejected)
    return 403;
  return code == cx::unable_to_deliver || code == cx::too_busy ? 504 : 500;
}

ims::charging_addresses charging_of(const cx::charging_addresses& from) {
  ims::charging_addresses out;
  for (auto* a : {&from.primary_ccf, &from.secondary_ccf})
    if (!a->empty())
      out.ccf.push_back(*a);
  for (auto* a : {&from.primary_ecf, &from.secondary_ecf})
    if (!a->empty())
      out.ecf.push_back(*a);
  return out;
}

std::vector<std::string> impis_of(const ims::profile_snapshot& view) {
  std::vector<std::string> out;
  for (auto& c : view.contacts)
    if (std::find(out.begin(), out.end(), c.impi) == out.end())
      out.push_back(c.impi);
  return out;
}

std::shared_ptr<const ims::subscription> parsed(const std::shared_ptr<const std::string>& user_data) {
  if (!user_data)
    return nullptr;
  auto read = ims::parse_subscription(*user_data);
  return read ? std::make_shared<const ims::subscription>(std::move(*read)) : nullptr;
}

} // namespace

registration_entity::registration_entity(caf::actor_config& config, shard& home, table& entities,
                                         const std::string& key, registration_environment& env)
    : base(config, home, entities, key, env) {
  if (auto known = env_.seen.find_set(key_); known && known->key == key_)
    shown_ = std::move(known->profile);
  auto octets = entities_.stored(key_);
  if (octets.empty())
    return;
  reader r(octets);
  auto set = ims::decode_registration_set(r.text(), shown_.get());
  auto watching = ims::decode_watchers(r.text());
  if (!set || !watching)
    throw std::runtime_error("the stored registration cannot be read");
  set_ = std::move(*set);
  watchers_ = std::move(*watching);
  registered_ = set_.state == ims::registration_state::registered;
  if (registered_ && !shown_) // the first since the node's start
    env_.counts.add(metric::registrations_now);
  publish();
}

registration_entity::behavior_type registration_entity::make_behavior() {
  return {handler<to_registration::registering>("REGISTER", [this](auto& m) { on(m); }),
          handler<to_registration::assigned>("assigned", [this](auto& m) { on(m); }),
          handler<to_registration::subscribing>("SUBSCRIBE", [this](auto& m) { on(m); }),
          handler<to_registration::notify_done>("NOTIFY's answer", [this](auto& m) { on(m); }),
          handler<to_registration::serve_unregistered>("serve_unregistered", [this](auto& m) { on(m); }),
          handler<to_registration::pushed>("PPR", [this](auto& m) { on(m); }),
          handler<to_registration::terminating>("RTR", [this](auto& m) { on(m); }),
          handler<timer_due>("timer", [this](auto&) { on_time(); })};
}

void registration_entity::on(to_registration::registering& m) {
  auto ticket = next_ticket_++;
  waiting_[ticket] = {m.request->message, std::move(m.answer)};
  step(ims::registrar_event::registering{std::move(m.request), ticket});
}

void registration_entity::on(to_registration::assigned& m) {
  m.event.ticket = next_ticket_++;
  waiting_[m.event.ticket] = {m.event.request->message, std::move(m.answer)};
  step(std::move(m.event));
}

void registration_entity::on(to_registration::subscribing& m) {
  auto ticket = next_ticket_++;
  waiting_[ticket] = {m.request, std::move(m.answer)};
  auto request = ims::read_subscribe(*m.request, now(), ticket);
  if (!request)
    return reply(ticket, sip::make_response(*m.request, request.error().status, home().random().token(8)));
  watch(ims::watcher_event::subscribing{std::move(*request), home().random().token(12)});
}

void registration_entity::on(to_registration::notify_done& m) {
  if (m.status >= 300)
    watch(ims::watcher_event::notify_failed{m.call_id, m.local_tag, m.status});
}

void registration_entity::on(to_registration::serve_unregistered& m) {
  step(std::move(m.event));
  m.done(std::make_shared<const ims::profile_snapshot>(ims::snapshot_of(set_)));
}

void registration_entity::on(to_registration::pushed& m) {
  step(ims::registrar_event::profile_pushed{now(), m.what.user_data, parsed(m.what.user_data),
                                            charging_of(m.what.charging)});
}

void registration_entity::on(to_registration::terminating& m) {
  ims::registrar_event::terminating e;
  e.at = now();
  if (m.what.impus.empty() && !m.what.impi.empty()) {
    e.impis = m.what.associated_impis;
    e.impis.push_back(m.what.impi);
  }
  e.event = ims::event_for_rtr(static_cast<std::uint32_t>(m.what.reason));
  e.by_hss = true;
  step(e);
}

void registration_entity::on_time() {
  auto due = deadline();
  if (due && *due <= now()) {
    step(ims::registrar_event::time_passed{now()});
    return watch(ims::watcher_event::time_passed{now()});
  }
  if (waiting_.empty())
    return go_away();
  rest(due, true);
}

std::optional<instant> registration_entity::deadline() const {
  auto at = ims::deadline_of(set_), other = ims::deadline_of(watchers_);
  return at && other ? std::min(at, other) : at ? at : other;
}

void registration_entity::step(const ims::registrar_event_type& event) {
  auto [next, effects, changed] = ims::on(std::move(set_), event, env_.own.registrar);
  set_ = std::move(next);
  // What watchers are told is part of the same value: one put for both.
  std::vector<ims::watcher_effect_type> told;
  for (auto& e : effects)
    if (auto* news = std::get_if<ims::registrar_effect::changed>(&e)) {
      auto [watched, more] =
          ims::on(watchers_, ims::watcher_event::changed{std::move(news->what)}, set_, env_.own.watchers);
      watchers_ = std::move(watched);
      std::move(more.begin(), more.end(), std::back_inserter(told));
    }
  if (changed) {
    persist();
    publish();
  }
  for (auto& e : effects)
    std::visit([this](auto& effect) { carry_out(effect); }, e);
  for (auto& e : told)
    std::visit([this](auto& effect) { carry_out(effect); }, e);
  answered_ = {};
  rest(deadline(), !waiting_.empty());
}

void registration_entity::watch(const ims::watcher_event_type& event) {
  auto [next, effects] = ims::on(watchers_, event, set_, env_.own.watchers);
  watchers_ = std::move(next);
  persist();
  for (auto& e : effects)
    std::visit([this](auto& effect) { carry_out(effect); }, e);
  rest(deadline(), !waiting_.empty());
}

void registration_entity::persist() {
  if (set_.state == ims::registration_state::not_registered && watchers_.all.empty())
    return entities_.erase(key_);
  auto& octets = blank();
  writer w(octets);
  w.sized([&] { ims::encode_to(octets, set_); });
  w.sized([&] { ims::encode_to(octets, watchers_); });
  entities_.put(key_, deadline().value_or(now() + seconds(3'600)), octets);
}

/// By which calls find this view.
std::vector<std::string> registration_entity::identities_of(const ims::profile_snapshot& view) const {
  std::vector<std::string> out;
  if (view.state != ims::registration_state::not_registered && view.user)
    for (auto& profile : view.user->profiles)
      for (auto& id : profile.identities)
        out.push_back(id.canonical); // barred ones too: a call has to be told
  auto has_gruu = [](const ims::registered_contact& c) { return !c.pub_gruu.empty(); };
  if (std::any_of(view.contacts.begin(), view.contacts.end(), has_gruu))
    for (std::size_t n = out.size(); n > 0; --n)
      if (out[n - 1].starts_with("sip:"))
        out.push_back(ims::temp_gruu_key(out[n - 1], env_.own.registrar.gruu_secret));
  return out;
}

/// Before any answer: calls see what the UE will be told.
void registration_entity::publish() {
  auto view = ims::snapshot_of(set_);
  if (shown_ && *shown_ == view)
    return;
  static const ims::profile_snapshot nothing;
  auto& before = shown_ ? *shown_ : nothing;
  auto now = std::make_shared<const ims::profile_snapshot>(std::move(view));
  env_.seen.publish(key_, identities_of(*now), now, identities_of(before));
  if (auto impis = impis_of(*now), impis_before = impis_of(before); impis != impis_before)
    env_.seen.publish_impis(key_, impis, impis_before);
  shown_ = std::move(now);
  auto is = set_.state == ims::registration_state::registered;
  if (is != std::exchange(registered_, is)) {
    env_.counts.add(is ? metric::registrations_made : metric::registrations_ended);
    if (is)
      env_.counts.add(metric::registrations_now);
    else
      env_.counts.subtract(metric::registrations_now);
  }
}

std::string registration_entity::service_route() const {
  sip::token t{sip::token_use::service_route, sip::half::originating, sip::side::core, 0, 0, {}};
  return "<sip:" + sip::encode(t, env_.own.secret) + '@' + env_.own.scscf_host + ";lr>";
}

void registration_entity::carry_out(ims::registrar_effect::answer& e) {
  auto found = waiting_.find(e.ticket);
  if (found == waiting_.end())
    return;
  auto response = sip::make_response(*found->second.request, 200, home().random().token(8));
  ims::fill_response(response, e.content, service_route());
  answered_ = make_ref<const sip::message>(std::move(response));
  reply(e.ticket, answered_);
}

void registration_entity::carry_out(ims::registrar_effect::refuse& e) {
  auto found = waiting_.find(e.ticket);
  if (found == waiting_.end())
    return;
  auto response = refusal(*found->second.request, e.status);
  if (e.min_expires != 0)
    response.set(sip::hdr::min_expires, std::to_string(e.min_expires));
  reply(e.ticket, std::move(response));
}

void registration_entity::reply(std::uint64_t ticket, sip::message response) {
  reply(ticket, make_ref<const sip::message>(std::move(response)));
}

void registration_entity::reply(std::uint64_t ticket, sip::message_ref response) {
  auto found = waiting_.extract(ticket);
  if (found.empty())
    return;
  auto refused = make_ref<const sip::message>(refusal(*found.mapped().request, 500));
  auto& answer = found.mapped().answer;
  after_store([answer, response = std::move(response)] { answer(response); },
              [answer, refused] { answer(refused); }); // a registration that may be forgotten is none: cluster.md 14
}

void registration_entity::carry_out(ims::registrar_effect::assign& e) {
  cx::sar question;
  question.impi = e.impi;
  question.impus = e.impus;
  question.server_name = env_.own.scscf_name;
  question.type = static_cast<cx::assignment_type>(e.type);
  question.user_data_already_available = set_.user != nullptr;
  env_.counts.add(metric::cx_requests);
  if (!e.request)
    return env_.hss.ask(std::move(question), [](cx::saa) {});
  auto found = waiting_.extract(e.ticket);
  if (found.empty())
    return;
  // The set's key is its default identity, which the user data names: the answer goes to that entity.
  env_.hss.ask(std::move(question),
               [front = &env_.front, counts = &env_.counts, key = key_, request = std::move(e.request),
                answer = std::move(found.mapped().answer)](cx::saa a) mutable {
                 ims::registrar_event::assigned event;
                 event.request = std::move(request);
                 event.success = a.result.is_success();
                 event.status = status_of(a.result);
                 event.user_data = a.user_data;
                 event.user = parsed(a.user_data);
                 if (event.success && a.user_data && !event.user) { // user data that makes no sense
                   event.success = false;
                   event.status = 500;
                 }
                 if (!event.success)
                   counts->add(metric::cx_failures);
                 event.charging = charging_of(a.charging);
                 event.associated_impis = a.associated_impis;
                 front->assigned(key, std::move(event), std::move(answer));
               });
}

void registration_entity::carry_out(ims::registrar_effect::changed&) {} // step() has told the watchers

void registration_entity::carry_out(ims::registrar_effect::register_at_servers& e) {
  for (auto& t : e.what) {
    auto request = ims::make_third_party_register(
        t, {env_.own.scscf_name, env_.own.ioi, set_.charging, e.heard, answered_}, home().random().token(24));
    request.set(sip::hdr::from, std::string(request.value(sip::hdr::from)) + ";tag=" + home().random().token(8));
    request.add(sip::hdr::call_id, home().random().token(24));
    request.add(sip::hdr::cseq, "1 REGISTER");
    auto terminates = t.handling == ims::default_handling::session_terminated && t.expires > 0;
    env_.requests.send(std::move(request),
                       [front = &env_.front, key = key_, terminates](int status, const sip::message*) {
                         if (terminates && (status == 408 || status >= 500)) // clause 5.4.1.7: the set is de-registered
                           front->terminate(key);
                       });
  }
}

void registration_entity::carry_out(ims::registrar_effect::release_calls& e) {
  for (auto& identity : e.identities)
    env_.front.release_calls_of(identity);
}

void registration_entity::carry_out(ims::registrar_effect::forget&) { entities_.erase(key_); }

void registration_entity::carry_out(ims::watcher_effect::accept& e) {
  auto found = waiting_.find(e.ticket);
  if (found == waiting_.end())
    return;
  auto response = sip::make_response(*found->second.request, 200, e.local_tag);
  response.set(sip::hdr::expires, std::to_string(e.expires));
  response.set(sip::hdr::contact, '<' + env_.own.scscf_name + '>');
  reply(e.ticket, std::move(response));
}

void registration_entity::carry_out(ims::watcher_effect::refuse& e) {
  auto found = waiting_.find(e.ticket);
  if (found == waiting_.end())
    return;
  auto response = refusal(*found->second.request, e.status);
  if (e.min_expires != 0)
    response.set(sip::hdr::min_expires, std::to_string(e.min_expires));
  if (e.status == 489)
    response.set(sip::hdr::allow_events, "reg");
  reply(e.ticket, std::move(response));
}

void registration_entity::carry_out(ims::watcher_effect::notify& e) {
  auto request = ims::make_notify(e);
  request.set(sip::hdr::contact, '<' + env_.own.scscf_name + '>');
  after_store([this_table = &entities_, requests = &env_.requests, key = key_, request = std::move(request),
               call_id = e.to.call_id, tag = e.to.local_tag]() mutable {
    requests->send(std::move(request), [this_table, key, call_id, tag](int status, const sip::message*) {
      if (status >= 300)
        this_table->tell(key, to_registration::notify_done{call_id, tag, status});
    });
  });
}

void registration_entity::abandon() {
  for (auto& [ticket, w] : std::exchange(waiting_, {}))
    w.answer(make_ref<const sip::message>(refusal(*w.request, 500)));
}

} // namespace troupe
