#include "cluster/store/redis_commit.hpp"

#include <algorithm>

namespace troupe::store {
namespace {

constexpr std::size_t most_records = 256, most_octets = 512 * 1024;
constexpr std::chrono::hours longest_life{24 * 366};

std::chrono::milliseconds life_of(const change& what, const commit_style& style) {
  auto left = std::clamp<std::int64_t>(what.value.deadline.ms / 2 - style.now.ms / 2, 0,
                                       std::chrono::milliseconds(longest_life).count() / 2);
  return style.keep + std::chrono::milliseconds(2 * left);
}

/// The changes of one command, by key.
class gathering {
public:
  gathering(const commit_style& style, std::vector<redis_command>& out) : style_(style), out_(out) {}

  /// `more`: the next change must go in the same command.
  void add(const change& what, bool more) {
    auto field = packed(what.id);
    if (what.does == change::what::erase) {
      for (auto& key : keys_of(what.id))
        at(key).erases.push_back(field);
    } else {
      auto value = encode_record(what.id, what.value, style_.ring);
      octets_ += field.size() + value.size();
      if (what.does == change::what::quarantine)
        put(style_.keys.quarantine(), field + ' ' + std::string(what.reason), value, style_.keep);
      else
        for (auto& key : keys_of(what.id))
          put(key, field, value, life_of(what, style_));
    }
    ++records_;
    if (!more && (records_ >= most_records || octets_ >= most_octets))
      flush();
  }

  void flush() {
    if (records_ == 0)
      return;
    out_.push_back(commit_command(style_.keys, style_.fence, changes_));
    changes_.clear();
    records_ = octets_ = 0;
  }

private:
  std::vector<std::string> keys_of(entity_view id) const {
    auto bucket = bucket_of(id);
    if (style_.rewriting)
      return {style_.keys.data(bucket), style_.keys.fresh(bucket)};
    return {style_.keys.data(bucket)};
  }
  hash_change& at(const std::string& key) {
    auto found =
        std::find_if(changes_.begin(), changes_.end(), [&](const hash_change& each) { return each.key == key; });
    return found != changes_.end() ? *found : changes_.emplace_back(hash_change{key, {}, {}, {}});
  }
  void put(const std::string& key, const std::string& field, const std::string& value,
           std::chrono::milliseconds lives) {
    auto& to = at(key);
    to.puts.push_back(field);
    to.puts.push_back(value);
    to.lives = std::max(to.lives, lives);
  }

  const commit_style& style_;
  std::vector<redis_command>& out_;
  std::vector<hash_change> changes_;
  std::size_t records_ = 0, octets_ = 0;
};

/// What the change is never parted from: its call. Empty: nothing.
std::string_view bond_of(entity_view id) {
  return id.type == kind::call || id.type == kind::charging_record ? id.key.substr(0, call_key_octets)
                                                                   : std::string_view{};
}

/// With each call's records behind it, where there are any.
std::vector<std::size_t> in_order(const commit_part& part) {
  auto out = part.entries;
  auto& what = part.job->what;
  if (std::any_of(out.begin(), out.end(), [&](auto i) { return what[i].id.type == kind::charging_record; }))
    std::stable_sort(out.begin(), out.end(), [&](auto a, auto b) { return bond_of(what[a].id) < bond_of(what[b].id); });
  return out;
}

} // namespace

void commit_part::end(outcome how) {
  job->how.groups[group] = how;
  if (--job->open == 0)
    job->done(*job);
}

std::vector<std::shared_ptr<commit_part>> divide(const std::shared_ptr<commit_job>& job,
                                                 const std::function<group_number(entity_view)>& group_of) {
  std::vector<std::shared_ptr<commit_part>> out;
  for (std::size_t i = 0; i < job->what.size(); ++i) {
    auto group = group_of(job->what[i].id);
    auto found = std::find_if(out.begin(), out.end(), [&](const auto& each) { return each->group == group; });
    if (found == out.end()) {
      found = out.insert(out.end(), std::make_shared<commit_part>());
      (*found)->job = job;
      (*found)->group = group;
    }
    (*found)->entries.push_back(i);
  }
  job->open = out.size();
  return out;
}

std::vector<redis_command> commands_of(const commit_part& part, const commit_style& style) {
  std::vector<redis_command> out;
  gathering into(style, out);
  auto order = in_order(part);
  for (std::size_t i = 0; i < order.size(); ++i) {
    auto each = part.job->what[order[i]];
    auto bond = bond_of(each.id);
    auto more = i + 1 < order.size() && !bond.empty() && bond_of(part.job->what[order[i + 1]].id) == bond;
    into.add(each, more);
  }
  into.flush();
  return out;
}

} // namespace troupe::store
