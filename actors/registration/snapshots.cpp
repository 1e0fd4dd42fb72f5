#include "actors/registration/snapshots.hpp"

#include <algorithm>

namespace troupe {

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

access_ref snapshots::find_binding(const sip::entity_key& key) const {
  return bindings_.find(text_of(key)).value_or(nullptr);
}

std::vector<access_ref> snapshots::find_by_source(std::string_view source_key) const {
  return sources_.find(source_key).value_or(access_list{});
}

void snapshots::publish(const std::string& source_key, const access_ref& binding) {
  bindings_.set(text_of(binding->key), binding);
  auto list = find_by_source(source_key);
  std::erase_if(list, [&](const access_ref& b) { return b->key == binding->key; });
  list.push_back(binding);
  sources_.set(source_key, std::move(list));
}

void snapshots::withdraw(const std::string& source_key, const sip::entity_key& key) {
  bindings_.erase_if(text_of(key), [](const access_ref&) { return true; });
  auto list = find_by_source(source_key);
  std::erase_if(list, [&](const access_ref& b) { return b->key == key; });
  if (list.empty())
    sources_.erase_if(source_key, [](const access_list&) { return true; });
  else
    sources_.set(source_key, std::move(list));
}

} // namespace troupe
