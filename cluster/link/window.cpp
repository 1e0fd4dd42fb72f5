#include "cluster/link/window.hpp"

#include <algorithm>

namespace troupe::cluster {

std::string_view to_string(loss why) noexcept {
  constexpr std::string_view names[] = {"", "full", "too_large", "no_link", "restarted"};
  return names[static_cast<std::size_t>(why)];
}

std::optional<loss> outbox::put(outgoing message, const lane_limits& limits) {
  auto cost = cost_of(message.octets.size());
  if (message.octets.size() > largest_message || cost > limits.octets)
    return loss::too_large;
  if (items.size() >= limits.queue_frames || octets + cost > limits.queue_octets)
    return loss::full;
  octets += cost;
  items.push_back({++last, std::move(message)});
  return std::nullopt;
}

bool outbox::acknowledge(const credit& told) {
  if (told.seen > last)
    return false;
  auto end = std::find_if(items.begin(), items.end(), [&](const item& i) { return i.number > told.seen; });
  for (auto i = items.begin(); i != end; ++i) {
    auto cost = cost_of(i->message.octets.size());
    octets -= cost;
    if (sent > 0) {
      --sent;
      sent_octets -= cost;
    }
  }
  items.erase(items.begin(), end);
  window = told;
  return true;
}

bool outbox::ready() const noexcept {
  return sent < items.size() && sent < window.frames &&
         sent_octets + cost_of(items[sent].message.octets.size()) <= window.octets;
}

std::size_t outbox::take(std::string& out, std::size_t room) {
  std::size_t taken = 0;
  for (; out.size() < room && ready(); ++taken, ++sent) {
    auto& i = items[sent];
    append_message(out, i.message.kind, i.message.group, i.number, i.message.octets);
    sent_octets += cost_of(i.message.octets.size());
  }
  return taken;
}

std::vector<std::uint64_t> outbox::lose() {
  std::vector<std::uint64_t> tickets;
  for (auto& i : items)
    if (i.message.ticket != 0)
      tickets.push_back(i.message.ticket);
  items.clear();
  octets = 0;
  rewind();
  return tickets;
}

inbox::verdict inbox::arrived(std::uint64_t number, std::size_t size, const lane_limits& limits) noexcept {
  if (number <= seen)
    return verdict::repeated;
  auto cost = cost_of(size);
  if (frames + 1 > limits.frames || octets + cost > limits.octets)
    return verdict::overrun;
  seen = number;
  octets += cost;
  frames += 1;
  since_octets += cost;
  since_frames += 1;
  return verdict::fresh;
}

void inbox::consumed(std::uint64_t of_octets, std::uint64_t of_frames) noexcept {
  octets -= std::min(octets, of_octets);
  frames -= std::min(frames, of_frames);
}

credit inbox::now(const lane_limits& limits) const noexcept {
  return {seen, limits.octets - octets, limits.frames - frames};
}

credit inbox::tell(const lane_limits& limits) noexcept {
  told = now(limits);
  since_octets = since_frames = 0;
  return told;
}

bool inbox::worth_telling(const lane_limits& limits) const noexcept {
  auto fresh = now(limits);
  return fresh.octets + since_octets >= told.octets + limits.octets / 4 ||
         fresh.frames + since_frames >= told.frames + limits.frames / 4;
}

} // namespace troupe::cluster
