#include "protocols/sdp/description.hpp"

namespace troupe::sdp {

namespace {

void write_lines(std::string& out, const section& s) {
  for (auto& l : s.lines)
    out.append(1, l.type).append(1, '=').append(l.value).append("\r\n");
}

void write_media(std::string& out, const media& m) {
  out.append("m=").append(m.type).append(1, ' ').append(std::to_string(m.port));
  if (m.port_count)
    out.append(1, '/').append(std::to_string(*m.port_count));
  out.append(1, ' ').append(m.protocol);
  for (auto format : m.formats)
    out.append(1, ' ').append(format);
  out.append("\r\n");
  write_lines(out, m);
}

} // namespace

void description::write(std::string& out) const {
  write_lines(out, *this);
  for (auto& m : media)
    write_media(out, m);
}

std::string description::to_string() const {
  std::string out;
  write(out);
  return out;
}

} // namespace troupe::sdp
