#include "actors/roles/scscf/scscf.hpp"

#include "actors/contracts/answer.hpp"
#include "actors/roles/scscf/steps.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::scscf {
namespace {

/// Sent to the notifier's own contact, inside the subscription.
bool is_for_us(const options& o, const sip::message& request) {
  auto to = sip::parse_uri(request.uri()), own = sip::parse_uri(o.name);
  return to && own && !request.has(sip::hdr::route) && equal_nocase(to->host, own->host);
}

} // namespace

decision role::on_request(sip::message& request, const context& ctx, hop& own) const {
  if (request.method() == sip::method::register_)
    return register_request(options_, request, ctx);
  auto inside = ctx.in_dialog || !sip::to_tag(request).empty();
  if (inside && is_reg_event(request) && is_for_us(options_, request))
    return subscribe_request(request, ctx);
  if (inside)
    return request_in_dialog(options_, request, own);
  if (request.method() == sip::method::ack)
    return drop{"ack_not_for_a_dialog"};
  return initial_request(options_, request, ctx, own);
}

decision role::on_response(sip::message& response, const sip::message& request, const context& ctx, hop& own) const {
  auto n = decode_note(own.note);
  if (!n)
    return pass_back{};
  auto initial = sip::to_tag(request).empty();
  if (initial && n->criterion != 0) {
    if (response.status() > 100 && response.status() < 200 && !n->answers) {
      n->answers = true;
      own.note = encode(*n);
    }
    if (is_server_failure(*n, response.status()))
      return continue_without_server(options_, request, ctx, own, *n);
  }
  if (initial && response.status() == 430 && !n->tried.empty())
    return try_other_flow(options_, request, ctx, own, *n);
  return response_back(options_, response, request, *n);
}

std::string role::holder(const hop& own) const {
  auto n = decode_note(own.note);
  return n ? n->served : std::string();
}

} // namespace troupe::roles::scscf
