// One interface over the AKA algorithm sets: f1 to f5* of TS 33.102 clauses 6.3.2 to 6.3.5.
#pragma once

#include <variant>

#include "protocols/aka/milenage.hpp"
#include "protocols/aka/tuak.hpp"

namespace troupe::aka {

class algorithm {
public:
  algorithm(milenage with) : with_(with) {}
  algorithm(tuak with) : with_(with) {}

  mac_code f1(const random_challenge& rand, sequence_number sqn, management_field amf) const {
    return std::visit([&](auto& a) { return a.f1(rand, sqn, amf); }, with_);
  }
  mac_code f1_star(const random_challenge& rand, sequence_number sqn, management_field amf) const {
    return std::visit([&](auto& a) { return a.f1_star(rand, sqn, amf); }, with_);
  }
  key_material f2345(const random_challenge& rand) const {
    return std::visit([&](auto& a) { return a.f2345(rand); }, with_);
  }
  anonymity_key f5_star(const random_challenge& rand) const {
    return std::visit([&](auto& a) { return a.f5_star(rand); }, with_);
  }
  challenge_material challenge(const random_challenge& rand, sequence_number sqn, management_field amf) const {
    return std::visit([&](auto& a) { return a.challenge(rand, sqn, amf); }, with_);
  }

  const char* name() const noexcept { return std::holds_alternative<milenage>(with_) ? "milenage" : "tuak"; }
  /// Gives the set itself to `visitor`: milenage or tuak.
  template <class Visitor>
  void visit(Visitor&& visitor) const {
    std::visit(visitor, with_);
  }

  friend bool operator==(const algorithm&, const algorithm&) = default;

private:
  std::variant<milenage, tuak> with_;
};

} // namespace troupe::aka
