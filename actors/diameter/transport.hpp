// Diameter's transport at the node: the child that carries it, which is started again when it dies, says nothing, or has lost its
// framework; and the requests under way, each of which gets exactly one outcome whatever becomes of the child.
//
// On a shard of its own, so that neither a call waits for Diameter nor Diameter for calls. All but its port is for that
// shard's thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "actors/contracts/diameter.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/diameter/child_socket.hpp"
#include "actors/diameter/settings.hpp"
#include "actors/supervision/restart_policy.hpp"

namespace troupe {

class diameter_transport final : child_socket::user {
public:
  using escalation = std::function<void(std::string why)>;

  diameter_transport(shard& home, metrics& counts, diameter_settings how, diameter_log log, escalation give_up);
  ~diameter_transport();

  /// For any thread; may outlive this, and then refuses.
  std::shared_ptr<diameter_port> port() const;

  void start();
  /// Says goodbye to the peers, and calls `done` when the child has ended, or some seconds are over.
  void stop(std::function<void()> done);
  /// 0: there is none now.
  pid_t child_process() const;

private:
  friend class transport_port;

  struct pending final : wheel::entry {
    diameter_transport* owner = nullptr;
    std::uint64_t number = 0;
    diameter_request request; ///< its octets only until they are sent, or while they may be sent again
    instant until;
    bool sent = false;
    std::function<void(diameter_answer)> done;
    void fire() override { owner->overdue(number); }
  };
  struct beat final : wheel::entry {
    diameter_transport* owner = nullptr;
    void fire() override { owner->on_beat(); }
  };
  struct service {
    bool checked = true;
    std::function<void(diameter_question)> taker;
  };
  using watcher = std::function<void(const std::string&, bool)>;

  // from the port
  void ask(diameter_request request, std::function<void(diameter_answer)> done);
  void serve(diameter_service what, std::function<void(diameter_question)> taker);
  void watch(watcher told);
  void reply(std::uint64_t life, std::uint64_t number, std::string octets);

  // from the child
  void got(child_socket& from, std::string_view octets) override;
  void written(child_socket&) override {} // the round's end writes more
  void ended(child_socket& from, const cluster::child_end& how) override;
  void take(const diameter_channel::frame& f);
  void on_ready();
  void on_question(const diameter_channel::frame& f);
  void on_peer(const diameter_channel::peer_news& news);
  void on_pulse(const diameter_channel::pulse& p);
  void on_note(const diameter_channel::note& n);

  void start_child();
  void start_later();
  void requests_of_the_dead();
  void on_beat();
  void look_after_child();
  void replace(const std::string& why);
  void flush();

  void send(pending& p);
  void send_held();
  bool may_send() const noexcept;
  void overdue(std::uint64_t number);
  void conclude(std::uint64_t number, diameter_outcome outcome, std::string octets = {});
  void count(diameter_outcome outcome);
  void write_services(std::string& out) const;
  void show_peers();
  void note(diameter_note::weight how, std::string what, std::string detail = {}, bool from_outside = false);
  template <class Work>
  void guarded(Work work);
  void fail(const std::exception_ptr& thrown);

  shard& home_;
  metrics& counts_;
  diameter_settings how_;
  diameter_log log_;
  escalation give_up_;
  restart_policy failures_{{100, milliseconds(60'000)}};

  std::shared_ptr<child_socket> child_;
  diameter_channel::frame_reader in_;
  std::string out_;
  std::uint64_t life_ = 0; ///< counts children
  bool ready_ = false, settled_ = false, doomed_ = false;
  instant started_, ready_at_, last_pulse_;
  std::optional<instant> start_at_;
  cluster::restarts deaths_;
  diameter_channel::pulse last_;

  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<pending>> pending_;
  std::map<std::uint64_t, pending*> held_; ///< in the order of their coming
  std::map<std::pair<std::uint32_t, std::uint32_t>, service> services_;
  std::vector<watcher> watchers_;
  std::vector<diameter_peer_facts> peers_;
  beat beat_;
  std::function<void()> stopped_;
  std::optional<instant> stop_by_;
  std::shared_ptr<class transport_port> port_;
};

} // namespace troupe
