#include "actors/diameter/framework/child.hpp"

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <poll.h>
#include <set>
#include <sys/prctl.h>
#include <unistd.h>

#include "actors/diameter/framework/guards.hpp"
#include "actors/diameter/framework/routing.hpp"
#include "actors/diameter/framework/setup.hpp"
#include "actors/diameter/framework/traffic.hpp"

namespace troupe::diameter_framework {

using namespace diameter_channel;

namespace {

constexpr auto tick = std::chrono::milliseconds(50);
constexpr int ticks_a_pulse = 4;
constexpr auto probe_every = std::chrono::milliseconds(500);
constexpr auto goodbye_patience = std::chrono::seconds(2);
constexpr int most_received = 2'000; ///< messages that wait within the framework for one peer

std::atomic<bool> ending{false};
outlet* log_to = nullptr;

/// Peers can cause lines as often as they like: some a second are enough.
void write_line(int level, const char* line) {
  constexpr int most_a_second = 10;
  static std::time_t second = 0; // under the framework's lock
  static int written = 0;
  auto now = std::time(nullptr);
  if (now != second) {
    second = now;
    written = 0;
  }
  if (++written > most_a_second || log_to == nullptr || !log_to->roomy())
    return;
  auto weight = level >= FD_LOG_FATAL ? 4 : level >= FD_LOG_ERROR ? 2 : 0; // its errors are mostly peers'
  log_to->send_content(frame_kind::note, 0, note{static_cast<std::uint8_t>(weight), line});
}

/// The node's frames; nothing when it is gone.
class inlet {
public:
  explicit inlet(int descriptor) : descriptor_(descriptor) {}

  /// Waits for at most `patience`; nothing when none came.
  std::optional<frame> next(std::chrono::milliseconds patience) {
    if (auto ready = cut())
      return ready;
    pollfd readable{descriptor_, POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(patience.count())) <= 0)
      return std::nullopt;
    char room[64 * 1024];
    auto size = ::read(descriptor_, room, sizeof room);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
      ::_exit(0); // the node has ended: so do its connections
    if (size > 0)
      in_.add({room, static_cast<std::size_t>(size)});
    return cut();
  }

private:
  std::optional<frame> cut() {
    auto one = in_.next();
    if (!one)
      ::_exit(static_cast<int>(child_status::no_start));
    return *one;
  }

  int descriptor_;
  frame_reader in_;
};

/// What peers there are, seen from outside: the framework tells of some changes only.
class peer_watch {
public:
  peer_watch(const settings& how, outlet& node) : how_(how), node_(node) {}

  void look() {
    bool flooded = false;
    for (auto& each : how_.peers) {
      peer_hdr* peer = nullptr;
      bool known = fd_peer_getbyid(const_cast<char*>(each.identity.data()), each.identity.size(), 1, &peer) == 0 &&
                   peer != nullptr;
      bool open = known && fd_peer_get_state(peer) == STATE_OPEN;
      if (open != (up_.count(each.identity) > 0))
        tell(each.identity, open);
      int waiting = 0;
      if (open &&
          fd_stat_getstats(STAT_P_PSM, peer, &waiting, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr) == 0)
        flooded = flooded || waiting > most_received;
    }
    guards::hold_back(flooded);
  }

private:
  void tell(const std::string& identity, bool open) {
    if (open)
      up_.insert(identity);
    else
      up_.erase(identity);
    node_.send_content(frame_kind::peer, 0, peer_news{open, identity});
  }

  const settings& how_;
  outlet& node_;
  std::set<std::string> up_;
};

/// On a thread of its own, so that the node hears of this process whatever else in it is stuck.
[[noreturn]] void beat(const settings& how, outlet& node, traffic& messages) {
  peer_watch peers(how, node);
  for (int i = 0;; i = (i + 1) % ticks_a_pulse) {
    std::this_thread::sleep_for(tick);
    peers.look();
    messages.expire();
    if (i == 0)
      node.send_content(frame_kind::pulse, 0, messages.counts());
  }
}

/// A framework that has shut itself down leaves the process alive.
void wait_for_the_end() {
  fd_core_wait_shutdown_complete();
  ::_exit(ending ? 0 : static_cast<int>(child_status::framework_died));
}

/// It can take as long as a peer that hangs.
[[noreturn]] void say_goodbye() {
  ending = true;
  std::thread([] { fd_core_shutdown(); }).detach();
  std::this_thread::sleep_for(goodbye_patience);
  ::_exit(0);
}

void handle(const frame& f, traffic& messages) {
  switch (f.kind) {
  case frame_kind::ask:
    if (auto what = read_ask(f.content))
      messages.ask(f.number, *what);
    break;
  case frame_kind::reply: messages.reply(f.number, f.content); break;
  case frame_kind::serve:
    if (auto what = read_served(f.content))
      messages.serve(*what);
    break;
  case frame_kind::stop: say_goodbye();
  default: break;
  }
}

[[noreturn]] void serve_node(inlet& from, traffic& messages) {
  auto look_again = std::chrono::steady_clock::now();
  while (true) {
    if (auto f = from.next(probe_every))
      handle(*f, messages);
    auto now = std::chrono::steady_clock::now();
    if (now < look_again)
      continue;
    look_again = now + probe_every;
    messages.probe();
    messages.answer_overdue();
  }
}

settings first_frame(inlet& from) {
  while (true) {
    auto f = from.next(std::chrono::seconds(60));
    if (!f)
      continue;
    auto how = f->kind == frame_kind::configure ? read_settings(f->content) : fail("the node did not say how", 0, 0);
    if (!how)
      throw std::runtime_error(how.error().what);
    return std::move(*how);
  }
}

} // namespace

int run_child(int descriptor) {
  ::prctl(PR_SET_NAME, "diameter");
  static outlet node(descriptor); // threads use these until the very end
  log_to = &node;
  try {
    inlet from(descriptor);
    static const auto how = first_frame(from);
    set_up(how, write_line);
    routing::install(how);
    static traffic messages(how, node);
    start();
    node.send(frame_kind::ready, version);
    std::thread([] { beat(how, node, messages); }).detach();
    std::thread(wait_for_the_end).detach();
    serve_node(from, messages);
  } catch (const std::exception& e) {
    node.send_content(frame_kind::note, 0, note{3, e.what()});
    std::this_thread::sleep_for(tick); // for the note
    ::_exit(static_cast<int>(child_status::no_start));
  }
}

} // namespace troupe::diameter_framework
