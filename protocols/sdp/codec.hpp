// The codecs that a media section lists: RFC 8866 clauses 6.6 and 6.15; RFC 3551 clause 6 for static payload types.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocols/sdp/description.hpp"

namespace troupe::sdp {

struct codec {
  std::string_view format;   ///< as in the m= line; of RTP its payload type
  std::string_view encoding; ///< "AMR-WB", "telephone-event"; empty for a dynamic payload type without rtpmap
  std::uint32_t clock_rate = 0;
  std::string_view parameters;        ///< of audio the number of channels, where it is written
  std::string_view format_parameters; ///< of its a=fmtp
};

/// One for each format of the m= line, in its order: that of preference. Of other than RTP only the format is known.
std::vector<codec> codecs_of(const media& m);

/// "<payload> <encoding>/<clock rate>[/<parameters>]"; nothing when it is malformed.
std::optional<codec> parse_rtpmap(std::string_view value) noexcept;

/// Without regard to case: RFC 8866 clause 6.6 leaves encoding names to the media types, which have none.
bool same_encoding(const codec& a, const codec& b) noexcept;

/// These formats go out of the m= line, with their rtpmap, fmtp and rtcp-fb. Where none stays the section is rejected
/// instead, with all formats as they were: port 0 (RFC 3264 clause 6 wants one format at least).
void remove_formats(media& m, std::vector<std::string_view> gone);

/// Removes the formats of codecs that `keep` refuses; for the 488 of TS 24.229 clause 6.2. Answers how many.
template <class Predicate>
std::size_t keep_codecs(media& m, Predicate keep) {
  std::vector<std::string_view> gone;
  for (auto& c : codecs_of(m))
    if (!keep(c))
      gone.push_back(c.format);
  auto removed = gone.size();
  if (removed)
    remove_formats(m, std::move(gone));
  return removed;
}

} // namespace troupe::sdp
