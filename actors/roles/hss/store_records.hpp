// Subscriptions as records of a store: kinds hss_subscriber and hss_state by the subscriber's number, hss_sequence by
// IMPI. Each value is one field in the store's encoding (cluster.md 24), which later versions may add to.
#pragma once

#include <optional>
#include <string>

#include "cluster/store/store.hpp"

namespace troupe::hss {

/// The end of the year 9999: nobody has to look at it again.
inline constexpr instant no_deadline{253'402'300'799'000};

/// Eight octets.
std::string key_of(std::int64_t id);
std::optional<std::int64_t> read_id(std::string_view key);

std::string definition_value(std::string_view octets);
std::string state_value(std::string_view octets);
std::string sequence_value(std::uint64_t seq);

/// Appends to a new value the fields of the old one that a newer version has put there.
void keep_unknown(store::kind type, std::string_view old, std::string& value);

/// What definition_value() or state_value() was given, viewing `value`; empty when it is damaged or too new.
std::string_view read_octets(store::kind type, std::string_view value);
std::optional<std::uint64_t> read_sequence(std::string_view value);

} // namespace troupe::hss
