// The node as its authority sees it: who serves the groups, has their addresses, and keeps the links.
//
// Everything here is called on the authority's thread, which renews the lease: each call must return at once, and what
// it begins is answered through the authority later.
#pragma once

#include <string>

#include "cluster/membership/membership.hpp"
#include "cluster/ownership/ownership.hpp"

namespace troupe::cluster {

/// Why a life was ended.
enum class life_end : std::uint8_t {
  late,     ///< past its deadline: another life may begin at once
  declared, ///< it was marked dead, though it runs: likewise
  replaced, ///< a later life of this node has renewed, from another process: this one must end for good
};

class authority_host {
public:
  virtual ~authority_host() = default;

  /// To the gate; and the addresses live until then.
  virtual void run(const member_effect::extend& e) = 0;
  virtual void run(const member_effect::send_link& e) = 0;
  virtual void run(const owner_effect::send_link& e) = 0;

  /// Answered with owner_event::opened.
  virtual void run(const owner_effect::open_group& e) = 0;
  virtual void run(const owner_effect::rewrite_group& e) = 0;
  virtual void run(const owner_effect::take_group& e) = 0;
  virtual void run(const owner_effect::give_up_group& e) = 0;
  virtual void run(const owner_effect::install_addresses& e) = 0;
  virtual void run(const owner_effect::remove_addresses& e) = 0;

  // A live hand-over. The first two are answered with owner_event::content and flushed.
  virtual void run(const owner_effect::snapshot_group& e) = 0;
  virtual void run(const owner_effect::hold_group& e) = 0;
  virtual void run(const owner_effect::silence_group& e) = 0;
  virtual void run(const owner_effect::resume_group& e) = 0;
  virtual void run(const owner_effect::apply_values& e) = 0;
  virtual void run(const owner_effect::forget_values& e) = 0;

  /// Throw away sockets' buffers, timers and entities; then, unless it was replaced, authority::begin_life.
  virtual void ended(incarnation life, life_end why) = 0;
  /// For the log.
  virtual void report(const std::string& what) = 0;
};

} // namespace troupe::cluster
