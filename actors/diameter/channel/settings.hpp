// What the Diameter child is configured with, and how that travels to it.
#pragma once

#include <string>
#include <vector>

#include "actors/diameter/channel/frames.hpp"

namespace troupe::diameter_channel {

/// A neighbour. Without a host we do not connect: it does.
struct peer_settings {
  std::string identity; ///< its Origin-Host
  std::string host;     ///< numeric, or a name for the resolver; may be empty
  std::uint16_t port = 3'868;
  bool tls = false; ///< from the first octet (RFC 6733 clause 13.1)

  friend bool operator==(const peer_settings&, const peer_settings&) = default;
};

/// Requests for `realm` ("*": all that have no other route) go to one of `peers`, by turns; when none of them is up, to one of
/// `backup`. A realm without a route goes to peers of that realm.
struct route_settings {
  std::string realm;
  std::vector<std::string> peers, backup;

  friend bool operator==(const route_settings&, const route_settings&) = default;
};

struct application_settings {
  std::uint32_t id = 0;
  std::uint32_t vendor = 0; ///< 0: not vendor specific
  bool accounting = false;

  friend bool operator==(const application_settings&, const application_settings&) = default;
};

struct settings {
  std::string identity, realm;
  std::vector<std::string> listen; ///< numeric addresses; none: nobody can connect
  std::uint16_t port = 3'868;      ///< 0: none
  std::uint16_t tls_port = 0;      ///< 0: none
  std::string tls_certificate, tls_key, tls_ca;
  std::vector<peer_settings> peers;
  std::vector<route_settings> routes;
  std::vector<application_settings> applications; ///< beside the dictionary's
  std::uint32_t reconnect_s = 5;                  ///< Tc, RFC 6733 clause 2.1
  std::uint32_t watchdog_s = 6;                   ///< Tw, RFC 3539 clause 3.4.1: 6 or more
  std::uint32_t most_questions = 2'000;           ///< of peers, unanswered
  std::uint32_t answer_within_ms = 10'000;        ///< by the node

  friend bool operator==(const settings&, const settings&) = default;
};

void write(std::string& out, const settings& from);
result<settings> read_settings(std::string_view content);

void write(std::string& out, const std::vector<served_command>& from);
result<std::vector<served_command>> read_served(std::string_view content);

} // namespace troupe::diameter_channel
