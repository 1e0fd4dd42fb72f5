// RFC 3261 clause 7: the message as a value: fields, edits, copies, writing.
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "protocols/sip/values.hpp"
#include "tests/protocols/sip/corpus.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const std::string invite =
    "INVITE sip:bob@biloxi.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP p1.example.com;branch=z9hG4bK2, SIP/2.0/UDP ua.example.com;branch=z9hG4bK1\r\n"
    "v:SIP/2.0/TCP older.example.com;branch=z9hG4bK0\r\n"
    "Max-Forwards:   70\r\n"
    "To : Bob <sip:bob@biloxi.com>\r\n"
    "f: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n"
    "Call-ID: a84b4c76e66710@pc33.atlanta.com\r\n"
    "CSeq: 314159 INVITE\r\n"
    "X-One: 1\r\n"
    "Content-Type: text/plain\r\n"
    "l: 4\r\n"
    "x-one: 2\r\n"
    "\r\n"
    "body";

message read(std::string_view octets) {
  auto p = parse(octets);
  INFO((p.fault ? p.fault->what : ""));
  REQUIRE(!p.fault);
  return *p.msg;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  auto at = text.find(what);
  REQUIRE(at != text.npos);
  return text.replace(at, what.size(), by);
}

} // namespace

TEST_CASE("what nobody edits is written octet for octet") {
  CHECK(read(invite).to_string() == invite);
  auto m = read(invite);
  CHECK(m.size_hint() >= invite.size());
  std::string out = "before";
  m.write(out);
  CHECK(out == "before" + invite);
}

TEST_CASE("fields are found by id, compact form and name") {
  auto m = read(invite);
  CHECK(m.find(hdr::from)->name == "f");
  CHECK(m.find("FROM") == m.find(hdr::from));
  CHECK(m.find("t") == m.find(hdr::to));
  CHECK(m.value(hdr::to) == "Bob <sip:bob@biloxi.com>");
  CHECK(m.count(hdr::via) == 2);
  CHECK(m.find("X-ONE")->value == "1");
  CHECK(m.find("X-Two") == nullptr);
  CHECK(m.find(hdr::route) == nullptr);
  CHECK(m.value(hdr::route).empty());
  CHECK(m.has(hdr::cseq));
  CHECK_FALSE(m.has(hdr::route));
}

TEST_CASE("set replaces the first and removes the others") {
  auto m = read(invite);
  m.set(hdr::via, "SIP/2.0/UDP new.example.com");
  m.set("X-ONE", "3");
  m.set(hdr::route, "<sip:r;lr>");
  m.set("X-New", "n");
  m.set("m", "<sip:c>");
  CHECK(m.count(hdr::via) == 1);
  auto expected =
      replaced(invite,
               "Via: SIP/2.0/UDP p1.example.com;branch=z9hG4bK2, SIP/2.0/UDP ua.example.com;branch=z9hG4bK1\r\n"
               "v:SIP/2.0/TCP older.example.com;branch=z9hG4bK0\r\n",
               "Via: SIP/2.0/UDP new.example.com\r\n");
  expected = replaced(expected, "X-One: 1\r\n", "X-One: 3\r\n");
  expected = replaced(expected, "x-one: 2\r\n", "Route: <sip:r;lr>\r\nX-New: n\r\nContact: <sip:c>\r\n");
  CHECK(m.to_string() == expected);
}

TEST_CASE("add puts a field behind the last of its name, else at the end") {
  auto m = read(invite);
  m.add(hdr::via, "SIP/2.0/UDP last");
  m.add("x-ONE", "3");
  m.add(hdr::route, "<sip:r1>");
  m.add(hdr::route, "<sip:r2>");
  auto expected = replaced(invite, "Max-Forwards", "Via: SIP/2.0/UDP last\r\nMax-Forwards");
  expected = replaced(expected, "x-one: 2\r\n", "x-one: 2\r\nx-ONE: 3\r\nRoute: <sip:r1>\r\nRoute: <sip:r2>\r\n");
  CHECK(m.to_string() == expected);
}

TEST_CASE("prepend makes a value the topmost, behind the Vias where there is none yet") {
  auto m = read(invite);
  m.prepend(hdr::via, "SIP/2.0/UDP top");
  m.prepend(hdr::record_route, "<sip:rr1>");
  m.prepend(hdr::record_route, "<sip:rr2>");
  auto expected = replaced(invite, "Via", "Via: SIP/2.0/UDP top\r\nVia");
  expected = replaced(expected, "Max-Forwards", "Record-Route: <sip:rr2>\r\nRecord-Route: <sip:rr1>\r\nMax-Forwards");
  CHECK(m.to_string() == expected);
  CHECK(top_via(m)->host == "top");
  auto fresh = message::request("OPTIONS", "sip:b");
  fresh.add(hdr::from, "<sip:a>");
  fresh.prepend(hdr::route, "<sip:r>");
  fresh.prepend(hdr::via, "SIP/2.0/UDP v");
  CHECK(fresh.to_string() == "OPTIONS sip:b SIP/2.0\r\nVia: SIP/2.0/UDP v\r\nRoute: <sip:r>\r\nFrom: <sip:a>\r\n"
                             "Content-Length: 0\r\n\r\n");
}

TEST_CASE("remove, by id, name and rule") {
  auto m = read(invite);
  CHECK(m.remove(hdr::via) == 2);
  CHECK(m.remove(hdr::via) == 0);
  CHECK(m.remove("X-ONE") == 2);
  CHECK(m.remove("F") == 1);
  CHECK(m.remove_if([](const field& f) { return f.id == hdr::content_type || f.id == hdr::call_id; }) == 2);
  CHECK(m.to_string() == "INVITE sip:bob@biloxi.com SIP/2.0\r\nMax-Forwards:   70\r\nTo : Bob <sip:bob@biloxi.com>\r\n"
                         "CSeq: 314159 INVITE\r\nl: 4\r\n\r\nbody");
}

TEST_CASE("the first value of a list is taken off, with its line if it stood alone") {
  auto m = read(invite);
  CHECK(m.remove_first_value(hdr::via));
  CHECK(m.to_string() == replaced(invite, "SIP/2.0/UDP p1.example.com;branch=z9hG4bK2, ", ""));
  CHECK(m.remove_first_value(hdr::via));
  CHECK(first_value(m, hdr::via) == "SIP/2.0/TCP older.example.com;branch=z9hG4bK0");
  CHECK(m.remove_first_value(hdr::via));
  CHECK_FALSE(m.remove_first_value(hdr::via));
  CHECK_FALSE(m.has(hdr::via));
}

TEST_CASE("the first value of a list is replaced in its line") {
  auto m = read(invite);
  CHECK(m.replace_first_value(hdr::via, "SIP/2.0/UDP p1.example.com;branch=z9hG4bK2;received=192.0.2.1"));
  CHECK(m.to_string() == replaced(invite, "z9hG4bK2,", "z9hG4bK2;received=192.0.2.1,"));
  CHECK(m.replace_first_value(hdr::max_forwards, "69"));
  CHECK(m.value(hdr::max_forwards) == "69");
  CHECK_FALSE(m.replace_first_value(hdr::route, "<sip:r>"));
}

TEST_CASE("Content-Length is always right, and stays in its place while it is") {
  auto m = read(invite);
  m.set_body("application/sdp", "v=0\r\n");
  auto text = m.to_string();
  CHECK(text.find("l: 4\r\n") == text.npos);
  CHECK(text.find("Content-Type: application/sdp\r\n") != text.npos);
  CHECK(text.substr(text.size() - 26) == "Content-Length: 5\r\n\r\nv=0\r\n");
  CHECK(read(text).body() == "v=0\r\n");
  m.set_body("ignored", "");
  CHECK_FALSE(m.has(hdr::content_type));
  CHECK(m.to_string().find("Content-Length: 0\r\n\r\n") != std::string::npos);
  auto wrong = read(invite);
  wrong.set(hdr::content_length, "17");
  text = wrong.to_string();
  CHECK(text.substr(text.size() - 28) == "2\r\nContent-Length: 4\r\n\r\nbody");
  wrong.add(hdr::content_length, "4");
  wrong.add(hdr::content_length, "4");
  auto twice = wrong.to_string();
  CHECK(twice.find("Content-Length") == twice.rfind("Content-Length"));
}

TEST_CASE("a body is made where none was") {
  auto m = message::request("MESSAGE", "sip:b");
  m.set_body("text/plain", "hi");
  CHECK(m.to_string() == "MESSAGE sip:b SIP/2.0\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
}

TEST_CASE("start lines are made and changed") {
  auto m = read(invite);
  m.set_uri("sip:bob@192.0.2.4");
  CHECK(m.uri() == "sip:bob@192.0.2.4");
  m.set_method("FOO");
  CHECK(m.method() == method::other);
  CHECK(m.to_string().rfind("FOO sip:bob@192.0.2.4 SIP/2.0\r\n", 0) == 0);
  m.set_status(183);
  CHECK_FALSE(m.is_request());
  CHECK(m.method() == method::other);
  CHECK(m.reason() == "Session Progress");
  CHECK(m.to_string().rfind("SIP/2.0 183 Session Progress\r\n", 0) == 0);
  auto r = message::response(606, "Nobody Here");
  CHECK(r.status() == 606);
  CHECK(r.to_string() == "SIP/2.0 606 Nobody Here\r\nContent-Length: 0\r\n\r\n");
  CHECK(message::response(299).reason() == "Unknown");
  CHECK_THROWS_AS(message::response(99), std::invalid_argument);
  CHECK_THROWS_AS(message::response(700), std::invalid_argument);
  CHECK_THROWS_AS(r.set(hdr::other, "x"), std::invalid_argument);
}

TEST_CASE("no text can smuggle in a line") {
  auto m = message::request("OPTIONS", "sip:b\r\nX: y");
  m.set(hdr::subject, "a\r\nRoute: <sip:evil>");
  m.add("X\r\nY", "1\n2\r3\r\n");
  m.replace_first_value(hdr::subject, "b\r\n\r\nbody, c");
  auto r = message::response(200, "OK\r\nX: y");
  CHECK(m.to_string() ==
        "OPTIONS sip:b  X: y SIP/2.0\r\nSubject: b    body, c\r\nX  Y: 1 2 3\r\nContent-Length: 0\r\n\r\n");
  CHECK(r.to_string() == "SIP/2.0 200 OK  X: y\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("an edit of a copy leaves the original and other copies alone") {
  auto p = parse(invite);
  message_ref original = p.msg;
  p.msg = {};
  std::vector<message> copies;
  for (int i = 0; i < 5; ++i) {
    copies.push_back(*original);
    copies.back().set(hdr::max_forwards, std::to_string(i));
    copies.back().prepend(hdr::via, "SIP/2.0/UDP h" + std::to_string(i));
  }
  message chain = copies[2];
  chain.set_uri("sip:chain");
  chain.remove(hdr::via);
  message end = chain;
  end.set(hdr::max_forwards, "9");
  chain.set(hdr::max_forwards, "8");
  CHECK(original->to_string() == invite);
  for (int i = 0; i < 5; ++i) {
    CHECK(copies[static_cast<std::size_t>(i)].value(hdr::max_forwards) == std::to_string(i));
    CHECK(top_via(copies[static_cast<std::size_t>(i)])->host == "h" + std::to_string(i));
  }
  CHECK(chain.value(hdr::max_forwards) == "8");
  CHECK(end.value(hdr::max_forwards) == "9");
  CHECK(end.uri() == "sip:chain");
}

TEST_CASE("a copy outlives what it was copied from, and its copies outlive it") {
  message last;
  {
    auto first = std::make_unique<message>(read(invite));
    first->set(hdr::subject, "first");
    auto second = std::make_unique<message>(*first);
    second->set(hdr::priority, "second");
    first.reset();
    message third = *second;
    third.set(hdr::organization, "third");
    second.reset();
    last = third;
  }
  CHECK(last.value(hdr::subject) == "first");
  CHECK(last.value(hdr::priority) == "second");
  CHECK(last.value(hdr::organization) == "third");
  CHECK(last.value(hdr::call_id) == "a84b4c76e66710@pc33.atlanta.com");
  CHECK(last.body() == "body");
  message moved = std::move(last);
  CHECK(moved.value(hdr::subject) == "first");
  auto& self = moved;
  moved = self;
  CHECK(moved.value(hdr::organization) == "third");
}

TEST_CASE("a value may be set from the message's own text, and many edits keep all views good") {
  auto m = read(invite);
  m.set(hdr::subject, m.value(hdr::call_id));
  m.set(hdr::call_id, m.value(hdr::call_id).substr(3));
  CHECK(m.value(hdr::subject) == "a84b4c76e66710@pc33.atlanta.com");
  CHECK(m.value(hdr::call_id) == "b4c76e66710@pc33.atlanta.com");
  for (int i = 0; i < 500; ++i) {
    m.add("X-Many", std::string(static_cast<std::size_t>(i), 'x'));
    m.set(hdr::priority, std::to_string(i));
  }
  CHECK(m.value(hdr::priority) == "499");
  std::size_t n = 0;
  for (auto& f : m.fields())
    if (f.name == "X-Many")
      CHECK(f.value.size() == n++);
  CHECK(n == 500);
  CHECK(read(replaced(invite, "x-one: 2", "X: " + std::string(5000, 'y'))).find("X") != nullptr);
}

TEST_CASE("kept text lies in the message; what lies there is not copied again") {
  message m;
  auto a = m.keep("abc");
  auto b = m.keep({"x", "", "yz"});
  CHECK(a == "abc");
  CHECK(b == "xyz");
  CHECK(m.keep(a).data() == a.data());
  CHECK(m.keep(a.substr(1)).data() == a.data() + 1);
  CHECK(m.keep("").empty());
  message copy = m;
  CHECK(copy.keep(b).data() == b.data());
  CHECK(copy.keep(std::string(5000, 'z')).size() == 5000);
}

TEST_CASE("copies of one message may be edited in many threads") {
  auto p = parse(invite);
  message_ref shared = p.msg;
  p.msg = {};
  std::vector<std::thread> threads;
  std::vector<std::string> written(4);
  for (std::size_t t = 0; t < written.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        message m = *shared;
        m.set(hdr::subject, std::to_string(t));
        message again = m;
        again.set(hdr::priority, std::to_string(i));
        written[t] = again.to_string();
      }
    });
  for (auto& t : threads)
    t.join();
  for (std::size_t t = 0; t < written.size(); ++t)
    CHECK(written[t] ==
          replaced(invite, "x-one: 2\r\n", "x-one: 2\r\nSubject: " + std::to_string(t) + "\r\nPriority: 199\r\n"));
}

TEST_CASE("storage is filled at its end as far as it goes") {
  auto s = storage::make(8);
  CHECK(s->append("abcde") == "abcde");
  CHECK(s->append("fghi").data() == nullptr);
  CHECK(s->append("fgh") == "fgh");
  CHECK(s->used() == 8);
  CHECK(s->append("").empty());
}
