#include "actors/charging/outbox.hpp"

namespace troupe {
namespace {

/// Redis keeps a record's key for so long beyond its owner: who exports it may be away.
constexpr milliseconds kept{7 * 24 * 3'600'000};

} // namespace

outbox::outbox(shard& home, metrics& counts, store::partition& values, supervisor& failures, charging_sink& to)
    : home_(home), counts_(counts), values_(values), failures_(failures), to_(to) {
  line_->to = this;
}

outbox::~outbox() {
  std::lock_guard held(line_->mutex);
  line_->to = nullptr;
}

void outbox::line::post(std::function<void(outbox&)> work) {
  std::lock_guard held(mutex);
  if (to != nullptr)
    to->home_.post([self = to, work = std::move(work)] { work(*self); });
}

void outbox::recover() {
  ++life_;
  exporter_ = spawn_pinned<exporter>(home_, *this);
}

void outbox::put(std::string_view key, const ims::charging_record& record) {
  thread_local std::string octets;
  octets.clear();
  ims::encode(octets, record);
  auto is_new = !values_.find({store::kind::charging_record, key});
  values_.put({store::kind::charging_record, key}, home_.now() + kept, octets);
  counts_.add(metric::store_puts);
  if (!is_new)
    return;
  counts_.add(record.what == ims::charging_record::kind::session ? metric::charging_sessions : metric::charging_events);
  counts_.add(metric::charging_records_waiting_now); // until the exporter counts
  if (exporter_)
    caf::anon_send(*exporter_, to_exporter::finished{std::string(key)});
}

std::vector<std::string> outbox::keys() {
  std::vector<std::string> found;
  values_.for_each(store::kind::charging_record,
                   [&](std::string_view key, const store::record&) { found.emplace_back(key); });
  return found;
}

std::optional<ims::charging_record> outbox::find(const std::string& key) {
  auto found = values_.find({store::kind::charging_record, key});
  if (!found)
    return std::nullopt;
  ims::charging_record record;
  if (ims::decode(found->value, record))
    return record;
  values_.quarantine({store::kind::charging_record, key}, "it is no charging record");
  return std::nullopt;
}

void outbox::erase(const std::vector<std::string>& keys) {
  for (auto& key : keys)
    values_.erase({store::kind::charging_record, key});
}

/// The next one begins with what the store has, all of it as seen.
void outbox::failed(std::string_view doing, std::string what) {
  failures_.on_failure({metric::restarts_other, "the exporter of charging records", doing, std::move(what)});
  recover();
}

} // namespace troupe
