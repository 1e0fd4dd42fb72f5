// RFC 3841 clause 7.2 and RFC 3840 clause 9: which contacts a caller wants, in which order.
#include <catch2/catch.hpp>

#include "protocols/sip/preferences.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe::sip;

namespace {

message request(std::string_view accept, std::string_view reject = {}, std::string_view method = "INVITE") {
  auto m = message::request(method, "sip:bob@example.com");
  if (!accept.empty())
    m.add(hdr::accept_contact, accept);
  if (!reject.empty())
    m.add(hdr::reject_contact, reject);
  return m;
}

contact_verdict verdict(const message& m, std::string_view contact_params) {
  std::vector<parameter> all;
  for (auto& p : parameters(contact_params))
    all.push_back(p);
  return judge(read_preferences(m), all);
}

constexpr contact_verdict dropped{true, 0};
contact_verdict scored(int thousandths) { return {false, static_cast<std::uint16_t>(thousandths)}; }

bool overlap(std::string_view a, std::string_view b) { return features_overlap({"x", a, true}, {"x", b, true}); }

} // namespace

TEST_CASE("Accept-Contact: drop, zero or share of the features spoken of (RFC 3841 7.2.4)") {
  struct row {
    std::string_view accept, contact;
    contact_verdict expected;
  };
  auto r = GENERATE(values<row>({
      {"*;audio", ";audio", scored(1000)},
      {"*;audio;video", ";audio", scored(500)},
      {"*;audio;video", ";audio;video=\"FALSE\"", scored(0)},
      {"*;audio;video;require", ";audio;video=\"FALSE\"", dropped},
      {"*;audio;video;require", ";audio", scored(500)},
      {"*;audio;video;explicit", ";audio", scored(0)},
      {"*;audio;video;require;explicit", ";audio", dropped},
      {"*;audio;video;require;explicit", ";video;audio=\"TRUE\"", scored(1000)},
      {"*;mobility=\"fixed\"", ";mobility=\"mobile\"", scored(0)},
      {"*;methods=\"INVITE,MESSAGE\"", ";methods=\"BYE,MESSAGE\"", scored(1000)},
      {"*;audio, *;video", ";audio", scored(500)},
      {"*;audio;require, *;video;require;explicit", ";audio", dropped},
      {"*;+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\";require;explicit",
       ";+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\"", scored(1000)},
      {"*;+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\";require;explicit", ";+g.3gpp.smsip", dropped},
      {"*;audio;require;explicit", ";expires=600;q=0.5", scored(1000)},
      {"*", ";audio", scored(1000)},
  }));
  INFO(r.accept << " against " << r.contact);
  CHECK(verdict(request(r.accept), r.contact) == r.expected);
}

TEST_CASE("Reject-Contact drops who has all of it, not who does not speak of it (RFC 3841 7.2.3)") {
  CHECK(verdict(request("", "*;actor=\"msg-taker\";video"), ";actor=\"msg-taker\";video") == dropped);
  CHECK(verdict(request("", "*;actor=\"msg-taker\";video"), ";actor=\"msg-taker\"") == scored(1000));
  CHECK(verdict(request("", "*;actor=\"msg-taker\""), ";actor=\"principal\"") == scored(1000));
  CHECK(verdict(request("", "*;audio"), ";q=0.1") == scored(1000));
  CHECK(verdict(request("", "*"), ";audio") == scored(1000));
}

TEST_CASE("without preferences only contacts that say they cannot take the method are dropped (RFC 3841 7.2.2)") {
  CHECK(verdict(request(""), ";methods=\"MESSAGE\"") == dropped);
  CHECK(verdict(request(""), ";methods=\"MESSAGE,INVITE\";audio") == scored(1000));
  CHECK(verdict(request(""), ";audio") == scored(1000));
  auto subscribe = request("", "", "SUBSCRIBE");
  subscribe.add(hdr::event, "presence;id=4");
  CHECK(verdict(subscribe, ";events=\"reg,conference\"") == dropped);
  CHECK(verdict(subscribe, ";events=\"presence\"") == scored(1000));
}

TEST_CASE("feature values: lists, negation, numbers, strings, booleans (RFC 3840 9)") {
  CHECK(overlap("\"a,b\"", "\"c,B\""));
  CHECK_FALSE(overlap("\"a,b\"", "\"c\""));
  CHECK(overlap("\"!a\"", "\"b\""));
  CHECK_FALSE(overlap("\"!a\"", "\"A\""));
  CHECK(overlap("\"!a\"", "\"!b\""));
  CHECK(overlap("\"#>=5\"", "\"#=5\""));
  CHECK_FALSE(overlap("\"#>=5\"", "\"#<=4.5\""));
  CHECK(overlap("\"#1:5\"", "\"#5:9\""));
  CHECK_FALSE(overlap("\"#1:5\"", "\"#=-3\""));
  CHECK(overlap("\"<Some, text>\"", "\"<Some, text>\""));
  CHECK_FALSE(overlap("\"<some>\"", "\"<Some>\""));
  CHECK(overlap("\"TRUE\"", "TRUE"));
  CHECK_FALSE(overlap("\"!\"", "\"\""));
  CHECK(features_overlap({"audio", "", false}, {"audio", "\"TRUE\"", true}));
  CHECK_FALSE(features_overlap({"audio", "", false}, {"audio", "\"FALSE\"", true}));
  CHECK_FALSE(overlap("\"#5:\"", "\"#=5\""));
}

TEST_CASE("what a hostile caller asks for is bounded") {
  std::string accept = "*;audio";
  for (int i = 0; i < 500; ++i)
    accept += ";+f" + std::to_string(i);
  auto m = request(accept);
  for (int i = 0; i < 100; ++i)
    m.add(hdr::accept_contact, "*;video");
  auto wanted = read_preferences(m);
  CHECK(wanted.accept.size() == most_preferences);
  CHECK(wanted.accept.front().features.size() == most_preferences);
}

TEST_CASE("Request-Disposition is read as a set of directives (RFC 3841 9.1)") {
  auto m = request("");
  m.add(hdr::request_disposition, "proxy, No-Fork, sequential");
  request_disposition expected;
  expected.no_fork = expected.sequential = true;
  CHECK(read_disposition(m) == expected);
  CHECK(read_disposition(request("")) == request_disposition{});
}
