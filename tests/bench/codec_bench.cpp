// What the SIP codec costs on the path of every message: nanoseconds an operation, the best of several runs.
// codec_bench [FILE]   a message of 900 octets unless FILE names another. Build it with the release preset.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>

#include "protocols/sip/framing.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const std::string invite =
    "INVITE sip:+15550000002@ims.example;user=phone SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.17:5060;branch=z9hG4bK-524287-1---b18e79648f4c5de6;rport\r\n"
    "Max-Forwards: 70\r\n"
    "Route: <sip:pcscf.ims.example:5060;lr>, <sip:orig@scscf.ims.example:5060;lr>\r\n"
    "From: \"Alice\" <sip:+15550000001@ims.example>;tag=c599e20e\r\n"
    "To: <sip:+15550000002@ims.example;user=phone>\r\n"
    "Call-ID: 6wr5YA4uEzYn8TycDM-zOw..@192.0.2.17\r\n"
    "CSeq: 1 INVITE\r\n"
    "Contact: <sip:+15550000001@192.0.2.17:5060>;+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\"\r\n"
    "P-Preferred-Identity: <sip:+15550000001@ims.example>\r\n"
    "P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=0010100010000001\r\n"
    "Supported: 100rel, timer, path, gruu\r\n"
    "Allow: INVITE, ACK, OPTIONS, CANCEL, BYE, UPDATE, INFO, REFER, NOTIFY, MESSAGE, PRACK\r\n"
    "User-Agent: Handset IMS 6.0\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 106\r\n"
    "\r\n"
    "v=0\r\no=- 1 1 IN IP4 192.0.2.17\r\ns=-\r\nc=IN IP4 192.0.2.17\r\nt=0 0\r\nm=audio 49170 RTP/AVP "
    "0\r\na=sendrecv\r\n\r\n\r\n";

std::size_t sink = 0; // what is made is looked at, so that it is made

template <class Work>
void measure(const char* name, Work work) {
  constexpr int runs = 9;
  constexpr int operations = 20'000;
  double best = 1e9;
  for (int r = 0; r < runs; ++r) {
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < operations; ++i)
      sink += work();
    std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    best = std::min(best, taken.count() / operations);
  }
  std::printf("%-44s %8.0f ns\n", name, best);
}

message forwarded(const message& m) {
  message out = m;
  out.set_uri("sip:+15550000002@192.0.2.99:5060");
  out.set(hdr::max_forwards, "69");
  out.remove_first_value(hdr::route);
  out.prepend(hdr::via, "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx1y2z3a4b5c6d7e8");
  out.prepend(hdr::record_route, "<sip:mo@pcscf.ims.example:5060;lr>");
  return out;
}

std::size_t read_values(const message& m) {
  auto via = top_via(m);
  auto cseq = cseq_of(m);
  auto uri = parse_uri(m.uri());
  auto route = parse_name_addr(first_value(m, hdr::route));
  return via->branch().size() + cseq->number + uri->host.size() + from_tag(m).size() + to_tag(m).size() +
         (route ? route->uri.size() : 0) + number_of(m, hdr::max_forwards).value_or(0);
}

} // namespace

int main(int argc, char** argv) {
  std::string octets = invite;
  if (argc > 1) {
    std::ifstream in(argv[1], std::ios::binary);
    octets.assign(std::istreambuf_iterator<char>(in), {});
  }
  auto p = parse(octets);
  if (p.fault) {
    std::fprintf(stderr, "%s\n", p.fault->what.c_str());
    return 1;
  }
  auto& m = *p.msg;
  std::printf("%zu octets, %zu fields\n", octets.size(), m.fields().size());
  std::string out;
  auto written = [&out](const message& one) {
    out.clear();
    one.write(out);
    return out.size();
  };
  measure("parse", [&] { return parse(octets).msg->fields().size(); });
  measure("copy", [&] { return message(m).fields().size(); });
  measure("copy and five edits of a forwarding proxy", [&] { return forwarded(m).fields().size(); });
  measure("write, untouched", [&] { return written(m); });
  measure("write, forwarded", [&, f = forwarded(m)] { return written(f); });
  measure("parse, forward, write", [&] { return written(forwarded(*parse(octets).msg)); });
  measure("top Via, CSeq, URI, tags, Route, Max-Forwards", [&] { return read_values(m); });
  measure("URI", [&] { return parse_uri(m.uri())->host.size(); });
  measure("equal URIs", [&, u = *parse_uri(m.uri())] { return std::size_t{equivalent(u, u)}; });
  measure("canonical form of a URI", [&, u = *parse_uri(m.uri())] { return canonical_aor(u).size(); });
  measure("make_response 180", [&] { return make_response(m, 180, "abc").fields().size(); });
  measure("make_response 180 and write", [&] { return written(make_response(m, 180, "abc")); });
  measure("frame from a stream", [&, f = framer()]() mutable {
    f.feed(octets);
    auto e = f.next();
    auto* whole = std::get_if<ref<storage>>(&e);
    return whole ? (*whole)->used() : 0;
  });
  return sink == 0;
}
