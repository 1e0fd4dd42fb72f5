// RFC 3264: offers, answers and hold; RFC 3312: preconditions.
#include <catch2/catch.hpp>

#include "protocols/sdp/offer_answer.hpp"
#include "protocols/sdp/precondition.hpp"

using namespace troupe;
using namespace troupe::sdp;

namespace {

const std::string head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
const std::string audio = "m=audio 49170 RTP/AVP 0\r\n";

/// Keeps the text that its description views.
struct holder {
  std::string text;
  description d;
  explicit holder(std::string t) : text(std::move(t)), d(parse(text).value()) {}
  holder(const holder&) = delete;
};

std::optional<std::string> against(const std::string& offer, const std::string& answer) {
  holder a(head + offer);
  holder b(head + answer);
  return objection(a.d, b.d);
}

bool held(const std::string& text) { return is_on_hold(holder(text).d); }

bool met(const std::string& lines) { return preconditions_met(holder(head + audio + lines).d); }

} // namespace

TEST_CASE("an answer has the offer's media in number, type and protocol") {
  CHECK_FALSE(against(audio, audio));
  CHECK(against(audio, audio + audio));
  CHECK(against(audio + audio, audio));
  CHECK(against(audio, "m=video 1 RTP/AVP 31\r\n"));
  CHECK(against(audio, "m=audio 1 RTP/SAVP 0\r\n"));
  CHECK_FALSE(against(audio, "m=audio 0 RTP/SAVP 0\r\n"));
  CHECK_FALSE(against(audio, "m=audio 0 RTP/AVP 0\r\n"));
  CHECK(against("m=audio 0 RTP/AVP 0\r\n", audio));
  CHECK_FALSE(against("m=audio 0 RTP/AVP 0\r\n", "m=audio 0 RTP/AVP 0\r\n"));
  CHECK_FALSE(against("", ""));
}

TEST_CASE("an answer's direction is what RFC 3264 clause 6.1 allows") {
  const direction all[] = {direction::inactive, direction::sendonly, direction::recvonly, direction::sendrecv};
  for (auto offered : all)
    for (auto answered : all) {
      bool allowed = offered == direction::sendrecv || answered == direction::inactive ||
                     (offered == direction::sendonly && answered == direction::recvonly) ||
                     (offered == direction::recvonly && answered == direction::sendonly);
      INFO(to_string(offered) << " answered by " << to_string(answered));
      CHECK(may_answer(offered, answered) == allowed);
      auto line = [](direction d) { return audio + "a=" + std::string(to_string(d)) + "\r\n"; };
      CHECK(!against(line(offered), line(answered)) == allowed);
    }
  CHECK(reversed(direction::sendonly) == direction::recvonly);
  CHECK(reversed(direction::recvonly) == direction::sendonly);
  CHECK(reversed(direction::sendrecv) == direction::sendrecv);
  CHECK(reversed(direction::inactive) == direction::inactive);
}

TEST_CASE("hold is sendonly, inactive, or the old address of nowhere, on all media that live") {
  CHECK_FALSE(held(head + audio));
  CHECK(held(head + audio + "a=sendonly\r\n"));
  CHECK(held(head + audio + "a=inactive\r\n"));
  CHECK_FALSE(held(head + audio + "a=recvonly\r\n"));
  CHECK(held(head + "a=sendonly\r\n" + audio));
  CHECK_FALSE(held(head + "a=sendonly\r\n" + audio + "a=sendrecv\r\n"));
  CHECK(held(head + audio + "c=IN IP4 0.0.0.0\r\n"));
  CHECK(held(head + audio + "c=IN IP6 ::\r\n"));
  CHECK(held(head + audio + "c=IN IP6 hold.Invalid\r\n"));
  CHECK_FALSE(held(head + audio + "c=IN IP4 10.0.0.0\r\n"));
  CHECK_FALSE(held(head + audio + "a=sendonly\r\nm=video 1 RTP/AVP 31\r\n"));
  CHECK(held(head + audio + "a=sendonly\r\nm=video 0 RTP/AVP 31\r\n"));
  CHECK_FALSE(held(head + "m=audio 0 RTP/AVP 0\r\na=sendonly\r\n"));
  CHECK_FALSE(held(head));
}

TEST_CASE("a description with the same origin and version says the same again") {
  holder a(head + audio);
  holder b(head + audio);
  CHECK(is_unchanged(a.d, b.d));
  b.d.set('o', "- 1 2 IN IP4 192.0.2.1");
  CHECK_FALSE(is_unchanged(a.d, b.d));
  b.d.set('o', "- 2 1 IN IP4 192.0.2.1");
  CHECK_FALSE(is_unchanged(a.d, b.d));
}

TEST_CASE("precondition lines are read") {
  auto read = [](std::string_view text) { return parse_precondition(parse_attribute(text)); };
  auto p = read("des:qos mandatory local sendrecv");
  REQUIRE(p);
  CHECK(p->kind == precondition::line::desired);
  CHECK(p->type == "qos");
  CHECK(p->strength == strength::mandatory);
  CHECK(p->status == status_type::local);
  CHECK(p->direction == tag_direction::sendrecv);
  p = read("curr:qos e2e send");
  REQUIRE(p);
  CHECK(p->kind == precondition::line::current);
  CHECK(p->status == status_type::e2e);
  CHECK(p->direction == tag_direction::send);
  p = read("conf:qos remote recv");
  REQUIRE(p);
  CHECK(p->kind == precondition::line::confirm);
  CHECK(p->direction == tag_direction::recv);
  for (auto bad :
       {"", "rtpmap:0 PCMU/8000", "curr", "curr:", "curr:qos", "curr:qos local", "curr:qos local all",
        "curr:qos here send", "curr:qos local send now", "des:qos local sendrecv", "des:qos must local sendrecv"})
    CHECK_FALSE(read(bad));
}

TEST_CASE("preconditions are met when every mandatory one is reached (RFC 3312 clause 5)") {
  CHECK(met(""));
  CHECK(met("a=curr:qos local none\r\na=des:qos optional local sendrecv\r\n"));
  CHECK(met("a=curr:qos local none\r\na=des:qos none local sendrecv\r\n"));
  CHECK_FALSE(met("a=curr:qos local none\r\na=des:qos mandatory local sendrecv\r\n"));
  CHECK_FALSE(met("a=curr:qos local send\r\na=des:qos mandatory local sendrecv\r\n"));
  CHECK(met("a=curr:qos local send\r\na=des:qos mandatory local send\r\n"));
  CHECK(met("a=curr:qos local sendrecv\r\na=des:qos mandatory local send\r\n"));
  CHECK_FALSE(met("a=curr:qos local sendrecv\r\na=curr:qos remote none\r\na=des:qos mandatory local sendrecv\r\n"
                  "a=des:qos mandatory remote sendrecv\r\n"));
  CHECK(met("a=curr:qos local sendrecv\r\na=curr:qos remote sendrecv\r\na=des:qos mandatory local sendrecv\r\n"
            "a=des:qos mandatory remote sendrecv\r\n"));
  CHECK_FALSE(met("a=curr:sec local sendrecv\r\na=des:qos mandatory local sendrecv\r\n"));
  CHECK_FALSE(met("a=des:qos mandatory local sendrecv\r\n"));
  CHECK(preconditions_met(holder(head + "m=audio 0 RTP/AVP 0\r\na=des:qos mandatory local sendrecv\r\n").d));
}
