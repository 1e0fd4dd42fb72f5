// Who holds, read from SDP without more than it takes: RFC 3264 clauses 5.1 and 8.4, RFC 2543 for c=0.0.0.0.
#include "protocols/base/text.hpp"
#include "protocols/sip/dialog.hpp"

namespace troupe::sip {

namespace {

enum class flow : std::uint8_t { unsaid, open, held };

std::string_view cut_line(std::string_view& text) noexcept {
  auto end = text.find('\n');
  auto line = trim(text.substr(0, end));
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

flow flow_of(std::string_view line) noexcept {
  if (line == "a=sendonly" || line == "a=inactive" || line.starts_with("c=IN IP4 0.0.0.0"))
    return flow::held;
  return line == "a=sendrecv" || line == "a=recvonly" ? flow::open : flow::unsaid;
}

/// "m=audio 0 RTP/AVP 8" is a stream that is refused.
bool in_use(std::string_view media_line) noexcept {
  auto space = media_line.find(' ');
  return space != media_line.npos && !media_line.substr(space + 1).starts_with("0 ");
}

} // namespace

bool is_hold(std::string_view sdp) noexcept {
  auto session = flow::unsaid, media = flow::unsaid;
  bool in_media = false, counts = false, any_held = false, any_open = false;
  auto close = [&] {
    if (!in_media || !counts)
      return;
    auto said = media == flow::unsaid ? session : media;
    (said == flow::held ? any_held : any_open) = true;
  };
  while (!sdp.empty()) {
    auto line = cut_line(sdp);
    if (line.starts_with("m=")) {
      close();
      in_media = true;
      counts = in_use(line);
      media = flow::unsaid;
    } else if (auto said = flow_of(line); said != flow::unsaid) {
      auto& where = in_media ? media : session;
      if (where != flow::held)
        where = said;
    }
  }
  close();
  return any_held && !any_open;
}

} // namespace troupe::sip
