// The stored form of watchers.hpp.
#include "protocols/ims/record.hpp"
#include "protocols/ims/watchers.hpp"

namespace troupe::ims {

namespace {

constexpr std::uint8_t version = 1;

void put_watcher(writer& out, const watcher& x) {
  put_record(out, x.unknown, [&](writer& w) {
    for (auto text :
         {&x.call_id, &x.local_tag, &x.remote_tag, &x.local_uri, &x.remote_uri, &x.target, &x.event_id, &x.subscriber})
      w.text(*text);
    put_texts(w, x.routes);
    w.number(x.local_cseq);
    w.number(x.remote_cseq);
    w.number(x.next_version);
    w.u8(x.full_next);
    put_instant(w, x.expires_at);
  });
}

bool take_watcher(reader& in, watcher& x) {
  bool whole = true;
  auto read = [&](reader& r) {
    for (auto text :
         {&x.call_id, &x.local_tag, &x.remote_tag, &x.local_uri, &x.remote_uri, &x.target, &x.event_id, &x.subscriber})
      *text = r.text();
    whole = take_texts(r, x.routes);
    x.local_cseq = static_cast<std::uint32_t>(r.number());
    x.remote_cseq = static_cast<std::uint32_t>(r.number());
    x.next_version = static_cast<std::uint32_t>(r.number());
    x.full_next = r.u8() != 0;
    x.expires_at = take_instant(r);
  };
  return take_record(in, x.unknown, read) && whole;
}

} // namespace

void encode_to(std::string& out, const watcher_list& list) {
  writer w(out);
  w.u8(version);
  put_list(w, list.all, [&](const watcher& x) { put_watcher(w, x); });
  w.raw(list.unknown);
}

std::string encode(const watcher_list& list) {
  std::string out;
  encode_to(out, list);
  return out;
}

std::optional<watcher_list> decode_watchers(std::string_view octets) {
  reader in(octets);
  watcher_list list;
  if (in.u8() != version || !take_list(in, [&] { return take_watcher(in, list.all.emplace_back()); }) || !in.ok())
    return std::nullopt;
  list.unknown = octets.substr(octets.size() - in.left());
  return list;
}

} // namespace troupe::ims
