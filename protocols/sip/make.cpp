#include "protocols/sip/make.hpp"

#include "protocols/sip/values.hpp"

namespace troupe::sip {

namespace {

void copy_all(message& to, const message& from, hdr id) {
  for (auto& f : from.fields())
    if (f.id == id)
      to.add(id, f.value);
}

bool is_copied(hdr id, method m, int status) noexcept {
  switch (id) {
  case hdr::via:
  case hdr::from:
  case hdr::to:
  case hdr::call_id:
  case hdr::cseq: return true;
  case hdr::record_route: return status > 100 && status < 300 && makes_dialog(m);
  case hdr::timestamp: return status == 100;
  default: return false;
  }
}

/// The request that goes hop by hop with an INVITE: the same but for method and, in an ACK, To.
message companion(const message& invite, std::string_view name, std::string_view to_value) {
  auto made = message::request(name, invite.uri());
  made.add(hdr::via, first_value(invite, hdr::via));
  made.add(hdr::max_forwards, "70");
  copy_all(made, invite, hdr::route);
  made.add(hdr::from, invite.value(hdr::from));
  made.add(hdr::to, to_value);
  made.add(hdr::call_id, invite.value(hdr::call_id));
  auto sequence = invite.value(hdr::cseq);
  made.add(hdr::cseq, made.keep({sequence.substr(0, sequence.find_first_of(" \t")), " ", name}));
  return made;
}

} // namespace

bool makes_dialog(method m) noexcept { return m == method::invite || m == method::subscribe || m == method::refer; }

/// A copy that forgets fields shares the request's octets; and what a faulted request lacks, its response lacks too.
message make_response(const message& request, int status, std::string_view tag, std::string_view reason) {
  message made = request;
  made.remove_if([m = request.method(), status](const field& f) { return !is_copied(f.id, m, status); });
  made.set_body({}, {});
  made.set_status(status, reason);
  if (!tag.empty() && made.has(hdr::to) && to_tag(request).empty())
    made.set(hdr::to, made.keep({request.value(hdr::to), ";tag=", tag}));
  return made;
}

message make_ack(const message& invite, const message& response) {
  return companion(invite, "ACK", response.value(hdr::to));
}

message make_cancel(const message& invite, std::string_view reason) {
  auto made = companion(invite, "CANCEL", invite.value(hdr::to));
  if (!reason.empty())
    made.add(hdr::reason, reason);
  return made;
}

} // namespace troupe::sip
