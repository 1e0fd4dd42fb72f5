#include "protocols/sip/make.hpp"

#include "protocols/sip/values.hpp"

namespace troupe::sip {

namespace {

void copy_all(message& to, const message& from, hdr id) {
  for (auto& f : from.fields())
    if (f.id == id)
      to.add(id, f.value);
}

void copy_to(message& to, const message& request, std::string_view tag) {
  auto value = request.value(hdr::to);
  if (tag.empty() || !to_tag(request).empty())
    to.set(hdr::to, value);
  else
    to.set(hdr::to, to.keep({value, ";tag=", tag}));
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

message make_response(const message& request, int status, std::string_view tag, std::string_view reason) {
  auto made = message::response(status, reason);
  copy_all(made, request, hdr::via);
  if (status > 100 && status < 300 && makes_dialog(request.method()))
    copy_all(made, request, hdr::record_route);
  made.add(hdr::from, request.value(hdr::from));
  copy_to(made, request, tag);
  made.add(hdr::call_id, request.value(hdr::call_id));
  made.add(hdr::cseq, request.value(hdr::cseq));
  if (status == 100 && request.has(hdr::timestamp))
    made.add(hdr::timestamp, request.value(hdr::timestamp));
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
