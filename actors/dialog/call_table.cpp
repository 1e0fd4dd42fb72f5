#include "actors/dialog/call_table.hpp"

#include "actors/dialog/call_alarm.hpp"
#include "protocols/sip/make.hpp"

namespace troupe {
namespace {

/// Restarts of one version of a value before it is thought to be poisoned.
constexpr int deaths_allowed = 2;
constexpr std::size_t most_deaths_noted = 1'024;

} // namespace

template <class Message>
void call_table::deliver(const call_id& to, Message&& m) {
  constexpr bool may_make = std::is_same_v<std::decay_t<Message>, to_call::request>;
  if (auto* actor = find_or_make(to, may_make))
    return caf::anon_send(*actor, std::forward<Message>(m));
  if constexpr (may_make) { // quarantined
    auto status = m.role ? 500 : 481;
    transactions_->respond(
        m.server, make_ref<const sip::message>(sip::make_response(*m.message, status, home_.random().token(8))));
  }
}

struct call_table::alarm final : wheel::entry {
  call_table* table = nullptr;
  call_id id;

  void fire() override {
    auto* owner = table;
    auto which = id;
    owner->alarms_.erase(which); // ends this
    owner->deliver(which, to_call::timer{to_call::timer::wake, 0});
  }
};

call_table::call_table(shard& home, metrics& counts, const call_settings& own, store::partition& values,
                       supervisor& failures)
    : home_(home), counts_(counts), own_(own), values_(values), failures_(failures) {
  home_.at_round_end([this] {
    if (values_.dirty())
      values_.flush();
  });
}

call_table::~call_table() = default;

void call_table::connect(transports& net, transaction_table& transactions, outlet& out, fact_finder& facts,
                         locator& addresses, own_requests& own_sent) {
  net_ = &net;
  transactions_ = &transactions;
  out_ = &out;
  facts_ = &facts;
  addresses_ = &addresses;
  own_sent_ = &own_sent;
}

void call_table::recover() {
  std::vector<std::pair<call_id, instant>> found;
  values_.for_each(store::kind::call, [&](std::string_view key, const store::record& r) {
    auto id = call_of(key);
    if (!id)
      return;
    found.emplace_back(*id, r.deadline);
    call_value value;
    if (decode(r.value, value))
      for (auto& holder : holders_of(value, own_.roles))
        hold(*id, holder);
  });
  for (auto& [id, deadline] : found)
    set_alarm(id, deadline);
  counts_.set(metric::calls_stored_now, found.size());
}

std::string call_table::store_key(const call_id& id) {
  std::string key;
  key.reserve(12);
  for (int shift = 56; shift >= 0; shift -= 8)
    key += static_cast<char>(id.key.hash >> shift);
  key += static_cast<char>(id.key.group >> 8);
  key += static_cast<char>(id.key.group);
  key += static_cast<char>(static_cast<unsigned>(id.half) << 4 | id.stage);
  return key;
}

std::optional<call_id> call_table::call_of(std::string_view key) {
  if (key.size() != 11)
    return std::nullopt;
  auto octet = [&](std::size_t at) { return static_cast<std::uint64_t>(static_cast<unsigned char>(key[at])); };
  call_id id;
  for (std::size_t i = 0; i < 8; ++i)
    id.key.hash = id.key.hash << 8 | octet(i);
  id.key.group = static_cast<std::uint16_t>(octet(8) << 8 | octet(9));
  id.half = static_cast<sip::half>(octet(10) >> 4);
  id.stage = static_cast<std::uint8_t>(octet(10) & 15);
  return id;
}

std::string_view call_table::stored(const call_id& id) {
  auto found = values_.find({store::kind::call, store_key(id)});
  return found ? found->value : std::string_view{};
}

void call_table::put(const call_id& id, instant deadline, std::string_view value) {
  counts_.add(metric::store_puts);
  values_.put({store::kind::call, store_key(id)}, deadline, value);
}

void call_table::erase(const call_id& id) { values_.erase({store::kind::call, store_key(id)}); }

void call_table::charge(std::string_view key, const ims::charging_record& record) {
  if (outbox_)
    outbox_->put(key, record);
}

void call_table::set_alarm(const call_id& id, instant at) {
  auto& place = alarms_[id];
  place = std::make_unique<alarm>();
  place->table = this;
  place->id = id;
  home_.timers().arm(*place, at);
}

void call_table::put_away(const call_id& id) {
  auto kept = values_.find({store::kind::call, store_key(id)});
  if (kept) {
    counts_.add(metric::calls_put_away);
    set_alarm(id, kept->deadline);
  }
  live_.erase(id);
  counts_.set(metric::calls_live_now, live_.size());
  counts_.set(metric::calls_stored_now, alarms_.size());
}

void call_table::forget(const call_id& id) {
  erase(id);
  live_.erase(id);
  deaths_.erase(id);
  counts_.set(metric::calls_live_now, live_.size());
}

void call_table::hold(const call_id& id, const std::string& holder) { held_[holder].insert(id); }

void call_table::let_go(const call_id& id, const std::string& holder) {
  auto found = held_.find(holder);
  if (found == held_.end())
    return;
  found->second.erase(id);
  if (found->second.empty())
    held_.erase(found);
}

void call_table::release_calls_of(const std::string& holder) {
  auto found = held_.find(holder);
  if (found == held_.end())
    return;
  for (auto& id : std::vector<call_id>(found->second.begin(), found->second.end()))
    deliver(id, to_call::timer{to_call::timer::release, 0});
}

void call_table::tell(const call_id& to, to_call::request m) { deliver(to, std::move(m)); }

void call_table::tell(const call_id& to, to_call::cancel m) { deliver(to, std::move(m)); }

void call_table::tell(const call_id& to, to_call::response m) {
  if (to.stage == own_request_stage)
    return own_sent_->on(m);
  deliver(to, std::move(m));
}

void call_table::tell(const call_id& to, to_call::branch_failed m) {
  if (to.stage == own_request_stage)
    return own_sent_->on(m);
  deliver(to, std::move(m));
}

void call_table::tell(const call_id& to, to_call::server_failed m) { deliver(to, std::move(m)); }

void call_table::tell(const call_id& to, to_call::resume m) {
  if (auto found = live_.find(to); found != live_.end())
    caf::anon_send(found->second, m);
}

const call_actor* call_table::find_or_make(const call_id& id, bool may_make) {
  if (auto found = live_.find(id); found != live_.end())
    return &found->second;
  auto kept = values_.find({store::kind::call, store_key(id)});
  if (!kept && !may_make)
    return nullptr;
  if (kept) {
    auto noted = deaths_.find(id);
    if (noted != deaths_.end() && noted->second.version == kept->version && noted->second.count >= deaths_allowed) {
      counts_.add(metric::calls_quarantined);
      return nullptr;
    }
    alarms_.erase(id);
    counts_.set(metric::calls_stored_now, alarms_.size());
  }
  counts_.add(kept ? metric::calls_restored : metric::calls_made);
  auto actor = spawn_pinned<call>(home_, *this, id);
  auto& place = live_.emplace(id, std::move(actor)).first->second;
  counts_.set(metric::calls_live_now, live_.size());
  return &place;
}

void call_table::failed(const call_id& id, const sip::transaction_key& at_work, const sip::message* request,
                        std::string_view doing, std::string what) {
  std::string who = request ? std::string(request->value(sip::hdr::call_id)) : "a call";
  failures_.on_failure({metric::restarts_call, who, doing, std::move(what)});
  if (auto kept = values_.find({store::kind::call, store_key(id)})) {
    if (deaths_.size() > most_deaths_noted)
      deaths_.clear();
    auto& d = deaths_[id];
    d.count = d.version == kept->version ? d.count + 1 : 1;
    d.version = kept->version;
    set_alarm(id, kept->deadline);
  }
  live_.erase(id);
  if (request && at_work != sip::transaction_key{})
    transactions_->respond(at_work,
                           make_ref<const sip::message>(sip::make_response(*request, 500, home_.random().token(8))));
}

} // namespace troupe
