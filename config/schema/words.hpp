// The small languages inside option values: listener URLs, endpoints, host names, SIP URIs. Each reader answers the
// value, or a sentence that finishes "KEY ..." ("has no port").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "config/schema/config.hpp"

namespace troupe::config {

template <class T>
using read_as = tl::expected<T, std::string>;

bool is_ipv4(std::string_view text) noexcept;
bool is_ipv6(std::string_view text) noexcept; ///< without brackets and zone
/// 127.0.0.0/8 and ::1.
bool is_loopback(std::string_view address) noexcept;
/// 0.0.0.0 and ::.
bool is_wildcard(std::string_view address) noexcept;
/// RFC 1123 clause 2.1: labels of letters, digits and hyphens; a trailing dot is not taken.
bool is_host_name(std::string_view text) noexcept;

/// "udp://127.0.0.1:5060"; without a port 5060, for tls 5061.
read_as<listener> read_listener(std::string_view url);
/// "host", "host:port", "192.0.2.1:53", "[2001:db8::1]:53", "2001:db8::1".
read_as<endpoint> read_endpoint(std::string_view text);

/// Each answers an empty text when all is well. They judge the shape alone: a SIP URI's full grammar is protocols/sip's.
std::string wrong_sip_uri(std::string_view text);
std::string wrong_host(std::string_view text);
std::string wrong_store(std::string_view text);        ///< what stands behind the scheme is the store's
std::string wrong_token(std::string_view text);        ///< printable ASCII without spaces and quotes
std::string wrong_header_value(std::string_view text); ///< printable, in one line

} // namespace troupe::config
