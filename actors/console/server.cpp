#include "actors/console/server.hpp"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <unistd.h>

#include "actors/console/deadline_stream.hpp"
#include "actors/console/log.hpp"
#include "actors/console/routes.hpp"

namespace troupe::console {
namespace {

/// Set while a connection is taken that no thread has time for: it is turned away where it was accepted.
thread_local bool turn_away = false;

constexpr std::string_view busy =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
    "Connection: close\r\nContent-Length: 64\r\n\r\n"
    "{\"status\": 503, \"error\": \"too many requests at the same time\"}\r\n";

/// httplib's own pool takes whatever comes; this one has a bound.
class bounded_pool final : public httplib::TaskQueue {
public:
  bounded_pool(std::size_t threads, std::size_t most) : most_(most) {
    for (std::size_t i = 0; i < threads; ++i)
      threads_.emplace_back([this] { work(); });
  }
  ~bounded_pool() override { shutdown(); }

  void enqueue(std::function<void()> job) override {
    {
      std::lock_guard hold(guard_);
      if (jobs_.size() < most_) {
        jobs_.push_back(std::move(job));
        wake_.notify_one();
        return;
      }
    }
    turn_away = true;
    job();
    turn_away = false;
  }

  void shutdown() override {
    {
      std::lock_guard hold(guard_);
      ended_ = true;
    }
    wake_.notify_all();
    for (auto& t : threads_)
      if (t.joinable())
        t.join();
  }

private:
  void work() {
    pthread_setname_np(pthread_self(), "admin");
    for (;;) {
      std::unique_lock hold(guard_);
      wake_.wait(hold, [this] { return ended_ || !jobs_.empty(); });
      if (jobs_.empty())
        return;
      auto job = std::move(jobs_.front());
      jobs_.pop_front();
      hold.unlock();
      job();
    }
  }

  std::size_t most_;
  std::mutex guard_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  bool ended_ = false;
};

} // namespace

class server::listener final : public httplib::Server {
public:
  listener(routes& where, const server_options& how) : routes_(where), patience_(how.patience) {
    new_task_queue = [threads = how.threads, most = how.most_waiting] { return new bounded_pool(threads, most); };
    set_payload_max_length(how.largest_body);
    // The default is SO_REUSEPORT, with which two nodes would share the port unawares.
    set_socket_options([](socket_t s) {
      int yes = 1;
      ::setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    routes_.add_to(*this);
    port_ = how.port == 0 ? bind_to_any_port(how.host) : (bind_to_port(how.host, how.port) ? how.port : -1);
    if (port_ < 0)
      throw std::runtime_error("admin.listen: cannot listen on " + how.host + " port " + std::to_string(how.port) +
                               ": " + std::strerror(errno));
  }

  void start() {
    thread_ = std::thread([this] {
      pthread_setname_np(pthread_self(), "admin-accept");
      listen_after_bind();
    });
    while (!is_running()) // stop() before it runs would be lost
      std::this_thread::yield();
  }
  void end() {
    if (!thread_.joinable())
      return;
    stop();
    thread_.join();
  }
  int port() const noexcept { return port_; }

private:
  bool process_and_close_socket(socket_t socket) override {
    if (turn_away) {
      routes_.count_refused();
      [[maybe_unused]] auto sent = ::send(socket, busy.data(), busy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    } else {
      deadline_stream stream(socket, patience_);
      bool closed = false;
      process_request(stream, true, closed, nullptr);
      stream.close_gently();
    }
    ::close(socket);
    return true;
  }

  routes& routes_;
  std::chrono::milliseconds patience_;
  int port_ = -1;
  std::thread thread_;
};

server::server(source& of, server_options options)
    : routes_(std::make_unique<routes>(of, options.token)), listener_(std::make_unique<listener>(*routes_, options)) {}

server::~server() { stop(); }

void server::start() { listener_->start(); }

void server::stop() { listener_->end(); }

std::uint16_t server::port() const noexcept { return static_cast<std::uint16_t>(listener_->port()); }

} // namespace troupe::console
