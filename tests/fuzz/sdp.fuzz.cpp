// Any octets as a session description: read, all looked at, written, read again.
// seeds: tests/corpus/sdp
#include <cstdlib>

#include "protocols/sdp/codec.hpp"
#include "protocols/sdp/offer_answer.hpp"
#include "protocols/sdp/precondition.hpp"

using namespace troupe::sdp;

namespace {

void require(bool what) {
  if (!what)
    std::abort();
}

void touch(description& d) {
  require(d.origin().has_value());
  objection(d, d);
  require(is_unchanged(d, d));
  is_on_hold(d);
  preconditions_met(d);
  for (auto& m : d.media) {
    require(codecs_of(m).size() == m.formats.size() && !m.formats.empty());
    require(preconditions_of(m).size() <= m.lines.size());
    d.connection_of(m);
    d.direction_of(m);
    m.bandwidth("AS");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto d = parse(text);
  if (!d) {
    require(d.error().offset <= size && d.error().status == 400);
    return 0;
  }
  touch(*d);
  auto written = d->to_string();
  auto again = parse(written);
  require(again && again->to_string() == written && again->media.size() == d->media.size());
  require(again->lines == d->lines);
  for (auto& m : d->media)
    keep_codecs(m, [](const codec& c) { return c.encoding.size() % 2 == 0; });
  d->set('c', "IN IP4 192.0.2.1");
  auto edited = d->to_string();
  require(parse(edited).has_value());
  return 0;
}
