#include "protocols/ims/authentication.hpp"

#include "protocols/base/text.hpp"
#include "protocols/ims/record.hpp"

namespace troupe::ims {

namespace {

using phase = authentication::phase;

constexpr std::size_t rand_size = 16;

/// By which protection a re-registration needs no challenge (TS 24.229 clauses 5.4.1.2.2, 5.4.1.2.2B and 5.4.1.2.2C).
bool shields(protection p) noexcept {
  return p == protection::yes || p == protection::tls_yes || p == protection::tls_connected ||
         p == protection::ip_assoc_yes || p == protection::auth_done;
}

std::string base64_of(std::string_view octets) { return to_base64(as_bytes(octets)); }

class machine {
public:
  machine(authentication_step& out, const authentication_policy& policy) : policy_(policy), out_(out) {}

  void operator()(const auth_event::register_received& e) {
    if (e.print != 0 && e.print == s().accepted && e.at <= s().accepted_until)
      return effect(auth_effect::accept{e.ticket, true, true});
    switch (s().now) {
    case phase::idle: return while_idle(e);
    case phase::awaiting_vectors:
      // The UE began anew: its earlier request has nobody who waits for it. The vectors under way serve this one.
      effect(auth_effect::refuse{s().ticket, 500});
      s().ticket = e.ticket;
      s().call_id = e.call_id;
      return;
    case phase::challenged: return while_challenged(e);
    }
  }

  void operator()(const auth_event::vectors_received& e) {
    if (s().now != phase::awaiting_vectors)
      return;
    if (e.vectors.empty())
      return (*this)(auth_event::vectors_failed{500});
    s().unused.assign(e.vectors.begin(), e.vectors.end());
    send_challenge(e.at, e.fresh_nonce);
  }

  void operator()(const auth_event::vectors_failed& e) {
    if (s().now != phase::awaiting_vectors)
      return;
    effect(auth_effect::refuse{s().ticket, e.status});
    settle();
  }

  void operator()(const auth_event::time_passed& e) {
    if (e.at >= s().accepted_until)
      s().accepted = 0;
    if (!s().sent || e.at < s().deadline || s().now == phase::awaiting_vectors)
      return;
    if (s().now == phase::challenged)
      effect(auth_effect::tell_hss{true});
    settle();
  }

private:
  authentication& s() { return out_.next; }
  void effect(authentication_effect e) { out_.effects.push_back(std::move(e)); }

  void settle() {
    auto unknown = std::move(s().unknown);
    auto unused = std::move(s().unused);
    auto impi = std::move(s().impi);
    auto accepted = s().accepted;
    auto until = s().accepted_until;
    s() = {};
    s().impi = std::move(impi);
    s().accepted = accepted;
    s().accepted_until = until;
    s().unused = std::move(unused);
    s().unknown = std::move(unknown);
  }

  void while_idle(const auth_event::register_received& e) {
    if (s().sent && e.answer && e.answer->has_response && e.answer->nonce == s().nonce)
      return with_known_nonce(e);
    if (shields(e.shield) && e.contact_registered && !policy_.challenge_re_registrations)
      return effect(auth_effect::accept{e.ticket, false});
    begin(e);
  }

  /// SIP digest: the nonce of an earlier challenge, with a higher count.
  void with_known_nonce(const auth_event::register_received& e) {
    bool fresh = e.at < s().deadline && e.answer->nonce_count > s().nonce_count;
    bool right = e.verify && e.verify(*s().sent);
    if (fresh && right) {
      s().nonce_count = e.answer->nonce_count;
      return accept(e);
    }
    begin(e);
    s().stale = right; // the password was right: the user need not be asked again
  }

  void accept(const auth_event::register_received& e) {
    s().accepted = e.print;
    s().accepted_until = e.at + policy_.repeated_for;
    effect(auth_effect::accept{e.ticket, true});
  }

  void begin(const auth_event::register_received& e) {
    s().challenges = 0;
    fetch(e, {});
  }

  void fetch(const auth_event::register_received& e, std::string resync) {
    s().impu = e.impu;
    s().call_id = e.call_id;
    s().ticket = e.ticket;
    s().stale = false;
    s().sent.reset();
    s().nonce.clear();
    if (!resync.empty())
      s().unused.clear(); // made with the SQN that the USIM refused
    if (!s().unused.empty() && s().unused.front().is_aka())
      return send_challenge(e.at, {});
    s().now = phase::awaiting_vectors;
    effect(auth_effect::fetch_vectors{s().impi, e.impu, std::move(resync)});
  }

  void send_challenge(instant at, const std::string& fresh_nonce) {
    s().sent = std::move(s().unused.front());
    s().unused.erase(s().unused.begin());
    s().nonce = s().sent->is_aka() ? base64_of(s().sent->rand_autn) : fresh_nonce;
    s().nonce_count = 0;
    s().now = phase::challenged;
    s().deadline = at + policy_.reg_await_auth;
    ++s().challenges;
    effect(auth_effect::challenge{s().ticket, *s().sent, s().nonce, s().stale});
    s().stale = false;
  }

  void while_challenged(const auth_event::register_received& e) {
    if (!e.answer || e.answer->nonce.empty() || e.call_id != s().call_id)
      return begin(e);
    if (e.answer->nonce != s().nonce)
      return begin(e);
    if (!e.answer->auts.empty() && s().sent->is_aka())
      return invalid(e, s().sent->rand_autn.substr(0, rand_size) + e.answer->auts);
    if (!e.answer->has_response)
      return invalid(e, {});
    if (e.verify && e.verify(*s().sent))
      return succeed(e);
    if (s().challenges < policy_.challenges_for_wrong_response)
      return fetch(e, {});
    fail(e);
  }

  /// The UE refused the challenge: SQN out of range (with AUTS), or MAC wrong (without).
  void invalid(const auth_event::register_received& e, std::string resync) {
    if (s().challenges < policy_.challenges_for_invalid)
      return fetch(e, std::move(resync));
    fail(e);
  }

  void fail(const auth_event::register_received& e) {
    effect(auth_effect::refuse{e.ticket, 403});
    effect(auth_effect::tell_hss{false});
    settle();
  }

  void succeed(const auth_event::register_received& e) {
    accept(e);
    bool keeps = !s().sent->is_aka() && policy_.nonce_lifetime.count() > 0 && e.answer->nonce_count > 0;
    if (!keeps)
      return settle();
    s().now = phase::idle;
    s().ticket = 0;
    s().challenges = 0;
    s().nonce_count = e.answer->nonce_count;
    s().deadline = e.at + policy_.nonce_lifetime;
  }

  const authentication_policy& policy_;
  authentication_step& out_;
};

void put_vector(writer& out, const auth_vector& v) {
  put_record(out, v.unknown, [&](writer& w) {
    for (auto text : {&v.scheme, &v.rand_autn, &v.xres, &v.ck, &v.ik, &v.realm, &v.qop})
      w.text(*text);
    put_list(w, v.digests, [&](const auth_vector::digest& d) {
      w.text(d.algorithm);
      w.text(d.ha1);
    });
  });
}

bool take_vector(reader& in, auth_vector& v) {
  bool whole = true;
  return take_record(in, v.unknown,
                     [&](reader& r) {
                       for (auto text : {&v.scheme, &v.rand_autn, &v.xres, &v.ck, &v.ik, &v.realm, &v.qop})
                         *text = r.text();
                       whole = take_list(r, [&] {
                         auto& d = v.digests.emplace_back();
                         d.algorithm = r.text();
                         d.ha1 = r.text();
                         return true;
                       });
                     }) &&
         whole;
}

constexpr std::uint8_t version = 1;

} // namespace

authentication_step on(authentication state, const authentication_event& event, const authentication_policy& policy) {
  authentication_step out{std::move(state), {}};
  std::visit(machine(out, policy), event);
  return out;
}

bool is_settled(const authentication& state) noexcept {
  return state.now == phase::idle && !state.sent && state.unused.empty() && state.accepted == 0;
}

std::optional<instant> deadline_of(const authentication& state) noexcept {
  if (state.now == phase::awaiting_vectors)
    return std::nullopt;
  if (state.sent)
    return state.deadline;
  return state.accepted != 0 ? std::optional(state.accepted_until) : std::nullopt;
}

void encode_to(std::string& out, const authentication& state) {
  writer w(out);
  w.u8(version);
  w.u8(static_cast<std::uint8_t>(state.now));
  for (auto text : {&state.impi, &state.impu, &state.call_id, &state.nonce})
    w.text(*text);
  w.number(state.ticket);
  w.number(state.challenges);
  w.number(state.nonce_count);
  put_instant(w, state.deadline);
  w.u8(state.stale);
  w.u8(state.sent.has_value());
  if (state.sent)
    put_vector(w, *state.sent);
  put_list(w, state.unused, [&](const auth_vector& v) { put_vector(w, v); });
  w.number(state.accepted);
  put_instant(w, state.accepted_until);
  w.raw(state.unknown);
}

std::string encode(const authentication& state) {
  std::string out;
  encode_to(out, state);
  return out;
}

std::optional<authentication> decode_authentication(std::string_view octets) {
  reader in(octets);
  authentication s;
  if (in.u8() != version)
    return std::nullopt;
  auto now = in.u8();
  if (now > static_cast<std::uint8_t>(phase::challenged))
    return std::nullopt;
  s.now = static_cast<phase>(now);
  for (auto text : {&s.impi, &s.impu, &s.call_id, &s.nonce})
    *text = in.text();
  s.ticket = in.number();
  s.challenges = static_cast<std::uint32_t>(in.number());
  s.nonce_count = static_cast<std::uint32_t>(in.number());
  s.deadline = take_instant(in);
  s.stale = in.u8() != 0;
  if (in.u8() != 0 && !take_vector(in, s.sent.emplace()))
    return std::nullopt;
  if (!take_list(in, [&] { return take_vector(in, s.unused.emplace_back()); }) || !in.ok())
    return std::nullopt;
  if (in.left() > 0) { // records of before end here
    s.accepted = in.number();
    s.accepted_until = take_instant(in);
  }
  if (!in.ok() || (s.now == phase::challenged && !s.sent))
    return std::nullopt;
  s.unknown = octets.substr(octets.size() - in.left());
  return s;
}

} // namespace troupe::ims
