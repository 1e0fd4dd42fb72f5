// Diameter as the roles see it: whole messages as octets (RFC 6733 clause 3), asked of whichever peer takes them, and
// taken from peers by application and command. Whoever asks owns Session-Id, End-to-End identifier and what a repeated
// request means; the port owns Hop-by-Hop identifiers, the choice of the peer, and time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/time.hpp"

namespace troupe {

enum class diameter_outcome : std::uint8_t {
  answered,    ///< by a peer, with whatever result
  expired,     ///< nothing came in time
  no_peer,     ///< none that is up takes it: RFC 6733 calls it DIAMETER_UNABLE_TO_DELIVER
  refused,     ///< too many are under way: not sent
  undelivered, ///< the process that carries it died; it is not known whether a peer saw it
  malformed,   ///< no message that may leave: not sent
};
std::string_view to_string(diameter_outcome what) noexcept;

struct diameter_answer {
  diameter_outcome outcome = diameter_outcome::expired;
  std::string octets; ///< with `answered`
};

struct diameter_request {
  std::string octets; ///< with Origin-*, Destination-Realm, and an End-to-End identifier of the asker's
  milliseconds patience{5'000};
  /// Whether it may be sent again, then with the T flag (RFC 6733 clause 3), when the process that carried it died.
  /// Otherwise it is `undelivered`.
  bool again = true;
};

/// A request of a peer. `answer` takes the answer's octets, from any thread, once; Hop-by-Hop and End-to-End
/// identifiers are put in. What is not answered within [diameter] answer_within gets DIAMETER_UNABLE_TO_COMPLY.
struct diameter_question {
  std::string octets;
  std::string peer; ///< the neighbour it came from
  std::function<void(std::string)> answer;
};

/// Which commands of peers are taken. `checked`: those that break the dictionary (an unknown AVP with the M flag, a value of
/// a wrong length, a missing AVP) are answered by the port; otherwise each AVP comes as it is.
struct diameter_service {
  std::uint32_t application = 0, command = 0;
  bool checked = true;
};

struct diameter_peer_facts {
  std::string identity;
  std::string address; ///< empty: it connects to us
  bool up = false;
  std::uint32_t changes = 0; ///< how often it came up or went down
};

/// From any thread. Outlives who uses it.
class diameter_port {
public:
  virtual ~diameter_port() = default;

  /// `done` runs exactly once, on a thread of the port's, which it must not hold up: a shard posts it to itself. Refused at
  /// once when as many are under way as [diameter] max_in_flight says.
  virtual void ask(diameter_request request, std::function<void(diameter_answer)> done) = 0;
  /// Replaces who took that command before. `taker` runs on a thread of the port's, which it must not hold up.
  virtual void serve(diameter_service what, std::function<void(diameter_question)> taker) = 0;
  /// Told of peers as they come up and go down, on a thread of the port's; at first of those that are up.
  virtual void watch(std::function<void(const std::string& identity, bool up)> watcher) = 0;
  virtual std::vector<diameter_peer_facts> peers() const = 0;
};

} // namespace troupe
