// The scripts do what the simulation's model of the store does, for any history: cluster.md 26.
#include <catch2/catch.hpp>

#include "chaos/simulation/store_model.hpp"
#include "tests/cluster/authority/asking.hpp"

using namespace troupe;
using namespace troupe::cluster;
using troupe::cluster::test::asking;
namespace model = troupe::simulation;

namespace {

/// What the model hears; numbers are few, so that the same ones meet.
class history {
public:
  explicit history(std::uint64_t seed) : random_(seed) {}

  model::operation next(const model::store_data& data, std::uint64_t run) {
    switch (random_.below(10)) {
    case 0: return model::op::raise_generation{random_.below(5) == 0 ? run + 1 : run, random_.below(6)};
    case 1: return model::op::mark_dead{node(), life()};
    case 2: return model::op::read_map{};
    case 3:
    case 4:
    case 5: return change(data);
    default: return model::op::renew{node(), life()};
    }
  }
  bool once_in(std::uint64_t many) { return random_.below(many) == 0; }

private:
  node_id node() { return static_cast<node_id>(1 + random_.below(4)); }
  incarnation life() { return 1'790'000'000'000 + random_.below(4); }

  model::op::change_map change(const model::store_data& data) {
    auto map = make_map({{node()}, {node(), 3, true}}, 1 + random_.below(4));
    map.version = data.map_version + (random_.below(4) == 0 ? random_.below(3) : 1);
    for (auto& group : map.groups)
      group = {node(), {random_.below(4), random_.next() >> random_.below(64), life()}};
    map.unknown = random_.token(random_.below(3));
    model::op::change_map out{random_.below(5) == 0 ? random_.below(9) : data.generation, encode(map), {}};
    for (auto count = random_.below(3); count > 0; --count)
      out.proofs.push_back(proof(data));
    return out;
  }
  evidence proof(const model::store_data& data) {
    evidence out{node(), life(), random_.below(9), false};
    for (const auto& r : data.records)
      if (r.node == out.node && random_.below(4) != 0)
        out = {r.node, r.life, r.counter - (random_.below(4) == 0 ? 1 : 0), false};
    return out;
  }

  random_source random_;
};

store_operations in_redis(const model::operation& what) {
  if (auto o = std::get_if<model::op::renew>(&what))
    return store_operation::renew{o->node, o->life};
  if (auto o = std::get_if<model::op::raise_generation>(&what))
    return store_operation::raise_generation{o->run, o->above};
  if (auto o = std::get_if<model::op::mark_dead>(&what))
    return store_operation::mark_dead{o->node, o->life};
  if (auto o = std::get_if<model::op::change_map>(&what))
    return store_operation::change_map{o->generation, decode_map(o->map)->version, o->map, o->proofs};
  return store_operation::read_map{};
}

/// The model's answer as the store gives it: it also keeps empty records of nodes that it was asked about.
store_answer expected(const model::answer& from) {
  store_answer out{from.run,      from.generation, from.generation_of, from.map_version, 0,
                   from.replaced, from.records,    from.map,           from.changed};
  std::erase_if(out.records, [](const auto& r) { return r.life == 0; });
  return out;
}

store_answer sorted(store_answer from) {
  std::sort(from.records.begin(), from.records.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
  return from;
}

} // namespace

TEST_CASE("a random history has the same answers from Redis as from the simulation's store, at every step") {
  auto seed = GENERATE(1u, 2u, 3u, 4u);
  CAPTURE(seed);
  store::test::redis_server server;
  asking redis(server.spec());
  history past(seed);
  model::store_data data;
  auto run = redis.insist(store_operation::read_map{}).run;
  std::size_t changes = 0, refused = 0, moved = 0, replaced = 0;
  for (int step = 0; step < 2000; ++step) {
    CAPTURE(step);
    if (past.once_in(300)) {
      server.ask({"FLUSHALL"});
      data = {};
    }
    if (past.once_in(500)) {
      server.kill();
      server.start();
      data = {};
      auto before = run;
      store::test::eventually([&] { return (run = redis.insist(store_operation::read_map{}).run) != before; });
    }
    auto what = past.next(data, run);
    CAPTURE(what.index());
    auto wanted = sorted(expected(data.apply(what, run, {})));
    auto got = redis.ask(in_redis(what));
    REQUIRE(got);
    REQUIRE(sorted(*got) == wanted);
    using outcome = owner_event::map_changed::outcome;
    bool change = std::holds_alternative<model::op::change_map>(what);
    changes += change && wanted.changed == outcome::done;
    refused += wanted.changed == outcome::other_version;
    moved += wanted.changed == outcome::moved;
    replaced += wanted.replaced;
  }
  CHECK(std::min({changes, refused, moved, replaced}) > 20); // else the histories say little
}
