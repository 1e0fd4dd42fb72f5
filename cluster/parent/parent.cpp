#include "cluster/parent/parent.hpp"

#include <algorithm>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include "cluster/authority/boot_time.hpp"
#include "cluster/authority/lives.hpp"

namespace troupe::cluster {

namespace {

/// Two parents with one file would each declare the other's child dead.
class file_lock {
public:
  explicit file_lock(const std::string& file)
      : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)),
        held_(descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {}
  file_lock(const file_lock&) = delete;
  ~file_lock() { ::close(descriptor_); }
  bool held() const noexcept { return held_; }

private:
  int descriptor_;
  bool held_;
};

class parent {
public:
  parent(const parent_options& options, asked_to_end& asked) : options_(options), asked_(asked) {}

  int run() {
    while (true) {
      auto node = child::start(options_.command);
      auto how = node ? watch(*node) : child_end{false, gave_up_status};
      if (!node || how.by_signal || how.number != 0)
        options_.report(node ? "the node " + how.text() : node.error().what);
      bury();
      auto status = how.by_signal ? 128 + how.number : how.number;
      bool last = !how.by_signal && std::count(options_.not_again.begin(), options_.not_again.end(), how.number) > 0;
      if (ending_ || last)
        return status;
      auto wait = next_start(deaths_, boot_time(), options_.policy);
      if (!wait) {
        options_.report("it died " + std::to_string(options_.policy.deaths) + " times within " +
                        std::to_string(options_.policy.within.count() / 1000) + " s: it is given up");
        return gave_up_status;
      }
      if (rest(*wait))
        return 0;
    }
  }

private:
  /// Passes on what this process is asked for.
  child_end watch(child& node) {
    while (true) {
      pollfd wanted[] = {{node.descriptor(), POLLIN, 0}, {asked_.descriptor(), POLLIN, 0}};
      ::poll(wanted, 2, -1);
      for (auto signal = asked_.take(); signal != 0; signal = asked_.take()) {
        ending_ = true;
        node.send(signal);
      }
      if (auto how = node.ended())
        return *how;
    }
  }

  void bury() {
    options_.remove_addresses();
    auto life = last_life(options_.life_file);
    if (!life)
      options_.report(life.error().what);
    else if (*life != 0) // else it died before it began one
      options_.tell(*life);
  }

  /// Whether it was asked to end meanwhile.
  bool rest(milliseconds wait) {
    auto until = boot_time() + wait;
    while (boot_time() < until) {
      pollfd wanted{asked_.descriptor(), POLLIN, 0};
      ::poll(&wanted, 1, static_cast<int>((until - boot_time()).count()) + 1);
      if (asked_.take() != 0)
        return true;
    }
    return false;
  }

  const parent_options& options_;
  asked_to_end& asked_;
  restarts deaths_;
  bool ending_ = false;
};

} // namespace

result<int> run_parent(const parent_options& options, asked_to_end& asked) {
  file_lock lock(options.life_file + ".lock");
  if (!lock.held())
    return fail("another parent process watches this node: " + options.life_file + ".lock is taken", 0, 0);
  return parent(options, asked).run();
}

} // namespace troupe::cluster
