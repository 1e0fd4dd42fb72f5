#include "cluster/fencing/egress_log.hpp"

#include <limits>

#include "protocols/base/cursor.hpp"

namespace troupe::cluster {

void append(std::string& log, const egress_record& record) {
  std::string octets;
  writer w(octets);
  w.number(static_cast<std::uint16_t>(record.group));
  w.number(record.by.generation);
  w.number(record.by.epoch);
  w.number(record.by.life);
  w.signed_number(record.at.ms);
  writer(log).text(octets);
}

std::optional<egress_record> take_egress_record(std::string_view& log) {
  reader whole(log);
  auto octets = whole.text();
  reader in(octets);
  auto group = in.number();
  egress_record r{static_cast<group_id>(group), {in.number(), in.number(), in.number()}, {in.signed_number()}};
  if (!whole.ok() || !in.ok() || group > std::numeric_limits<std::uint16_t>::max())
    return std::nullopt;
  log.remove_prefix(log.size() - whole.left());
  return r;
}

} // namespace troupe::cluster
