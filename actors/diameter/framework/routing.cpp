#include "actors/diameter/framework/routing.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <strings.h>
#include <vector>

#include "actors/diameter/framework/library.hpp"

namespace troupe::diameter_framework::routing {

namespace {

using clock = std::chrono::steady_clock;
using diameter_channel::route_settings;

// Points beside the framework's FD_SCORE_*; whoever has less than 0 gets nothing.
constexpr int for_primary = 20, for_backup = 8, for_least_loaded = 2, from_silent = 14, least = 1;
constexpr int is_destination = 90; ///< Destination-Host: no other will do as well

constexpr int silences_to_break = 3;
constexpr auto broken_for = std::chrono::seconds(5);

struct breaker {
  int silences = 0;
  clock::time_point broken_until;
};

std::vector<route_settings> routes;
std::mutex breakers_mutex;
std::map<std::string, breaker, std::less<>> breakers;
unsigned turn = 0; ///< of the one thread that routes

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& each) { return same(each, name); });
}

/// Views the message.
std::string_view destination_realm(msg* m) {
  avp* at = nullptr;
  if (fd_msg_browse_internal(m, MSG_BRW_FIRST_CHILD, reinterpret_cast<msg_or_avp**>(&at), nullptr) != 0)
    return {};
  while (at != nullptr) {
    avp_hdr* header = nullptr;
    if (fd_msg_avp_hdr(at, &header) == 0 && header->avp_code == AC_DESTINATION_REALM &&
        (header->avp_flags & AVP_FLAG_VENDOR) == 0 && header->avp_value != nullptr) // the framework has read it
      return {reinterpret_cast<char*>(header->avp_value->os.data), header->avp_value->os.len};
    if (fd_msg_browse_internal(at, MSG_BRW_NEXT, reinterpret_cast<msg_or_avp**>(&at), nullptr) != 0)
      return {};
  }
  return {};
}

const route_settings* route_for(std::string_view realm) {
  const route_settings* otherwise = nullptr;
  for (auto& each : routes) {
    if (same(each.realm, realm))
      return &each;
    if (each.realm == "*")
      otherwise = &each;
  }
  return otherwise;
}

void follow(const route_settings& route, rtd_candidate& c, std::string_view peer) {
  if (c.score >= is_destination)
    return;
  if (has(route.peers, peer))
    c.score += for_primary;
  else if (has(route.backup, peer))
    c.score += for_backup;
  else if (route.realm != "*")
    c.score = FD_SCORE_NO_DELIVERY;
}

bool broken(std::string_view peer, clock::time_point now) {
  std::lock_guard held(breakers_mutex);
  auto at = breakers.find(peer);
  return at != breakers.end() && at->second.broken_until > now;
}

long load_of(rtd_candidate& c) {
  peer_hdr* peer = nullptr;
  long to_receive = 0, to_send = 0;
  if (fd_peer_getbyid(c.diamid, c.diamidlen, 0, &peer) != 0 || peer == nullptr)
    return 0;
  fd_peer_get_load_pending(peer, &to_receive, &to_send);
  return to_receive;
}

/// A point more for who has the least to do; among equals by turns.
void share(const std::vector<rtd_candidate*>& able) {
  if (able.size() < 2)
    return;
  auto first = turn++ % able.size();
  rtd_candidate* chosen = nullptr;
  long fewest = 0;
  for (std::size_t i = 0; i < able.size(); ++i) {
    auto* c = able[(first + i) % able.size()];
    auto load = load_of(*c);
    if (chosen == nullptr || load < fewest) {
      chosen = c;
      fewest = load;
    }
  }
  chosen->score += for_least_loaded;
}

int score(void*, msg** m, fd_list* candidates) {
  uncancelled here;
  auto realm = destination_realm(*m);
  auto* route = realm == nowhere ? nullptr : route_for(realm);
  auto now = clock::now();
  std::vector<rtd_candidate*> able;
  for (auto* li = candidates->next; li != candidates; li = li->next) {
    auto& c = *reinterpret_cast<rtd_candidate*>(li);
    std::string_view peer(c.diamid, c.diamidlen);
    if (route != nullptr && c.score > FD_SCORE_NO_DELIVERY / 2)
      follow(*route, c, peer);
    if (c.score >= 0 && broken(peer, now))
      c.score = std::max(least, c.score - from_silent);
    if (c.score >= 0)
      able.push_back(&c);
  }
  auto most = std::max_element(able.begin(), able.end(), [](auto* a, auto* b) { return a->score < b->score; });
  if (most != able.end()) {
    auto best = (*most)->score;
    std::erase_if(able, [best](auto* c) { return c->score != best; });
    share(able);
  }
  return 0;
}

} // namespace

void install(const diameter_channel::settings& how) {
  routes = how.routes;
  fd_rt_out_hdl* unused = nullptr;
  need(fd_rt_out_register(score, nullptr, 0, &unused), "routing"); // the framework's own rules go first
}

void answered(std::string_view peer) {
  std::lock_guard held(breakers_mutex);
  if (auto at = breakers.find(peer); at != breakers.end())
    breakers.erase(at);
}

void silent(std::string_view peer) {
  std::lock_guard held(breakers_mutex);
  auto at = breakers.find(peer);
  if (at == breakers.end())
    at = breakers.emplace(peer, breaker{}).first;
  if (++at->second.silences >= silences_to_break)
    at->second.broken_until = clock::now() + broken_for;
}

} // namespace troupe::diameter_framework::routing
