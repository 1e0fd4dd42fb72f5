// Metrics as Prometheus reads them: the text exposition format 0.0.4. One table describes what is not counted by the
// shards; the page docs/operations/metrics.md is made from it and from describe(metric).
#pragma once

#include <string>
#include <vector>

#include "actors/console/process_facts.hpp"
#include "actors/console/source.hpp"

namespace troupe::console {

/// Everything that one answer to /metrics is made of.
struct scrape {
  std::vector<std::shared_ptr<const metrics>> shards;
  std::vector<std::optional<milliseconds>> delays; ///< by shard; as source::refresh tells
  phase state = phase::starting;
  node_facts node;
  process_facts process;
  store_facts store;
  std::optional<hss_facts> hss;
  std::uint64_t log_lines_lost = 0;
  std::uint64_t admin_requests = 0, admin_refused = 0;
};

std::string metrics_text(const scrape& from);

/// docs/operations/metrics.md, whole.
std::string metrics_markdown();

} // namespace troupe::console
