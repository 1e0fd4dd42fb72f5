// Subscriptions for the HSS's tests.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "actors/roles/hss/machine.hpp"
#include "actors/roles/hss/provision.hpp"

namespace troupe::hss {

inline constexpr instant noon{1'700'000'000'000};

/// Fails the test with the mistakes' text.
inline std::vector<subscriber> read_all(const std::string& toml, services_pool& pool) {
  auto all = read_subscribers(toml, "test.toml", pool, noon);
  INFO((all ? std::string() : all.error().what));
  REQUIRE(all);
  return std::move(*all);
}

inline subscriber read_one(const std::string& toml, services_pool& pool) {
  auto all = read_all(toml, pool);
  REQUIRE(all.size() == 1);
  return std::move(all[0]);
}

/// A phone with AKA: a barred IMSI-derived identity, a SIP and a tel URI in one set; a second set.
inline const std::string phone_toml = R"(
[[subscriber]]
impi = "001010000000001@ims.example"
impus = ["sip:001010000000001@ims.example", "sip:anna@ims.example", "tel:+15550000001"]
barred = ["sip:001010000000001@ims.example"]
k = "465b5ce8b199b49faa5f0a2ee238a6bc"
opc = "cd63cb71954a9f4e48a5994e37a02baf"
[[subscriber.set]]
impus = ["sip:work@ims.example"]
)";

inline const std::string alice_toml = R"(
[[subscriber]]
impi = "alice@ims.example"
impus = ["sip:alice@ims.example"]
password = "secret"
)";

inline assignment nobody_registered(const subscriber& who) { return {{}, {}, std::vector<set_state>(who.sets.size())}; }

inline const std::string scscf = "sip:scscf.ims.example:6060";
inline const std::string other_scscf = "sip:other.ims.example:6060";

} // namespace troupe::hss
