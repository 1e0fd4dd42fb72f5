#include "tests/actors/diameter/kit.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <fstream>
#include <future>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actors/supervision/quiet_clock.hpp"

namespace troupe::diameter_test {

std::uint16_t free_port() {
  auto fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  ::bind(fd, reinterpret_cast<sockaddr*>(&name), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
  ::close(fd);
  return ntohs(name.sin_port);
}

namespace {

diameter_settings settings_for(const std::string& identity, std::uint16_t port,
                               std::vector<diameter_channel::peer_settings> peers) {
  diameter_settings out;
  out.framework.identity = identity;
  out.framework.realm = realm;
  if (port != 0)
    out.framework.listen = {"127.0.0.1"};
  out.framework.port = port;
  out.framework.peers = std::move(peers);
  out.framework.reconnect_s = 1;
  out.command = {TROUPE_PROGRAM, "diameter"};
  return out;
}

} // namespace

party::party(std::string identity, std::uint16_t port, std::vector<diameter_channel::peer_settings> peers,
             std::function<void(diameter_settings&)> change)
    : identity_(std::move(identity)) {
  auto how = settings_for(identity_, port, std::move(peers));
  if (change)
    change(how);
  auto log = [this](const diameter_note& n) {
    std::lock_guard held(mutex_);
    notes_.push_back(n.what + (n.detail.empty() ? "" : ": " + n.detail));
  };
  transport_.emplace(home_, counts_, std::move(how), log, [](std::string) {});
  port_ = transport_->port();
  home_.start([this] { transport_->start(); });
  if (port != 0)
    eventually([this] { return serves(); }, milliseconds(3'000)); // else who connects has to try again, in its own time
}

party::~party() {
  auto said = std::make_shared<std::promise<void>>();
  home_.post([this, said] { transport_->stop([said] { said->set_value(); }); });
  said->get_future().wait_for(std::chrono::seconds(5));
  home_.stop();
  transport_.reset();
}

bool party::up(const std::string& peer) const {
  for (auto& each : port_->peers())
    if (each.identity == peer)
      return each.up;
  return false;
}

pid_t party::child() const {
  auto pid = std::make_shared<std::promise<pid_t>>();
  auto answer = pid->get_future();
  const_cast<shard&>(home_).post([this, pid] { pid->set_value(transport_->child_process()); });
  return answer.get();
}

diameter_answer party::ask(std::string octets, milliseconds patience, bool again) {
  auto said = std::make_shared<std::promise<diameter_answer>>();
  auto answer = said->get_future();
  port_->ask({std::move(octets), patience, again}, [said](diameter_answer a) { said->set_value(std::move(a)); });
  return answer.get();
}

void party::serve_uar() {
  port_->serve({by_hand::cx, by_hand::uar}, [this](diameter_question q) {
    ++asked_;
    q.answer(by_hand::user_authorization_answer(ends(), q.octets));
  });
}

bool party::serves() const {
  auto all = notes();
  return std::find(all.begin(), all.end(), "Diameter is served: " + identity_) != all.end();
}

std::vector<std::string> party::notes() const {
  std::lock_guard held(mutex_);
  return notes_;
}

} // namespace troupe::diameter_test
