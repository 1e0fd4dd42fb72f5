#include "actors/diameter/child_socket.hpp"

#include <asio/buffer.hpp>
#include <asio/write.hpp>
#include <csignal>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe {

namespace {

constexpr int socket_buffer = 1 << 20;

/// What is open at the end of the scope is closed.
struct descriptor {
  int number = -1;
  ~descriptor() {
    if (number >= 0)
      ::close(number);
  }
};

} // namespace

std::shared_ptr<child_socket> child_socket::start(shard& home, user& of, const std::vector<std::string>& command) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error("no socket for the Diameter child");
  descriptor theirs{ends[1]};
  socket ours(home.io(), asio::local::stream_protocol(), ends[0]);
  for (auto end : ends)
    ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &socket_buffer, sizeof socket_buffer);
  auto process = cluster::child::start(command, theirs.number);
  if (!process)
    throw std::runtime_error(process.error().what);
  std::shared_ptr<child_socket> out(new child_socket(home, of, std::move(*process), std::move(ours)));
  out->read();
  out->wait();
  return out;
}

child_socket::child_socket(shard& home, user& of, cluster::child process, socket end)
    : home_(home),
      user_(&of),
      process_(std::move(process)),
      socket_(std::move(end)),
      end_(home.io(), ::dup(process_.descriptor())) {}

child_socket::~child_socket() = default;

void child_socket::read() {
  socket_.async_read_some(asio::buffer(room_), [self = shared_from_this()](asio::error_code failed, std::size_t size) {
    self->home_.round([&] {
      if (failed || self->closed_)
        return; // the process tells of its end
      if (self->user_ != nullptr)
        self->user_->got(*self, {self->room_.data(), size});
      if (!self->closed_)
        self->read();
    });
  });
}

void child_socket::write(std::string octets) {
  writing_ = std::move(octets);
  asio::async_write(socket_, asio::buffer(writing_), [self = shared_from_this()](asio::error_code failed, std::size_t) {
    self->home_.round([&] {
      self->writing_.clear();
      if (!failed && self->user_ != nullptr && !self->closed_)
        self->user_->written(*self);
    });
  });
}

void child_socket::wait() {
  end_.async_wait(asio::posix::stream_descriptor::wait_read,
                  [self = shared_from_this()](asio::error_code) { self->home_.round([&] { self->on_end(); }); });
}

void child_socket::on_end() {
  auto how = process_.ended();
  if (closed_)
    return;
  if (!how)
    return wait();
  closed_ = true;
  asio::error_code ignored;
  socket_.close(ignored);
  end_.close(ignored);
  if (user_ != nullptr)
    user_->ended(*this, *how);
}

void child_socket::kill() { process_.send(SIGKILL); }

void child_socket::abandon() {
  user_ = nullptr;
  kill();
}

} // namespace troupe
