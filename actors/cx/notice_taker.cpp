#include "actors/cx/notice_taker.hpp"

#include <memory>

#include "protocols/diameter/cx_commands.hpp"
#include "protocols/ims/identity.hpp"

namespace troupe {

namespace {

template <class Answer>
void reply(const diameter_question& to, const diameter::envelope& about, const Answer& what) {
  std::string octets;
  if (diameter::encode(octets, {}, about, what))
    to.answer(std::move(octets));
}

/// What goes back with it: the private identities that were meant beside the one that is named.
cx::rta answer_with(cx::result_code result, const cx::rtr& to) {
  return {result, result.is_success() && to.impus.empty() ? to.associated_impis : std::vector<std::string>(), {}};
}

cx::ppa answer_with(cx::result_code result, const cx::ppr&) { return {result}; }

void make_canonical(cx::rtr& what) {
  for (auto& impu : what.impus)
    if (auto canonical = ims::canonical_identity(impu))
      impu = std::move(*canonical);
}
void make_canonical(cx::ppr&) {}

template <class Request>
void take(const notice_taker& by, const std::function<void(Request, notice_taker::told)>& give, diameter_question q) {
  auto refuse = [&](const diameter::failure& why) {
    if (auto octets = diameter::refusal(q.octets, why, by.origin_host, by.origin_realm))
      q.answer(std::move(*octets));
  };
  auto message = diameter::decode(q.octets);
  if (!message)
    return refuse(message.error());
  auto request = diameter::decode_command<Request>(*message);
  if (!request)
    return refuse(request.error());
  auto about = diameter::answer_to(request->envelope, by.origin_host, by.origin_realm);
  auto asked = request->command;
  make_canonical(request->command);
  give(std::move(request->command), [q = std::move(q), about = std::move(about), asked](cx::result_code result) {
    reply(q, about, answer_with(result, asked));
  });
}

} // namespace

void serve_notices(diameter_port& port, notice_taker to) {
  auto by = std::make_shared<const notice_taker>(std::move(to));
  port.serve({diameter::application::cx, 304, false},
             [by](diameter_question q) { take<cx::rtr>(*by, by->terminate, std::move(q)); });
  port.serve({diameter::application::cx, 305, false},
             [by](diameter_question q) { take<cx::ppr>(*by, by->push, std::move(q)); });
}

} // namespace troupe
