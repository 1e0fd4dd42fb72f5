#include "actors/registration/snapshots.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe {
namespace {

/// User, host and port; empty for what is no SIP URI.
std::string contact_key(std::string_view uri) {
  auto contact = sip::parse_uri(uri);
  if (!contact || !contact->is_sip())
    return {};
  return std::string(contact->user) + '@' + to_lower(contact->host) + ':' +
         std::to_string(contact->port.value_or(5060));
}

access_ref find_in(const std::unordered_map<std::string, access_ref>& map, const std::string& key) {
  auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

void erase_from(std::unordered_map<std::string, access_ref>& map, const std::string& key,
                const sip::entity_key& whose) {
  auto found = map.find(key);
  if (found != map.end() && found->second->key == whose)
    map.erase(found);
}

} // namespace

std::string snapshots::text_of(const sip::entity_key& key) {
  return std::string(reinterpret_cast<const char*>(&key.hash), sizeof key.hash) + static_cast<char>(key.group);
}

void snapshots::publish(const std::string& set_key, const std::vector<std::string>& impus,
                        const ims::profile_ref& profile, const std::vector<std::string>& before) {
  for (auto& impu : impus)
    sets_.set(impu, {set_key, profile});
  for (auto& impu : before)
    if (std::find(impus.begin(), impus.end(), impu) == impus.end())
      sets_.erase_if(impu, [&](const set_entry& e) { return e.key == set_key; });
}

void snapshots::publish_impis(const std::string& set_key, const std::vector<std::string>& impis,
                              const std::vector<std::string>& before) {
  auto put = [&](std::vector<std::string>& keys) {
    if (std::find(keys.begin(), keys.end(), set_key) == keys.end())
      keys.push_back(set_key);
    return true;
  };
  auto take = [&](std::vector<std::string>& keys) {
    std::erase(keys, set_key);
    return !keys.empty();
  };
  for (auto& impi : impis)
    impis_.update(impi, put);
  for (auto& impi : before)
    if (std::find(impis.begin(), impis.end(), impi) == impis.end())
      impis_.update(impi, take);
}

access_ref snapshots::find_binding(const sip::entity_key& key) const {
  return bindings_.find(text_of(key)).value_or(nullptr);
}

access_ref snapshots::find_by_source(std::string_view source_key, std::string_view contact_uri,
                                     std::string_view identity) const {
  return sources_.read(source_key, [&](const source_entry* here) -> access_ref {
    if (!here)
      return nullptr;
    if (auto found = find_in(here->by_contact, contact_key(contact_uri)))
      return found;
    if (auto found = find_in(here->by_identity, std::string(identity)))
      return found;
    // One user's flow speaks for him whatever he calls himself; one that several share does not say whose request this is.
    auto& all = here->by_contact;
    auto one_user =
        std::all_of(all.begin(), all.end(), [&](auto& b) { return b.second->impi == all.begin()->second->impi; });
    return all.empty() || !one_user ? nullptr : all.begin()->second;
  });
}

access_ref snapshots::find_by_contact(std::string_view contact_uri) const {
  auto key = contact_key(contact_uri);
  return contacts_.read(key, [&](const access_list* all) {
    return all && all->size() == 1 && !key.empty() ? all->front() : access_ref{};
  });
}

void snapshots::publish(const std::string& source_key, const access_ref& binding) {
  bindings_.set(text_of(binding->key), binding);
  auto contact = contact_key(binding->contact);
  sources_.update(source_key, [&](source_entry& here) {
    here.by_contact[contact] = binding;
    for (auto& a : binding->associated)
      if (auto canonical = ims::canonical_identity(a.uri))
        here.by_identity[*canonical] = binding;
    return true;
  });
  contacts_.update(contact, [&](access_list& all) {
    std::erase_if(all, [&](const access_ref& b) { return b->key == binding->key; });
    all.push_back(binding);
    return true;
  });
}

void snapshots::withdraw(const std::string& source_key, const access_ref& binding) {
  bindings_.erase_if(text_of(binding->key), [](const access_ref&) { return true; });
  auto contact = contact_key(binding->contact);
  sources_.update(source_key, [&](source_entry& here) {
    erase_from(here.by_contact, contact, binding->key);
    for (auto& a : binding->associated)
      if (auto canonical = ims::canonical_identity(a.uri))
        erase_from(here.by_identity, *canonical, binding->key);
    return !here.by_contact.empty();
  });
  contacts_.update(contact, [&](access_list& all) {
    std::erase_if(all, [&](const access_ref& b) { return b->key == binding->key; });
    return !all.empty();
  });
}

} // namespace troupe
