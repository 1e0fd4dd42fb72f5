// RFC 8866: reading and writing session descriptions.
#include <algorithm>
#include <catch2/catch.hpp>
#include <ctime>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "protocols/sdp/codec.hpp"
#include "protocols/sdp/precondition.hpp"

using namespace troupe;
using namespace troupe::sdp;

namespace {

const std::filesystem::path corpus = std::filesystem::path(CORPUS_DIR) / "sdp";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\r')
      continue;
    if (c == '\n')
      out += '\r';
    out += c;
  }
  return out;
}

// RFC 8866 clause 5.
const std::string example = "v=0\r\n"
                            "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n"
                            "s=Call to John Smith\r\n"
                            "i=SDP Offer #1\r\n"
                            "u=http://www.jdoe.example.com/home.html\r\n"
                            "e=Jane Doe <jane@jdoe.example.com>\r\n"
                            "p=+1 617 555-6011\r\n"
                            "c=IN IP4 198.51.100.1\r\n"
                            "t=0 0\r\n"
                            "m=audio 49170 RTP/AVP 0\r\n"
                            "m=audio 49180 RTP/AVP 0\r\n"
                            "m=video 51372 RTP/AVP 99\r\n"
                            "c=IN IP6 2001:db8::2\r\n"
                            "a=rtpmap:99 h263-1998/90000\r\n";

const std::string minimal = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n";

/// Keeps the text, which the description views.
description good(std::string text) {
  static std::deque<std::string> kept;
  auto d = parse(kept.emplace_back(std::move(text)));
  INFO((d ? "" : d.error().what));
  REQUIRE(d);
  return *d;
}

} // namespace

TEST_CASE("the example of RFC 8866 is read and written as it is") {
  auto d = good(example);
  CHECK(d.to_string() == example);
  CHECK(d.value('s') == "Call to John Smith");
  CHECK(d.value('k') == std::nullopt);
  auto o = d.origin();
  REQUIRE(o);
  CHECK(o->user == "jdoe");
  CHECK(o->session_id == "3724394400");
  CHECK(o->version == "3724394405");
  CHECK(o->network_type == "IN");
  CHECK(o->address_type == "IP4");
  CHECK(o->address == "198.51.100.1");
  REQUIRE(d.media.size() == 3);
  CHECK(d.media[0].type == "audio");
  CHECK(d.media[0].port == 49170);
  CHECK_FALSE(d.media[0].port_count);
  CHECK(d.media[0].protocol == "RTP/AVP");
  CHECK(d.media[0].formats == std::vector<std::string_view>{"0"});
  CHECK(d.connection_of(d.media[0])->address == "198.51.100.1");
  CHECK(d.connection_of(d.media[2])->address == "2001:db8::2");
  CHECK(d.connection_of(d.media[2])->address_type == "IP6");
  CHECK(d.media[2].lines.size() == 2);
}

TEST_CASE("every description of real handsets is read, and written as it came") {
  int read = 0;
  for (auto& entry : std::filesystem::directory_iterator(corpus)) {
    auto name = entry.path().filename().string();
    if (name.rfind("volte_", 0) != 0)
      continue;
    ++read;
    auto text = read_file(entry.path());
    INFO(name);
    auto d = good(text);
    CHECK(d.to_string() == with_crlf(text));
    REQUIRE(!d.media.empty());
    for (auto& m : d.media) {
      CHECK(d.connection_of(m));
      CHECK(m.bandwidth("AS"));
      for (auto& c : codecs_of(m)) {
        CHECK_FALSE(c.encoding.empty());
        CHECK(c.clock_rate >= 8000);
      }
    }
  }
  CHECK(read == 25);
}

TEST_CASE("the fuzzing seeds of another stack are read, or refused with a place and a reason") {
  std::vector<std::string> refused;
  for (auto& entry : std::filesystem::directory_iterator(corpus)) {
    auto name = entry.path().filename().string();
    if (name.rfind("pj_", 0) != 0)
      continue;
    auto text = read_file(entry.path());
    auto d = parse(text);
    if (d) {
      CHECK(d->to_string() == with_crlf(text));
    } else {
      refused.push_back(name);
      CHECK(d.error().offset <= text.size());
      CHECK_FALSE(d.error().what.empty());
    }
  }
  CHECK(refused == std::vector<std::string>{"pj_input.6.sdp"});
}

TEST_CASE("the session descriptions of RFC 4475 and RFC 5118 are read") {
  auto d = good("v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n"
                "m=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n");
  CHECK(codecs_of(d.media[0])[1].encoding == "QCELP");
  // Without a clock rate it is no rtpmap; the static payload type stays what it is.
  CHECK(codecs_of(d.media[1])[0].encoding == "H261");
  d = good("v=0\r\no=UserA 20 1 IN IP6 2001:db8::20\r\ns=-\r\nt=0 0\r\n"
           "m=audio 6000 RTP/AVP 0\r\nc=IN IP6 2001:db8::20\r\nm=video 6024 RTP/AVP 107\r\nc=IN IP4 192.0.2.5\r\n");
  CHECK_FALSE(d.connection());
  CHECK(d.connection_of(d.media[0])->address == "2001:db8::20");
  CHECK(d.connection_of(d.media[1])->address == "192.0.2.5");
}

TEST_CASE("lone LFs, empty lines and lines out of order are taken; no s= and no t= too") {
  auto d = good("v=0\no=- 1 1 IN IP4 a\n\nt=0 0\ns=-\r\nm=audio 1 RTP/AVP 0\n\n\n");
  CHECK(d.to_string() == "v=0\r\no=- 1 1 IN IP4 a\r\nt=0 0\r\ns=-\r\nm=audio 1 RTP/AVP 0\r\n");
  CHECK(good("v=0\r\no=- 1 1 IN IP4 a").media.empty());
  CHECK(good("v=0\r\no=- 1 1 IN IP4 a\r\nc=IN IP4 b").connection()->address == "b");
}

TEST_CASE("what is no description is refused at its place") {
  const std::pair<std::string, std::size_t> bad[] = {
      {"", 0},
      {"\r\n", 0},
      {"v=1\r\no=- 1 1 IN IP4 a\r\n", 0},
      {"o=- 1 1 IN IP4 a\r\nv=0\r\n", 0},
      {"v=0\r\ns=-\r\n", 10},
      {minimal + "v=0\r\n", minimal.size()},
      {minimal + "o=- 1 1 IN IP4 a\r\n", minimal.size()},
      {minimal + "s=x\r\n", minimal.size()},
      {minimal + "m=audio 1 RTP/AVP 0\r\no=- 1 1 IN IP4 a\r\n", minimal.size() + 21},
      {minimal + "x=y\r\n", minimal.size()},
      {minimal + "M=audio 1 RTP/AVP 0\r\n", minimal.size()},
      {minimal + "m =video 3227 RTP/AVP 31\r\n", minimal.size()},
      {minimal + "a\r\n", minimal.size()},
      {minimal + " a=b\r\n", minimal.size()},
      {minimal + "a=b\rc\r\n", minimal.size()},
      {minimal + std::string("a=b\0c\r\n", 7), minimal.size()},
      {"v=0\r\no=- x 1 IN IP4 a\r\n", 5},
      {"v=0\r\no=- 1 1 IN IP4\r\n", 5},
      {"v=0\r\no=- 1 1 IN IP4 a b\r\n", 5},
      {"v=0\r\no=\r\n", 5},
      {minimal + "c=IN IP4\r\n", minimal.size()},
      {minimal + "c=IN IP4 /1\r\n", minimal.size()},
      {minimal + "c=IN IP4 a b\r\n", minimal.size()},
      {minimal + "b=AS\r\n", minimal.size()},
      {minimal + "b=:1\r\n", minimal.size()},
      {minimal + "b=AS:-1\r\n", minimal.size()},
      {minimal + "b=AS:4294967296\r\n", minimal.size()},
      {minimal + "m=audio 65536 RTP/AVP 0\r\n", minimal.size()},
      {minimal + "m=audio -1 RTP/AVP 0\r\n", minimal.size()},
      {minimal + "m=audio 1/0 RTP/AVP 0\r\n", minimal.size()},
      {minimal + "m=audio 1/ RTP/AVP 0\r\n", minimal.size()},
      {minimal + "m=audio x RTP/AVP 0\r\n", minimal.size()},
      {minimal + "m=audio 1 RTP/AVP\r\n", minimal.size()},
      {minimal + "m=audio 1\r\n", minimal.size()},
      {minimal + "m=\r\n", minimal.size()}};
  for (auto& [text, offset] : bad) {
    INFO(text);
    auto d = parse(text);
    REQUIRE_FALSE(d);
    CHECK(d.error().offset == offset);
    CHECK(d.error().status == 400);
  }
}

TEST_CASE("m= lines of other kinds are read: port counts, T.38, MSRP, WebRTC") {
  auto d = good(minimal + "m=video 49170/2 RTP/AVP 31\r\nm=image 4000 udptl t38\r\na=T38FaxVersion:0\r\n"
                          "m=message 9 TCP/MSRP *\r\na=path:msrp://a:1/x;tcp\r\n"
                          "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\na=ice-ufrag:F7gI\r\n");
  CHECK(d.media[0].port_count == 2);
  CHECK(d.media[1].protocol == "udptl");
  CHECK_FALSE(d.media[1].is_rtp());
  CHECK(d.media[1].attribute_value("T38FaxVersion") == "0");
  CHECK(codecs_of(d.media[1])[0].format == "t38");
  CHECK(codecs_of(d.media[1])[0].encoding.empty());
  CHECK(d.media[2].formats == std::vector<std::string_view>{"*"});
  CHECK(d.media[2].attribute_value("path") == "msrp://a:1/x;tcp");
  CHECK(d.media[3].is_rtp());
  CHECK(codecs_of(d.media[3])[0].parameters == "2");
  CHECK(codecs_of(d.media[3])[1].encoding.empty());
  CHECK(d.to_string().find("m=video 49170/2 RTP/AVP 31\r\n") != std::string::npos);
}

TEST_CASE("attributes, bandwidths and connections are read from their section") {
  auto d = good(
      minimal +
      "b=AS:442\r\nb=X-YZ:128\r\na=group:BUNDLE a b\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127/3\r\n"
      "b=as:41\r\nb=TIAS:64000\r\nb=RS:600\r\na=candidate:1\r\na=candidate:2\r\na=rtcp-mux\r\na=x:\r\na=y:a:b\r\n");
  auto& m = d.media[0];
  CHECK(d.bandwidth("AS") == 442);
  CHECK(d.bandwidth("X-YZ") == 128);
  CHECK(m.bandwidth("AS") == 41);
  CHECK(m.bandwidth("TIAS") == 64000);
  CHECK_FALSE(m.bandwidth("RR"));
  CHECK(m.connection()->address == "224.2.1.1");
  CHECK(m.connection()->multicast == "127/3");
  CHECK(d.attribute_value("group") == "BUNDLE a b");
  CHECK_FALSE(m.has_attribute("group"));
  CHECK(m.attribute_values("candidate") == std::vector<std::string_view>{"1", "2"});
  CHECK(m.has_attribute("rtcp-mux"));
  CHECK(m.attribute_value("x") == "");
  CHECK(m.attribute_value("y") == "a:b");
  CHECK_FALSE(m.has_attribute("RTCP-MUX"));
  CHECK(parse_attribute("x:").has_value);
  CHECK_FALSE(parse_attribute("x").has_value);
}

TEST_CASE("a direction is the media's own, else the session's, else sendrecv") {
  auto d = good(minimal + "a=recvonly\r\nm=audio 1 RTP/AVP 0\r\nm=audio 2 RTP/AVP 0\r\na=sendonly\r\nm=video 3 RTP/AVP "
                          "31\r\na=inactive\r\n");
  CHECK(d.direction_of(d.media[0]) == direction::recvonly);
  CHECK(d.direction_of(d.media[1]) == direction::sendonly);
  CHECK(d.direction_of(d.media[2]) == direction::inactive);
  CHECK_FALSE(d.media[0].own_direction());
  d = good(minimal + "m=audio 1 RTP/AVP 0\r\na=sendrecv:not\r\n");
  CHECK(d.direction_of(d.media[0]) == direction::sendrecv);
  CHECK_FALSE(d.media[0].own_direction());
}

TEST_CASE("lines are replaced, put where the grammar wants them, and removed") {
  auto d = good(minimal + "a=x\r\nm=audio 1 RTP/AVP 0\r\na=y\r\na=z:1\r\na=z:2\r\n");
  d.set('c', "IN IP4 192.0.2.9");
  d.set('o', "- 1 2 IN IP4 192.0.2.9");
  d.media[0].set('b', "AS:64");
  d.media[0].set('c', "IN IP4 192.0.2.8");
  d.media[0].port = 5000;
  CHECK(d.media[0].remove_attribute("z") == 2);
  CHECK(d.to_string() == "v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\na=x\r\n"
                         "m=audio 5000 RTP/AVP 0\r\nc=IN IP4 192.0.2.8\r\nb=AS:64\r\na=y\r\n");
}

TEST_CASE("codecs are listed in the order of preference, with what rtpmap and fmtp say") {
  auto d = good(read_file(corpus / "volte_07.sdp"));
  auto codecs = codecs_of(d.media[0]);
  REQUIRE(codecs.size() == 2);
  CHECK(codecs[0].format == "116");
  CHECK(codecs[0].encoding == "AMR-WB");
  CHECK(codecs[0].clock_rate == 16000);
  CHECK(codecs[0].parameters == "1");
  CHECK(codecs[0].format_parameters == "mode-change-capability=2;max-red=220");
  CHECK(codecs[1].encoding == "telephone-event");
  CHECK(codecs[1].format_parameters == "0-15");
  auto amr = *parse_rtpmap("96 amr-wb/16000");
  CHECK(same_encoding(codecs[0], amr));
  CHECK_FALSE(same_encoding(codecs[1], amr));
  CHECK_FALSE(same_encoding(*parse_rtpmap("96 L16/44100/2"), *parse_rtpmap("97 L16/44100")));
  for (auto bad : {"", "96", "96 ", "96 AMR", "96 /8000", "96 AMR/", "96 AMR/x", "128 AMR/8000", "x AMR/8000"})
    CHECK_FALSE(parse_rtpmap(bad));
}

TEST_CASE("codecs that are not allowed go with all that is said of them") {
  auto d =
      good(minimal +
           "m=audio 1 RTP/AVP 96 0 97\r\na=rtpmap:96 EVS/16000\r\na=fmtp:96 br=5.9-24.4\r\na=rtpmap:97 AMR/8000\r\n"
           "a=fmtp:97 mode-set=7\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:* nack\r\na=fmtp:960 x\r\na=ptime:20\r\n");
  CHECK(keep_codecs(d.media[0], [](const codec& c) { return c.encoding != "EVS"; }) == 1);
  CHECK(d.to_string() == minimal + "m=audio 1 RTP/AVP 0 97\r\na=rtpmap:97 AMR/8000\r\na=fmtp:97 mode-set=7\r\n"
                                   "a=rtcp-fb:* nack\r\na=fmtp:960 x\r\na=ptime:20\r\n");
  CHECK(keep_codecs(d.media[0], [](const codec&) { return true; }) == 0);
  auto before = d.media[0].lines.size();
  CHECK(keep_codecs(d.media[0], [](const codec&) { return false; }) == 2);
  CHECK(d.media[0].rejected());
  CHECK(d.media[0].formats.size() == 2);
  CHECK(d.media[0].lines.size() == before);
}

TEST_CASE("hostile descriptions cost no more an octet than others") {
  auto times = [](std::size_t n, std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i)
      out += text;
    return out;
  };
  auto cost = [](const std::string& text) {
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
      auto start = std::clock();
      if (auto d = parse(text))
        for (auto& m : d->media) {
          codecs_of(m);
          keep_codecs(m, [](const codec& c) { return c.format != "7"; });
          d->to_string();
        }
      best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    }
    return best;
  };
  const std::pair<std::string, std::string> parts[] = {{"m=audio 1 RTP/AVP", " 7 8"},
                                                       {"m=audio 1 RTP/AVP 7\r\n", "a=rtpmap:7 x/1\r\n"},
                                                       {"a=", ":"},
                                                       {"", "\r\n"},
                                                       {"c=IN IP4 ", "/"}};
  for (auto& [first, repeated] : parts) {
    INFO(first << " and many " << repeated);
    auto small = cost(minimal + first + times(1000, repeated) + "\r\n");
    auto large = cost(minimal + first + times(8000, repeated) + "\r\n");
    CHECK(large < 40 * std::max(small, 50e-6));
  }
}
