// The bodies of encode() and decode_command(), for the files that map commands. RFC 6733 clauses 3.2 and 7.2.
#pragma once

#include "protocols/diameter/command.hpp"
#include "protocols/diameter/fields.hpp"

namespace troupe::diameter {

constexpr bool is_known(redirect_usage u) { return u <= redirect_usage::all_user; }

namespace detail {

template <class Command>
concept has_result = requires(const Command& c) {
  c.result.value;
};

/// Session-Id, the application in the way that the command's grammar has it, sender and destination.
void write_preamble(builder& out, const command_id& id, const envelope& about, const result_code* result);
void write_closing(builder& out, const command_id& id, const envelope& about);
outcome<envelope> read_envelope(const message_view& message);
header make_header(const command_id& id, const identifiers& ids, const result_code* result);

template <class Command>
const result_code* result_in(const Command& what) {
  if constexpr (has_result<Command>)
    return &what.result;
  else
    return nullptr;
}

} // namespace detail

template <class Command>
outcome<void> encode(std::string& out, const identifiers& ids, const envelope& about, const Command& what) {
  constexpr auto id = id_of<Command>;
  auto* result = detail::result_in(what);
  builder into(out, detail::make_header(id, ids, result));
  detail::write_preamble(into, id, about, result);
  field_writer io(into);
  fields(io, what);
  detail::write_closing(into, id, about);
  return into.finish();
}

template <class Command>
outcome<received<Command>> decode_command(const message_view& message) {
  if (id(message.header) != id_of<Command>)
    return refuse(code::command_unsupported, "the message is another command");
  if (auto good = validate(message); !good)
    return tl::unexpected(std::move(good.error()));
  auto about = detail::read_envelope(message);
  if (!about)
    return tl::unexpected(std::move(about.error()));
  received<Command> in{std::move(*about), {}};
  if constexpr (detail::has_result<Command>)
    in.command.result = *result_of(message);
  field_reader io(message.avps);
  fields(io, in.command);
  if (io.fault())
    return tl::unexpected(std::move(*io.fault()));
  return in;
}

} // namespace troupe::diameter
