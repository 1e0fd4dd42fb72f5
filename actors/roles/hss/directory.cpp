#include "actors/roles/hss/directory.hpp"

namespace troupe::hss {

directory::striped_map::stripe& directory::striped_map::of(std::string_view key) const {
  // Not the low bits, which choose the bucket within the stripe.
  return stripes_[text_hash()(key) >> 40 & (stripes_.size() - 1)];
}

record_ref directory::striped_map::find(std::string_view key) const {
  auto& in = of(key);
  std::shared_lock hold(in.lock);
  auto at = in.map.find(key);
  return at == in.map.end() ? nullptr : at->second;
}

void directory::striped_map::put(std::string_view key, const record_ref& value) {
  auto& in = of(key);
  std::unique_lock hold(in.lock);
  in.map.insert_or_assign(std::string(key), value);
}

void directory::striped_map::erase(std::string_view key) {
  auto& in = of(key);
  std::unique_lock hold(in.lock);
  if (auto at = in.map.find(key); at != in.map.end())
    in.map.erase(at);
}

void directory::striped_map::for_each(const std::function<void(const record_ref&)>& visit) const {
  for (auto& in : stripes_) {
    std::vector<record_ref> found; // so that `visit` may look things up
    {
      std::shared_lock hold(in.lock);
      found.reserve(in.map.size());
      for (auto& [key, value] : in.map)
        found.push_back(value);
    }
    for (auto& one : found)
      visit(one);
  }
}

std::size_t directory::striped_map::size() const {
  std::size_t sum = 0;
  for (auto& in : stripes_) {
    std::shared_lock hold(in.lock);
    sum += in.map.size();
  }
  return sum;
}

void directory::index(const record_ref& of, const subscriber* before, const subscriber* now) {
  if (before) {
    for (auto& p : before->privates)
      if (!now || !now->find_private(p.impi))
        impis_.erase(p.impi);
    for (auto& set : before->sets)
      for (auto& id : set.identities)
        if (!now || !now->find_identity(id.canonical))
          impus_.erase(id.canonical);
  }
  if (!now)
    return;
  for (auto& p : now->privates)
    impis_.put(p.impi, of);
  for (auto& set : now->sets)
    for (auto& id : set.identities)
      impus_.put(id.canonical, of);
}

} // namespace troupe::hss
