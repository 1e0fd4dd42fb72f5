#include "protocols/sdp/codec.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocols/base/text.hpp"

namespace troupe::sdp {

namespace {

struct static_type {
  std::uint8_t payload;
  std::string_view encoding;
  std::uint32_t clock_rate;
};

constexpr static_type static_types[] = {
    {0, "PCMU", 8000},   {3, "GSM", 8000},   {4, "G723", 8000},   {5, "DVI4", 8000},   {6, "DVI4", 16000},
    {7, "LPC", 8000},    {8, "PCMA", 8000},  {9, "G722", 8000},   {10, "L16", 44100},  {11, "L16", 44100},
    {12, "QCELP", 8000}, {13, "CN", 8000},   {14, "MPA", 90000},  {15, "G728", 8000},  {16, "DVI4", 11025},
    {17, "DVI4", 22050}, {18, "G729", 8000}, {25, "CelB", 90000}, {26, "JPEG", 90000}, {28, "nv", 90000},
    {31, "H261", 90000}, {32, "MPV", 90000}, {33, "MP2T", 90000}, {34, "H263", 90000}};

/// RTP payload types have seven bits.
std::optional<std::size_t> payload_type(std::string_view format) noexcept {
  auto payload = to_number<std::uint8_t>(format);
  return payload && *payload < 128 ? std::optional<std::size_t>(*payload) : std::nullopt;
}

/// The format that an attribute of one format is about: its first word.
std::string_view first_word(std::string_view value) noexcept { return value.substr(0, value.find_first_of(" \t")); }

std::string_view behind_first_word(std::string_view value) noexcept {
  return trim(value.substr(first_word(value).size()));
}

void take_static(codec& c, std::size_t payload) noexcept {
  for (auto& known : static_types) {
    if (known.payload == payload) {
      c.encoding = known.encoding;
      c.clock_rate = known.clock_rate;
    }
  }
}

/// The first rtpmap and fmtp of each payload type, so that a hostile list is gone through once.
struct maps {
  std::array<std::string_view, 128> rtpmap;
  std::array<std::string_view, 128> fmtp;
};

maps maps_of(const media& m) noexcept {
  maps found;
  for (auto& l : m.lines) {
    if (l.type != 'a')
      continue;
    auto a = parse_attribute(l.value);
    if (a.name != "rtpmap" && a.name != "fmtp")
      continue;
    auto payload = payload_type(first_word(a.value));
    auto& of = a.name == "fmtp" ? found.fmtp : found.rtpmap;
    if (payload && of[*payload].data() == nullptr)
      of[*payload] = a.value;
  }
  return found;
}

} // namespace

std::optional<codec> parse_rtpmap(std::string_view value) noexcept {
  codec c;
  c.format = first_word(value);
  auto rest = behind_first_word(value);
  auto slash = rest.find('/');
  if (!payload_type(c.format) || slash == rest.npos || slash == 0)
    return std::nullopt;
  c.encoding = rest.substr(0, slash);
  rest.remove_prefix(slash + 1);
  slash = std::min(rest.find('/'), rest.size());
  auto rate = to_number<std::uint32_t>(rest.substr(0, slash));
  if (!rate)
    return std::nullopt;
  c.clock_rate = *rate;
  c.parameters = rest.substr(std::min(slash + 1, rest.size()));
  return c;
}

std::vector<codec> codecs_of(const media& m) {
  std::vector<codec> all;
  all.reserve(m.formats.size());
  auto known = m.is_rtp() ? maps_of(m) : maps{};
  for (auto format : m.formats) {
    codec c;
    c.format = format;
    if (auto payload = m.is_rtp() ? payload_type(format) : std::nullopt) {
      take_static(c, *payload);
      if (auto mapped = parse_rtpmap(known.rtpmap[*payload]))
        c = *mapped;
      c.format = format;
      c.format_parameters = behind_first_word(known.fmtp[*payload]);
    }
    all.push_back(c);
  }
  return all;
}

bool same_encoding(const codec& a, const codec& b) noexcept {
  auto channels = [](const codec& c) { return c.parameters.empty() ? std::string_view("1") : c.parameters; };
  return equal_nocase(a.encoding, b.encoding) && a.clock_rate == b.clock_rate && channels(a) == channels(b);
}

void remove_formats(media& m, std::vector<std::string_view> gone) {
  std::sort(gone.begin(), gone.end());
  auto is_gone = [&gone](std::string_view format) { return std::binary_search(gone.begin(), gone.end(), format); };
  if (std::all_of(m.formats.begin(), m.formats.end(), is_gone)) {
    m.port = 0;
    return;
  }
  std::erase_if(m.formats, is_gone);
  std::erase_if(m.lines, [&is_gone](const line& l) {
    auto a = l.type == 'a' ? parse_attribute(l.value) : attribute{};
    return (a.name == "rtpmap" || a.name == "fmtp" || a.name == "rtcp-fb") && is_gone(first_word(a.value));
  });
}

} // namespace troupe::sdp
