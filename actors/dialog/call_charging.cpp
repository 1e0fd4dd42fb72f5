// What of this half is charged: TS 32.260 clause 5.2.1. A session's beginning is kept with its dialog; its record is put into
// the outbox in the commit that ends it: the one is stored exactly if the other is, by whatever node.
#include <algorithm>

#include "actors/dialog/call.hpp"
#include "protocols/base/siphash.hpp"
#include "protocols/base/text.hpp"

namespace troupe {

/// What each role of the half that writes records says of an INVITE that it has seen.
template <class Visit>
void call::for_each_charged(const forwarding& f, std::size_t from_branch, Visit visit) const {
  auto& charged = table_.own().charged;
  if (charged.empty())
    return;
  const branch* b = from_branch < f.branches.size() ? f.branches[from_branch].get() : nullptr;
  roles::charged_call seen{id_.half, *f.request, b && b->sent ? *b->sent : *f.request,
                           b ? std::string_view(b->charging_vector) : std::string_view{}};
  auto ask = [&](const passed& p) {
    if (std::find(charged.begin(), charged.end(), p.role->id()) != charged.end())
      if (auto who = p.role->charged(p.own, seen))
        visit(std::move(*who));
  };
  for (auto& p : f.prefix)
    ask(p);
  if (b)
    for (auto& p : b->suffix)
      ask(p);
  if (f.refused_by)
    ask(*f.refused_by);
}

/// Once a dialog: a repeated 2xx confirms nothing.
void call::begin_charging(const forwarding& f, dialog_record& record, std::size_t from_branch) const {
  for_each_charged(f, from_branch, [&](ims::charged_party who) {
    record.charged.push_back({std::move(who), f.began, home().now()});
  });
}

void call::end_charging(dialog_record& record, ims::charging_cause why, std::string_view reason, instant at) {
  for (auto& start : std::exchange(record.charged, {})) {
    ims::charging_record out;
    out.what = ims::charging_record::kind::session;
    out.who = std::move(start.who);
    out.call_id = record.state.call_id;
    out.requested = start.requested;
    out.answered = start.answered;
    out.ended = at;
    out.cause = why;
    out.reason = reason;
    finish(std::move(out), record.pass, record.state.end(sip::leg::callee).tag);
  }
}

/// An INVITE that was never answered, by its final response.
void call::charge_attempt(const forwarding& f, int status, std::size_t from_branch) {
  for_each_charged(f, from_branch, [&](ims::charged_party who) {
    ims::charging_record out;
    out.what = ims::charging_record::kind::event;
    out.who = std::move(who);
    out.call_id = f.request->value(sip::hdr::call_id);
    out.requested = f.began;
    out.ended = home().now();
    out.status = status;
    finish(std::move(out), f.number, {});
  });
}

/// The key is of bounded length, whatever peers take for tags, and the same on any node.
void call::finish(ims::charging_record record, std::uint32_t number, std::string_view tag) {
  auto key = call_table::store_key(id_);
  auto add = [&](std::uint64_t value, int octets) {
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
      key += static_cast<char>(value >> shift);
  };
  add(static_cast<std::uint64_t>(record.what) << 4 | static_cast<std::uint64_t>(record.who.node), 1);
  add(number, 4);
  add(siphash(table_.own().secret, tag), 8);
  record.id = to_hex(as_bytes(key));
  record.host = table_.own().name;
  finished_.emplace_back(std::move(key), std::move(record));
}

void call::put_charged() {
  for (auto& [key, record] : std::exchange(finished_, {}))
    table_.charge(key, record);
}

} // namespace troupe
