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
  /// `command`: the program, looked for in PATH, and its arguments. It gets SIGTERM should this process die.
  static result<child> start(const std::vector<std::string>& command);
  child(child&& other) noexcept;
  child& operator=(child&&) = delete;
  ~child();

  int descriptor() const noexcept { return descriptor_; } ///< readable when it has ended
  void send(int signal) const noexcept;
  /// Once it has ended; does not wait.
  std::optional<child_end> ended();

private:
  explicit child(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
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
