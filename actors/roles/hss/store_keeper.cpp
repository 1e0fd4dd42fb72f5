#include "actors/roles/hss/store_keeper.hpp"

#include <algorithm>

#include "actors/roles/hss/store_records.hpp"

namespace troupe::hss {

namespace {

using clock = std::chrono::steady_clock;

/// How soon what is dirty is flushed again: behind a commit that is under way, and after one that failed.
constexpr std::chrono::milliseconds behind{2}, behind_failure{20};

/// An answer must fit into a message of the link, with the names in it.
constexpr std::size_t largest_user_data = 96 * 1024;

tl::unexpected<error> refuse(std::string why) { return fail(std::move(why), 0, 0); }

result<void> result_of(store::outcome how) {
  switch (how) {
  case store::outcome::stored: return {};
  case store::outcome::fenced: return refuse("another node has the HSS");
  default: return refuse("the store cannot be written");
  }
}

} // namespace

store_keeper::~store_keeper() {
  {
    std::lock_guard hold(lock_);
    stop_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

// Reading

result<void> store_keeper::each_sequence(const std::function<void(std::string_view, std::uint64_t)>& visit) {
  records_.for_each(store::kind::hss_sequence, [&](std::string_view key, const store::record& found) {
    if (auto seq = read_sequence(found.value))
      visit(key, *seq);
    else
      faults_.push_back("the sequence number of " + std::string(key) + " cannot be read: it goes on by the clock");
  });
  return {};
}

result<void>
store_keeper::each_subscriber(const std::function<void(std::int64_t, std::string_view, std::string_view)>& visit) {
  records_.for_each(store::kind::hss_subscriber, [&](std::string_view key, const store::record& found) {
    auto id = read_id(key);
    if (!id) {
      faults_.push_back("a subscriber is left out: his record has no number");
      return;
    }
    last_id_ = std::max(last_id_, *id);
    auto state = records_.find({store::kind::hss_state, key});
    visit(*id, read_octets(store::kind::hss_subscriber, found.value),
          state ? read_octets(store::kind::hss_state, state->value) : std::string_view());
  });
  return {};
}

// From any thread

void store_keeper::start() {
  thread_ = std::thread([this] { loop(); });
}

void store_keeper::wake() {
  {
    std::lock_guard hold(lock_);
    woken_ = true;
  }
  changed_.notify_one();
}

void store_keeper::reserve(std::string impi, std::uint64_t seq, told then) {
  {
    std::lock_guard hold(lock_);
    next_.reservations.push_back({std::move(impi), seq, std::move(then)});
  }
  changed_.notify_one();
}

bool store_keeper::keep_state(std::int64_t id, std::string octets, told then) {
  {
    std::lock_guard hold(lock_);
    unwritten_[id] = ++last_serial_;
    next_.states.push_back({id, last_serial_, std::move(octets), std::move(then)});
  }
  changed_.notify_one();
  return true;
}

void store_keeper::run(std::function<void()> task) {
  {
    std::lock_guard hold(lock_);
    next_.tasks.push_back(std::move(task));
  }
  changed_.notify_one();
}

std::size_t store_keeper::unwritten() const {
  std::lock_guard hold(lock_);
  return unwritten_.size();
}

result<void> store_keeper::accept(const subscriber& who, std::string_view definition) const {
  for (auto& p : who.privates)
    if (p.impi.size() > store::longest_key)
      return refuse("private identity " + p.impi + " is longer than the " + std::to_string(store::longest_key) +
                    " octets that the store takes");
  for (auto& set : who.sets)
    if (make_user_data(who.privates.front().impi, set.identities, set.services.get()).size() > largest_user_data)
      return refuse("the user data of " + who.privates.front().impi + " would take more than the " +
                    std::to_string(largest_user_data) + " octets that other nodes can be sent");
  auto size = definition_value(definition).size();
  if (size > store::largest_value)
    return refuse("the subscription of " + who.privates.front().impi + " takes " + std::to_string(size) +
                  " octets; the store takes " + std::to_string(store::largest_value));
  return {};
}

// The thread

void store_keeper::loop() {
  while (wait_for_work()) {
    serve_writes();
    std::deque<std::function<void()>> tasks;
    {
      std::lock_guard hold(lock_);
      tasks.swap(next_.tasks);
    }
    for (auto& task : tasks)
      task();
  }
  serve_writes();
  give_up();
}

/// False: the end has come, and there is no task any more.
bool store_keeper::wait_for_work() {
  auto dirty = records_.dirty();
  std::unique_lock hold(lock_);
  auto ready = [&] {
    return stop_ || woken_ || !next_.reservations.empty() || !next_.states.empty() || !next_.tasks.empty();
  };
  if (dirty)
    changed_.wait_for(hold, retrying_ ? behind_failure : behind, ready);
  else
    changed_.wait(hold, ready);
  return !stop_ || !next_.tasks.empty();
}

/// Puts what has come, and lets the store go on.
void store_keeper::serve_writes() {
  work now;
  {
    std::lock_guard hold(lock_);
    woken_ = false;
    now.reservations.swap(next_.reservations);
    now.states.swap(next_.states);
  }
  records_.poll();
  std::vector<told> all;
  for (auto& one : now.reservations) {
    put(one);
    all.push_back(std::move(one.then));
  }
  for (auto& one : now.states) {
    put(one);
    if (one.then)
      all.push_back(std::move(one.then));
  }
  if (!now.reservations.empty() || !now.states.empty())
    commit(std::move(all));
  else if (records_.dirty())
    records_.flush();
  if (retrying_ && records_.settled()) {
    retrying_ = false;
    written(put_serial_);
  }
}

void store_keeper::put(reservation& one) {
  auto known = records_.find({store::kind::hss_sequence, one.impi});
  auto before = known ? read_sequence(known->value) : std::nullopt;
  if (!before || *before < one.seq)
    put(store::kind::hss_sequence, one.impi, sequence_value(one.seq));
}

void store_keeper::put(new_state& one) {
  auto key = key_of(one.id);
  if (records_.find({store::kind::hss_subscriber, key})) // else he has been removed
    put(store::kind::hss_state, key, state_value(one.octets));
  put_serial_ = one.serial;
}

void store_keeper::put(store::kind type, std::string_view key, std::string value) {
  if (auto old = records_.find({type, key}))
    keep_unknown(type, old->value, value);
  records_.put({type, key}, no_deadline, value);
}

/// The states of serials up to this are stored.
void store_keeper::written(std::uint64_t serial) {
  std::lock_guard hold(lock_);
  std::erase_if(unwritten_, [&](auto& one) { return one.second <= serial; });
}

/// `all` are told when everything that was put until now is stored, or has failed to be.
store_keeper::waiting_ref store_keeper::commit(std::vector<told> all) {
  auto whose = std::make_shared<waiting>();
  whose->all = std::move(all);
  whose->states_up_to = put_serial_;
  open_.push_back(whose);
  records_.after_commit([this, whose](store::outcome how) {
    if (!whose->over) // else the keeper may be gone
      ended(whose, how);
  });
  records_.flush();
  return whose;
}

void store_keeper::ended(const waiting_ref& whose, store::outcome how) {
  open_.remove(whose);
  switch (how) {
  case store::outcome::stored: written(whose->states_up_to); break;
  case store::outcome::failed:
    retrying_ = true;
    ++failures_;
    break;
  case store::outcome::fenced: fenced_ = true; break;
  }
  whose->how = how;
  tell(whose, result_of(how));
}

void store_keeper::tell(const waiting_ref& whose, const result<void>& how) {
  whose->over = true;
  for (auto& then : std::exchange(whose->all, {}))
    then(how);
}

/// At the end: nobody is left waiting, and the store calls nobody who is gone.
void store_keeper::give_up() {
  for (auto& whose : std::exchange(open_, {}))
    tell(whose, refuse("the HSS ends"));
}

// Changes of provisioning

/// Puts at once and remembers what was there, for the way back.
class store_keeper::edit final : public rows {
public:
  explicit edit(store_keeper& of) noexcept : of_(of) {}

  result<std::int64_t> add(std::string_view definition) override {
    auto id = of_.last_id_ + 1;
    if (auto done = put(store::kind::hss_subscriber, key_of(id), definition_value(definition)); !done)
      return tl::unexpected(done.error());
    return of_.last_id_ = id;
  }
  result<void> change(std::int64_t id, std::string_view definition, std::string_view now) override {
    auto done = put(store::kind::hss_subscriber, key_of(id), definition_value(definition));
    return done ? put(store::kind::hss_state, key_of(id), state_value(now)) : done;
  }
  result<void> remove(std::int64_t id) override {
    for (auto type : {store::kind::hss_subscriber, store::kind::hss_state}) {
      remember({type, key_of(id)});
      of_.records_.erase({type, key_of(id)});
    }
    return {};
  }

  /// Restores what was before, the latest first.
  void undo() {
    for (auto one = before_.rbegin(); one != before_.rend(); ++one)
      if (one->value)
        of_.records_.put(one->id, no_deadline, *one->value);
      else
        of_.records_.erase(one->id);
  }

private:
  struct old {
    store::entity_id id;
    std::optional<std::string> value;
  };

  result<void> put(store::kind type, std::string key, const std::string& value) {
    if (value.size() > store::largest_value)
      return refuse("a subscription is larger than what the store takes");
    remember({type, key});
    of_.put(type, key, value);
    return {};
  }
  void remember(store::entity_id id) {
    auto found = of_.records_.find(id);
    before_.push_back({std::move(id), found ? std::optional(std::string(found->value)) : std::nullopt});
  }

  store_keeper& of_;
  std::vector<old> before_;
};

result<void> store_keeper::transact(const std::function<result<void>(rows&)>& change) {
  if (fenced_)
    return result_of(store::outcome::fenced);
  edit changes(*this);
  auto done = change(changes);
  if (!done) {
    changes.undo();
    return done;
  }
  auto whose = commit({});
  while (!whose->over) {
    bool stopping = false;
    {
      std::unique_lock hold(lock_);
      changed_.wait_for(hold, behind, [&] { return stop_ || woken_; });
      stopping = stop_;
    }
    serve_writes(); // requests go on meanwhile
    if (stopping && !whose->over) {
      open_.remove(whose);
      tell(whose, {});
      changes.undo();
      return refuse("the HSS ends before the store has answered");
    }
  }
  if (whose->how == store::outcome::failed)
    changes.undo();
  return result_of(whose->how);
}

} // namespace troupe::hss
