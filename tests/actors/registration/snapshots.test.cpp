#include "actors/registration/snapshots.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

access_ref ue(std::uint64_t key, const std::string& contact, const std::string& impu) {
  auto made = std::make_shared<ims::access_snapshot>();
  made->key = {0, key};
  made->impi = impu.substr(impu.find(':') + 1);
  made->contact = contact;
  made->associated.push_back({impu, {}});
  return made;
}

} // namespace

TEST_CASE("of several UEs behind one flow the contact tells which, else the identity") {
  snapshots seen;
  auto alice = ue(1, "sip:a@192.0.2.1:5070", "sip:alice@home.example");
  auto bob = ue(2, "sip:b@192.0.2.1:5070", "sip:bob@home.example");
  seen.publish("gateway", alice);
  seen.publish("gateway", bob);
  CHECK(seen.find_by_source("gateway", "sip:a@192.0.2.1:5070;transport=udp", "sip:bob@home.example") == alice);
  CHECK(seen.find_by_source("gateway", "sip:other@192.0.2.1", "sip:bob@home.example") == bob);
  CHECK(seen.find_by_source("elsewhere", "sip:a@192.0.2.1:5070", "sip:alice@home.example") == nullptr);

  seen.withdraw("gateway", bob);
  CHECK(seen.find_by_source("gateway", "sip:b@192.0.2.1:5070", "sip:bob@home.example") == alice);
  CHECK(seen.find_binding(bob->key) == nullptr);
  CHECK(seen.find_binding(alice->key) == alice);
  seen.withdraw("gateway", alice);
  CHECK(seen.find_by_source("gateway", "sip:a@192.0.2.1:5070", "sip:alice@home.example") == nullptr);
}

TEST_CASE("a flow that several users share does not speak for one who is named by neither contact nor identity; one "
          "user's does") {
  snapshots seen;
  auto alice = ue(1, "sip:a@192.0.2.1:5070", "sip:alice@home.example");
  auto also = ue(2, "sip:a@192.0.2.1:5072", "sip:alice@home.example");
  seen.publish("gateway", alice);
  seen.publish("gateway", also);
  CHECK(seen.find_by_source("gateway", "sip:x@192.0.2.9", "sip:mallory@home.example") != nullptr);
  seen.publish("gateway", ue(3, "sip:b@192.0.2.1:5070", "sip:bob@home.example"));
  CHECK(seen.find_by_source("gateway", "sip:x@192.0.2.9", "sip:mallory@home.example") == nullptr);
  CHECK(seen.find_by_source("gateway", "sip:x@192.0.2.9", "sip:alice@home.example") == also);
}

TEST_CASE("a contact alone names a UE only while no other has it") {
  snapshots seen;
  auto one = ue(1, "sip:phone@192.168.0.2", "sip:alice@home.example");
  auto other = ue(2, "sip:phone@192.168.0.2:5060", "sip:bob@home.example"); // behind another address translator
  seen.publish("first", one);
  CHECK(seen.find_by_contact("sip:phone@192.168.0.2:5060") == one);
  seen.publish("second", other);
  CHECK(seen.find_by_contact("sip:phone@192.168.0.2") == nullptr);
  seen.withdraw("first", one);
  CHECK(seen.find_by_contact("sip:phone@192.168.0.2") == other);
}

TEST_CASE("a set is found by its identities and private identities, and no more by those that it lost") {
  snapshots seen;
  seen.publish("set", {"sip:a@h", "tel:+1"}, nullptr, {});
  seen.publish_impis("set", {"a@h", "b@h"}, {});
  seen.publish_impis("other", {"b@h"}, {});
  CHECK(seen.find_sets_of("b@h") == std::vector<std::string>{"set", "other"});
  seen.publish("set", {"sip:a@h"}, nullptr, {"sip:a@h", "tel:+1"});
  seen.publish_impis("set", {"a@h"}, {"a@h", "b@h"});
  CHECK(seen.find_set("sip:a@h")->key == "set");
  CHECK_FALSE(seen.find_set("tel:+1"));
  CHECK(seen.find_sets_of("b@h") == std::vector<std::string>{"other"});
}
