#include "cluster/parent/child.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace troupe::cluster {

namespace {

constexpr int not_started = 127; // as shells say it

// glibc 2.36 declares these two without C linkage.
int open_process(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }
void signal_process(int descriptor, int signal) { ::syscall(SYS_pidfd_send_signal, descriptor, signal, nullptr, 0); }

/// Leaves the standard ones and `kept`, as the next.
void close_others(int kept) {
  if (kept == child::kept_as)
    ::fcntl(kept, F_SETFD, 0); // dup2 of itself would leave it as it is
  else
    ::dup2(kept, child::kept_as);
  ::syscall(SYS_close_range, child::kept_as + 1, ~0U, 0U);
}

/// Between fork and exec of a process that has threads: only what is safe in a signal handler.
[[noreturn]] void become(char* const* arguments, pid_t parent, int kept) {
  if (kept >= 0)
    close_others(kept);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() == parent) // else it died before that was said
    ::execvp(arguments[0], arguments);
  ::_exit(not_started);
}

} // namespace

std::string child_end::text() const {
  return by_signal ? std::string("was killed by signal ") + std::to_string(number)
                   : "ended with status " + std::to_string(number);
}

result<child> child::start(const std::vector<std::string>& command) { return start(command, -1); }

result<child> child::start(const std::vector<std::string>& command, int kept) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& each : command)
    arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  auto self = ::getpid();
  auto pid = ::fork();
  if (pid == 0)
    become(arguments.data(), self, kept);
  if (pid < 0)
    return fail("no process can be made: " + std::string(std::strerror(errno)), 0, 0);
  auto descriptor = open_process(pid); // nobody else waits for it, so the number is still its own
  if (descriptor < 0) {
    auto why = std::string(std::strerror(errno));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return fail("a process cannot be watched: " + why, 0, 0);
  }
  return child(descriptor, pid);
}

child::child(child&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), number_(other.number_) {}

child::~child() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

void child::send(int signal) const noexcept { signal_process(descriptor_, signal); }

std::optional<child_end> child::ended() {
  siginfo_t how{};
  if (::waitid(P_PIDFD, static_cast<id_t>(descriptor_), &how, WEXITED | WNOHANG) != 0 || how.si_pid == 0)
    return std::nullopt;
  return child_end{how.si_code != CLD_EXITED, how.si_status};
}

asked_to_end::asked_to_end() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &wanted, &before_);
  descriptor_ = ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor_ < 0)
    throw std::system_error(errno, std::system_category(), "signalfd");
}

asked_to_end::~asked_to_end() {
  ::close(descriptor_);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int asked_to_end::take() noexcept {
  signalfd_siginfo one{};
  return ::read(descriptor_, &one, sizeof one) == sizeof one ? static_cast<int>(one.ssi_signo) : 0;
}

} // namespace troupe::cluster
