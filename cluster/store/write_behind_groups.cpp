// What a partition does to all records of a group: taking them in, writing them anew, dropping them; in parts, so that
// its shard serves meanwhile.
#include <algorithm>
#include <utility>

#include "cluster/store/packed.hpp"
#include "cluster/store/write_behind.hpp"

namespace troupe::store {
namespace {

/// A rewrite adds some more records than so many to a batch: what is new is not to wait behind all that is old.
constexpr std::size_t most_again = 512;

} // namespace

/// Some more of what is to be written anew.
void write_behind::mark_again() {
  std::size_t marked = 0;
  for (auto& [group, state] : rewrites_)
    for (; state.part < record_table::parts && marked < most_again; ++state.part)
      table_.for_each_in(state.part, [&, of = group](entity_view id, const record& found) {
        if (around_.group_of(id) != of)
          return;
        mark(id, id.key.size() + found.value.size());
        ++marked;
      });
}

void write_behind::rewrite(group_number group, std::uint64_t number) { rewrites_[group] = {number, 0}; }

void write_behind::leave(group_number group, std::function<void()> then) {
  leaving_.push_back({group, std::move(then), 0});
}

bool write_behind::on_its_way(group_number group) const {
  auto of_group = [&](const auto& entry) { return around_.group_of(unpacked(entry.first)) == group; };
  return std::any_of(dirty_.begin(), dirty_.end(), of_group) ||
         std::any_of(under_way_keys_.begin(), under_way_keys_.end(), of_group);
}

/// Drops some of the groups that are left and of which all is stored, or fenced.
void write_behind::let_go() {
  for (std::size_t i = 0; i < leaving_.size();) {
    if (on_its_way(leaving_[i].group)) {
      ++i;
      continue;
    }
    drop_part(leaving_[i]);
    if (leaving_[i].part < record_table::parts) {
      ++i;
      post([] {}); // the next part has its turn behind what else the shard has to do
      continue;
    }
    rewrites_.erase(leaving_[i].group);
    auto then = std::move(leaving_[i].then);
    leaving_.erase(leaving_.begin() + static_cast<std::ptrdiff_t>(i));
    then();
  }
}

void write_behind::drop_part(parting& of) {
  std::vector<std::string> gone;
  table_.for_each_in(of.part++, [&](entity_view id, const record&) {
    if (around_.group_of(id) == of.group)
      gone.push_back(packed(id));
  });
  for (auto& each : gone)
    table_.erase(unpacked(each));
}

void write_behind::restore(entity_view id, const record& from) {
  auto name = packed(id);
  if (!table_.find(id) && !dirty_.contains(name) && !under_way_keys_.contains(name))
    table_.restore(id, from);
}

} // namespace troupe::store
