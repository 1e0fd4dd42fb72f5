// The admin interface over real HTTP, on a node that does not exist.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "tests/actors/console/fake_source.hpp"

using namespace troupe;
using namespace troupe::console;
using namespace troupe::console::test;
using clock_type = std::chrono::steady_clock;

namespace {

nlohmann::json body_of(const httplib::Result& got) {
  REQUIRE(got);
  auto parsed = nlohmann::json::parse(got->body, nullptr, false);
  INFO(got->body);
  REQUIRE_FALSE(parsed.is_discarded());
  return parsed;
}

int connect_to(std::uint16_t port) {
  int s = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(s, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  return s;
}

std::string all_of(int s) {
  std::string out;
  char part[4096];
  for (ssize_t got; (got = ::recv(s, part, sizeof part, 0)) > 0;)
    out.append(part, static_cast<std::size_t>(got));
  return out;
}

/// What a raw request is answered with.
std::string exchange(std::uint16_t port, std::string_view octets) {
  int s = connect_to(port);
  REQUIRE(::send(s, octets.data(), octets.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(octets.size()));
  auto out = all_of(s);
  ::close(s);
  return out;
}

} // namespace

TEST_CASE("a node that serves is healthy and ready") {
  scene s;
  CHECK(s.http().Get("/healthz")->status == 200);
  CHECK(s.http().Get("/healthz")->body == "ok\n");
  CHECK(s.http().Get("/readyz")->status == 200);
  CHECK(s.http().Get("/readyz")->body == "serving\n");
}

TEST_CASE("a node that starts or drains is healthy and not ready") {
  scene s;
  for (auto each : {phase::starting, phase::draining}) {
    s.node.now = each;
    CHECK(s.http().Get("/healthz")->status == 200);
    CHECK(s.http().Get("/readyz")->status == 503);
    CHECK(s.http().Get("/readyz")->body == std::string(to_string(each)) + "\n");
  }
}

TEST_CASE("a shard that does not answer makes the node unhealthy, by its number") {
  scene s;
  s.node.delays[1] = std::nullopt;
  auto got = s.http().Get("/healthz");
  CHECK(got->status == 503);
  CHECK(got->body == "shard 1 does not answer\n");
  CHECK(s.http().Get("/metrics")->body.find("troupe_shard_stuck{shard=\"1\"} 1\n") != std::string::npos);
  CHECK(body_of(s.http().Get("/api/v1/status"))["shards"][1]["answers"] == false);
}

TEST_CASE("the status adds up the shards") {
  scene s;
  s.node.shard_a.add(metric::registrations_now, 2);
  s.node.shard_b.add(metric::registrations_now, 3);
  s.node.shard_b.add(metric::calls_live_now, 4);
  s.node.shard_a.add(metric::restarts_call);
  auto got = body_of(s.http().Get("/api/v1/status"));
  CHECK(got["node"] == "node-a");
  CHECK(got["state"] == "serving");
  CHECK(got["registrations"] == 5);
  CHECK(got["calls"]["live"] == 4);
  CHECK(got["restarts"] == 1);
  CHECK(got["started_at"] == "1970-01-01T00:00:01.000Z");
  CHECK(got["store"]["last_failure"] == "disk full");
  CHECK(got["hss"]["disk_failures"] == 3);
  CHECK(got["process"]["resident_octets"] > 1'000'000);
}

TEST_CASE("registrations are listed by pages, and found by an identity with a plus sign or a colon in it") {
  scene s;
  for (auto* id : {"sip:a@ims.example", "sip:b@ims.example", "tel:+15550000001"})
    s.node.sets.emplace(id, registration_named(id));
  auto first = body_of(s.http().Get("/api/v1/registrations?limit=2"));
  REQUIRE(first["items"].size() == 2);
  CHECK(first["items"][0]["id"] == "sip:a@ims.example");
  CHECK(first["items"][0]["contacts"][0]["expires_at"] == "1970-01-01T00:01:01.000Z");
  CHECK(first["next"] == "sip:b@ims.example");
  auto second = body_of(s.http().Get("/api/v1/registrations?limit=2&after=sip%3Ab%40ims.example"));
  REQUIRE(second["items"].size() == 1);
  CHECK(second["next"].is_null());
  CHECK(body_of(s.http().Get("/api/v1/registrations/tel:+15550000001"))["id"] == "tel:+15550000001");
  CHECK(body_of(s.http().Get("/api/v1/registrations/tel%3A%2B15550000001"))["id"] == "tel:+15550000001");
  auto absent = s.http().Get("/api/v1/registrations/sip:c@ims.example");
  CHECK(absent->status == 404);
  CHECK(body_of(absent)["error"] == "nobody is registered as sip:c@ims.example");
}

TEST_CASE("a list that a shard is missing from says that it is partial") {
  scene s;
  s.node.all_calls.push_back(call_named("00ff", "c1@h"));
  auto got = body_of(s.http().Get("/api/v1/calls"));
  CHECK(got["partial"] == true);
  CHECK(got["items"][0]["dialogs"][0]["caller"]["address"] == "sip:alice@ims.example");
  CHECK(body_of(s.http().Get("/api/v1/calls/c1@h"))["items"].size() == 1);
  CHECK(s.http().Get("/api/v1/calls/c2@h")->status == 404);
}

TEST_CASE("a limit that is no number from 1 to 1000 is refused") {
  scene s;
  for (auto* limit : {"0", "1001", "-1", "ten", "99999999999999999999999"}) {
    auto got = s.http().Get(std::string("/api/v1/registrations?limit=") + limit);
    INFO(limit);
    CHECK(got->status == 400);
    CHECK(body_of(got)["error"] == "limit is a number from 1 to 1000");
  }
}

TEST_CASE("subscribers are imported, shown, listed and removed") {
  scene s;
  auto put = s.http().Post("/api/v1/subscribers?name=new.toml", "[[subscriber]]\nimpi = \"a\"\n", "application/toml");
  CHECK(put->status == 200);
  CHECK(body_of(put)["added"] == 1);
  CHECK(s.node.last_toml == "[[subscriber]]\nimpi = \"a\"\n");
  CHECK(s.node.last_name == "new.toml");
  CHECK(body_of(s.http().Get("/api/v1/subscribers"))["items"] == nlohmann::json({"new.toml"}));
  auto shown = body_of(s.http().Get("/api/v1/subscribers/new.toml"));
  CHECK(shown["privates"][0]["algorithm"] == "milenage");
  CHECK(shown["sets"][0]["identities"][1]["barred"] == true);
  CHECK(s.http().Delete("/api/v1/subscribers/new.toml")->status == 204);
  CHECK(s.http().Delete("/api/v1/subscribers/new.toml")->status == 404);
  CHECK(s.http().Get("/api/v1/subscribers/new.toml")->status == 404);
}

TEST_CASE("a subscriber in JSON becomes the same in TOML, whatever is in its texts") {
  scene s;
  auto put = s.http().Put(
      "/api/v1/subscribers/a@h",
      R"({"impus": ["sip:a@h", {"uri": "tel:+1", "barred": true}], "display": "q\"uo\\te\u007f\n", "sqn": 7})",
      "application/json");
  CHECK(put->status == 200);
  CHECK(s.node.last_toml == "[[subscriber]]\n\"impus\" = [\"sip:a@h\", { \"uri\" = \"tel:+1\", \"barred\" = true }]\n"
                            "\"display\" = \"q\\\"uo\\\\te\\u007f\\n\"\n\"sqn\" = 7\n\"impi\" = \"a@h\"\n");
}

TEST_CASE("a subscriber in JSON that is none is refused with the reason") {
  scene s;
  auto refused = [&](const char* body) {
    auto got = s.http().Put("/api/v1/subscribers/a@h", body, "application/json");
    CHECK(got->status == 400);
    return body_of(got)["error"].get<std::string>();
  };
  CHECK(refused("{") == "the body is no JSON");
  CHECK(refused("[]") == "a subscriber is a JSON object");
  CHECK(refused(R"({"impi": "b@h"})") == "impi is not the one of the path");
  CHECK(refused(R"({"k": null})") == "null is no value here: leave the key out");
  CHECK(s.node.subscriptions.empty());
}

TEST_CASE("each mistake of an import is told, with the first as the error") {
  scene s;
  s.node.answer = fail("f.toml:1: k: is missing\nf.toml:9: impus: is empty", 0, 400);
  auto got = s.http().Post("/api/v1/subscribers", "x", "application/toml");
  CHECK(got->status == 400);
  CHECK(body_of(got)["error"] == "f.toml:1: k: is missing");
  CHECK(body_of(got)["details"].size() == 2);
  s.node.answer = fail("the disk is full", 0, 503);
  CHECK(s.http().Post("/api/v1/subscribers", "x", "application/toml")->status == 503);
}

TEST_CASE("without an HSS there are no subscribers, and it says why") {
  scene s;
  s.node.has_hss = false;
  auto refused = [](const httplib::Result& got) {
    CHECK(got->status == 404);
    CHECK(got->body.find("node.roles") != std::string::npos);
  };
  refused(s.http().Get("/api/v1/subscribers"));
  refused(s.http().Get("/api/v1/subscribers/a"));
  refused(s.http().Delete("/api/v1/subscribers/a"));
  refused(s.http().Post("/api/v1/subscribers", "", "application/toml"));
  CHECK(s.http().Get("/metrics")->body.find("troupe_hss_") == std::string::npos);
}

TEST_CASE("draining is asked for by POST alone") {
  scene s;
  CHECK(s.http().Get("/api/v1/drain")->status == 404);
  CHECK(s.node.drained == 0);
  CHECK(s.http().Post("/api/v1/drain")->status == 202);
  CHECK(s.node.drained == 1);
}

TEST_CASE("the token is asked of everything but the probes") {
  scene s([](auto& o) { o.token = "open sesame"; });
  CHECK(s.http().Get("/healthz")->status == 200);
  CHECK(s.http().Get("/readyz")->status == 200);
  for (auto* path : {"/metrics", "/api/v1/status", "/api/v1/subscribers", "/nothing"}) {
    auto got = s.http().Get(path);
    INFO(path);
    CHECK(got->status == 401);
    CHECK(got->get_header_value("WWW-Authenticate") == "Bearer");
  }
  for (auto* wrong :
       {"Bearer open", "Bearer open sesame!", "Bearer ", "Basic open sesame", "open sesame", "Bearer Open sesame"})
    CHECK(s.http().Get("/metrics", {{"Authorization", wrong}})->status == 401);
  CHECK(s.http().Get("/metrics", {{"Authorization", "Bearer open sesame"}})->status == 200);
  CHECK(s.http().Post("/api/v1/drain")->status == 401);
  CHECK(s.node.drained == 0);
}

TEST_CASE("a web page cannot change the node behind its reader's back") {
  scene s;
  CHECK(
      s.http().Post("/api/v1/drain", httplib::Headers{{"Origin", "https://evil.example"}}, "", "text/plain")->status ==
      403);
  CHECK(s.node.drained == 0);
}

TEST_CASE("what is not there is told as JSON, and a failure keeps its reason to the log") {
  scene s;
  auto absent = s.http().Get("/api/v2/status");
  CHECK(absent->status == 404);
  CHECK(body_of(absent)["status"] == 404);
  s.node.broken = true;
  auto failed = s.http().Get("/api/v1/registrations");
  CHECK(failed->status == 500);
  CHECK(body_of(failed)["status"] == 500);
  CHECK(failed->body.find("secret reason") == std::string::npos);
}

TEST_CASE("octets that are no UTF-8 do not break an answer") {
  scene s;
  auto bad = registration_named("sip:a@ims.example");
  bad.contacts[0].user_agent = "\xff\xfe";
  s.node.sets.emplace(bad.id, bad);
  auto got = body_of(s.http().Get("/api/v1/registrations"));
  CHECK(got["items"][0]["contacts"][0]["user_agent"] == "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("a path beyond 1024 octets and a body beyond the limit are refused") {
  scene s([](auto& o) { o.largest_body = 1'000; });
  CHECK(s.http().Get("/api/v1/registrations/" + std::string(2'000, 'a'))->status == 414);
  auto large = s.http().Post("/api/v1/subscribers", std::string(1'001, 'x'), "application/toml");
  REQUIRE(large);
  CHECK(large->status == 413);
  CHECK(s.node.subscriptions.empty());
  CHECK(s.http().Post("/api/v1/subscribers", std::string(1'000, 'x'), "application/toml")->status == 200);
}

TEST_CASE("rubbish is answered with 400, and the next request is served") {
  scene s;
  CHECK(exchange(s.served->port(), "rubbish\r\n\r\n").rfind("HTTP/1.1 400", 0) == 0);
  CHECK(s.http().Get("/readyz")->status == 200);
}

TEST_CASE("a peer that sends an octet now and then is cut off when its time is over") {
  scene s([](auto& o) { o.patience = std::chrono::milliseconds(400); });
  int slow = connect_to(s.served->port());
  auto began = clock_type::now();
  std::thread drip([slow] {
    for (int i = 0; i < 40 && ::send(slow, "G", 1, MSG_NOSIGNAL) == 1; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  });
  all_of(slow);
  auto took = clock_type::now() - began;
  ::shutdown(slow, SHUT_RDWR);
  drip.join();
  ::close(slow);
  CHECK(took >= std::chrono::milliseconds(350));
  CHECK(took < std::chrono::milliseconds(1'900));
}

TEST_CASE("connections beyond those that may wait are turned away with 503, and counted") {
  scene s([](auto& o) {
    o.threads = 1;
    o.most_waiting = 1;
    o.patience = std::chrono::milliseconds(700);
  });
  std::vector<int> silent; // one is served, one waits: one of those that follow is turned away
  std::string refusal;
  while (refusal.empty() && silent.size() < 20) {
    silent.push_back(connect_to(s.served->port()));
    pollfd answered{silent.back(), POLLIN, 0};
    if (::poll(&answered, 1, 100) == 1)
      refusal = all_of(silent.back());
  }
  CHECK(refusal.rfind("HTTP/1.1 503", 0) == 0);
  for (auto each : silent)
    ::close(each);
  std::string body; // the places become free when the server has seen the ends: until then it turns this one away too
  for (int tries = 0; body.empty() && tries < 100; ++tries) {
    auto client = s.http();
    client.set_read_timeout(5);
    if (auto page = client.Get("/metrics"); page && page->status == 200)
      body = page->body;
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  CHECK(body.find("troupe_admin_refused_total ") != std::string::npos);
  CHECK(body.find("troupe_admin_refused_total 0\n") == std::string::npos);
}

TEST_CASE("a port that is taken is an error that names it") {
  scene s;
  server_options same;
  same.port = s.served->port();
  CHECK_THROWS_WITH(server(s.node, same),
                    Catch::Contains("admin.listen") && Catch::Contains(std::to_string(same.port)));
}

TEST_CASE("a server that was stopped answers no more and can be destroyed") {
  scene s;
  s.served->stop();
  CHECK_FALSE(s.http().Get("/healthz"));
}
