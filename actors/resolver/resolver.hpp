// A shard's RFC 3263 resolver: sip::locator's questions asked of real servers through c-ares, on the shard's io_context.
#pragma once

#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/dialog/services.hpp"
#include "actors/supervision/shard.hpp"
#include "protocols/sip/locate.hpp"

struct ares_channeldata;

namespace troupe {

struct resolver_options {
  std::vector<std::string> servers; ///< "192.0.2.53:5353"; none: the system's
  milliseconds timeout{2'000};      ///< of one attempt
  int attempts = 3;
  sip::locate_rules rules;
  struct host {
    std::string address; ///< a name, or numeric; IPv6 in brackets
    std::uint16_t port = 5060;
  };
  std::map<std::string, host> hosts; ///< by name in lower case: known without asking, where the URI has no port
  std::size_t most_lookups = 10'000; ///< at a time; beyond, a look-up fails at once
};

class resolver final : public locator {
public:
  /// Throws std::runtime_error when c-ares cannot be set up.
  resolver(shard& home, resolver_options options);
  ~resolver() override;

  bool locate(std::string_view uri, std::size_t octets, std::vector<candidate>& out,
              std::function<void(std::vector<candidate>)> done) override;

private:
  struct lookup;
  struct watched; ///< a socket of c-ares's

  void ask(const std::shared_ptr<lookup>& l);
  void question(const std::shared_ptr<lookup>& l, const sip::dns_question& q);
  void finish(lookup& l);
  void socket_state(int fd, bool read, bool write);
  void watch(int fd);
  void set_timer();
  /// The URI with the number of a host that is known.
  sip::uri known(sip::uri where) const;
  std::optional<candidate> at_once(const sip::uri& where, std::size_t octets) const;
  static std::vector<candidate> candidates(const sip::locator& found, std::string_view host);

  shard& home_;
  resolver_options options_;
  ares_channeldata* channel_ = nullptr;
  std::map<int, std::shared_ptr<watched>> sockets_;
  asio::steady_timer timer_;
  std::size_t under_way_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  friend struct ares_glue;
};

} // namespace troupe
