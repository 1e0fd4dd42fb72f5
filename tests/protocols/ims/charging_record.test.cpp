#include "protocols/ims/charging_record.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using namespace troupe::ims;

namespace {

charging_record session() {
  charging_record r;
  r.id = "00ff";
  r.who = {node_functionality::s_cscf,
           role_of_node::originating,
           "sip:a@ims.example",
           {"sip:a@ims.example", "tel:+15550000001"},
           "sip:b@ims.example",
           "icid",
           "ims.example",
           "other.example",
           "3GPP-E-UTRAN-FDD"};
  r.call_id = "call@host";
  r.requested = {1'700'000'000'000};
  r.answered = instant{1'700'000'002'500};
  r.ended = {1'700'000'022'501};
  r.cause = charging_cause::bye_by_callee;
  r.host = "node-a";
  return r;
}

charging_record attempt() {
  auto r = session();
  r.what = charging_record::kind::event;
  r.answered.reset();
  r.cause = charging_cause::failed;
  r.status = 486;
  return r;
}

} // namespace

TEST_CASE("a charging record and a session's beginning come back from their octets as they were") {
  for (auto& r : {session(), attempt(), charging_record{}}) {
    std::string octets;
    encode(octets, r);
    charging_record back;
    REQUIRE(decode(octets, back));
    CHECK(back == r);
  }
  charging_start start{session().who, {1}, {2}}, back;
  std::string octets;
  encode(octets, start);
  REQUIRE(decode(octets, back));
  CHECK(back == start);
}

TEST_CASE("octets that were cut off anywhere, or are of another version, are no charging record") {
  std::string octets;
  encode(octets, session());
  for (std::size_t size = 0; size < octets.size(); ++size) {
    charging_record back;
    INFO(size);
    CHECK_FALSE(decode(std::string_view(octets).substr(0, size), back));
  }
  octets.front() = 99;
  charging_record back;
  CHECK_FALSE(decode(octets, back));
}

TEST_CASE("a session as JSON says who talked with whom, from when to when, and who ended it") {
  auto json = nlohmann::json::parse(to_json(session()));
  CHECK(to_json(session()).starts_with(R"({"id":"00ff",)"));
  CHECK(json["type"] == "session");
  CHECK(json["node_functionality"] == 0);
  CHECK(json["role_of_node"] == 0);
  CHECK(json["calling"] == nlohmann::json{"sip:a@ims.example", "tel:+15550000001"});
  CHECK(json["called"] == "sip:b@ims.example");
  CHECK(json["requested_at"] == "2023-11-14T22:13:20.000Z");
  CHECK(json["answered_at"] == "2023-11-14T22:13:22.500Z");
  CHECK(json["ended_at"] == "2023-11-14T22:13:42.501Z");
  CHECK(json["duration"] == 21); // of 20.001 s: a begun second counts
  CHECK(json["cause"] == "bye_by_callee");
  CHECK_FALSE(json.contains("status"));
}

TEST_CASE("an attempt as JSON has its status and no duration") {
  auto json = nlohmann::json::parse(to_json(attempt()));
  CHECK(json["type"] == "event");
  CHECK(json["status"] == 486);
  CHECK(json["cause"] == "failed");
  CHECK_FALSE(json.contains("duration"));
  CHECK_FALSE(json.contains("answered_at"));
}

TEST_CASE("whatever octets a peer has put into a header, the JSON is one line and valid") {
  auto r = session();
  r.call_id = std::string("a\"b\\c\r\nd\0e\x7f", 13);
  r.who.called = "sip:\xc3\xa4@\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82";
  auto text = to_json(r);
  CHECK(text.find('\n') == text.npos);
  auto json = nlohmann::json::parse(text);
  CHECK(json["call_id"] == std::string("a\"b\\c\r\nd\0e\x7f", 13));
  CHECK(json["called"].get<std::string>().starts_with("sip:\xc3\xa4@\xef\xbf\xbd"));
}

TEST_CASE("a session that ends before its answer, by clocks that differ, lasts 0 seconds") {
  auto r = session();
  r.ended = {1};
  CHECK(r.duration() == 0);
}
