#include "actors/registration/authentication_entity.hpp"

#include <openssl/rand.h>

#include "actors/registration/registration_front.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {
namespace {

/// Drawn for many nonces at once: each call of OpenSSL's generator costs as much as the rest of a challenge.
std::string fresh_nonce() {
  constexpr std::size_t size = 16;
  thread_local std::array<std::uint8_t, 128 * size> pool;
  thread_local std::size_t left = 0;
  if (left == 0) {
    if (RAND_bytes(pool.data(), static_cast<int>(pool.size())) != 1)
      throw std::runtime_error("no random numbers for a nonce");
    left = pool.size();
  }
  left -= size;
  return to_hex(std::span(pool).subspan(left, size));
}

/// Of SIP digest only the algorithms that are configured: a client that meets one that it does not know may give up.
std::vector<ims::auth_vector> vectors_of(const cx::maa& answer, const std::vector<std::string>& algorithms) {
  std::vector<ims::auth_vector> out;
  for (auto& item : answer.items) {
    auto& v = out.emplace_back();
    v.scheme = item.scheme;
    v.rand_autn = item.authenticate;
    v.xres = item.xres;
    v.ck = item.ck;
    v.ik = item.ik;
    v.realm = item.realm;
    v.qop = item.qop;
    for (auto& wanted : algorithms)
      for (auto& d : item.digests)
        if (equal_nocase(d.algorithm, wanted))
          v.digests.push_back({d.algorithm, d.ha1});
    if (v.digests.empty() && !item.digests.empty())
      out.pop_back();
  }
  return out;
}

/// The same only for the same request from the same UE: its Via says where it came from, and by which transaction.
std::uint64_t print_of(const sip::message& request, const siphash_key& secret) {
  std::string whole;
  auto add = [&whole](std::string_view text) { whole.append(text).push_back('\n'); };
  std::string_view first_hop;
  sip::for_each_value(request, sip::hdr::via, [&](std::string_view value) { return first_hop = value, true; });
  add(first_hop);
  for (auto name : {sip::hdr::call_id, sip::hdr::cseq, sip::hdr::authorization})
    add(request.value(name));
  sip::for_each_value(request, sip::hdr::contact, [&](std::string_view value) { return add(value), true; });
  return siphash(secret, whole) | 1; // 0 means none
}

/// TS 24.229 clause 5.4.1.2.1 and TS 29.228 clause 6.3.
int status_of(const cx::result_code& code) {
  if (code == cx::user_unknown || code == cx::identities_dont_match || code == cx::auth_scheme_not_supported)
    return 403;
  return code == cx::unable_to_deliver || code == cx::too_busy ? 504 : 500;
}

} // namespace

authentication_entity::authentication_entity(caf::actor_config& config, shard& home, table& entities,
                                             const std::string& impi, registration_environment& env)
    : base(config, home, entities, impi, env) {
  if (auto octets = entities_.stored(key_); !octets.empty())
    if (auto kept = ims::decode_authentication(octets))
      state_ = std::move(*kept);
  state_.impi = key_;
}

authentication_entity::behavior_type authentication_entity::make_behavior() {
  return {handler<to_authentication::register_received>("REGISTER", [this](auto& m) { on(m); }),
          handler<to_authentication::vectors>("vectors", [this](auto& m) { on(m); }),
          handler<timer_due>("timer", [this](auto&) { step(ims::auth_event::time_passed{now()}); })};
}

void authentication_entity::on(to_authentication::vectors& m) {
  auto vectors = vectors_of(m.answer, env_.own.digest_algorithms);
  if (m.answer.result.is_success() && !vectors.empty())
    return step(ims::auth_event::vectors_received{now(), std::move(vectors), fresh_nonce()});
  env_.counts.add(metric::cx_failures);
  auto useless = m.answer.result.is_success() && !m.answer.items.empty();
  step(ims::auth_event::vectors_failed{useless ? 403 : status_of(m.answer.result)});
}

bool authentication_entity::contact_is_registered(const sip::message& request) const {
  auto to = sip::parse_name_addr(request.value(sip::hdr::to));
  auto uri = to ? sip::parse_uri(to->uri) : tl::unexpected(to.error());
  auto contact = sip::parse_name_addr(sip::first_value(request, sip::hdr::contact));
  if (!uri || !contact)
    return false;
  auto set = env_.seen.find_set(sip::canonical_aor(*uri));
  if (!set || !set->profile)
    return false;
  auto wanted = sip::parse_uri(contact->uri);
  for (auto& known : set->profile->contacts)
    if (auto u = sip::parse_uri(known.uri); known.impi == key_ && u && wanted && sip::equivalent(*u, *wanted))
      return true;
  return false;
}

void authentication_entity::on(to_authentication::register_received& m) {
  auto ticket = next_ticket_++;
  waiting_[ticket] = {m.request, std::move(m.answer)};
  auto credentials = ims::read_register_credentials(*m.request);
  auto to = sip::parse_name_addr(m.request->value(sip::hdr::to));
  auto uri = to ? sip::parse_uri(to->uri) : tl::unexpected(to.error());
  if (!credentials || !uri) {
    reply(ticket, 400);
    return rest(ims::deadline_of(state_), !waiting_.empty());
  }
  ims::auth_event::register_received e;
  e.ticket = ticket;
  e.at = now();
  e.impu = sip::canonical_aor(*uri);
  e.call_id = m.request->value(sip::hdr::call_id);
  if (*credentials) {
    e.shield = (*credentials)->shield;
    e.contact_registered = e.shield != ims::protection::absent && contact_is_registered(*m.request);
    e.answer = ims::to_answer(**credentials);
    e.print = print_of(*m.request, env_.own.secret);
    e.verify = [this, request = m.request, c = **credentials](const ims::auth_vector& v) {
      return ims::right_response(v, c, key_, env_.own.realm, *request);
    };
  }
  step(e);
}

void authentication_entity::step(const ims::authentication_event& event) {
  auto [next, effects] = ims::on(std::move(state_), event, env_.own.authentication);
  state_ = std::move(next);
  persist();
  for (auto& e : effects)
    std::visit([this](auto& effect) { carry_out(effect); }, e);
  // Between registrations there is nothing to do but to know the nonce, which is stored.
  auto idle = state_.now == ims::authentication::phase::idle;
  if (waiting_.empty() && (idle || std::holds_alternative<ims::auth_event::time_passed>(event)))
    return go_away();
  rest(ims::deadline_of(state_), !waiting_.empty());
}

/// What waits for the HSS is not stored: after a crash nobody waits for it, and what was before holds.
void authentication_entity::persist() {
  if (state_.now == ims::authentication::phase::awaiting_vectors)
    return;
  if (ims::is_settled(state_))
    return entities_.erase(key_);
  auto& octets = blank();
  ims::encode_to(octets, state_);
  entities_.put(key_, ims::deadline_of(state_).value_or(now() + seconds(300)), octets);
}

void authentication_entity::carry_out(ims::auth_effect::fetch_vectors& e) {
  env_.counts.add(metric::cx_requests);
  cx::mar question;
  question.impi = e.impi;
  question.impu = e.impu;
  question.server_name = env_.own.scscf_name;
  question.auth_scheme = env_.own.auth_scheme;
  question.resync = e.resync;
  env_.hss.ask(std::move(question), [table = &entities_, key = key_](cx::maa answer) {
    table->tell(key, to_authentication::vectors{std::move(answer)});
  });
}

void authentication_entity::carry_out(ims::auth_effect::challenge& e) {
  auto found = waiting_.find(e.ticket);
  if (found == waiting_.end())
    return;
  env_.counts.add(metric::challenges);
  auto response = sip::make_response(*found->second.request, 401, home().random().token(8));
  for (auto& value : ims::to_www_authenticate(e, env_.own.realm))
    response.add(sip::hdr::www_authenticate, value);
  auto answer = std::move(found->second.answer);
  waiting_.erase(found);
  after_store(
      [answer = std::move(answer), response = make_ref<const sip::message>(std::move(response))] { answer(response); });
}

void authentication_entity::carry_out(ims::auth_effect::accept& e) {
  auto found = waiting_.find(e.ticket);
  if (found == waiting_.end())
    return;
  auto request = ims::read_register(found->second.request, key_, now());
  if (!request)
    return reply(e.ticket, request.error().status);
  request->again = e.again;
  request->gruu_nonce = home().random().next();
  env_.front.registering(std::make_shared<const ims::register_request>(std::move(*request)),
                         std::move(found->second.answer));
  waiting_.erase(found);
}

void authentication_entity::carry_out(ims::auth_effect::refuse& e) {
  env_.counts.add(metric::authentication_failures);
  reply(e.ticket, e.status);
}

void authentication_entity::carry_out(ims::auth_effect::tell_hss& e) {
  cx::sar question;
  question.impi = key_;
  question.impus = {state_.impu};
  question.server_name = env_.own.scscf_name;
  question.type = e.timeout ? cx::assignment_type::authentication_timeout : cx::assignment_type::authentication_failure;
  env_.counts.add(metric::cx_requests);
  env_.hss.ask(std::move(question), [](cx::saa) {});
}

void authentication_entity::reply(std::uint64_t ticket, int status) {
  auto found = waiting_.extract(ticket);
  if (!found.empty())
    found.mapped().answer(make_ref<const sip::message>(refusal(*found.mapped().request, status)));
}

void authentication_entity::abandon() {
  for (auto& [ticket, w] : std::exchange(waiting_, {}))
    w.answer(make_ref<const sip::message>(refusal(*w.request, 500)));
}

} // namespace troupe
