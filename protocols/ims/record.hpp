// Records within an encoded value. Each stands behind its length, so that a version that knows fewer fields skips the
// rest, keeps it, and writes it back as it was; one that knows more reads what is not there as its default.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/cursor.hpp"
#include "protocols/base/time.hpp"

namespace troupe::ims {

/// `fill(writer&)` writes the known fields; `unknown` is what decoding left over.
template <class Fill>
void put_record(writer& out, std::string_view unknown, Fill fill) {
  out.sized([&] {
    fill(out);
    out.raw(unknown);
  });
}

/// `take(reader&)` reads the known fields. False when they are cut short.
template <class Take>
bool take_record(reader& in, std::string& unknown, Take take) {
  auto body = in.text();
  reader inner(body);
  take(inner);
  unknown = body.substr(body.size() - inner.left());
  return in.ok() && inner.ok();
}

template <class Items, class Put>
void put_list(writer& out, const Items& items, Put put) {
  out.number(items.size());
  for (auto& item : items)
    put(item);
}

/// `take()` reads and keeps one item, and answers false when it is broken. A count that the octets cannot hold is a
/// fault.
template <class Take>
bool take_list(reader& in, Take take) {
  auto count = in.number();
  if (!in.ok() || count > in.left())
    return false;
  for (; count > 0; --count)
    if (!take() || !in.ok())
      return false;
  return true;
}

inline void put_texts(writer& out, const std::vector<std::string>& texts) {
  put_list(out, texts, [&](const std::string& t) { out.text(t); });
}

inline bool take_texts(reader& in, std::vector<std::string>& texts) {
  return take_list(in, [&] {
    texts.emplace_back(in.text());
    return true;
  });
}

inline void put_instant(writer& out, instant at) { out.signed_number(at.ms); }
inline instant take_instant(reader& in) { return {in.signed_number()}; }

} // namespace troupe::ims
