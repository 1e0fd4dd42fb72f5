#include "protocols/ims/reginfo.hpp"

#include <algorithm>

#include "protocols/ims/reginfo_names.hpp"

namespace troupe::ims::reginfo {

namespace {

template <class Item>
Item* by_id(std::vector<Item>& items, const std::string& id) {
  auto found = std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.id == id; });
  return found == items.end() ? nullptr : &*found;
}

void merge_registration(registration& into, const registration& from) {
  into.status = from.status;
  into.aor = from.aor;
  if (!from.wildcard.empty())
    into.wildcard = from.wildcard;
  for (auto& c : from.contacts) {
    if (auto known = by_id(into.contacts, c.id))
      *known = c;
    else
      into.contacts.push_back(c);
  }
}

void drop_terminated(std::vector<registration>& registrations) {
  for (auto& r : registrations)
    std::erase_if(r.contacts, [](const contact& c) { return c.status == contact_status::terminated; });
  std::erase_if(registrations, [](const registration& r) { return r.status == registration_status::terminated; });
}

} // namespace

std::string_view to_string(document_state s) noexcept { return document_states[static_cast<std::size_t>(s)]; }
std::string_view to_string(registration_status s) noexcept { return registration_states[static_cast<std::size_t>(s)]; }
std::string_view to_string(contact_status s) noexcept { return contact_states[static_cast<std::size_t>(s)]; }
std::string_view to_string(contact_event e) noexcept { return contact_events[static_cast<std::size_t>(e)]; }

contact_status status_after(contact_event e) noexcept {
  switch (e) {
  case contact_event::registered:
  case contact_event::created:
  case contact_event::refreshed:
  case contact_event::shortened: return contact_status::active;
  default: return contact_status::terminated;
  }
}

merge_result follow(versions_seen& seen, const document& d) {
  if (seen.have_full && d.version <= seen.version)
    return merge_result::old;
  if (d.state == document_state::partial && (!seen.have_full || d.version != seen.version + 1))
    return merge_result::missing;
  seen = {d.version, true};
  return merge_result::taken;
}

merge_result merge(view& v, const document& d) {
  if (auto followed = follow(v, d); followed != merge_result::taken)
    return followed;
  if (d.state == document_state::full)
    v.registrations = d.registrations;
  else
    for (auto& r : d.registrations) {
      if (auto known = by_id(v.registrations, r.id))
        merge_registration(*known, r);
      else
        v.registrations.push_back(r);
    }
  drop_terminated(v.registrations);
  return merge_result::taken;
}

} // namespace troupe::ims::reginfo
