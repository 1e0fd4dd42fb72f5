// Any octets as a datagram: read, every value looked at, edited, written and read again.
#include <cstdlib>

#include "protocols/sip/message.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe::sip;

namespace {

void require(bool what) {
  if (!what)
    std::abort();
}

std::size_t sink = 0;

void touch(std::string_view text) {
  for (char c : text)
    sink += static_cast<unsigned char>(c);
}

void touch(const parameters& params) {
  for (auto& p : params) {
    touch(p.name);
    touch(p.value);
    require(params.has(p.name));
  }
}

void touch_address(std::string_view value) {
  auto a = parse_name_addr(value);
  if (!a)
    return;
  touch(unquote(a->display));
  touch(a->params);
  if (auto u = parse_uri(a->uri)) {
    require(equivalent(*u, *u));
    touch(canonical_aor(*u));
  }
}

void touch_values(const message& m) {
  for (auto& f : m.fields()) {
    touch(f.name);
    touch(f.value);
    require(header_of(f.name) == f.id);
    for (auto rest = f.value; !rest.empty();) {
      auto value = next_value(rest);
      touch_address(value);
      if (auto v = parse_via(value))
        touch(v->params);
      touch(parse_token_value(value).params);
    }
    parse_rack(f.value);
    parse_session_expires(f.value);
    number_of(m, f.id);
  }
  touch(m.uri());
  touch(from_tag(m));
  touch(to_tag(m));
}

/// Octet for octet but for what stands between the lines, and the same fields with the same values.
void require_same(const message& a, const message& b) {
  require(a.method_name() == b.method_name() && a.uri() == b.uri() && a.status() == b.status() && a.body() == b.body());
  auto right = b.fields().begin();
  for (auto& f : a.fields()) {
    if (f.id == hdr::content_length)
      continue;
    while (right != b.fields().end() && right->id == hdr::content_length)
      ++right;
    require(right != b.fields().end() && right->id == f.id && right->name == f.name && right->value == f.value);
    ++right;
  }
}

void edit(const message& m) {
  auto before = m.to_string();
  message copy = m;
  while (copy.remove_first_value(hdr::via)) {
  }
  copy.prepend(hdr::via, "SIP/2.0/UDP h;branch=z9hG4bK1");
  copy.replace_first_value(hdr::via, "SIP/2.0/UDP i;branch=z9hG4bK2");
  copy.set(hdr::call_id, m.value(hdr::call_id));
  copy.set(hdr::subject, m.body());
  copy.set_uri(m.uri());
  copy.set_body("text/plain", m.value(hdr::from));
  auto p = parse(copy.to_string(), {100'000, 1'000'000});
  require(!p.fault);
  require_same(copy, *p.msg);
  require(m.to_string() == before);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view octets(reinterpret_cast<const char*>(data), size);
  auto p = parse(octets);
  require(p.msg.get() != nullptr);
  touch_values(*p.msg);
  if (p.fault) {
    require(p.fault->offset <= size);
    require(p.fault->status == 0 || (p.msg->is_request() && top_via(*p.msg)));
    return 0;
  }
  auto written = p.msg->to_string();
  require(p.msg->size_hint() >= written.size());
  auto again = parse(written);
  require(!again.fault);
  require_same(*p.msg, *again.msg);
  require(again.msg->to_string() == written);
  edit(*p.msg);
  return 0;
}
