// Any octets as one URI, or as two with a line end between.
#include <cstdlib>

#include "protocols/sip/uri.hpp"

using namespace troupe::sip;

namespace {

void require(bool what) {
  if (!what)
    std::abort();
}

bool inside(std::string_view whole, std::string_view part) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check(const uri& u) {
  require(inside(u.text, u.user) && inside(u.text, u.host) && inside(u.text, u.headers));
  require(!u.is_sip() || !u.host.empty());
  for (auto& p : u.params)
    require(inside(u.text, p.name) && inside(u.text, p.value) && u.params.has(p.name));
  require(equivalent(u, u));
  auto form = canonical_aor(u);
  auto again = parse_uri(form);
  require(again && canonical_aor(*again) == form);
  require(unescape(escape_user(unescape(u.user))) == unescape(u.user));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto end = std::min(text.find('\n'), text.size());
  auto first = parse_uri(text.substr(0, end));
  auto second = parse_uri(text.substr(std::min(end + 1, text.size())));
  if (first)
    check(*first);
  else
    require(first.error().offset <= end);
  if (!first || !second)
    return 0;
  check(*second);
  auto same = equivalent(*first, *second);
  require(same == equivalent(*second, *first));
  // What is equal has one key, but for the scheme and where a parameter of tel: makes the number another.
  if (same && first->kind != scheme::tel)
    require(canonical_aor(*first) == canonical_aor(*second));
  return 0;
}
