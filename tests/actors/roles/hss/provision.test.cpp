// Subscribers from TOML: what is read, and how mistakes are told.
#include "subscribers.hpp"

#include <filesystem>
#include <fstream>

#include "actors/roles/hss/codec.hpp"
#include "protocols/base/random.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/digest.hpp"

using namespace troupe;
using namespace troupe::hss;

namespace {

std::string mistakes_in(const std::string& toml) {
  services_pool pool;
  auto read = read_subscribers(toml, "subs.toml", pool, noon);
  REQUIRE_FALSE(read);
  return read.error().what;
}

std::string mistakes_with(const std::string& lines) {
  return mistakes_in("[[subscriber]]\nimpi = \"a@b\"\nimpus = [\"sip:a@b\"]\n" + lines);
}

const std::string everything = R"(
[[subscriber]]
impi = "one@ims.example"
impus = ["sip:one@ims.example", {uri = "tel:+1-555-1", display_name = "The One", barred = true}]
k = "000102030405060708090a0b0c0d0e0f"
op = "cdc202d5123e20f62b6d676ac72cb318"
amf = "b9b9"
sqn = "time"
visited_networks = ["ims.example"]
ccf = ["aaa://ccf1", "aaa://ccf2"]
ecf = ["aaa://ecf1"]
capabilities = {mandatory = [1, 2], optional = [3], servers = ["sip:s1.ims.example"]}

[[subscriber.ifc]]
priority = 20
server = "sip:late.ims.example"
handling = "terminate"
[[subscriber.ifc]]
priority = 10
server = "sip:early.ims.example"
part = "registered"
any = true
when = [
  {method = "REGISTER", registration = ["initial", "de-registration"]},
  {header = "Event", content = "presence", negated = true, group = 7},
  {session_case = "terminating"}, {request_uri = "x.*"}, {sdp_line = "m", content = "video"},
]

[[subscriber.private]]
impi = "tablet@ims.example"
algorithm = "tuak"
k = "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0"
top = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
res_bits = 128
ck_bits = 256

[[subscriber.private]]
impi = "desk@ims.example"
realm = "other.example"
ha1_md5 = "939E7578ED9E3C518A452ACEE763BCE9"

[[subscriber.set]]
impus = ["sip:two@ims.example"]
)";

} // namespace

TEST_CASE("All that a subscriber can have is read") {
  services_pool pool;
  auto who = read_one(everything, pool);
  REQUIRE(who.privates.size() == 3);
  auto& keys = std::get<aka_secret>(who.privates[0].secret);
  CHECK(keys.amf == aka::management_field{0xb9, 0xb9});
  CHECK(keys.scheme == aka::sequence_scheme::time_based);
  CHECK(keys.born == noon);
  aka::milenage expected;
  std::copy_n(from_hex("000102030405060708090a0b0c0d0e0f")->begin(), 16, expected.k.begin());
  std::array<std::uint8_t, 16> op;
  std::copy_n(from_hex("cdc202d5123e20f62b6d676ac72cb318")->begin(), 16, op.begin());
  expected.opc = aka::make_opc(expected.k, op);
  CHECK(keys.with == aka::algorithm(expected));
  CHECK(std::get<aka_secret>(who.privates[1].secret).with.f2345({}).res.size() == 16);
  CHECK(std::get<aka_secret>(who.privates[1].secret).with.f2345({}).ck.size() == 32);
  auto& digest = std::get<digest_secret>(who.privates[2].secret);
  CHECK(digest.realm == "other.example");
  CHECK(digest.md5 == "939e7578ed9e3c518a452acee763bce9");
  CHECK(digest.sha256.empty());

  REQUIRE(who.sets.size() == 2);
  CHECK(who.sets[0].identities[1].canonical == "tel:+15551");
  CHECK(who.sets[0].identities[1].barred);
  CHECK(who.sets[0].identities[1].display_name == "The One");
  CHECK(who.sets[0].default_identity()->uri == "sip:one@ims.example");
  CHECK_FALSE(who.sets[1].services);
  CHECK(who.capabilities.mandatory == std::vector<std::uint32_t>{1, 2});
  CHECK(who.charging.secondary_ccf == "aaa://ccf2");
  CHECK(who.charging.secondary_ecf.empty());

  auto& criteria = who.sets[0].services->parsed.profiles.at(0).criteria;
  REQUIRE(criteria.size() == 2);
  CHECK(criteria[0].server.name == "sip:early.ims.example");
  CHECK(criteria[0].part == ims::profile_part::registered);
  CHECK_FALSE(criteria[0].trigger->conjunctive);
  CHECK(criteria[0].trigger->spts.size() == 5);
  CHECK(criteria[0].trigger->spts[1].negated);
  CHECK(criteria[0].trigger->spts[1].groups == std::vector<std::uint32_t>{7});
  CHECK(criteria[1].server.handling == ims::default_handling::session_terminated);
  CHECK_FALSE(criteria[1].trigger);
}

TEST_CASE("OP and OPc of one operator make the same subscriber") {
  services_pool pool;
  auto with = [&](const std::string& line) {
    return read_one(
        "[[subscriber]]\nimpi = \"a@b\"\nimpus = [\"sip:a@b\"]\nk = \"465b5ce8b199b49faa5f0a2ee238a6bc\"\n" + line,
        pool);
  };
  CHECK(with("op = \"cdc202d5123e20f62b6d676ac72cb318\"") == with("opc = \"cd63cb71954a9f4e48a5994e37a02baf\""));
}

TEST_CASE("A password is kept as its hashes alone") {
  services_pool pool;
  auto who = read_one(alice_toml, pool);
  auto& digest = std::get<digest_secret>(who.privates[0].secret);
  CHECK(digest.realm == "ims.example");
  CHECK(digest.md5 == sip::make_ha1(sip::digest_hash::md5, "alice@ims.example", "ims.example", "secret"));
  CHECK(digest.sha256 == sip::make_ha1(sip::digest_hash::sha256, "alice@ims.example", "ims.example", "secret"));
  CHECK(encode(who).find("secret") == std::string::npos);
}

TEST_CASE("What docs/operations/subscribers.md shows is read as it stands") {
  std::ifstream page(SOURCE_DIR "/docs/operations/subscribers.md");
  std::string line, toml;
  bool inside = false;
  while (std::getline(page, line)) {
    if (line.starts_with("```"))
      inside = line == "```toml";
    else if (inside)
      toml += line + "\n";
  }
  services_pool pool;
  auto read = read_subscribers(toml, "subscribers.md", pool, noon);
  INFO((read ? "" : read.error().what));
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK(read->back().sets.front().services);
}

TEST_CASE("The demo's subscribers are good, and their keys such that SIPp can use them") {
  services_pool pool;
  auto all = load_subscribers(std::string(SOURCE_DIR) + "/config/profiles/demo-subscribers.toml", pool, noon);
  INFO((all ? std::string() : all.error().what));
  REQUIRE(all);
  REQUIRE(all->size() == 4);
  CHECK((*all)[0].privates[0].impi == "001010000000001@ims.example");
  CHECK((*all)[1].sets[0].identities[1].uri == "tel:+15550000002");
  CHECK(std::holds_alternative<digest_secret>((*all)[2].privates[0].secret));
  std::ifstream in(std::string(SOURCE_DIR) + "/config/profiles/demo-subscribers.toml");
  std::string line;
  auto keys = 0;
  while (std::getline(in, line)) {
    auto quote = line.rfind("= \"", line.size());
    if ((line.compare(0, 4, "k = ") != 0 && line.find("# op") == std::string::npos) || quote == std::string::npos)
      continue;
    ++keys;
    auto octets = from_hex(line.substr(quote + 3, 32));
    REQUIRE(octets);
    for (auto octet : *octets)
      CHECK((octet != 0 && octet != 0x5b));
    if (line.find("# op") == std::string::npos)
      continue;
    // The OP in the comment makes the OPc in front of it.
    auto& m = (*all)[static_cast<std::size_t>(keys / 2 - 1)].privates[0];
    std::array<std::uint8_t, 16> op;
    std::copy_n(octets->begin(), 16, op.begin());
    std::get<aka_secret>(m.secret).with.visit([&](auto& with) {
      if constexpr (std::is_same_v<std::decay_t<decltype(with)>, aka::milenage>)
        CHECK(with.opc == aka::make_opc(with.k, op));
      else
        FAIL("not Milenage");
    });
  }
  CHECK(keys == 4);
}

TEST_CASE("A profile's XML is taken whole, with the alias groups and profiles that it tells of") {
  services_pool pool;
  std::ifstream in(std::string(CORPUS_DIR) + "/cx/subscription/03_two_profiles.xml");
  std::string xml{std::istreambuf_iterator<char>(in), {}};
  auto who = read_one(
      "[[subscriber]]\nimpi = \"a@b\"\npassword = \"p\"\nimpus = [\"sip:alice@ims.mnc001.mcc001.3gppnetwork.org\", "
      "\"sip:bob@ims.mnc001.mcc001.3gppnetwork.org\"]\nprofile_xml = '''" +
          xml + "'''\n",
      pool);
  auto made = ims::parse_subscription(make_user_data("a@b", who.sets[0].identities, who.sets[0].services.get()));
  REQUIRE(made);
  CHECK(made->private_id == "a@b");
  REQUIRE(made->profiles.size() == 2);
  CHECK(made->profiles[0].criteria.at(0).server.name == "sip:as1.example:5070");
  CHECK(made->profiles[1].criteria.at(0).server.name == "sip:as2.example:5070");
  CHECK(made->profiles[1].identities.at(0).uri == "sip:bob@ims.mnc001.mcc001.3gppnetwork.org");
}

TEST_CASE("A profile is read from the folder of the file that names it") {
  services_pool pool;
  auto who = read_subscribers("[[subscriber]]\nimpi = \"a@b\"\npassword = \"p\"\nimpus = [\"sip:a@b\"]\n"
                              "profile = \"04_priority_order.xml\"\n",
                              std::string(CORPUS_DIR) + "/cx/subscription/subs.toml", pool, noon);
  REQUIRE(who);
  auto made =
      ims::parse_subscription(make_user_data("a@b", (*who)[0].sets[0].identities, (*who)[0].sets[0].services.get()));
  REQUIRE(made);
  CHECK(made->profiles.at(0).criteria.at(0).server.name == "sip:first.example");
  CHECK(made->profiles.at(0).identities.at(0).uri == "sip:a@b");
}

TEST_CASE("Services that unregistered users have are told from others by their session case") {
  auto for_unregistered = [](const std::string& criterion) {
    services_pool pool;
    return read_one(alice_toml + "[[subscriber.ifc]]\nserver = \"sip:as\"\n" + criterion, pool)
        .sets[0]
        .services->for_unregistered;
  };
  CHECK(for_unregistered(""));
  CHECK(for_unregistered("when = [{method = \"INVITE\"}]"));
  CHECK(for_unregistered("when = [{method = \"INVITE\"}, {session_case = \"terminating_unregistered\"}]"));
  CHECK(for_unregistered("when = [{session_case = \"originating\", negated = true}]"));
  CHECK(for_unregistered("when = [{session_case = \"originating\"}, {method = \"X\"}]\nany = true"));
  CHECK_FALSE(for_unregistered("part = \"registered\""));
  CHECK_FALSE(for_unregistered("when = [{method = \"INVITE\"}, {session_case = \"originating\"}]"));
  CHECK_FALSE(for_unregistered("when = [{session_case = \"terminating_unregistered\", negated = true}]"));
  CHECK_FALSE(for_unregistered(
      "any = true\nwhen = [{method = \"X\", group = 1}, {session_case = \"terminating\", group = 1}]"));
}

TEST_CASE("Mistakes are told with file, line and key") {
  CHECK(mistakes_in("[[subscriber]]\nimpi = \n").rfind("subs.toml:2: ", 0) == 0);
  CHECK(mistakes_in("[[subscribers]]\nimpi = \"a\"\n") == "subs.toml:1: subscribers: is not a key of this table");
  CHECK(mistakes_with("pasword = \"x\"") == "subs.toml:1: k: either k or password (or ha1_md5, ha1_sha256) is needed\n"
                                            "subs.toml:4: pasword: is not a key of this table");
  CHECK(mistakes_with("password = 5") == "subs.toml:4: password: is not a text\nsubs.toml:4: password: is empty");
  CHECK(mistakes_with("password = \"p\"\nbarred = [\"sip:x@y\"]") ==
        "subs.toml:5: barred: \"sip:x@y\" is not one of impus");
  CHECK(mistakes_with("k = \"00\"\nopc = \"cd63cb71954a9f4e48a5994e37a02baf\"") ==
        "subs.toml:4: k: is not hexadecimal of the right length");
  CHECK(mistakes_with("k = \"465b5ce8b199b49faa5f0a2ee238a6bc\"") ==
        "subs.toml:1: op: exactly one of op and opc is needed beside k");
  CHECK(mistakes_with("algorithm = \"comp128\"\nk = \"465b5ce8b199b49faa5f0a2ee238a6bc\"\nop = "
                      "\"465b5ce8b199b49faa5f0a2ee238a6bc\"") == "subs.toml:4: algorithm: is none of milenage, tuak");
  CHECK(mistakes_in("[[subscriber]]\nimpi = \"a@b\"\nimpus = [\"mailto:a@b\"]\npassword = \"p\"") ==
        "subs.toml:3: impus: \"mailto:a@b\" is neither a SIP nor a tel URI");
  CHECK(mistakes_in("[[subscriber]]\nimpi = \"a@b\"\nimpus = []\npassword = \"p\"") ==
        "subs.toml:3: impus: at least one public identity is needed");
  CHECK(mistakes_in("[[subscriber]]\nimpus = [\"sip:a@b\"]\nha1_md5 = \"939e7578ed9e3c518a452acee763bce9\"") ==
        "subs.toml:1: impi: is needed, of at most 255 characters\n"
        "subs.toml:1: realm: is needed when the impi has no domain");
  CHECK(mistakes_with("password = \"p\"\nprofile_xml = \"<x\"")
            .rfind("subs.toml:5: profile_xml: Cx user data is no XML", 0) == 0);
  CHECK(mistakes_with("password = \"p\"\nprofile = \"absent.xml\"") ==
        "subs.toml:5: profile: cannot be read: absent.xml");
  CHECK(mistakes_with("password = \"p\"\n[[subscriber.ifc]]\nserver = \"as\"\nwhen = [{method = \"A\", header = "
                      "\"B\"}, {header = \"(\"}]") ==
        "subs.toml:6: server: is not a SIP URI\n"
        "subs.toml:7: when: has an item without exactly one of method, session_case, request_uri, header, sdp_line\n"
        "subs.toml:7: header: is not a regular expression");
}

TEST_CASE("A file full of mistakes is not repeated whole, and tells no secret") {
  std::string toml;
  for (int i = 0; i < 100; ++i)
    toml += "[[subscriber]]\nimpi = \"a@b\"\nimpus = [\"sip:a@b\"]\nk = \"deadbeefdead\"\nopc = \"x\"\n";
  auto told = mistakes_in(toml);
  CHECK(std::count(told.begin(), told.end(), '\n') == 20);
  CHECK(told.find("deadbeef") == std::string::npos);
}

TEST_CASE("A subscriber and his state are the same after encoding") {
  services_pool pool;
  for (auto& toml : {everything, phone_toml, alice_toml}) {
    auto who = read_one(toml, pool);
    auto again = decode_subscriber(encode(who), pool);
    REQUIRE(again);
    CHECK(*again == who);
  }
  assignment state{
      "sip:s", "sip:t", {{registration_state::registered, 5, 2}, {registration_state::unregistered, 0, 0}}};
  CHECK(decode_assignment(encode(state), 2) == state);
  CHECK_FALSE(decode_assignment(encode(state), 3));
  for (std::size_t left_out : {6u, 4u}) { // records of before ended with the sets, and later with who was left when
    auto of_before = encode(state).substr(0, encode(state).size() - left_out);
    CHECK(decode_assignment(of_before, 2) == state);
  }
  state.left = "sip:left", state.left_at = noon;
  state.at = {"scscf.example", "example"}, state.displaced_at = {"other.example", "elsewhere"};
  CHECK(decode_assignment(encode(state), 2) == state);
}

TEST_CASE("Damaged octets are refused, never read beyond") {
  auto seed = 5u;
  INFO("seed " << seed);
  random_source random(seed);
  services_pool pool;
  auto good = encode(read_one(everything, pool));
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(decode_subscriber(std::string_view(good).substr(0, size), pool));
  for (int i = 0; i < 2000; ++i) {
    auto bad = good;
    for (auto n = 1 + random.below(4); n > 0; --n)
      bad[random.below(bad.size())] = static_cast<char>(random.below(256));
    if (auto read = decode_subscriber(bad, pool)) {
      CHECK_FALSE(read->sets.empty());
      CHECK_FALSE(read->privates.empty());
    }
  }
}
