// The order of SRV records (RFC 2782) and the walk through targets (RFC 3263 clause 4.3).
#include <algorithm>

#include "protocols/sip/locate.hpp"

namespace troupe::sip {

namespace {

/// One of [begin, end), each as probable as its weight; those of weight 0 have a small chance (RFC 2782 "Weight").
std::size_t pick(const std::vector<srv_record>& records, std::size_t begin, std::size_t end, random_source& random) {
  std::uint64_t sum = 0;
  for (auto n = begin; n < end; ++n)
    sum += records[n].weight;
  auto chosen = random.below(sum + 1);
  std::uint64_t running = 0;
  for (auto n = begin; n < end; ++n) {
    running += records[n].weight;
    if (running >= chosen)
      return n;
  }
  return end - 1;
}

} // namespace

std::vector<srv_record> order_srv(std::vector<srv_record> records, random_source& random) {
  std::stable_sort(records.begin(), records.end(), [](const srv_record& a, const srv_record& b) {
    return a.priority != b.priority ? a.priority < b.priority : (a.weight == 0) > (b.weight == 0);
  });
  for (std::size_t begin = 0; begin < records.size(); ++begin) {
    auto end = begin;
    while (end < records.size() && records[end].priority == records[begin].priority)
      ++end;
    auto chosen = pick(records, begin, end, random);
    std::rotate(records.begin() + static_cast<std::ptrdiff_t>(begin),
                records.begin() + static_cast<std::ptrdiff_t>(chosen),
                records.begin() + static_cast<std::ptrdiff_t>(chosen) + 1);
  }
  return records;
}

std::optional<std::size_t> next_target(const std::vector<hop_target>& targets, std::size_t failed, bool refused) {
  for (auto n = failed + 1; n < targets.size(); ++n)
    if (!targets[n].only_if_refused || refused)
      return n;
  return std::nullopt;
}

void encode(writer& out, const std::vector<hop_target>& targets) {
  out.number(targets.size());
  for (auto& t : targets) {
    out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(t.over) | (t.only_if_refused ? 4u : 0u)));
    out.text(t.address);
    out.number(t.port);
  }
}

bool decode(reader& in, std::vector<hop_target>& targets) {
  targets.clear();
  for (auto left = in.number(); left > 0 && in.ok(); --left) {
    auto octet = in.u8();
    hop_target t{static_cast<wire>(octet & 3), std::string(in.text()), 0, (octet & 4) != 0};
    auto port = in.number();
    t.port = static_cast<std::uint16_t>(port);
    if (!in.ok() || octet > 6 || (octet & 3) > 2 || port > 65535)
      return false;
    targets.push_back(std::move(t));
  }
  return in.ok();
}

} // namespace troupe::sip
