// RFC 3261 clause 12 as one in the path sees it; BYE in an end's name as TS 24.229 clauses 5.2.8.1.2 and 5.4.5.1.2 want it.
#include <catch2/catch.hpp>

#include "protocols/sip/dialog.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const auto is_ours = [](const uri& u) { return u.host == "pcscf.visited.example"; };
const instant noon{1'000'000};

message invite() {
  auto m = message::request("INVITE", "sip:bob@home.example");
  m.add(hdr::via, "SIP/2.0/UDP ue.example;branch=z9hG4bK1");
  m.add(hdr::record_route, "<sip:sbc1.access.example;lr>");
  m.add(hdr::record_route, "<sip:sbc0.access.example;lr>");
  m.add(hdr::from, "\"Alice\" <sip:alice@home.example>;tag=a1");
  m.add(hdr::to, "Bob <sip:bob@home.example>");
  m.add(hdr::call_id, "cid@ue");
  m.add(hdr::cseq, "10 INVITE");
  m.add(hdr::contact, "<sip:alice@192.0.2.1:5062;transport=tcp>");
  return m;
}

message answer(const message& request, int status, std::string_view tag = "b1",
               std::string_view contact = "<sip:bob@198.51.100.2>") {
  auto m = make_response(request, status, tag);
  if (!contact.empty())
    m.set(hdr::contact, contact);
  if (to_tag(request).empty())
    m.set(hdr::record_route, "<sip:scscf2.example;lr>, <sip:scscf1.example;lr>, <sip:out@pcscf.visited.example;lr>, "
                             "<sip:in@pcscf.visited.example;lr>, <sip:sbc1.access.example;lr>, "
                             "<sip:sbc0.access.example;lr>");
  return m;
}

message inside(std::string_view method, leg from, int cseq, std::string_view contact = {}) {
  auto m = message::request(method, "sip:x");
  std::string alice = "<sip:alice@home.example>;tag=a1", bob = "<sip:bob@home.example>;tag=b1";
  m.add(hdr::from, from == leg::caller ? alice : bob);
  m.add(hdr::to, from == leg::caller ? bob : alice);
  m.add(hdr::call_id, "cid@ue");
  m.add(hdr::cseq, std::to_string(cseq) + " " + std::string(method));
  if (!contact.empty())
    m.add(hdr::contact, contact);
  return m;
}

dialog confirmed(const session_agreement& session = {}) {
  auto request = invite();
  auto ok = answer(request, 200);
  auto d = fork_dialog(begin_dialog(request), ok, is_ours);
  on_response(d, request, ok, leg::caller, session, noon);
  return d;
}

std::string octets(const dialog& d) {
  std::string out;
  writer w(out);
  encode(w, d);
  return out;
}

std::string sdp(std::string_view session, std::string_view media) {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" + std::string(session) +
         std::string(media);
}

} // namespace

TEST_CASE("a dialog begins with the caller's tag, target, CSeq and the way back to him (RFC 3261 12.1)") {
  auto d = begin_dialog(invite());
  CHECK(d.call_id == "cid@ue");
  CHECK(d.end(leg::caller) == dialog_end{"a1", "sip:alice@home.example", "sip:alice@192.0.2.1:5062;transport=tcp",
                                         "<sip:sbc1.access.example;lr>,<sip:sbc0.access.example;lr>", 10, false});
  CHECK(d.end(leg::callee).tag.empty());
  CHECK(d.end(leg::callee).address == "sip:bob@home.example");
  CHECK(d.at == dialog::state::early);
}

TEST_CASE("a response with a To-tag makes a fork, with the way to the callee from here on (RFC 3261 12.1.2)") {
  auto request = invite();
  auto d = fork_dialog(begin_dialog(request), answer(request, 183), is_ours);
  CHECK(d.end(leg::callee).tag == "b1");
  CHECK(d.end(leg::callee).target == "sip:bob@198.51.100.2");
  CHECK(d.end(leg::callee).routes == "<sip:scscf1.example;lr>,<sip:scscf2.example;lr>");
  auto other = fork_dialog(begin_dialog(request), answer(request, 180, "b2"), is_ours);
  CHECK(other.end(leg::callee).tag == "b2");
}

TEST_CASE("Record-Route is split at our values, however many there are (RFC 5658)") {
  auto m = message::response(200);
  m.add(hdr::record_route, "<sip:d;lr>,<sip:x@pcscf.visited.example;lr>");
  m.add(hdr::record_route, "<sip:as;lr>,<sip:y@pcscf.visited.example;lr>,<sip:u;lr>");
  auto parts = split_record_route(m, is_ours);
  CHECK(parts.found);
  CHECK(parts.before == "<sip:d;lr>");
  CHECK(parts.after == "<sip:u;lr>");
  CHECK_FALSE(split_record_route(message::response(200), is_ours).found);
}

TEST_CASE("a 2xx confirms the dialog once, and takes the callee's target from it (RFC 3261 12.1, 13.2.2.4)") {
  auto request = invite();
  auto d = fork_dialog(begin_dialog(request), answer(request, 183, "b1", "<sip:early@198.51.100.2>"), is_ours);
  auto change = on_response(d, request, answer(request, 200), leg::caller, {1800, true}, noon);
  CHECK((change.confirmed && change.changed && change.deadline));
  CHECK(d.at == dialog::state::confirmed);
  CHECK(d.end(leg::callee).target == "sip:bob@198.51.100.2");
  CHECK(d.deadline == noon + milliseconds(1'800'000));
  auto again = on_response(d, request, answer(request, 200), leg::caller, {1800, true}, noon);
  CHECK_FALSE((again.confirmed || again.changed || again.ended));
}

TEST_CASE("a failure of the INVITE ends its early dialogs (RFC 3261 12.3)") {
  auto request = invite();
  auto d = fork_dialog(begin_dialog(request), answer(request, 183), is_ours);
  auto change = on_response(d, request, answer(request, 487), leg::caller, {}, noon);
  CHECK((change.ended && change.changed));
  CHECK(d.at == dialog::state::ended);
}

TEST_CASE("who sent a request is told by the tags, both ways round (RFC 3261 12.2.2)") {
  auto d = confirmed();
  CHECK(sender_of(d, inside("BYE", leg::caller, 11)) == leg::caller);
  CHECK(sender_of(d, inside("BYE", leg::callee, 1)) == leg::callee);
  CHECK_FALSE(sender_of(d, invite()));
  auto stranger = inside("BYE", leg::caller, 11);
  stranger.set(hdr::call_id, "other");
  CHECK_FALSE(sender_of(d, stranger));
}

TEST_CASE("a response is of the dialog whose tags it has (RFC 3261 12.1)") {
  auto d = confirmed();
  CHECK(is_of(d, answer(invite(), 200), leg::caller));
  CHECK_FALSE(is_of(d, answer(invite(), 200, "b2"), leg::caller));
  auto bye = inside("BYE", leg::callee, 1);
  CHECK(is_of(d, make_response(bye, 200), leg::callee));
  CHECK_FALSE(is_of(d, make_response(bye, 200), leg::caller));
  CHECK_FALSE(is_of(begin_dialog(invite()), make_response(invite(), 180), leg::caller));
}

TEST_CASE("each end counts its own CSeq; a lower one changes nothing, ACK and CANCEL count nothing (RFC 3261 12.2.2)") {
  auto d = confirmed();
  CHECK(on_request(d, inside("INFO", leg::caller, 12), leg::caller).changed);
  CHECK(on_request(d, inside("INFO", leg::callee, 700), leg::callee).changed);
  auto late = on_request(d, inside("INFO", leg::caller, 11), leg::caller);
  CHECK((late.repeated && !late.changed));
  CHECK_FALSE(on_request(d, inside("ACK", leg::caller, 99), leg::caller).changed);
  CHECK(d.end(leg::caller).cseq == 12);
  CHECK(d.end(leg::callee).cseq == 700);
}

TEST_CASE(
    "re-INVITE and UPDATE refresh both targets when they are answered by 2xx, not before (RFC 3261 12.2, RFC 3311)") {
  auto method = GENERATE("INVITE", "UPDATE");
  auto from = GENERATE(leg::caller, leg::callee);
  auto d = confirmed();
  auto request = inside(method, from, 20, "<sip:moved@203.0.113.9>");
  on_request(d, request, from);
  on_response(d, request, answer(request, 491), from, {}, noon);
  CHECK(d.end(from).target != "sip:moved@203.0.113.9");
  auto change = on_response(d, request, answer(request, 200, "", "<sip:too@203.0.113.8>"), from, {}, noon);
  CHECK((change.changed && !change.confirmed));
  CHECK(d.end(from).target == "sip:moved@203.0.113.9");
  CHECK(d.end(opposite(from)).target == "sip:too@203.0.113.8");
}

TEST_CASE("a refresh moves the deadline, and a 2xx without session timer removes it (RFC 4028 8)") {
  auto d = confirmed({1800, true});
  auto update = inside("UPDATE", leg::callee, 5, "<sip:bob@198.51.100.2>");
  auto ok = answer(update, 200, "", "<sip:alice@192.0.2.1:5062;transport=tcp>");
  auto later = noon + milliseconds(900'000);
  auto change = on_response(d, update, ok, leg::callee, {600, false}, later);
  CHECK(change.deadline);
  CHECK(d.deadline == later + milliseconds(600'000));
  CHECK(d.session == session_agreement{600, true});
  change = on_response(d, update, ok, leg::callee, {}, later);
  CHECK((change.deadline && !d.deadline));
}

TEST_CASE("a BYE's answer ends the dialog, a challenge does not (RFC 3261 15.1)") {
  auto status = GENERATE(200, 408, 481, 500, 403);
  auto d = confirmed();
  auto bye = inside("BYE", leg::caller, 11);
  CHECK_FALSE(on_response(d, bye, make_response(bye, 407), leg::caller, {}, noon).ended);
  CHECK(on_response(d, bye, make_response(bye, status), leg::caller, {}, noon).ended);
  CHECK(d.at == dialog::state::ended);
  CHECK_FALSE(on_response(d, bye, make_response(bye, status), leg::caller, {}, noon).ended);
}

TEST_CASE(
    "an end that knows nothing of the dialog any more has a grace to come back (RFC 3261 12.2.1.2, RFC 5057 5.1)") {
  auto d = confirmed({1800, true});
  auto update = inside("UPDATE", leg::caller, 11);
  CHECK_FALSE(on_response(d, update, make_response(update, 491), leg::caller, {}, noon).lost);
  CHECK_FALSE(on_response(d, update, make_response(update, 500), leg::caller, {}, noon).lost);
  auto change = on_response(d, update, make_response(update, GENERATE(481, 408, 404)), leg::caller, {}, noon);
  CHECK((change.lost && change.deadline));
  CHECK(d.at == dialog::state::confirmed);
  CHECK(d.deadline == noon + lost_grace);
  auto info = inside("INFO", leg::caller, 12);
  CHECK_FALSE(on_response(d, info, make_response(info, 481), leg::caller, {}, noon).lost);
}

TEST_CASE("reliable provisional responses and their PRACKs are followed, repeated ones told (RFC 3262 3, 4)") {
  auto request = invite();
  auto reliable = answer(request, 183);
  reliable.add(hdr::require, "100rel");
  reliable.add(hdr::rseq, "988789");
  auto d = fork_dialog(begin_dialog(request), reliable, is_ours);
  CHECK(on_response(d, request, reliable, leg::caller, {}, noon).changed);
  CHECK(d.rseq == 988789);
  auto again = on_response(d, request, reliable, leg::caller, {}, noon);
  CHECK((again.repeated && !again.changed));
  auto prack = inside("PRACK", leg::caller, 11);
  prack.add(hdr::rack, "988789 10 INVITE");
  CHECK(on_request(d, prack, leg::caller).changed);
  CHECK(d.rack == 988789);
  auto wrong = inside("PRACK", leg::caller, 12);
  wrong.add(hdr::rack, "988799 10 INVITE");
  on_request(d, wrong, leg::caller);
  CHECK(d.rack == 988789);
  auto unreliable = answer(request, 180);
  unreliable.add(hdr::rseq, "988800");
  on_response(d, request, unreliable, leg::caller, {}, noon);
  CHECK(d.rseq == 988789);
}

TEST_CASE("a BYE to the callee goes in the caller's name, by the callee's route set (TS 24.229 5.2.8.1.2)") {
  auto d = confirmed();
  auto bye = make_bye(d, leg::callee, "SIP;cause=503;text=\"Bearer lost\"");
  REQUIRE(bye);
  CHECK(bye->uri() == "sip:bob@198.51.100.2");
  CHECK(values(*bye, hdr::route) ==
        std::vector<std::string_view>{"<sip:scscf1.example;lr>", "<sip:scscf2.example;lr>"});
  CHECK(bye->value(hdr::from) == "<sip:alice@home.example>;tag=a1");
  CHECK(bye->value(hdr::to) == "<sip:bob@home.example>;tag=b1");
  CHECK(bye->value(hdr::cseq) == "11 BYE");
  CHECK(bye->value(hdr::reason) == "SIP;cause=503;text=\"Bearer lost\"");
  CHECK(sender_of(d, *bye) == leg::caller);
}

TEST_CASE("a BYE to the caller goes in the callee's name, with a jump in CSeq after recovery (TS 24.229 5.4.5.1.2)") {
  auto d = confirmed();
  on_request(d, inside("INFO", leg::callee, 300), leg::callee);
  auto bye = make_bye(d, leg::caller, {}, 100);
  REQUIRE(bye);
  CHECK(bye->uri() == "sip:alice@192.0.2.1:5062;transport=tcp");
  CHECK(values(*bye, hdr::route).size() == 2);
  CHECK(first_value(*bye, hdr::route) == "<sip:sbc1.access.example;lr>");
  CHECK(bye->value(hdr::from) == "<sip:bob@home.example>;tag=b1");
  CHECK(bye->value(hdr::cseq) == "401 BYE");
  CHECK_FALSE(bye->has(hdr::reason));
  CHECK(make_bye(d, leg::caller)->value(hdr::cseq) == "402 BYE");
}

TEST_CASE("without a Contact there is no BYE") {
  auto request = invite();
  auto d = fork_dialog(begin_dialog(request), answer(request, 180, "b1", ""), is_ours);
  CHECK_FALSE(make_bye(d, leg::callee));
}

TEST_CASE("hold is read from SDP: all streams in use sendonly or inactive (RFC 3264 8.4)") {
  CHECK(is_hold(sdp("", "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n")));
  CHECK(is_hold(sdp("", "m=audio 4000 RTP/AVP 0\r\na=inactive\r\nm=video 0 RTP/AVP 31\r\n")));
  CHECK(is_hold(sdp("a=sendonly\r\n", "m=audio 4000 RTP/AVP 0\r\n")));
  CHECK(is_hold(sdp("", "m=audio 4000 RTP/AVP 0\nc=IN IP4 0.0.0.0\n")));
  CHECK_FALSE(is_hold(sdp("", "m=audio 4000 RTP/AVP 0\r\n")));
  CHECK_FALSE(is_hold(sdp("a=sendonly\r\n", "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n")));
  CHECK_FALSE(is_hold(sdp("", "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\nm=video 5000 RTP/AVP 31\r\n")));
  CHECK_FALSE(is_hold(sdp("", "m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n")));
  CHECK_FALSE(is_hold(""));
}

TEST_CASE("an end holds from the answered offer until the next one (RFC 3264 8.4)") {
  auto d = confirmed();
  auto hold = inside("INVITE", leg::callee, 9, "<sip:bob@198.51.100.2>");
  hold.set_body("application/sdp", sdp("", "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n"));
  CHECK(on_response(d, hold, answer(hold, 200, "", ""), leg::callee, {}, noon).changed);
  CHECK(d.end(leg::callee).holds);
  CHECK_FALSE(d.end(leg::caller).holds);
  auto resume = inside("INVITE", leg::callee, 10, "<sip:bob@198.51.100.2>");
  resume.set_body("application/sdp", sdp("", "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n"));
  on_response(d, resume, answer(resume, 200, "", ""), leg::callee, {}, noon);
  CHECK_FALSE(d.end(leg::callee).holds);
}

TEST_CASE("a subscription's dialog lasts as its 2xx says and ends with the NOTIFY that says so (RFC 6665 4.1, 4.4.1)") {
  auto subscribe = invite();
  auto m = message::request("SUBSCRIBE", "sip:alice@home.example");
  for (auto& f : subscribe.fields())
    m.add(f.id, f.id == hdr::cseq ? "10 SUBSCRIBE" : f.value);
  auto ok = answer(m, 200);
  ok.add(hdr::expires, "600");
  auto d = fork_dialog(begin_dialog(m), ok, is_ours);
  CHECK(d.subscription);
  auto change = on_response(d, m, ok, leg::caller, {}, noon);
  CHECK((change.confirmed && change.deadline));
  CHECK(d.deadline == noon + milliseconds(600'000));
  auto notify = inside("NOTIFY", leg::callee, 1, "<sip:notifier@198.51.100.7>");
  notify.add(hdr::subscription_state, "active;expires=500");
  on_response(d, notify, make_response(notify, 200), leg::callee, {}, noon);
  CHECK(d.end(leg::callee).target == "sip:notifier@198.51.100.7");
  notify.set(hdr::subscription_state, "terminated;reason=timeout");
  CHECK(on_response(d, notify, make_response(notify, 200), leg::callee, {}, noon).ended);
}

TEST_CASE("a dialog comes back from its octets, other octets are refused") {
  auto d = confirmed({1800, true});
  d.end(leg::callee).holds = true;
  d.rseq = 7;
  auto text = octets(d);
  reader in(text);
  dialog back;
  REQUIRE(decode(in, back));
  CHECK(back == d);
  CHECK(in.left() == 0);
  for (std::size_t n = 0; n < text.size(); ++n) {
    reader cut(std::string_view(text).substr(0, n));
    CHECK_FALSE(decode(cut, back));
  }
  text[0] = 2;
  reader newer(text);
  CHECK_FALSE(decode(newer, back));
}

TEST_CASE("a confirmed dialog between two phones takes less than 600 octets") {
  auto m = message::request("INVITE", "tel:+15550000002");
  m.add(hdr::record_route, "<sip:0123456789abcdef0123456789abcdef@pcscf.visited.example:5060;lr>");
  m.add(hdr::from, "<sip:001010000000001@ims.mnc001.mcc001.3gppnetwork.org>;tag=171828a5b6");
  m.add(hdr::to, "<tel:+15550000002>");
  m.add(hdr::call_id, "3c26700c1adb-5vcdm3tz7xzs@10-20-30-40");
  m.add(hdr::cseq, "1 INVITE");
  m.add(hdr::contact, "<sip:001010000000001@[2001:db8:0:1:aaaa:bbbb:cccc:1]:5060;ob>");
  auto ok = make_response(m, 200, "8b1c2d3e4f");
  ok.add(hdr::contact, "<sip:001010000000002@[2001:db8:0:1:aaaa:bbbb:cccc:2]:5060;ob>");
  ok.set(hdr::record_route, "<sip:0123456789abcdef0123456789abcdef@pcscf2.home.example:5060;lr>,"
                            "<sip:0123456789abcdef0123456789abcdef@scscf2.home.example:5060;lr>,"
                            "<sip:x@pcscf.visited.example;lr>,<sip:y@pcscf.visited.example;lr>");
  auto d = fork_dialog(begin_dialog(m), ok, is_ours);
  on_response(d, m, ok, leg::caller, {1800, true}, noon);
  INFO(octets(d).size() << " octets");
  CHECK(octets(d).size() < 600);
  CHECK(octets(d).size() > 300);
}
