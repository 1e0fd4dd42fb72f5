// What a parser or a rule answers: a value, or what was wrong, where, and the status to tell the peer.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace troupe {

/// The peer's fault. `status` is the SIP status to answer (0: none applies), `offset` the octet at which the
/// input stopped making sense, `what` a sentence without the input's text, fit for a log and a Warning.
struct error {
  int status = 0;
  std::uint32_t offset = 0;
  std::string what;

  friend bool operator==(const error&, const error&) = default;
};

template <class T>
using result = tl::expected<T, error>;

inline tl::unexpected<error> fail(std::string what, std::size_t offset = 0, int status = 400) {
  return tl::unexpected<error>(error{status, static_cast<std::uint32_t>(offset), std::move(what)});
}

} // namespace troupe
