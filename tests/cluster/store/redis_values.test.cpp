// How records stand in Redis, what a spec may say, what a server must be: values, without a server.
#include <catch2/catch.hpp>

#include <fstream>

#include "cluster/store/redis_facts.hpp"
#include "cluster/store/redis_record.hpp"
#include "cluster/store/redis_scripts.hpp"
#include "cluster/store/redis_spec.hpp"
#include "protocols/base/text.hpp"
#include "tests/cluster/store/support.hpp"

using namespace troupe;
using namespace troupe::store;
using namespace troupe::store::test;

namespace {

constexpr instant at{1'700'000'000'000};
const std::string first_key(64, '1'), second_key(64, '2');

key_ring ring(const std::string& lines) {
  temporary_folder folder;
  std::ofstream(folder.file("keys")) << lines;
  auto out = key_ring::load(folder.file("keys"));
  REQUIRE(out);
  return *out;
}

std::string opened(const std::string& encoded, entity_view id, const key_ring& keys) {
  record out;
  std::string clear;
  switch (decode_record(id, encoded, keys, out, clear)) {
  case record_fault::none: return std::string(out.value);
  case record_fault::damaged: return "(damaged)";
  case record_fault::unknown_key: return "(unknown key)";
  case record_fault::newer_format: return "(newer)";
  }
  return {};
}

} // namespace

TEST_CASE("a record in Redis is these octets, for every version to come") {
  auto encoded = encode_record({kind::call, "key"}, {7, at, "value"}, {});
  CHECK(to_hex(as_bytes(encoded)) == "01000780a0abfef96276616c7565b516126f23f65cc5");
  record found;
  std::string clear;
  REQUIRE(decode_record({kind::call, "key"}, encoded, {}, found, clear) == record_fault::none);
  CHECK(found.version == 7);
  CHECK(found.deadline == at);
  CHECK(found.value == "value");
  CHECK(bucket_of({kind::call, "key"}) == 29);
  CHECK(packed({kind::call, "key"}) == "\x01key");
  CHECK(group_keys("troupe:", 3).data(9) == "{troupe:g3}:d:9");
}

TEST_CASE("a record in which any bit has flipped, or that stands under another name, is damaged") {
  entity_view id{kind::call, "key"};
  auto good = encode_record(id, {7, at, "value"}, {});
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    auto bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << i % 8));
    CAPTURE(i);
    CHECK(opened(bad, id, {}) == "(damaged)");
  }
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK(opened(good.substr(0, size), id, {}) == "(damaged)");
  CHECK(opened(good, {kind::index, "key"}, {}) == "(damaged)");
}

TEST_CASE("key material is encrypted, opens under its own name alone, and under every key of the file") {
  entity_view id{kind::authentication, "alice"};
  auto old = ring(first_key), both = ring("# new\n" + second_key + "\n" + first_key + " # old\n");
  auto encoded = encode_record(id, {1, at, "CK and IK"}, old);
  CHECK(encoded.find("CK and IK") == std::string::npos);
  CHECK(encoded != encode_record(id, {1, at, "CK and IK"}, old));
  CHECK(opened(encoded, id, old) == "CK and IK");
  CHECK(opened(encoded, id, both) == "CK and IK");
  CHECK(opened(encode_record(id, {1, at, ""}, both), id, both).empty());
  CHECK(opened(encode_record(id, {1, at, "x"}, both), id, old) == "(unknown key)");
  CHECK(opened(encoded, id, {}) == "(unknown key)");
  std::string out;
  auto sealed = old.seal(id, "CK and IK");
  CHECK(old.open({kind::authentication, "bob"}, sealed, out) == key_ring::fault::damaged);
  CHECK(old.open({kind::call, "alice"}, sealed, out) == key_ring::fault::damaged);
  CHECK(old.open(id, sealed.substr(0, 20), out) == key_ring::fault::damaged);
  auto call = encode_record({kind::call, "c"}, {1, at, "in clear"}, old);
  CHECK(call.find("in clear") != std::string::npos);
}

TEST_CASE("a key file that is no key file is refused with its line") {
  temporary_folder folder;
  auto path = folder.file("keys");
  CHECK(key_ring::load(path).error().what == "key file " + path + " cannot be read");
  std::ofstream(path) << "# none\n";
  CHECK(key_ring::load(path).error().what.find("has no key") != std::string::npos);
  std::ofstream(path) << first_key << "\nabc\n";
  CHECK(key_ring::load(path).error().what == "key file " + path + ", line 2: not 64 hexadecimal digits");
}

TEST_CASE("a spec names servers, user, password, database and master") {
  auto single = *read_redis_spec("redis://al%3Aice:s%40cret@[::1]:7000/3");
  CHECK(single.user == "al:ice");
  CHECK(single.password == "s@cret");
  CHECK(single.hosts == std::vector<redis_address>{{"::1", 7000}});
  CHECK(single.database == 3);
  CHECK(single.loopback());
  auto sentinel = *read_redis_spec("rediss-sentinel://:pw@10.0.0.1,10.0.0.2:5000/ours");
  CHECK(sentinel.tls);
  CHECK(sentinel.user.empty());
  CHECK(sentinel.password == "pw");
  CHECK(sentinel.hosts == std::vector<redis_address>{{"10.0.0.1", 26379}, {"10.0.0.2", 5000}});
  CHECK(sentinel.master == "ours");
  CHECK_FALSE(sentinel.loopback());
  CHECK(read_redis_spec("redis-cluster://a:1,b:2")->hosts.size() == 2);
  for (auto wrong : {"redis://", "redis://h:x", "redis://h:70000", "redis://h/x", "redis://a,b", "redis://[::1",
                     "redis-sentinel://h:1", "redis-cluster://h:1/0"})
    CHECK_FALSE(read_redis_spec(wrong));
  CHECK(without_password("redis://alice:secret@h:1/0") == "redis://alice@h:1/0");
  CHECK(without_password("redis://:secret@h") == "redis://@h");
  CHECK(refusal("redis://u:secret@h:x").find("secret") == std::string::npos);
}

TEST_CASE("beyond loopback a key file is a must") {
  CHECK(refusal("redis://192.0.2.1").find("openssl rand -hex 32") != std::string::npos);
}

TEST_CASE("how far replicas are behind is read from what their master says") {
  auto seen = read_replication("# Replication\r\nrole:master\r\nconnected_slaves:3\r\nmin_slaves_good_slaves:2\r\n"
                               "slave0:ip=192.0.2.52,port=6379,state=online,offset=1500,lag=0\r\n"
                               "slave1:ip=192.0.2.53,port=6380,state=wait_bgsave,offset=0,lag=7\r\n"
                               "slave2:ip=fd00::1,port=6379,state=online,offset=1700,lag=1\r\n"
                               "master_repl_offset:1600\r\n");
  using replica = replication_facts::replica;
  CHECK(seen.replicas == std::vector<replica>{{"192.0.2.52:6379", true, 100, 0},
                                              {"192.0.2.53:6380", false, 1600, 7},
                                              {"fd00::1:6379", true, 0, 1}});
  CHECK(read_replication("connected_slaves:4000000000\r\nslave0:rubbish\r\n").replicas.size() == 1);
  CHECK(read_replication("").replicas.empty());
}

TEST_CASE("what is wrong with a server is said, and what to set") {
  auto info = [](std::string with) {
    return read_facts("# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\n" + with +
                      "maxmemory_policy:noeviction\r\nrole:master\r\nconnected_slaves:1\r\n");
  };
  auto single = *read_redis_spec("redis://h"), sentinel = *read_redis_spec("redis-sentinel://h/m");
  CHECK(info("").run_id == "abc");
  CHECK(unfit(info(""), single, {}).empty());
  CHECK(not_ready(info("")).empty());
  CHECK(not_ready(info("loading:1\r\n")) == "it is still loading its data");
  CHECK(unfit(read_facts("redis_version:6.0.16\r\n"), single, {}).find("6.2 is the oldest") != std::string::npos);
  CHECK(unfit(info("cluster_enabled:1\r\n"), single, {}).find("redis-cluster://") != std::string::npos);
  CHECK(unfit(info(""), sentinel, {}).find("min-replicas-to-write") != std::string::npos);
  CHECK(unfit(info("min_slaves_good_slaves:1\r\n"), sentinel, {}).empty());
  CHECK(too_few_replicas(info(""), sentinel, {}).find("1 replicas of 2") != std::string::npos);
  CHECK(too_few_replicas(info(""), single, {}).empty());
  redis_options one;
  one.replicas = 1;
  CHECK(too_few_replicas(info(""), sentinel, one).empty());
  CHECK(read_refusal("OOM command not allowed").meaning.find("maxmemory") != std::string::npos);
  CHECK(read_refusal("ERR Error running script (call to f_1): @user_script:6: -OOM command").what == remedy::none);
  CHECK(read_refusal("MOVED 1 127.0.0.1:1").what == remedy::find_master);
  CHECK(read_refusal("ERR what").meaning == "it refuses: ERR what");
}

TEST_CASE("fences are compared by generation, then epoch; of equals the other life wins") {
  token mine{2, 5, 7};
  CHECK(read_fence(fence_text(mine, 9)) == mine);
  CHECK_FALSE(is_beyond(fence_text(mine, 9), mine));
  CHECK_FALSE(is_beyond("", mine));
  CHECK_FALSE(is_beyond("2:4:8:1", mine));
  CHECK_FALSE(is_beyond("1:9:8:1", mine));
  CHECK(is_beyond("2:5:8:1", mine));
  CHECK(is_beyond("2:6:7:1", mine));
  CHECK(is_beyond("3:1:8:1", mine));
}
