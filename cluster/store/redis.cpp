#include "cluster/store/redis.hpp"

#include <algorithm>
#include <bit>
#include <condition_variable>
#include <openssl/rand.h>
#include <optional>
#include <set>

#include "cluster/store/redis_writer.hpp"

namespace troupe::store {
namespace {

/// Who is woken for a partition: its shard, or, at opening and at the end, the thread that opens or ends the store.
class waker {
public:
  explicit waker(std::function<void(std::size_t)> shard) : shard_(std::move(shard)) {}

  void wake(std::size_t index) {
    {
      std::lock_guard held(mutex_);
      if (here_) {
        woken_.insert(index);
        changed_.notify_one();
        return;
      }
    }
    shard_(index);
  }
  /// The caller polls until it says otherwise.
  void here(bool is) {
    std::lock_guard held(mutex_);
    here_ = is;
  }
  void nudge() {
    std::lock_guard held(mutex_);
    nudged_ = true;
    changed_.notify_one();
  }
  /// The partitions woken by then; none after `limit`, or a nudge.
  std::set<std::size_t> wait(std::chrono::steady_clock::time_point limit) {
    std::unique_lock held(mutex_);
    changed_.wait_until(held, limit, [this] { return nudged_ || !woken_.empty(); });
    nudged_ = false;
    return std::exchange(woken_, {});
  }

private:
  std::function<void(std::size_t)> shard_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::size_t> woken_; ///< these under the mutex
  bool here_ = true, nudged_ = false;
};

/// A single node's life has no number that others know: any that no other process has will do.
cluster::incarnation random_life() {
  std::array<std::uint8_t, 8> octets{};
  if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1)
    throw std::runtime_error("OpenSSL has no random octets");
  return std::bit_cast<cluster::incarnation>(octets);
}

class redis_backend final : public backend {
public:
  redis_backend(redis_setup setup, const open_options& options);
  ~redis_backend() override;

  /// Takes the groups that are to be held from the opening on.
  result<void> start(const open_options& options);

  std::size_t partitions() const noexcept override { return parts_.size(); }
  partition& at(std::size_t index) override { return *parts_.at(index); }
  statistics stats() const override { return writer_->counted(); }
  const std::vector<std::string>& notes() const noexcept override { return notes_; }
  void take(group_number group, const token& as, std::function<void(const taking&)> done) override {
    loop_.post([this, group, as, done = std::move(done)] { writer_->take(group, as, raising::take, done); });
  }
  void renew(group_number group, const token& as, std::function<void(const taking&)> done) override {
    loop_.post([this, group, as, done = std::move(done)] { writer_->renew(group, as, done); });
  }
  void give_up(group_number group, std::function<void()> done) override {
    loop_.post([this, group, done = std::move(done)] { writer_->give_up(group, done); });
  }

  void publish(group_number group, std::vector<publication>&& what, std::vector<std::string>&& forget, std::size_t most,
               std::function<void(outcome, std::size_t)> done) override {
    loop_.post([this, group, what = std::move(what), forget = std::move(forget), most, done = std::move(done)] {
      writer_->publish(group, what, forget, most, done);
    });
  }

private:
  using clock = std::chrono::steady_clock;

  struct opening {
    std::mutex mutex;
    std::size_t open = 0;             ///< groups; these two under the mutex
    std::optional<std::string> fault; ///< what no waiting helps against
  };

  void poll_woken(clock::time_point limit);
  bool at_rest() const;

  redis_setup setup_;
  waker waker_;
  event_loop loop_;
  std::vector<std::unique_ptr<write_behind>> parts_;
  std::vector<std::string> notes_;
  opening opening_;
  std::unique_ptr<redis_writer> writer_;
};

redis_backend::redis_backend(redis_setup setup, const open_options& options)
    : setup_(std::move(setup)), waker_(options.wake) {
  for (std::size_t i = 0; i < options.partitions; ++i)
    parts_.push_back(std::make_unique<write_behind>(
        options.hash_key, write_behind::surroundings{[this, i](batch what) { writer_->submit(i, std::move(what)); },
                                                     [this, i] { waker_.wake(i); }, options.group_of}));
  auto lasting = [this](const std::string& why) {
    {
      std::lock_guard held(opening_.mutex);
      opening_.fault = why;
    }
    waker_.nudge();
  };
  writer_ = std::make_unique<redis_writer>(loop_, setup_, parts_, options,
                                           redis_writer::callbacks{options.on_fenced, lasting});
}

void redis_backend::poll_woken(clock::time_point limit) {
  for (auto index : waker_.wait(limit))
    parts_[index]->poll();
}

result<void> redis_backend::start(const open_options& options) {
  opening_.open = options.groups.size();
  auto taken = [this, &options](const taking& how) {
    if (options.as && !how.fault.empty() && how.fence > *options.as)
      options.on_fenced(options.groups.front(), how.fence);
    std::lock_guard held(opening_.mutex);
    --opening_.open;
    if (!how.fault.empty())
      opening_.fault = how.fault;
    waker_.nudge();
  };
  loop_.post([this, groups = options.groups, taken, as = options.as, life = random_life()] {
    for (auto group : groups)
      writer_->take(group, as.value_or(token{1, 0, life}), as ? raising::take : raising::next, taken);
    writer_->start();
  });
  loop_.start();
  auto refuse = [&](const std::string& why) {
    return fail("store \"" + without_password(options.spec) + "\" cannot be opened: " + why, 0, 0);
  };
  auto limit = clock::now() + options.redis.open_timeout;
  while (true) {
    {
      std::lock_guard held(opening_.mutex);
      if (opening_.fault)
        return refuse(*opening_.fault);
      if (opening_.open == 0)
        break;
    }
    if (clock::now() >= limit)
      return refuse("it was not ready within " + std::to_string(options.redis.open_timeout.count()) +
                    " ms; the latest: " + stats().last_failure);
    poll_woken(limit);
  }
  notes_ = writer_->notes();
  waker_.here(false);
  for (std::size_t i = 0; i < parts_.size(); ++i)
    if (parts_[i]->dirty()) // it may have been woken for more than the opening
      waker_.wake(i);
  return {};
}

bool redis_backend::at_rest() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const auto& part) { return !part->dirty() && part->backlog() == 0; });
}

/// What is dirty is stored, if Redis answers; for as long as one command may take.
redis_backend::~redis_backend() {
  waker_.here(true);
  auto limit = clock::now() + setup_.options.timeout;
  for (auto& part : parts_)
    part->abandon();
  while (!at_rest() && clock::now() < limit) {
    for (auto& part : parts_) {
      part->poll();
      part->flush();
    }
    poll_woken(std::min(limit, clock::now() + std::chrono::milliseconds(20)));
  }
  loop_.stop();
}

} // namespace

result<std::unique_ptr<backend>> open_redis(const open_options& options) {
  auto setup = redis_setup::read(options.spec, options.redis);
  if (!setup)
    return tl::unexpected(setup.error());
  auto opened = std::make_unique<redis_backend>(std::move(*setup), options);
  if (auto started = opened->start(options); !started)
    return tl::unexpected(started.error());
  return opened;
}

} // namespace troupe::store
