// What Ro, Rf and Rx share, as AVPs: RFC 8506 clause 8. For the files that map commands.
#pragma once

#include "protocols/diameter/credit.hpp"
#include "protocols/diameter/fields.hpp"

namespace troupe::diameter {

void fields(auto& io, is<charging::subscription_id> auto& m) {
  io("Subscription-Id-Type"_avp, m.type);
  io("Subscription-Id-Data"_avp, m.data);
}

void fields(auto& io, is<charging::user_equipment> auto& m) {
  io("User-Equipment-Info-Type"_avp, m.type);
  io("User-Equipment-Info-Value"_avp, m.value);
}

void fields(auto& io, is<charging::decimal> auto& m) {
  io("Value-Digits"_avp, m.digits);
  io("Exponent"_avp, m.exponent);
}

void fields(auto& io, is<charging::money> auto& m) {
  io("Unit-Value"_avp, m.value);
  io("Currency-Code"_avp, m.currency);
}

void units(auto& io, auto& m) {
  io("CC-Time"_avp, m.seconds);
  io("CC-Money"_avp, m.money);
  io("CC-Total-Octets"_avp, m.total_octets);
  io("CC-Input-Octets"_avp, m.input_octets);
  io("CC-Output-Octets"_avp, m.output_octets);
  io("CC-Service-Specific-Units"_avp, m.specific);
}

void fields(auto& io, is<charging::service_units> auto& m) { units(io, m); }

void fields(auto& io, is<charging::granted_units> auto& m) {
  io("Tariff-Time-Change"_avp, m.tariff_change);
  units(io, m);
}

void fields(auto& io, is<charging::used_units> auto& m) {
  io("Reporting-Reason"_avp, m.reason);
  io("Tariff-Change-Usage"_avp, m.usage);
  units(io, m);
  io("Event-Charging-TimeStamp"_avp, m.events);
}

} // namespace troupe::diameter
