// What members say to each other over links, in our versioned octets: what a later version adds is kept apart
// (cluster.md 24).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cluster/membership/names.hpp"

namespace troupe::cluster {

struct member_message {
  enum class kind : std::uint8_t {
    ask_promise = 1, ///< `life` is the sender's, `number` its renewal's
    promise = 2,     ///< answers it
    ask_vote = 3,    ///< may `about`'s `life` be claimed from? `number` names the ballot
    vote = 4,        ///< answers it: yes; there is no no
    dead = 5,        ///< the parent process of `about` has seen `life` end
  };
  kind what = kind::ask_promise;
  node_id about = node_id::none;
  incarnation life = 0;
  std::uint64_t number = 0;
  std::string unknown; ///< of a later version

  friend bool operator==(const member_message&, const member_message&) = default;
};

std::string encode(const member_message& message);
std::optional<member_message> decode_member_message(std::string_view octets);

} // namespace troupe::cluster
