#include "cluster/membership/lease.hpp"

#include <algorithm>

namespace troupe::cluster {

std::uint64_t renew(lease& own, instant now, const lease_policy& policy) {
  std::erase_if(own.open, [&](const lease::asked& a) { return a.sent + policy.serve_for <= now; });
  own.open.push_back({++own.sequence, now});
  return own.sequence;
}

std::optional<instant> sent_at(const lease& own, std::uint64_t sequence) noexcept {
  auto found = std::find_if(own.open.begin(), own.open.end(), [&](const auto& a) { return a.sequence == sequence; });
  return found == own.open.end() ? std::nullopt : std::optional(found->sent);
}

void confirm_by_store(lease& own, instant sent) noexcept {
  if (!own.store || *own.store < sent)
    own.store = sent;
}

void confirm_by_peer(lease& own, node_id peer, instant sent) {
  auto found = std::find_if(own.promises.begin(), own.promises.end(), [&](const auto& p) { return p.by == peer; });
  if (found == own.promises.end())
    own.promises.push_back({peer, sent});
  else
    found->sent = std::max(found->sent, sent);
}

std::optional<instant> deadline_of(const lease& own, std::size_t members, const lease_policy& policy) {
  auto sent = own.store;
  auto peers = majority_of(members) - 1; // the node itself makes the majority full
  if (members > 2 && own.promises.size() >= peers) {
    auto by_age = own.promises;
    std::sort(by_age.begin(), by_age.end(), [](const auto& a, const auto& b) { return a.sent > b.sent; });
    sent = std::max(sent, std::optional(by_age[peers - 1].sent));
  }
  return sent ? std::optional(*sent + policy.serve_for) : std::nullopt;
}

bool store_away(const lease& own, instant now, const lease_policy& policy) noexcept {
  return !own.store || *own.store + policy.away_after < now;
}

} // namespace troupe::cluster
