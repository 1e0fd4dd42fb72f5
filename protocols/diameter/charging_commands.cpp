#include "protocols/diameter/charging_commands.hpp"

#include "protocols/diameter/command_codec.hpp"
#include "protocols/diameter/ims_information_fields.hpp"

namespace troupe::diameter {

void fields(auto& io, is<charging::service_information> auto& m) {
  io("Subscription-Id"_avp, m.subscriptions);
  io("IMS-Information"_avp, m.ims);
}

void fields(auto& io, is<charging::acr> auto& m) {
  io("Accounting-Record-Type"_avp, m.type);
  io("Accounting-Record-Number"_avp, m.number);
  io("User-Name"_avp, m.user_name);
  io("Accounting-Sub-Session-Id"_avp, m.sub_session);
  io("Acct-Interim-Interval"_avp, m.interim_interval);
  io("Event-Timestamp"_avp, m.at);
  io("Service-Context-Id"_avp, m.service_context);
  io("Service-Information"_avp, m.service);
}

void fields(auto& io, is<charging::aca> auto& m) {
  io("Accounting-Record-Type"_avp, m.type);
  io("Accounting-Record-Number"_avp, m.number);
  io("User-Name"_avp, m.user_name);
  io("Acct-Interim-Interval"_avp, m.interim_interval);
  io("Accounting-Realtime-Required"_avp, m.realtime);
  io("Event-Timestamp"_avp, m.at);
}

void fields(auto& io, is<charging::redirect_server> auto& m) {
  io("Redirect-Address-Type"_avp, m.type);
  io("Redirect-Server-Address"_avp, m.address);
}

void fields(auto& io, is<charging::final_units> auto& m) {
  io("Final-Unit-Action"_avp, m.action);
  io("Restriction-Filter-Rule"_avp, m.filter_rules);
  io("Filter-Id"_avp, m.filter_ids);
  io("Redirect-Server"_avp, m.redirect);
}

void fields(auto& io, is<charging::trigger> auto& m) { io("Trigger-Type"_avp, m.types); }

void fields(auto& io, is<charging::credit_control> auto& m) {
  io("Granted-Service-Unit"_avp, m.granted);
  io("Requested-Service-Unit"_avp, m.requested);
  io("Used-Service-Unit"_avp, m.used);
  io("Service-Identifier"_avp, m.service_identifiers);
  io("Rating-Group"_avp, m.rating_group);
  io("Validity-Time"_avp, m.validity);
  io("Result-Code"_avp, m.result);
  io("Final-Unit-Indication"_avp, m.final);
  io("Time-Quota-Threshold"_avp, m.time_threshold);
  io("Volume-Quota-Threshold"_avp, m.volume_threshold);
  io("Unit-Quota-Threshold"_avp, m.unit_threshold);
  io("Quota-Holding-Time"_avp, m.holding_time);
  io("Quota-Consumption-Time"_avp, m.consumption_time);
  io("Reporting-Reason"_avp, m.reasons);
  io("Trigger"_avp, m.trigger);
}

void fields(auto& io, is<charging::ccr> auto& m) {
  io("Service-Context-Id"_avp, m.service_context);
  io("CC-Request-Type"_avp, m.type);
  io("CC-Request-Number"_avp, m.number);
  io("User-Name"_avp, m.user_name);
  io("Event-Timestamp"_avp, m.at);
  io("Subscription-Id"_avp, m.subscriptions);
  io("Termination-Cause"_avp, m.termination_cause);
  io("Requested-Action"_avp, m.action);
  io("AoC-Request-Type"_avp, m.advice);
  io.if_true("Multiple-Services-Indicator"_avp, m.multiple_services);
  io("Multiple-Services-Credit-Control"_avp, m.services);
  io("User-Equipment-Info"_avp, m.equipment);
  io("Service-Information"_avp, m.service);
}

void fields(auto& io, is<charging::cost> auto& m) {
  io("Unit-Value"_avp, m.value);
  io("Currency-Code"_avp, m.currency);
  io("Cost-Unit"_avp, m.unit);
}

void fields(auto& io, is<charging::cca> auto& m) {
  io("CC-Request-Type"_avp, m.type);
  io("CC-Request-Number"_avp, m.number);
  io("CC-Session-Failover"_avp, m.session_failover);
  io("Multiple-Services-Credit-Control"_avp, m.services);
  io("Cost-Information"_avp, m.cost);
  io("Check-Balance-Result"_avp, m.balance);
  io("Low-Balance-Indication"_avp, m.low_balance);
  io("Remaining-Balance"_avp, m.remaining);
  io("Credit-Control-Failure-Handling"_avp, m.on_failure);
  io("Direct-Debiting-Failure-Handling"_avp, m.on_debiting_failure);
  io("Service-Information"_avp, m.service);
}

template outcome<void> encode(std::string&, const identifiers&, const envelope&, const charging::acr&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const charging::aca&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const charging::ccr&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const charging::cca&);
template outcome<received<charging::acr>> decode_command(const message_view&);
template outcome<received<charging::aca>> decode_command(const message_view&);
template outcome<received<charging::ccr>> decode_command(const message_view&);
template outcome<received<charging::cca>> decode_command(const message_view&);

} // namespace troupe::diameter
