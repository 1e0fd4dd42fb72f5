#include "protocols/ims/gruu.hpp"

#include <algorithm>

#include "protocols/sip/gruu.hpp"

namespace troupe::ims {

namespace {

const public_identity* identity_of(const sip::gruu_target& target, const profile_snapshot& snapshot,
                                   const siphash_key& secret) {
  for (auto& profile : snapshot.user->profiles)
    for (auto& id : profile.identities)
      if (gruu_registration_hash(id.canonical, secret) == target.registration)
        return &id;
  return nullptr;
}

/// One of the set's identities was hashed into it, and the contact lives in the epoch that it was made in.
bool leads_to(const sip::gruu_target& target, const profile_snapshot& snapshot, const registered_contact& c,
              const siphash_key& secret) {
  return target.epoch == c.gruu_epoch && target.instance == sip::gruu_instance_hash(c.instance_id, secret) &&
         identity_of(target, snapshot, secret);
}

std::string key_of(std::uint64_t registration) { return "gruu:" + std::to_string(registration); }

} // namespace

std::uint64_t gruu_registration_hash(std::string_view impu, const siphash_key& secret) noexcept {
  return siphash(secret, impu);
}

std::string make_temp_gruu(std::string_view impu, const registered_contact& contact, std::uint64_t nonce,
                           const siphash_key& secret) {
  auto uri = sip::parse_uri(impu);
  if (!uri || !uri->is_sip())
    return {};
  sip::gruu_target target{gruu_registration_hash(impu, secret), sip::gruu_instance_hash(contact.instance_id, secret),
                          contact.gruu_epoch};
  return sip::temporary_gruu_uri(sip::make_temporary_gruu(target, nonce, secret), uri->host);
}

const public_identity* identity_of_temp_gruu(const profile_snapshot& snapshot, const sip::uri& gruu,
                                             const siphash_key& secret) {
  auto target = sip::read_temporary_gruu(gruu, secret);
  return target && snapshot.user ? identity_of(*target, snapshot, secret) : nullptr;
}

std::string temp_gruu_key(std::string_view impu, const siphash_key& secret) {
  return key_of(gruu_registration_hash(impu, secret));
}

std::string temp_gruu_key(const sip::uri& gruu, const siphash_key& secret) {
  auto target = sip::read_temporary_gruu(gruu, secret);
  return target ? key_of(target->registration) : std::string();
}

const registered_contact* contact_of_gruu(const profile_snapshot& snapshot, const sip::uri& gruu,
                                          const siphash_key& secret) {
  auto instance = sip::instance_of_gruu(gruu);
  auto target = instance ? std::nullopt : sip::read_temporary_gruu(gruu, secret);
  if (!snapshot.user || (!instance && !target) || (instance && !snapshot.find(sip::canonical_aor(gruu))))
    return nullptr;
  auto named = std::find_if(snapshot.contacts.begin(), snapshot.contacts.end(), [&](const registered_contact& c) {
    return !c.pub_gruu.empty() && (instance ? c.instance_id == *instance : leads_to(*target, snapshot, c, secret));
  });
  return named == snapshot.contacts.end() ? nullptr : &*named;
}

} // namespace troupe::ims
