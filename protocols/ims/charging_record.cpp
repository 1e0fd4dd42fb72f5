#include "protocols/ims/charging_record.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace troupe::ims {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t most_identities = 64;

void put(writer& w, const charged_party& who) {
  w.u8(static_cast<std::uint8_t>(who.node));
  w.u8(static_cast<std::uint8_t>(who.role));
  w.text(who.served);
  w.number(who.calling.size());
  for (auto& each : who.calling)
    w.text(each);
  for (auto* text : {&who.called, &who.icid, &who.orig_ioi, &who.term_ioi, &who.access_network})
    w.text(*text);
}

bool get(reader& r, charged_party& who) {
  auto node = r.u8(), role = r.u8();
  if (node > 1 || role > 1)
    return false;
  who.node = static_cast<node_functionality>(node);
  who.role = static_cast<role_of_node>(role);
  who.served = r.text();
  auto count = r.number();
  if (count > most_identities)
    return false;
  for (std::size_t i = 0; i < count && r.ok(); ++i)
    who.calling.emplace_back(r.text());
  for (auto* text : {&who.called, &who.icid, &who.orig_ioi, &who.term_ioi, &who.access_network})
    *text = r.text();
  return r.ok();
}

/// Octets of a well-formed UTF-8 sequence at the beginning of `text`; 0: none is there (RFC 3629 clause 4).
std::size_t sequence_at(std::string_view text) noexcept {
  auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  auto follows = [&](std::size_t i, unsigned least = 0x80, unsigned most = 0xbf) {
    return at(i) >= least && at(i) <= most;
  };
  auto first = at(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xc2 && first <= 0xdf)
    return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef)
    return follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
  if (first >= 0xf0 && first <= 0xf4)
    return follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

void quote(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    auto c = static_cast<unsigned char>(text.front());
    auto size = sequence_at(text);
    if (c < 0x20 || c == 0x7f)
      ((out += "\\u00") += hex[c >> 4]) += hex[c & 15];
    else if (c == '"' || c == '\\')
      (out += '\\') += static_cast<char>(c);
    else if (size == 0)
      out += "\\ufffd";
    else
      out += text.substr(0, size);
    text.remove_prefix(size == 0 ? 1 : size);
  }
  out += '"';
}

/// Members of an object, in the order of the calls.
class object {
public:
  explicit object(std::string& out) : out_(out) { out_ += '{'; }
  ~object() { out_ += '}'; }
  object(const object&) = delete;

  void text(std::string_view key, std::string_view value) {
    if (!value.empty())
      quote(member(key), value);
  }
  void number(std::string_view key, std::int64_t value) { member(key) += std::to_string(value); }
  void texts(std::string_view key, const std::vector<std::string>& values) {
    if (values.empty())
      return;
    auto& to = member(key);
    for (std::size_t i = 0; i < values.size(); ++i) {
      to += i == 0 ? '[' : ',';
      quote(to, values[i]);
    }
    to += ']';
  }

private:
  std::string& member(std::string_view key) {
    if (out_.back() != '{')
      out_ += ',';
    ((out_ += '"') += key) += "\":";
    return out_;
  }
  std::string& out_;
};

void write(std::string& out, const charging_record& record) {
  auto session = record.what == charging_record::kind::session;
  auto& who = record.who;
  object o(out);
  o.text("id", record.id);
  o.text("type", session ? "session" : "event");
  o.text("node", who.node == node_functionality::s_cscf ? "scscf" : "pcscf");
  o.number("node_functionality", static_cast<std::int64_t>(who.node));
  o.text("role", who.role == role_of_node::originating ? "originating" : "terminating");
  o.number("role_of_node", static_cast<std::int64_t>(who.role));
  o.text("host", record.host);
  o.text("method", record.method);
  o.text("call_id", record.call_id);
  o.text("served", who.served);
  o.texts("calling", who.calling);
  o.text("called", who.called);
  o.text("icid", who.icid);
  o.text("orig_ioi", who.orig_ioi);
  o.text("term_ioi", who.term_ioi);
  o.text("access_network_info", who.access_network);
  o.text("requested_at", to_rfc3339(record.requested));
  if (record.answered)
    o.text("answered_at", to_rfc3339(*record.answered));
  o.text("ended_at", to_rfc3339(record.ended));
  if (session)
    o.number("duration", record.duration());
  o.text("cause", to_string(record.cause));
  if (record.status != 0)
    o.number("status", record.status);
  o.text("reason", record.reason);
}

} // namespace

std::string_view to_string(charging_cause cause) noexcept {
  constexpr std::array<std::string_view, 6> names{"bye_by_caller", "bye_by_callee", "lost",
                                                  "expired",       "released",      "failed"};
  return names[static_cast<std::size_t>(cause)];
}

std::int64_t charging_record::duration() const noexcept {
  if (!answered || ended < *answered)
    return 0;
  return ((ended - *answered).count() + 999) / 1'000;
}

void encode(std::string& out, const charging_start& start) {
  writer w(out);
  w.u8(version);
  put(w, start.who);
  w.signed_number(start.requested.ms);
  w.signed_number(start.answered.ms);
}

bool decode(std::string_view in, charging_start& start) {
  reader r(in);
  if (r.u8() != version || !get(r, start.who))
    return false;
  start.requested.ms = r.signed_number();
  start.answered.ms = r.signed_number();
  return r.ok();
}

void encode(std::string& out, const charging_record& record) {
  writer w(out);
  w.u8(version);
  w.text(record.id);
  w.u8(static_cast<std::uint8_t>(record.what));
  put(w, record.who);
  w.text(record.call_id);
  w.text(record.method);
  w.signed_number(record.requested.ms);
  w.u8(record.answered.has_value());
  if (record.answered)
    w.signed_number(record.answered->ms);
  w.signed_number(record.ended.ms);
  w.u8(static_cast<std::uint8_t>(record.cause));
  w.number(static_cast<std::uint64_t>(record.status));
  w.text(record.reason);
  w.text(record.host);
}

bool decode(std::string_view in, charging_record& record) {
  reader r(in);
  if (r.u8() != version)
    return false;
  record.id = r.text();
  auto what = r.u8();
  if (what > 1 || !get(r, record.who))
    return false;
  record.what = static_cast<charging_record::kind>(what);
  record.call_id = r.text();
  record.method = r.text();
  record.requested.ms = r.signed_number();
  record.answered.reset();
  if (r.u8() != 0)
    record.answered = instant{r.signed_number()};
  record.ended.ms = r.signed_number();
  auto cause = r.u8();
  record.status = static_cast<int>(r.number());
  record.reason = r.text();
  record.host = r.text();
  record.cause = static_cast<charging_cause>(cause);
  return r.ok() && cause <= static_cast<std::uint8_t>(charging_cause::failed);
}

std::string to_rfc3339(instant at) {
  using namespace std::chrono;
  auto whole = sys_time<milliseconds>(milliseconds(at.ms));
  auto day = floor<days>(whole);
  year_month_day date(day);
  auto time = (whole - day).count();
  std::string out;
  auto digits = [&](std::int64_t value, std::size_t width, std::string_view before) {
    auto text = std::to_string(value);
    out += before;
    out.append(width - std::min(width, text.size()), '0') += text;
  };
  digits(static_cast<int>(date.year()), 4, "");
  digits(static_cast<unsigned>(date.month()), 2, "-");
  digits(static_cast<unsigned>(date.day()), 2, "-");
  digits(time / 3'600'000, 2, "T");
  digits(time / 60'000 % 60, 2, ":");
  digits(time / 1'000 % 60, 2, ":");
  digits(time % 1'000, 3, ".");
  return out += 'Z';
}

std::string to_json(const charging_record& record) {
  std::string out;
  write(out, record);
  return out;
}

} // namespace troupe::ims
