#include "actors/dialog/call_value.hpp"

#include <algorithm>

namespace troupe {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t most = 256; ///< of any list: a larger count is no value of ours

void put(writer& w, const std::vector<roles::hop>& hops) {
  w.number(hops.size());
  for (auto& h : hops) {
    w.u8(static_cast<std::uint8_t>(h.role));
    w.text(h.note);
  }
}

bool get(reader& r, std::vector<roles::hop>& hops) {
  auto count = r.number();
  if (count > most)
    return false;
  for (std::size_t i = 0; i < count && r.ok(); ++i) {
    auto role = static_cast<roles::role_id>(r.u8());
    hops.push_back({role, std::string(r.text())});
  }
  return r.ok();
}

void put(writer& w, const packet_ref& octets) {
  w.text(octets ? std::string_view(octets->octets) : std::string_view{});
}

void get(reader& r, packet_ref& octets) {
  auto text = r.text();
  octets = text.empty() ? packet_ref() : packet_ref(new packet(std::string(text)));
}

void put(writer& w, const flow& f) { w.text(encode(f)); }

bool get(reader& r, flow& f) {
  auto read = decode_flow(r.text());
  if (read)
    f = *read;
  return read.has_value();
}

void put(writer& w, const open_invite& o) {
  w.number(o.number);
  w.number(o.server.high);
  w.number(o.server.low);
  put(w, o.request);
  put(w, o.by);
  put(w, o.hops);
  sip::encode(w, o.fork);
  w.number(o.branches.size());
  for (auto& b : o.branches) {
    w.number(b.number);
    w.text(b.via_branch);
    put(w, b.sent);
    put(w, b.over);
    put(w, b.hops);
  }
}

bool get(reader& r, std::vector<ims::charging_start>& charged) {
  auto count = r.number();
  if (count > most)
    return false;
  for (std::size_t i = 0; i < count && r.ok(); ++i)
    if (!ims::decode(r.text(), charged.emplace_back()))
      return false;
  return r.ok();
}

bool get(reader& r, open_invite& o) {
  o.number = static_cast<std::uint32_t>(r.number());
  o.server.high = r.number();
  o.server.low = r.number();
  get(r, o.request);
  if (!get(r, o.by) || !get(r, o.hops) || !sip::decode(r, o.fork))
    return false;
  auto count = r.number();
  if (count > sip::max_branches)
    return false;
  for (std::size_t i = 0; i < count && r.ok(); ++i) {
    auto& b = o.branches.emplace_back();
    b.number = static_cast<std::uint32_t>(r.number());
    b.via_branch = r.text();
    get(r, b.sent);
    if (!get(r, b.over) || !get(r, b.hops))
      return false;
  }
  return r.ok();
}

} // namespace

std::vector<std::string> holders_of(const call_value& value, const role_set& roles) {
  std::vector<std::string> out;
  auto add = [&](const std::vector<roles::hop>& hops) {
    for (auto& h : hops) {
      auto* role = roles.find(h.role);
      auto holder = role ? role->holder(h) : std::string();
      if (!holder.empty() && std::find(out.begin(), out.end(), holder) == out.end())
        out.push_back(std::move(holder));
    }
  };
  for (auto& d : value.dialogs)
    if (d.session)
      add(d.hops);
  for (auto& o : value.open) {
    add(o.hops);
    for (auto& b : o.branches)
      add(b.hops);
  }
  return out;
}

void encode(std::string& out, const call_value& value) {
  writer w(out);
  w.u8(version);
  w.number(value.next_number);
  w.number(value.dialogs.size());
  for (auto& d : value.dialogs) {
    sip::encode(w, d.state);
    w.u8(static_cast<std::uint8_t>(d.record_routed | d.session << 1));
    put(w, d.hops);
  }
  w.number(value.open.size());
  for (auto& o : value.open)
    put(w, o);
  for (auto& d : value.dialogs)
    w.number(d.pass);
  for (auto& o : value.open)
    w.number(o.pass);
  thread_local std::string octets;
  for (auto& d : value.dialogs) {
    w.number(d.charged.size());
    for (auto& start : d.charged) {
      octets.clear();
      ims::encode(octets, start);
      w.text(octets);
    }
  }
  for (auto& o : value.open)
    w.signed_number(o.began.ms);
}

bool decode(std::string_view in, call_value& value) {
  reader r(in);
  if (r.u8() != version)
    return false;
  value.next_number = static_cast<std::uint32_t>(r.number());
  auto dialogs = r.number();
  if (dialogs > most)
    return false;
  for (std::size_t i = 0; i < dialogs && r.ok(); ++i) {
    auto& d = value.dialogs.emplace_back();
    if (!sip::decode(r, d.state))
      return false;
    auto bits = r.u8();
    d.record_routed = (bits & 1) != 0;
    d.session = (bits & 2) != 0;
    if (!get(r, d.hops))
      return false;
  }
  auto open = r.number();
  if (open > most)
    return false;
  for (std::size_t i = 0; i < open && r.ok(); ++i)
    if (!get(r, value.open.emplace_back()))
      return false;
  if (r.ok() && r.left() == 0) // of a version that did not know passes
    return true;
  for (auto& d : value.dialogs)
    d.pass = static_cast<std::uint32_t>(r.number());
  for (auto& o : value.open)
    o.pass = static_cast<std::uint32_t>(r.number());
  if (r.ok() && r.left() == 0) // of a version that did not charge
    return true;
  for (auto& d : value.dialogs)
    if (!get(r, d.charged))
      return false;
  for (auto& o : value.open)
    o.began.ms = r.signed_number();
  return r.ok();
}

} // namespace troupe
