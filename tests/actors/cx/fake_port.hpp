// A Diameter port whose peers are the test.
#pragma once

#include <map>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "actors/contracts/diameter.hpp"
#include "protocols/diameter/cx_commands.hpp"

namespace troupe {

class fake_port final : public diameter_port {
public:
  struct asked {
    diameter_request request;
    std::function<void(diameter_answer)> done;
  };

  void ask(diameter_request request, std::function<void(diameter_answer)> done) override {
    std::lock_guard held(mutex);
    questions.push_back({std::move(request), std::move(done)});
  }
  void serve(diameter_service what, std::function<void(diameter_question)> taker) override {
    served[what.command] = std::move(taker);
  }
  void watch(std::function<void(const std::string&, bool)> told) override { watcher = std::move(told); }
  std::vector<diameter_peer_facts> peers() const override { return {}; }

  std::size_t count() {
    std::lock_guard held(mutex);
    return questions.size();
  }
  asked at(std::size_t index) {
    std::lock_guard held(mutex);
    return questions.at(index);
  }
  template <class Command>
  diameter::received<Command> read(std::size_t index) {
    return read_octets<Command>(at(index).request.octets);
  }
  template <class Command>
  static diameter::received<Command> read_octets(const std::string& octets) {
    return diameter::decode_command<Command>(diameter::decode(octets).value()).value();
  }
  /// The octets of a command between two that are called so.
  template <class Command>
  static std::string octets_of(const Command& what, diameter::envelope about = {}, diameter::identifiers ids = {}) {
    if (about.session_id.empty())
      about.session_id = "test;1;1";
    if (about.origin_host.empty())
      about.origin_host = "peer.ims.test", about.origin_realm = "ims.test";
    if (diameter::id_of<Command>.request)
      about.destination_realm = "ims.test";
    std::string out;
    if (!diameter::encode(out, ids, about, what))
      throw std::length_error("a message of a test that is too long");
    return out;
  }

  std::mutex mutex;
  std::vector<asked> questions;
  std::map<std::uint32_t, std::function<void(diameter_question)>> served;
  std::function<void(const std::string&, bool)> watcher;
};

} // namespace troupe
