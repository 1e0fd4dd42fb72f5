// `troupe ctl` against a real server: what it prints, and its exit statuses.
#include <catch2/catch.hpp>

#include <sstream>

#include "actors/console/client.hpp"
#include "actors/console/table.hpp"
#include "tests/actors/console/fake_source.hpp"

using namespace troupe;
using namespace troupe::console;
using namespace troupe::console::test;

namespace {

struct terminal {
  std::ostringstream out, err;
  ctl_status status = ctl_status::done;

  template <class Ask>
  terminal(client_options how, Ask ask) {
    client c(std::move(how), out, err);
    status = ask(c);
  }
};

client_options at(const scene& s, bool as_json = false) { return {s.url(), s.options.token, as_json}; }

} // namespace

TEST_CASE("ctl status tells what an operator asks first") {
  scene s;
  s.node.shard_a.add(metric::registrations_now, 7);
  terminal t(at(s), [](client& c) { return c.status(); });
  CHECK(t.status == ctl_status::done);
  CHECK(t.err.str().empty());
  for (auto* part : {"node            node-a (ims.example), serving\n", "registrations   7\n",
                     "roles           pcscf, scscf\n", "last failure: disk full"})
    CHECK_THAT(t.out.str(), Catch::Contains(part));
  CHECK_THAT(t.out.str(), !Catch::Contains("DOES NOT ANSWER"));
}

TEST_CASE("ctl status names a shard that does not answer") {
  scene s;
  s.node.delays[1] = std::nullopt;
  terminal t(at(s), [](client& c) { return c.status(); });
  CHECK_THAT(t.out.str(), Catch::Contains("shard 1         DOES NOT ANSWER\n"));
}

TEST_CASE("ctl nodes shows the links to the other nodes, where there are any") {
  scene s;
  CHECK_THAT(terminal(at(s), [](client& c) { return c.nodes(); }).out.str(), !Catch::Contains("LINK TO"));
  using phase = cluster::node_link::phase;
  s.node.all_links = {
      {cluster::node_id{2}, "node-b", "192.0.2.2:4500", phase::open, false, 1'700, instant{1'000}, milliseconds(3), 4,
       1'200},
      {cluster::node_id{3}, "node-c", "192.0.2.3:4500", phase::open, true, 1'800, instant{2'000}, {}, 0, 0},
      {cluster::node_id{4}, "node-d", "192.0.2.4:4500", phase::waiting, false, 0, {}, {}, 0, 0}};
  terminal t(at(s), [](client& c) { return c.nodes(); });
  for (auto* line : {"node-b   linked      1970-01-01 00:00:01  1700         3 ms        4 (1200 octets)\n",
                     "node-c   silent      1970-01-01 00:00:02  1800                     0 (0 octets)\n",
                     "node-d   not linked                                                0 (0 octets)\n"})
    CHECK_THAT(t.out.str(), Catch::Contains(line));
}

TEST_CASE("ctl status and nodes show the cluster: groups, epochs, and how far Redis's replicas are behind") {
  scene s;
  auto status = [&] { return terminal(at(s), [](client& c) { return c.status(); }).out.str(); };
  CHECK_THAT(status(), !Catch::Contains("replication"));
  auto& c = s.node.of_cluster.emplace();
  c.lease = "serving";
  c.generation = 2;
  c.map_version = 7;
  c.live = {"node-a", "node-b"};
  c.groups = {{0, "node-a", 3, "serving", {"192.0.2.11"}}, {1, "node-b", 1, "", {"192.0.2.12"}}};
  CHECK_THAT(status(),
             Catch::Contains("serving, 1 of 2 groups here; nodes alive: node-a, node-b; map 7, generation 2\n"));
  CHECK_THAT(status(), Catch::Contains("replication     Redis does not say\n"));
  c.replicas.emplace();
  CHECK_THAT(status(), Catch::Contains("replication     no replica follows\n"));
  c.replicas = {{"192.0.2.52:6379", true, 120, 0}, {"192.0.2.53:6379", false, 9, 5}};
  CHECK_THAT(status(), Catch::Contains("replication     192.0.2.52:6379 is 120 octets behind, "
                                       "192.0.2.53:6379 is being filled, silent for 5 s\n"));
  terminal nodes(at(s), [](client& to) { return to.nodes(); });
  CHECK_THAT(nodes.out.str(), Catch::Contains("0      node-a  3      serving  192.0.2.11\n"));
}

TEST_CASE("ctl registrations is a table, and says how to go on") {
  scene s;
  CHECK(terminal(at(s), [](client& c) { return c.registrations({}); }).out.str() == "nobody is registered\n");
  for (auto* id : {"sip:a@ims.example", "sip:b@ims.example"})
    s.node.sets.emplace(id, registration_named(id));
  terminal t(at(s), [](client& c) { return c.registrations({{}, 1}); });
  CHECK(t.out.str() == "SET                STATE       IMPIS              CONTACTS  EXPIRES (UTC)\n"
                       "sip:a@ims.example  registered  alice@ims.example  1         1970-01-01 00:01:01\n"
                       "more: troupe ctl registrations --after 'sip:a@ims.example'\n");
}

TEST_CASE("ctl registrations ID shows the contacts, and what a phone sent cannot reach the terminal's controls") {
  scene s;
  s.node.sets.emplace("tel:+15550000001", registration_named("tel:+15550000001"));
  terminal t(at(s), [](client& c) { return c.registration("tel:+15550000001"); });
  CHECK(t.status == ctl_status::done);
  CHECK_THAT(t.out.str(), Catch::Contains("contact         sip:10.0.0.1:5060\n"));
  CHECK_THAT(t.out.str(), Catch::Contains("phone?[31m 1.0"));
  CHECK_THAT(t.out.str(), !Catch::Contains("\x1b"));
}

TEST_CASE("ctl calls lists halves, warns when a shard is missing, and shows one by its Call-ID") {
  scene s;
  s.node.all_calls.push_back(call_named("00ff", "c/1@h"));
  terminal all(at(s), [](client& c) { return c.calls({}); });
  CHECK_THAT(all.out.str(),
             Catch::Contains("00ff  originating  established  sip:alice@ims.example  tel:+15550000002  c/1@h\n"));
  CHECK_THAT(all.err.str(), Catch::Contains("not all"));
  terminal one(at(s), [](client& c) { return c.call("c/1@h"); });
  CHECK_THAT(one.out.str(), Catch::Contains("dialog          session, confirmed, by pcscf, scscf\n"));
}

TEST_CASE("ctl --json prints the node's answer as it is") {
  scene s;
  terminal t(at(s, true), [](client& c) { return c.peers(); });
  CHECK(json::parse(t.out.str())["items"][0]["name"] == "10.0.0.9:5060");
}

TEST_CASE("what is not there ends with status 1 and the node's sentence") {
  scene s;
  terminal t(at(s), [](client& c) { return c.registration("sip:nobody@h"); });
  CHECK(t.status == ctl_status::refused);
  CHECK(t.out.str().empty());
  CHECK(t.err.str() == "troupe ctl: nobody is registered as sip:nobody@h\n");
}

TEST_CASE("where no node answers, ctl says how to start one, with status 4") {
  scene s;
  auto url = s.url();
  s.served->stop();
  terminal t({url, {}, false}, [](client& c) { return c.status(); });
  CHECK(t.status == ctl_status::no_answer);
  CHECK_THAT(t.err.str(), Catch::Contains("no node answers at " + url) && Catch::Contains("troupe run"));
}

TEST_CASE("a URL that is none is told") {
  terminal t({"127.0.0.1:8080", {}, false}, [](client& c) { return c.status(); });
  CHECK(t.status == ctl_status::bad_input);
  CHECK_THAT(t.err.str(), Catch::Contains("http://"));
}

TEST_CASE("a missing token is told with the ways to give it") {
  scene s([](auto& o) { o.token = "open sesame"; });
  terminal without({s.url(), {}, false}, [](client& c) { return c.status(); });
  CHECK(without.status == ctl_status::refused);
  CHECK_THAT(without.err.str(), Catch::Contains("--token-file"));
  CHECK(terminal(at(s), [](client& c) { return c.status(); }).status == ctl_status::done);
}

TEST_CASE("ctl subscriber add, show, list and remove say what happened") {
  scene s;
  json one{{"impi", "a@h"}, {"impus", {"sip:a@h"}}, {"password", "x"}};
  CHECK(terminal(at(s), [&](client& c) { return c.add_subscriber(one); }).out.str() == "a@h added\n");
  CHECK(s.node.last_toml == "[[subscriber]]\n\"impi\" = \"a@h\"\n\"impus\" = [\"sip:a@h\"]\n\"password\" = \"x\"\n");
  s.node.answer = import_facts{0, 0, 1};
  CHECK(terminal(at(s), [&](client& c) { return c.add_subscriber(one); }).out.str() == "a@h is so already\n");
  CHECK_THAT(terminal(at(s), [](client& c) { return c.subscriber("a@h"); }).out.str(),
             Catch::Contains("tel:+1555 (barred)"));
  CHECK(terminal(at(s), [](client& c) { return c.subscribers({}); }).out.str() == "a@h\n");
  CHECK(terminal(at(s), [](client& c) { return c.remove_subscriber("a@h"); }).out.str() == "a@h removed\n");
  CHECK(terminal(at(s), [](client& c) { return c.remove_subscriber("a@h"); }).status == ctl_status::refused);
}

TEST_CASE("ctl subscriber import prints each mistake of the file") {
  scene s;
  s.node.answer = fail("f.toml:1: k: is missing\nf.toml:9: impus: is empty");
  terminal t(at(s), [](client& c) { return c.import_subscribers("x", "f.toml"); });
  CHECK(t.status == ctl_status::refused);
  CHECK(t.err.str() == "troupe ctl: f.toml:1: k: is missing\ntroupe ctl: f.toml:9: impus: is empty\n");
  CHECK(s.node.last_name == "f.toml");
}

TEST_CASE("ctl drain ends this node, and no other by mistake") {
  scene s;
  terminal other(at(s), [](client& c) { return c.drain("node-b"); });
  CHECK(other.status == ctl_status::not_yet);
  CHECK(s.node.drained == 0);
  CHECK(terminal(at(s), [](client& c) { return c.drain("node-a"); }).status == ctl_status::done);
  CHECK(terminal(at(s), [](client& c) { return c.drain(""); }).status == ctl_status::done);
  CHECK(s.node.drained == 2);
}

TEST_CASE("columns are as wide as their widest text, counted in characters") {
  table t({"A", "B"});
  t.add({"\xc3\xa4\xc3\xb6", "x"});
  t.add({"abc", "y"});
  CHECK(t.text() == "A    B\n\xc3\xa4\xc3\xb6   x\nabc  y\n");
}

TEST_CASE("durations are told in their two largest units") {
  CHECK(duration_text(0) == "0 s");
  CHECK(duration_text(59) == "59 s");
  CHECK(duration_text(60) == "1 min");
  CHECK(duration_text(3'725) == "1 h 2 min");
  CHECK(duration_text(180'000) == "2 d 2 h");
}
