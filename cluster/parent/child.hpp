// A child process, known by its pidfd, so that its number cannot come to mean another: pidfd_open(2). Linux only.
#pragma once

#include <csignal>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "protocols/base/result.hpp"

namespace troupe::cluster {

struct child_end {
  bool by_signal = false;
  int number = 0; ///< of the signal, or the exit status

  std::string text() const;
  friend bool operator==(const child_end&, const child_end&) = default;
};

class child {
public:
  /// `command`: the program, looked for in PATH, and its arguments. It gets SIGTERM should the thread that starts it end.
  static result<child> start(const std::vector<std::string>& command);
  /// The same, with `kept` as its descriptor `kept_as` and none of this process's others but the standard ones: sockets
  /// that somebody else holds open go on taking what nobody reads.
  static result<child> start(const std::vector<std::string>& command, int kept);
  static constexpr int kept_as = 3;
  child(child&& other) noexcept;
  child& operator=(child&&) = delete;
  ~child();

  int descriptor() const noexcept { return descriptor_; } ///< readable when it has ended
  pid_t number() const noexcept { return number_; }       ///< to show; until ended() has told of the end
  void send(int signal) const noexcept;
  /// Once it has ended; does not wait.
  std::optional<child_end> ended();

private:
  child(int descriptor, pid_t number) : descriptor_(descriptor), number_(number) {}

  int descriptor_;
  pid_t number_;
};

/// Takes SIGTERM and SIGINT as something to read instead of as an end. To be made on the main thread before others.
class asked_to_end {
public:
  asked_to_end();
  asked_to_end(const asked_to_end&) = delete;
  ~asked_to_end();

  int descriptor() const noexcept { return descriptor_; }
  /// The next signal that has come; 0: none.
  int take() noexcept;

private:
  sigset_t before_{};
  int descriptor_;
};

} // namespace troupe::cluster
