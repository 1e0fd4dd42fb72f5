// Any octets as a stream, cut where the input says: what comes out must not depend on the cuts.
#include <cstdlib>
#include <string>
#include <vector>

#include "protocols/sip/framing.hpp"

using namespace troupe::sip;

namespace {

void require(bool what) {
  if (!what)
    std::abort();
}

constexpr framing_limits limits{300, 200};

void drain(framer& f, std::vector<std::string>& out) {
  for (;;) {
    auto e = f.next();
    if (std::holds_alternative<framer::need_more>(e))
      return;
    if (auto* m = std::get_if<troupe::ref<storage>>(&e)) {
      std::string octets((*m)->data(), (*m)->used());
      require(octets.size() <= limits.header + limits.body);
      auto p = parse(std::string_view(octets));
      // The framer and the parser agree on where the body is: nothing is left over, nothing lacks.
      if (!p.fault)
        require(octets.substr(octets.size() - p.msg->body().size()) == p.msg->body() &&
                (p.msg->body().size() == octets.size() || !p.msg->value(hdr::content_length).empty()));
      out.push_back(std::move(octets));
    } else if (std::holds_alternative<framer::ping>(e)) {
      out.emplace_back("ping");
    } else {
      out.push_back("\x01" + std::get<framer::broken>(e).fault.what);
      require(!f.idle());
      return;
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0)
    return 0;
  std::size_t cuts = data[0] % 16;
  std::size_t pattern = std::min(size - 1, cuts);
  std::string_view stream(reinterpret_cast<const char*>(data) + 1 + pattern, size - 1 - pattern);
  framer whole(limits);
  std::vector<std::string> expected;
  whole.feed(stream);
  drain(whole, expected);
  framer pieces(limits);
  std::vector<std::string> found;
  for (std::size_t i = 0; !stream.empty(); ++i) {
    auto n = std::min<std::size_t>(stream.size(), pattern ? data[1 + i % pattern] + 1U : 1U);
    pieces.feed(stream.substr(0, n));
    stream.remove_prefix(n);
    drain(pieces, found);
    if (!found.empty() && found.back().front() == '\x01')
      break;
  }
  require(found == expected);
  require(whole.idle() == pieces.idle());
  return 0;
}
