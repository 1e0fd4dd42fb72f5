// The dialogs of this half: what they are, when they end, and how they are released. TS 24.229 clauses 5.2.8 and 5.4.5.
#include <algorithm>

#include "actors/dialog/call.hpp"
#include "actors/dialog/entrance.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {
namespace {

bool is_of(const dialog_record& record, std::uint32_t pass) noexcept {
  return pass == 0 || record.pass == 0 || record.pass == pass;
}

} // namespace

dialog_record* call::find_dialog(const sip::message& request, std::uint32_t pass, sip::leg& from) {
  for (auto& record : value_.dialogs)
    if (auto leg = is_of(record, pass) ? sip::sender_of(record.state, request) : std::nullopt) {
      from = *leg;
      return &record;
    }
  return nullptr;
}

dialog_record* call::find_dialog(std::string_view callee_tag, std::uint32_t pass) {
  for (auto& record : value_.dialogs)
    if (is_of(record, pass) && record.state.end(sip::leg::callee).tag == callee_tag)
      return &record;
  return nullptr;
}

/// A request inside the dialog, before it goes on.
void call::note_request(forwarding& f, dialog_record& record) {
  f.dialog_tag = record.state.end(sip::leg::callee).tag;
  sip::on_request(record.state, *f.request, f.sender);
  if (f.method() == sip::method::ack) {
    // RFC 3261 clause 13.2.2.4: what other forks had begun ends with the call that was taken.
    auto taken = f.dialog_tag;
    std::erase_if(value_.dialogs, [&](const dialog_record& d) {
      return is_of(d, f.pass) && d.state.at == sip::dialog::state::early && d.state.end(sip::leg::callee).tag != taken;
    });
    open_.remove_if([&](const forwarding& other) { // the INVITE that it acknowledges is done with
      return &other != &f && other.pass == f.pass && other.method() == sip::method::invite && other.answered;
    });
  }
}

/// A response, before it goes back.
void call::note_response(forwarding& f, const sip::message& response, std::size_t from_branch) {
  auto status = response.status();
  auto tag = sip::to_tag(response);
  dialog_record* record = nullptr;
  if (f.in_dialog) {
    record = find_dialog(f.dialog_tag, f.pass);
  } else if (f.begun && f.stay && table_.own().record_route && status > 100 && status < 300 && !tag.empty()) {
    // Where we do not stay in its path we would never hear that it ended.
    record = find_dialog(tag, f.pass);
    if (!record) {
      record = &value_.dialogs.emplace_back();
      record->pass = f.pass;
      record->state = sip::fork_dialog(*f.begun, response, [this, &f](const sip::uri& u) {
        auto t = u.is_sip() ? sip::decode_token(u.user, table_.own().secret) : std::nullopt;
        return t && t->key == id_.key && t->half == id_.half && t->stage == id_.stage && t->sequence == f.pass;
      });
      for (auto& p : f.prefix)
        record->hops.push_back(p.own);
      if (from_branch < f.branches.size())
        for (auto& p : f.branches[from_branch]->suffix)
          record->hops.push_back(p.own);
      f.dialog_tag = tag;
    }
  } else if (f.begun && f.method() == sip::method::invite && status >= 300) {
    // The call has failed: its early dialogs are gone with it.
    std::erase_if(value_.dialogs,
                  [&](const dialog_record& d) { return is_of(d, f.pass) && d.state.at == sip::dialog::state::early; });
    return;
  }
  if (!record)
    return;
  auto change = sip::on_response(record->state, *f.request, response, f.sender, f.agreed, home().now());
  if (change
          .confirmed) // RFC 3261 clause 13.2.2.4: the early dialogs of other forks go when the first is confirmed and acknowledged
    record->state.deadline = record->state.deadline ? record->state.deadline : home().now() + table_.own().longest_call;
  if (change.confirmed && !record->state.subscription && !std::exchange(record->session, true)) {
    table_.counts().add(metric::sessions_now);
    holders_changed_ = true;
    begin_charging(f, *record, from_branch);
  }
  if (change.ended || record->state.at == sip::dialog::state::ended) {
    using ims::charging_cause;
    auto bye = f.method() == sip::method::bye;
    auto why = !bye                           ? charging_cause::lost
               : f.sender == sip::leg::caller ? charging_cause::bye_by_caller
                                              : charging_cause::bye_by_callee;
    end_dialog(record->state.end(sip::leg::callee).tag, f.pass, why, f.request->value(sip::hdr::reason),
               bye ? f.began : home().now());
  }
}

void call::uncount(dialog_record& record) {
  if (!std::exchange(record.session, false))
    return;
  holders_changed_ = true;
  if (table_.counts().get(metric::sessions_now) > 0)
    table_.counts().subtract(metric::sessions_now);
}

/// Tells the table on which registrations this call's sessions hang.
void call::note_holders() {
  if (!std::exchange(holders_changed_, false))
    return;
  auto before = std::exchange(held_by_, holders_of(value_, table_.own().roles));
  for (auto& holder : before)
    if (std::find(held_by_.begin(), held_by_.end(), holder) == held_by_.end())
      table_.let_go(id_, holder);
  for (auto& holder : held_by_)
    table_.hold(id_, holder);
}

void call::end_dialog(std::string_view callee_tag, std::uint32_t pass, ims::charging_cause why, std::string_view reason,
                      instant at) {
  std::erase_if(value_.dialogs, [&, tag = std::string(callee_tag)](dialog_record& d) {
    auto ends = is_of(d, pass) && d.state.end(sip::leg::callee).tag == tag;
    if (ends) {
      end_charging(d, why, reason, at);
      uncount(d);
    }
    return ends;
  });
}

/// As if the caller had given up: clauses 5.2.8.1.1 and 5.4.5.1.1 for what is not answered yet.
void call::stop_ringing(std::string_view reason) {
  std::vector<std::uint32_t> ringing;
  for (auto& f : open_)
    if (f.method() == sip::method::invite && !f.in_dialog && f.started && !f.answered)
      ringing.push_back(f.number);
  for (auto number : ringing)
    if (auto* f = find(number)) {
      f->cancel_reason = reason;
      run(*f, sip::fork_event::of(sip::fork_event::kind::cancel));
    }
}

/// BYE both ways, through this half's roles, as if each end had sent it.
void call::release_all(ims::charging_cause why, std::string_view reason) {
  auto records = std::exchange(value_.dialogs, {});
  for (auto& record : records) {
    end_charging(record, why, reason, home().now());
    uncount(record);
    if (record.state.at != sip::dialog::state::confirmed || record.state.subscription)
      continue;
    for (auto to : {sip::leg::caller, sip::leg::callee}) {
      auto bye = sip::make_bye(record.state, to, reason);
      if (!bye)
        continue;
      auto& f = open_.emplace_back();
      f.number = value_.next_number++;
      f.request = make_ref<const sip::message>(*bye);
      f.by = flow{transport::local, sip::side::core, 0, home().index(), 0, 0, {}};
      f.began = home().now();
      f.pass = record.pass;
      f.sender = sip::opposite(to);
      begin_in_dialog(f, std::move(*bye), &record);
    }
  }
  persist();
}

/// Sessions that nobody has refreshed in time: RFC 4028 clause 10, TS 24.229 clause 5.2.8.1.2.
void call::release_overdue() {
  auto now = home().now();
  std::vector<dialog_record> kept;
  auto overdue = std::exchange(value_.dialogs, {});
  for (auto& d : overdue)
    if (!d.state.deadline || *d.state.deadline > now)
      kept.push_back(std::move(d));
  std::erase_if(overdue, [&](const dialog_record& d) { return !d.state.deadline || *d.state.deadline > now; });
  if (!overdue.empty()) {
    value_.dialogs = std::move(overdue);
    release_all(ims::charging_cause::expired, "SIP;cause=408;text=\"session expired\"");
  }
  value_.dialogs = std::move(kept);
}

} // namespace troupe
