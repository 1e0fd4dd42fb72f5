// What the node's end of Diameter is built with.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/diameter/channel/settings.hpp"
#include "cluster/parent/restarts.hpp"
#include "protocols/base/time.hpp"

namespace troupe {

struct diameter_settings {
  diameter_channel::settings framework;
  std::vector<std::string> command; ///< of the child: our own program, `diameter`
  std::size_t max_in_flight = 4'096;
  /// Never given up: a peer that can kill the child must not kill the node.
  cluster::restart_policy restarts{milliseconds(250), milliseconds(5'000), SIZE_MAX, milliseconds(60'000)};
  milliseconds start_patience{10'000};     ///< for the child to say that it is ready
  milliseconds pulse_patience{1'000};      ///< it says five times a second that it lives
  milliseconds framework_patience{10'000}; ///< a probe through the framework takes half a millisecond
  /// After a start, before requests are told that no peer is up: at least as long as a second attempt to connect may take, since a
  /// peer that has not seen the end of a dead child refuses its successor.
  milliseconds settling{2'000};
};

/// A line for the log.
struct diameter_note {
  enum class weight : std::uint8_t { debug, info, warn, error } how = weight::info;
  std::string what;
  std::string detail;
  bool from_outside = false; ///< peers can cause it as often as they like
};
using diameter_log = std::function<void(const diameter_note&)>;

} // namespace troupe
