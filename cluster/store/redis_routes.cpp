#include "cluster/store/redis_routes.hpp"

#include <algorithm>
#include <utility>

#include "protocols/base/text.hpp"

namespace troupe::store {
namespace {

constexpr std::chrono::milliseconds ask_again_after{100};

const redisReply* element(const redisReply& of, std::size_t index) noexcept {
  return of.type == REDIS_REPLY_ARRAY && index < of.elements ? of.element[index] : nullptr;
}

/// {host, port} in two elements of an array; an empty host is the one that was asked.
bool read_address(const redisReply* host, const redisReply* port, const std::string& asked, redis_address& into) {
  if (host == nullptr || port == nullptr)
    return false;
  into.host = text_of(*host).empty() ? asked : text_of(*host);
  into.port = port->type == REDIS_REPLY_INTEGER ? static_cast<std::uint16_t>(port->integer)
                                                : to_number<std::uint16_t>(text_of(*port)).value_or(0);
  return into.port != 0;
}

} // namespace

std::uint16_t hash_slot(std::string_view tag) noexcept {
  std::uint32_t crc = 0;
  for (char c : tag.substr(1, tag.size() - 2)) {
    crc ^= static_cast<std::uint32_t>(static_cast<std::uint8_t>(c)) << 8;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
  }
  return static_cast<std::uint16_t>(crc & 0x3fff);
}

redis_routes::redis_routes(event_loop& loop, const redis_setup& setup, events on)
    : loop_(loop),
      setup_(setup),
      on_(std::move(on)),
      // Sentinels have their own password, if any: the master's is not for them.
      inquiry_(loop, setup, setup.spec.how == redis_spec::kind::cluster) {}

std::unique_ptr<redis_link> redis_routes::make_link(redis_link::finder find) {
  return std::make_unique<redis_link>(loop_, setup_, std::move(find), on_.links);
}

void redis_routes::start() {
  switch (setup_.spec.how) {
  case redis_spec::kind::single:
    only_ = make_link([this](auto then) { then(setup_.spec.hosts.front()); });
    return only_->start();
  case redis_spec::kind::sentinel:
    only_ = make_link([this](auto then) { find_master(std::move(then)); });
    return only_->start();
  case redis_spec::kind::cluster: look_again();
  }
}

redis_link* redis_routes::of(std::uint16_t slot) const {
  if (only_)
    return only_.get();
  for (auto& each : ranges_)
    if (each.first <= slot && slot <= each.last)
      if (auto found = links_.find(each.master); found != links_.end())
        return found->second.get();
  return nullptr;
}

void redis_routes::find_master(std::function<void(result<redis_address>)> then) {
  auto found = std::make_shared<redis_address>();
  auto good = [found](const redis_address& from, const redisReply& answer) {
    return read_address(element(answer, 0), element(answer, 1), from.host, *found);
  };
  inquiry_.ask(
      setup_.spec.hosts, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", setup_.spec.master}, good,
      [this, found, then = std::move(then)](bool answered, const std::string& why) {
        if (answered)
          return then(*found);
        then(fail("no Sentinel tells the master of \"" + setup_.spec.master + "\"; the last one, " + why, 0, 0));
      });
}

void redis_routes::look_again() {
  if (only_)
    return;
  ask_again_ = std::exchange(asking_, true);
  if (ask_again_)
    return;
  auto hosts = setup_.spec.hosts;
  for (auto& [address, link] : links_)
    if (link->up())
      hosts.insert(hosts.begin(), address);
  inquiry_.ask(
      std::move(hosts), {"CLUSTER", "SLOTS"},
      [this](const redis_address& from, const redisReply& answer) { return read_map(from, answer); },
      [this](bool answered, const std::string& why) {
        if (answered)
          use_map();
        else
          on_.lost("no node tells the cluster's slots; the last one, " + why);
        // Not at once again: who is down may be so for a while.
        loop_.after(ask_again_after, [this, answered] {
          asking_ = false;
          if (!answered || ask_again_)
            look_again();
        });
      });
}

bool redis_routes::read_map(const redis_address& from, const redisReply& answer) {
  std::vector<range> found;
  for (std::size_t i = 0; answer.type == REDIS_REPLY_ARRAY && i < answer.elements; ++i) {
    auto& slots = *answer.element[i];
    auto *first = element(slots, 0), *last = element(slots, 1), *master = element(slots, 2);
    range each{};
    if (last == nullptr || master == nullptr ||
        !read_address(element(*master, 0), element(*master, 1), from.host, each.master))
      return false;
    each.first = static_cast<std::uint16_t>(first->integer);
    each.last = static_cast<std::uint16_t>(last->integer);
    found.push_back(each);
  }
  if (found.empty())
    return false;
  ranges_ = std::move(found);
  return true;
}

void redis_routes::use_map() {
  std::map<redis_address, std::shared_ptr<redis_link>> wanted;
  std::vector<redis_link*> added;
  for (auto& each : ranges_) {
    auto& link = wanted[each.master];
    if (link)
      continue;
    if (auto known = links_.find(each.master); known != links_.end()) {
      link = known->second;
    } else {
      link = make_link([address = each.master](auto then) { then(address); });
      added.push_back(link.get());
    }
  }
  links_.swap(wanted);
  on_.changed();
  loop_.post([old = std::move(wanted)] {
    for (auto& [address, link] : old)
      if (link.use_count() == 1)
        link->drop("it has no slots any more");
  });
  for (auto* link : added)
    link->start();
}

} // namespace troupe::store
