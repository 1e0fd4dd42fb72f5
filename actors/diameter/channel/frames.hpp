// What goes over the socket between a node and its Diameter child: frames of our versioned octets around whole Diameter
// messages (docs/decisions/diameter-child.md).
//
// A frame is {kind, length, number, content}: 1, 3, 8 octets, little-endian, then the content. The first frame each way
// carries the version; two ends that differ do not talk. A length above the limit, or a kind that is not known, ends the
// connection before anything is allocated for it: the other end is a process of ours that has gone wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/result.hpp"

namespace troupe::diameter_channel {

inline constexpr std::uint8_t version = 1;
inline constexpr std::size_t header_size = 12;
/// freeDiameter resets a connection on which more comes in one message.
inline constexpr std::size_t largest_message = 65'535;
inline constexpr std::size_t largest_content = largest_message + 512; ///< what goes in front of a message
inline constexpr std::size_t least_message = 20;                      ///< RFC 6733 clause 3: the header

enum class frame_kind : std::uint8_t {
  // to the child
  configure = 1, ///< settings; first
  serve,         ///< which commands of peers the node takes
  ask,           ///< a request for peers, by number
  reply,         ///< the answer to a question of a peer, by its number
  stop,          ///< say goodbye to the peers and end
  // to the node
  ready = 64, ///< the version; the framework runs
  answer,     ///< to an ask
  failed,     ///< why there is none
  question,   ///< a request of a peer, by a number of the child's
  peer,       ///< is up, or down
  pulse,      ///< that the child lives, and what it counts
  note,       ///< a line for the log
};

struct frame {
  frame_kind kind = frame_kind::pulse;
  std::uint64_t number = 0;
  std::string_view content;
};

void append(std::string& out, frame_kind kind, std::uint64_t number, std::string_view content = {});

/// Cuts frames from octets as they come. What next() answers is valid until the following call.
class frame_reader {
public:
  void add(std::string_view octets);
  /// Nothing: more is needed. An error is for ever.
  result<std::optional<frame>> next();
  std::size_t held() const noexcept { return held_.size() - at_; }

private:
  std::string held_;
  std::size_t at_ = 0;
};

// -- contents ---------------------------------------------------------------------------------------------------

/// Why a request got no answer of a peer.
enum class failure : std::uint8_t {
  no_peer = 1, ///< none that is up takes it
  expired,     ///< its time is over
  malformed,   ///< not sent: no message that may leave
};

struct ask {
  std::uint32_t patience_ms = 0; ///< at most so long from now
  std::string_view octets;
};
void write(std::string& out, const ask& from);
result<ask> read_ask(std::string_view content);

struct question {
  std::string_view peer; ///< Origin-Host of the neighbour, which may be a relay
  std::string_view octets;
};
void write(std::string& out, const question& from);
result<question> read_question(std::string_view content);

struct peer_news {
  bool up = false;
  std::string_view identity;
};
void write(std::string& out, const peer_news& from);
result<peer_news> read_peer_news(std::string_view content);

/// From the child's own thread for it, whatever else is stuck.
struct pulse {
  std::uint32_t framework_silent_ms = 0;  ///< for how long a probe through the framework's queues has not come back
  std::uint32_t asked = 0, questions = 0; ///< under way now
  std::uint64_t rejected_octets = 0;      ///< messages that the guards kept from the framework, since the start
  std::uint64_t shed = 0;                 ///< questions answered with DIAMETER_TOO_BUSY
  std::uint64_t unanswered = 0;           ///< questions that the node did not answer in time
  std::uint64_t lost = 0;                 ///< callbacks of the framework that never came
};
void write(std::string& out, const pulse& from);
result<pulse> read_pulse(std::string_view content);

struct note {
  std::uint8_t level = 0; ///< 0 to 4: debug, info, warn, error, critical
  std::string_view text;
};
void write(std::string& out, const note& from);
result<note> read_note(std::string_view content);

/// A command of an application. `checked`: the framework holds it to its dictionary first, and answers what fails
/// (RFC 6733 clause 7.1.5); otherwise every AVP comes as it is.
struct served_command {
  std::uint32_t application = 0, command = 0;
  bool checked = true;

  friend bool operator==(const served_command&, const served_command&) = default;
};

} // namespace troupe::diameter_channel
