#include "actors/registration/registration_front.hpp"

#include <set>

#include "actors/dialog/call_table.hpp"
#include "protocols/ims/gruu.hpp"
#include "protocols/ims/trust.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {
namespace {

std::string aor_of(std::string_view uri_text) {
  auto u = sip::parse_uri(uri_text);
  return u ? sip::canonical_aor(*u) : std::string();
}

/// The IMPI of a REGISTER: its username, or what TS 23.003 derives from the IMPU where there is none (clause 13.3).
std::string impi_of(const sip::message& request) {
  if (auto named = ims::auth_parameter(request.value(sip::hdr::authorization), "username"); !named.empty())
    return named;
  auto to = sip::parse_name_addr(request.value(sip::hdr::to));
  auto aor = to ? aor_of(to->uri) : std::string();
  return aor.starts_with("sip:") ? aor.substr(4) : aor;
}

std::string canonical_default(std::shared_ptr<const ims::subscription> user) {
  ims::registration_set as_registered;
  as_registered.user = std::move(user);
  return ims::default_impu(as_registered);
}

} // namespace

registration_front::registration_front(shard& home, store::partition& values, supervisor& failures, metrics& counts,
                                       cx_port& hss, snapshots& seen, own_requests& requests,
                                       const registration_settings& own)
    : home_(home),
      own_(own),
      env_{own, counts, hss, seen, requests, *this},
      authentications_(home, values, store::kind::authentication, failures, env_),
      sets_(home, values, store::kind::registration_set, failures, env_),
      bindings_(home, values, store::kind::access_binding, failures, env_) {}

void registration_front::connect(std::vector<registration_front*> all, std::vector<call_table*> calls) {
  all_ = std::move(all);
  calls_ = std::move(calls);
}

void registration_front::recover() {
  authentications_.recover();
  sets_.recover();
  bindings_.recover();
}

std::string registration_front::source_key(const flow& f) {
  auto plain = f;
  plain.shard = 0;
  plain.listener = 0;
  return encode(plain);
}

std::string registration_front::source_key(std::string_view encoded) {
  auto f = decode_flow(encoded);
  return f ? source_key(*f) : std::string(encoded);
}

void registration_front::go(front& there, std::function<void(front&)> work) {
  if (&there == this)
    return work(there);
  there.home_.post([&there, work = std::move(work)] { work(there); });
}

answer_with registration_front::back(answer_with answer) {
  return [this, answer = std::move(answer)](sip::message_ref response) {
    if (unit::current() == &home_.unit())
      return answer(std::move(response));
    home_.post([answer, response = std::move(response)] { answer(response); });
  };
}

// -- facts ------------------------------------------------------------------------------------------------------

void registration_front::find(roles::question q, std::function<void(put)> done) {
  std::visit([&](auto& question) { find(question, std::move(done)); }, q);
}

void registration_front::find(cx::uar& q, std::function<void(put)> done) {
  env_.counts.add(metric::cx_requests);
  env_.hss.ask(std::move(q), [done = std::move(done)](cx::uaa a) {
    done([a = std::move(a)](roles::facts& f) mutable { f.uaa = std::move(a); });
  });
}

void registration_front::find(cx::lir& q, std::function<void(put)> done) {
  env_.counts.add(metric::cx_requests);
  env_.hss.ask(std::move(q), [done = std::move(done)](cx::lia a) {
    done([a = std::move(a)](roles::facts& f) mutable { f.lia = std::move(a); });
  });
}

void registration_front::find(roles::ask_registrar& q, std::function<void(put)> done) {
  auto impi = impi_of(q.request);
  auto answer = back([done = std::move(done)](sip::message_ref response) {
    done([response = std::move(response)](roles::facts& f) { f.response = response; });
  });
  auto request = make_ref<const sip::message>(std::move(q.request));
  go(at(impi), [impi, request, answer = std::move(answer)](front& there) mutable {
    there.authentications_.tell(impi, to_authentication::register_received{std::move(request), std::move(answer)});
  });
}

void registration_front::find(roles::ask_notifier& q, std::function<void(put)> done) {
  // Inside a dialog the Request-URI is the S-CSCF's; To still says whose registration it is.
  auto to = sip::parse_name_addr(q.request.value(sip::hdr::to));
  auto impu = sip::to_tag(q.request).empty() ? aor_of(q.request.uri()) : to ? aor_of(to->uri) : std::string();
  auto answer = back([done = std::move(done)](sip::message_ref response) {
    done([response = std::move(response)](roles::facts& f) { f.response = response; });
  });
  auto known = env_.seen.find_set(impu);
  if (!known)
    return answer(make_ref<const sip::message>(
        sip::make_response(q.request, sip::to_tag(q.request).empty() ? 404 : 481, home_.random().token(8))));
  auto request = make_ref<const sip::message>(std::move(q.request));
  go(at(known->key), [key = known->key, request, answer = std::move(answer)](front& there) mutable {
    there.sets_.tell(key, to_registration::subscribing{std::move(request), std::move(answer)});
  });
}

void registration_front::find(roles::ask_profile& q, std::function<void(put)> done) {
  auto known = env_.seen.find_set(q.impu);
  if (!known)
    if (auto called = sip::parse_uri(q.impu))
      if (auto key = ims::temp_gruu_key(*called, own_.registrar.gruu_secret); !key.empty())
        return done([found = env_.seen.find_set(key)](roles::facts& f) {
          f.profile = found ? found->profile : ims::profile_ref{};
        });
  if (!known && q.load_unregistered)
    return load_unregistered(q.impu, std::move(done));
  done([profile = known ? known->profile : ims::profile_ref{}](roles::facts& f) { f.profile = profile; });
}

/// TS 24.229 clause 5.4.3.3: the profile of a user who is not registered, by SAR UNREGISTERED_USER.
void registration_front::load_unregistered(const std::string& impu, std::function<void(put)> done) {
  cx::sar question;
  question.impus = {impu};
  question.server_name = own_.scscf_name;
  question.type = cx::assignment_type::unregistered_user;
  env_.counts.add(metric::cx_requests);
  env_.hss.ask(std::move(question), [this, done = std::move(done)](cx::saa a) {
    auto nothing = [](roles::facts& f) { f.profile = ims::profile_ref{}; };
    auto read = a.result.is_success() && a.user_data ? ims::parse_subscription(*a.user_data) : tl::unexpected(error{});
    if (!read)
      return done(nothing);
    auto user = std::make_shared<const ims::subscription>(std::move(*read));
    auto key = canonical_default(user);
    if (key.empty())
      return done(nothing);
    auto answered = [this, done](ims::profile_ref profile) {
      auto tell = [done, profile] { done([profile](roles::facts& f) { f.profile = profile; }); };
      if (unit::current() == &home_.unit())
        return tell();
      home_.post(tell);
    };
    ims::registrar_event::served_unregistered event{a.user_data, user, {}};
    go(at(key), [key, event, answered](front& there) {
      there.sets_.tell(key, to_registration::serve_unregistered{event, answered});
    });
  });
}

void registration_front::find(roles::ask_binding& q, std::function<void(put)> done) {
  access_ref found;
  if (q.by_key)
    found = env_.seen.find_binding(*q.by_key);
  else if (q.by_flow)
    found = env_.seen.find_by_source(source_key(*q.by_flow), q.contact_uri, q.identity);
  else
    found = env_.seen.find_by_contact(q.contact_uri);
  done([found](roles::facts& f) { f.binding = found; });
}

void registration_front::find(roles::note_registration& q, std::function<void(put)> done) {
  auto key = q.key;
  auto stored = [this, done = std::move(done)] {
    auto tell = [done] { done([](roles::facts& f) { f.noted = true; }); };
    if (unit::current() == &home_.unit())
      return tell();
    home_.post(tell);
  };
  to_binding::note m{make_ref<const sip::message>(std::move(q.request)),
                     make_ref<const sip::message>(std::move(q.response)), q.from, key, stored};
  go(at(key), [key, m = std::move(m)](front& there) mutable {
    there.bindings_.tell(binding_entity::key_of(key), std::move(m));
  });
}

void registration_front::find(roles::ask_subscriber& q, std::function<void(put)> done) {
  auto answer = back([done = std::move(done)](sip::message_ref response) {
    done([response = std::move(response)](roles::facts& f) { f.response = response; });
  });
  auto request = make_ref<const sip::message>(std::move(q.request));
  go(at(q.key), [key = q.key, request, answer = std::move(answer)](front& there) mutable {
    there.bindings_.tell(binding_entity::key_of(key), to_binding::notified{std::move(request), std::move(answer)});
  });
}

// -- for the entities -------------------------------------------------------------------------------------------

void registration_front::registering(ims::register_request_ref request, answer_with answer) {
  auto known = env_.seen.find_set(request->impu);
  auto key = known ? known->key : request->impu;
  go(at(key), [key, request = std::move(request), answer = std::move(answer)](front& there) mutable {
    there.sets_.tell(key, to_registration::registering{std::move(request), std::move(answer)});
  });
}

void registration_front::assigned(const std::string& key, ims::registrar_event::assigned event, answer_with answer) {
  auto named = event.user ? canonical_default(event.user) : key;
  if (named.empty())
    named = key;
  if (auto known = env_.seen.find_set(named)) // its default identity may have been another when it was made
    named = known->key;
  go(at(named), [named, event = std::move(event), answer = std::move(answer)](front& there) mutable {
    there.sets_.tell(named, to_registration::assigned{std::move(event), std::move(answer)});
  });
}

void registration_front::terminate(const std::string& key) {
  cx::rtr all;
  go(at(key), [key, all](front& there) { there.sets_.tell(key, to_registration::terminating{all}); });
}

void registration_front::release_calls_of(const std::string& holder) {
  for (auto* calls : calls_)
    calls->home().post([calls, holder] { calls->release_calls_of(holder); });
}

/// TS 29.228 clause 6.1.3: of these public identities; without any, of these private ones.
cx::result_code registration_front::on(const cx::rtr& request) {
  std::set<std::string> meant;
  for (auto& impu : request.impus)
    if (auto known = env_.seen.find_set(impu))
      meant.insert(known->key);
  if (request.impus.empty()) {
    auto impis = request.associated_impis;
    impis.push_back(request.impi);
    for (auto& impi : impis)
      for (auto& key : env_.seen.find_sets_of(impi))
        meant.insert(key);
  }
  for (auto& key : meant)
    go(at(key), [key, request](front& there) { there.sets_.tell(key, to_registration::terminating{request}); });
  return meant.empty() ? cx::user_unknown : cx::success;
}

/// Whichever of its identities the profile has kept, and if none: the set is where it was made.
std::string registration_front::set_of(const std::string& impi, const ims::subscription& user) const {
  for (auto& profile : user.profiles)
    for (auto& id : profile.identities)
      if (auto known = env_.seen.find_set(id.canonical))
        return known->key;
  auto sets = env_.seen.find_sets_of(impi);
  return sets.size() == 1 ? sets.front() : std::string();
}

cx::result_code registration_front::on(const cx::ppr& request) {
  if (!request.user_data)
    return env_.seen.find_sets_of(request.impi).empty() ? cx::user_unknown : cx::success;
  auto read = ims::parse_subscription(*request.user_data);
  if (!read)
    return cx::not_supported_user_data;
  auto key = set_of(request.impi, *read);
  if (key.empty())
    return cx::user_unknown;
  go(at(key), [key, request](front& there) { there.sets_.tell(key, to_registration::pushed{request}); });
  return cx::success;
}

} // namespace troupe
