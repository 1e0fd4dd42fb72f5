#include "actors/diameter/framework/outlet.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::diameter_framework {

outlet::outlet(int descriptor) : descriptor_(descriptor), writer_([this] { write_on(); }) { writer_.detach(); }

/// The node is gone: nothing that this process does matters any more.
std::size_t outlet::try_write(std::string_view octets) {
  std::size_t done = 0;
  while (done < octets.size()) {
    auto n = ::send(descriptor_, octets.data() + done, octets.size() - done, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0)
      done += static_cast<std::size_t>(n);
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      break;
    else if (errno != EINTR)
      ::_exit(0);
  }
  return done;
}

void outlet::send(diameter_channel::frame_kind kind, std::uint64_t number, std::string_view content) {
  std::string octets;
  diameter_channel::append(octets, kind, number, content);
  std::lock_guard held(mutex_);
  std::size_t done = 0;
  if (backlog_.empty())
    done = try_write(octets);
  if (done == octets.size())
    return;
  backlog_.append(octets, done, octets.npos);
  waiting_.store(backlog_.size(), std::memory_order_relaxed);
  if (backlog_.size() > most_waiting)
    ::_exit(0);
  more_.notify_one();
}

void outlet::write_on() {
  while (true) {
    {
      std::unique_lock held(mutex_);
      more_.wait(held, [this] { return !backlog_.empty(); });
      written_ += try_write(std::string_view(backlog_).substr(written_));
      if (written_ == backlog_.size() || written_ > enough_waiting) {
        backlog_.erase(0, written_);
        written_ = 0;
      }
      waiting_.store(backlog_.size() - written_, std::memory_order_relaxed);
      if (backlog_.empty())
        continue;
    }
    pollfd writable{descriptor_, POLLOUT, 0};
    ::poll(&writable, 1, -1);
  }
}

} // namespace troupe::diameter_framework
