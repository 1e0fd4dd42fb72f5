#include "actors/charging/exporter.hpp"

#include <algorithm>

#include "actors/charging/outbox.hpp"
#include "protocols/base/text.hpp"

namespace troupe {
namespace {

constexpr std::size_t most_in_a_write = 256;
/// A sink that fails may have to search what it has: not all the time.
constexpr milliseconds first_back_off{1'000}, longest_back_off{8'000};

} // namespace

void exporter::alarm::fire() { caf::anon_send(caf::actor_cast<exporter_actor>(self), to_exporter::look{}); }

exporter::exporter(caf::actor_config& config, shard& home, outbox& of)
    : pinned(config, home),
      outbox_(of),
      queue_(of.to().settles(), most_in_a_write),
      alarm_(std::make_unique<alarm>(this)) {
  for (auto& key : outbox_.keys())
    queue_.add(std::move(key), true);
  rest();
}

template <class Message>
auto exporter::handler(const char* doing) {
  return [this, doing](Message& m) {
    doing_ = doing;
    on(m);
  };
}

exporter::behavior_type exporter::make_behavior() {
  return {handler<to_exporter::finished>("finished"), handler<to_exporter::look>("look"),
          handler<to_exporter::committed>("committed"), handler<to_exporter::written>("written"),
          handler<to_exporter::erased>("erased")};
}

void exporter::on(to_exporter::finished& m) {
  queue_.add(std::move(m.key), false);
  rest();
}

void exporter::on(to_exporter::look&) {
  if (flying_)
    return;
  flying_ = queue_.take_off(home().now());
  if (!flying_)
    return rest();
  outbox_.after_commit(
      [tell = outbox_.line_to_exporter<to_exporter::committed>()](store::outcome how) { tell({how}); });
}

/// What is not stored is not exported: its call may end anew.
void exporter::on(to_exporter::committed& m) {
  if (!flying_)
    return;
  if (m.how != store::outcome::stored) {
    to_exporter::written unwritten{m.how, 0};
    return on(unwritten);
  }
  std::vector<charging_sink::item> items;
  for (auto& each : flying_->records)
    if (auto record = outbox_.find(each.key))
      items.push_back({std::move(*record), each.seen});
  if (items.empty()) {
    to_exporter::written nothing{store::outcome::stored, 0};
    return on(nothing);
  }
  outbox_.to().write(std::move(items),
                     [tell = outbox_.line_to_exporter<to_exporter::written>()](store::outcome how, std::size_t added) {
                       tell({how, added});
                     });
}

void exporter::on(to_exporter::written& m) {
  if (!flying_)
    return;
  auto count = flying_->records.size();
  auto first = !flying_->again;
  flying_ = nullptr;
  auto gone = queue_.land(m.how, m.added, home().now());
  auto& counts = outbox_.counts();
  if (m.how == store::outcome::stored && first)
    counts.add(metric::charging_exported, count);
  if (m.how == store::outcome::failed) {
    counts.add(metric::charging_export_failures);
    not_before_ = home().now() + std::min(longest_back_off, first_back_off * (1 << std::min(failures_++, 8u)));
  } else {
    failures_ = 0;
  }
  if (!gone.empty()) {
    outbox_.erase(gone);
    std::vector<std::string> ids;
    for (auto& key : gone)
      ids.push_back(to_hex(as_bytes(key)));
    outbox_.after_commit(
        [ids = std::move(ids), tell = outbox_.line_to_exporter<to_exporter::erased>()](store::outcome how) {
          tell({how, ids});
        });
  }
  rest();
}

/// While the erasure is not stored the records may come once more, from another node.
void exporter::on(to_exporter::erased& m) {
  if (m.how == store::outcome::stored)
    return outbox_.to().forget(std::move(m.ids));
  if (m.how == store::outcome::failed)
    outbox_.after_commit(
        [ids = std::move(m.ids), tell = outbox_.line_to_exporter<to_exporter::erased>()](store::outcome how) {
          tell({how, ids});
        });
}

/// Sets the alarm for what is to be written next, with what it gathers; for what has failed, when it is tried again.
void exporter::rest() {
  outbox_.counts().set(metric::charging_records_waiting_now, queue_.unwritten());
  outbox_.counts().set(metric::charging_records_settling_now, queue_.settling());
  auto next = queue_.next(home().now());
  if (!next)
    return;
  auto at = std::max({*next, home().now() + outbox_.to().gathers(), not_before_});
  if (!alarm_->armed() || alarm_->deadline() > at)
    home().timers().arm(*alarm_, at);
}

void exporter::on_failure(std::exception_ptr& thrown) {
  alarm_.reset();
  outbox_.failed(doing_, describe(thrown));
}

} // namespace troupe
