#include "cluster/membership/voter.hpp"

#include <algorithm>

namespace troupe::cluster {

namespace {

bool stands(const std::vector<voter::word>& words, node_id node, incarnation life, instant now) {
  return std::any_of(words.begin(), words.end(),
                     [&](const auto& w) { return w.to == node && w.life == life && now < w.until; });
}

void give(std::vector<voter::word>& words, voter::word word, instant now) {
  std::erase_if(words, [&](const auto& w) { return w.until <= now || (w.to == word.to && w.life == word.life); });
  words.push_back(word);
}

} // namespace

bool promise_to(voter& v, node_id node, incarnation life, instant now, const lease_policy& policy) {
  if (stands(v.bars, node, life, now))
    return false;
  give(v.promises, {node, life, now + policy.out_after}, now);
  return true;
}

bool vote_against(voter& v, node_id node, incarnation life, bool dead, instant now, const lease_policy& policy) {
  if (now < v.silent_until || (!dead && stands(v.promises, node, life, now)))
    return false;
  give(v.bars, {node, life, now + policy.out_after}, now);
  return true;
}

} // namespace troupe::cluster
