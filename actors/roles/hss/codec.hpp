// Subscriptions and their states as octets, as the database keeps them. A version octet stands first; a field that a
// version does not know is never written behind one that it does.
#pragma once

#include "actors/roles/hss/subscriber.hpp"

namespace troupe::hss {

std::string encode(const subscriber& who);
/// Fails on octets that are no subscription of a version that we know.
result<subscriber> decode_subscriber(std::string_view octets, services_pool& pool);

std::string encode(const assignment& state);
/// `sets`: how many the subscriber has; a state of another number is no state of his.
result<assignment> decode_assignment(std::string_view octets, std::size_t sets);

} // namespace troupe::hss
