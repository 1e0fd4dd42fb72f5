#include <cstring>
#include <utility>

#include "protocols/base/text.hpp"
#include "protocols/sip/grammar.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/uri.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

namespace {

using namespace grammar;

constexpr std::size_t typical_fields = 32;
constexpr std::size_t slack = 512; // of a copied datagram, for the first edits
constexpr std::uint16_t unreadable_status = 999;

/// Names are there and are tokens, values are one word or quoted: no parameter is empty. Tells each.
template <class Visit>
bool well_formed(const parameters& params, Visit visit) noexcept {
  auto rest = params.text();
  while (!rest.empty()) {
    rest.remove_prefix(1); // ';'
    skip_space(rest);
    auto name = rest.substr(0, span_of(rest, token_class));
    std::string_view value;
    if (name.empty())
      return false;
    rest.remove_prefix(name.size());
    skip_space(rest);
    if (!rest.empty() && rest.front() == '=') {
      rest.remove_prefix(1);
      skip_space(rest);
      bool quoted = !rest.empty() && rest.front() == '"';
      value = rest.substr(0, quoted ? quoted_length(rest) : span_of(rest, word_class));
      if (quoted && value.empty())
        return false;
      rest.remove_prefix(value.size());
      skip_space(rest);
    }
    if (!rest.empty() && rest.front() != ';')
      return false;
    visit(name, value);
  }
  return true;
}

/// Checks, and answers the value of the first parameter of this name.
bool well_formed(const parameters& params, std::string_view wanted, std::string_view& found) noexcept {
  bool seen = false;
  return well_formed(params, [&](std::string_view name, std::string_view value) {
    if (!seen && equal_nocase(name, wanted)) {
      found = value;
      seen = true;
    }
  });
}

bool well_formed(const parameters& params) noexcept {
  return well_formed(params, [](std::string_view, std::string_view) {});
}

} // namespace

class parser {
public:
  parser(ref<storage> octets, const parse_limits& limits)
      : limits_(limits), begin_(octets->data()), at_(begin_), end_(begin_ + octets->used()), msg_(make_ref<message>()) {
    msg_->octets_ = std::move(octets);
    msg_->fields_.reserve(typical_fields);
  }

  parsed run() {
    while (at_ != end_ && (*at_ == '\r' || *at_ == '\n'))
      ++at_;
    start_line();
    if (header_section()) {
      check_fields();
      body();
    }
    return finish();
  }

private:
  std::size_t offset(const char* p) const noexcept { return static_cast<std::size_t>(p - begin_); }

  /// The first fault is the one that is told.
  void fault(std::string_view what, const char* at, int status = 400) {
    if (!fault_)
      fault_ = error{status, static_cast<std::uint32_t>(offset(at)), std::string(what)};
  }

  /// As far as a fault can be answered: RFC 3261 clause 8.2.6 needs a Via to send by; clause 17.1.1.3 forbids for ACK.
  parsed finish() {
    if (fault_ && (!msg_->is_request() || msg_->method_ == method::ack || !top_via(*msg_)))
      fault_->status = 0;
    return {std::move(msg_), std::move(fault_)};
  }

  // -- lines --------------------------------------------------------------------------------------------------

  /// The end of the text of the line at `from`; at_ becomes the next line's start.
  char* line_end(char* from) {
    for (;;) {
      auto* stop = const_cast<char*>(find_line_end(from, end_));
      if (stop == end_) {
        at_ = end_;
        return stop;
      }
      if (*stop == '\n') {
        at_ = stop + 1;
        return stop;
      }
      if (stop + 1 != end_ && stop[1] == '\n') {
        at_ = stop + 2;
        return stop;
      }
      fault("a CR without LF", stop);
      *stop = ' ';
      from = stop + 1;
    }
  }

  void start_line() {
    auto* from = at_;
    std::string_view line(from, static_cast<std::size_t>(line_end(from) - from));
    if (starts_with_nocase(line, "SIP/"))
      status_line(line);
    else
      request_line(line);
  }

  static bool is_version(std::string_view text) noexcept { return equal_nocase(text, "SIP/2.0"); }

  void status_line(std::string_view line) {
    auto space = std::min(line.find(' '), line.size());
    auto rest = line.substr(std::min(space + 1, line.size()));
    auto status = to_number<std::uint16_t>(rest.substr(0, 3)).value_or(0);
    bool code = status >= 100 && status <= 699 && (rest.size() == 3 || (rest.size() > 3 && rest[3] == ' '));
    msg_->status_ = code ? status : unreadable_status;
    msg_->start_b_ = rest.substr(std::min<std::size_t>(4, rest.size()));
    if (!is_version(line.substr(0, space)))
      fault("a SIP version that is not 2.0", line.data(), 505);
    if (!code)
      fault("a status code that is none", rest.data());
  }

  void request_line(std::string_view line) {
    auto first = std::min(line.find(' '), line.size());
    auto rest = line.substr(std::min(first + 1, line.size()));
    auto second = std::min(rest.find(' '), rest.size());
    auto version = rest.substr(std::min(second + 1, rest.size()));
    msg_->start_a_ = line.substr(0, first);
    msg_->start_b_ = rest.substr(0, second);
    msg_->method_ = method_of(msg_->start_a_);
    if (!is_token(msg_->start_a_))
      fault("a method that is no token", line.data());
    else if (!is_version(version))
      request_version(version);
    else if (auto uri = parse_uri(msg_->start_b_); !uri)
      fault("the Request-URI: " + uri.error().what, msg_->start_b_.data() + uri.error().offset);
    else if (!uri->headers.empty())
      fault("a Request-URI with header fields", uri->headers.data());
  }

  void request_version(std::string_view version) {
    bool other_version = starts_with_nocase(version, "SIP/") && version.size() > 4 && is_digit(version[4]) &&
                         version.find(' ') == version.npos;
    if (other_version)
      fault("a SIP version that is not 2.0", version.data(), 505);
    else
      fault("a request line that is not method, URI and version with one space between", version.data());
  }

  // -- header fields ------------------------------------------------------------------------------------------

  /// False when it does not end, or is not read to its end.
  bool header_section() {
    while (at_ != end_) {
      if (*at_ == '\n' || (*at_ == '\r' && at_ + 1 != end_ && at_[1] == '\n')) {
        at_ += *at_ == '\n' ? 1 : 2;
        return true;
      }
      if (msg_->fields_.size() == limits_.fields) {
        fault("more header fields than are taken", at_, 513);
        return false;
      }
      header_field();
    }
    check_fields();
    fault("a header section without end", end_);
    return false;
  }

  void header_field() {
    auto* from = at_;
    auto* name_end = from;
    while (name_end != end_ && is_token(*name_end))
      ++name_end;
    auto* colon = name_end;
    while (colon != end_ && is_blank(*colon))
      ++colon;
    bool good = name_end != from && colon != end_ && *colon == ':';
    auto* stop = unfold(good ? colon + 1 : from);
    if (static_cast<std::size_t>(stop - from) > limits_.line)
      fault("a longer header field than is taken", from, 513);
    if (!good)
      return fault("a header line without name and colon", from);
    auto value_begin = colon + 1;
    while (value_begin != stop && is_blank(*value_begin))
      ++value_begin;
    while (stop != value_begin && is_blank(stop[-1]))
      --stop;
    std::string_view name(from, static_cast<std::size_t>(name_end - from));
    msg_->fields_.push_back({header_of(name), name, {value_begin, static_cast<std::size_t>(stop - value_begin)}});
  }

  /// The end of the field's text; line ends before SP and HTAB become spaces: RFC 3261 clause 7.3.1.
  char* unfold(char* from) {
    for (;;) {
      auto* stop = line_end(from);
      if (stop == end_ || at_ == end_ || !is_blank(*at_))
        return stop;
      std::memset(stop, ' ', static_cast<std::size_t>(at_ - stop));
      from = at_;
    }
  }

  // -- what the fields must be --------------------------------------------------------------------------------

  void check_fields() {
    const field* once[6] = {};
    for (auto& f : msg_->fields_) {
      switch (f.id) {
      case hdr::via: check_vias(f); break;
      case hdr::contact: check_contacts(f); break;
      case hdr::from: single(once[0], f); break;
      case hdr::to: single(once[1], f); break;
      case hdr::call_id: single(once[2], f); break;
      case hdr::cseq: single(once[3], f); break;
      case hdr::max_forwards: single(once[4], f); break;
      case hdr::content_length: single(length_, f); break;
      default: break;
      }
    }
    msg_->read_.tags =
        check_address(once[0], "From", msg_->read_.from_tag) && check_address(once[1], "To", msg_->read_.to_tag);
    check_call_id(once[2]);
    check_cseq(once[3]);
    check_max_forwards(once[4]);
    if (!has_via_)
      fault("no Via", at_);
  }

  void single(const field*& place, const field& f) {
    if (place)
      fault("a field that may stand once stands twice", f.name.data());
    place = &f;
  }

  void check_vias(const field& f) {
    bool top = !std::exchange(has_via_, true);
    auto rest = f.value;
    do {
      auto value = next_value(rest);
      auto v = parse_via(value);
      std::string_view branch;
      if (!v) {
        fault(v.error().what, value.data() + v.error().offset);
      } else if (!well_formed(v->params, "branch", branch)) {
        fault("a Via with a malformed parameter", v->params.text().data());
      } else if (top) {
        msg_->read_.top_via = *v;
        msg_->read_.branch = branch;
      }
      top = false;
    } while (!rest.empty() && !fault_);
    check_last_comma(f);
  }

  void check_contacts(const field& f) {
    auto rest = f.value;
    do {
      auto value = next_value(rest);
      auto contact = parse_name_addr(value);
      if (!contact)
        fault("Contact: " + contact.error().what, value.data() + contact.error().offset);
      else if (!well_formed(contact->params))
        fault("a Contact with a malformed parameter", contact->params.text().data());
    } while (!rest.empty() && !fault_);
    check_last_comma(f);
  }

  /// next_value() does not tell of an empty last value.
  void check_last_comma(const field& f) {
    if (!f.value.empty() && f.value.back() == ',')
      fault("a list with nothing behind its last comma", f.value.data() + f.value.size() - 1);
  }

  bool check_address(const field* f, const char* name, std::string_view& tag) {
    if (!f)
      return wrong_address(name, "none", at_);
    auto address = parse_name_addr(f->value);
    if (!address || address->uri == "*")
      return wrong_address(name, address ? "no URI" : address.error().what, f->value.data());
    if (!well_formed(address->params, "tag", tag))
      return wrong_address(name, "a malformed parameter", address->params.text().data());
    if (auto uri = parse_uri(address->uri); !uri)
      return wrong_address(name, uri.error().what, address->uri.data() + uri.error().offset);
    return true;
  }

  bool wrong_address(const char* name, const std::string& what, const char* at) {
    fault(std::string(name) + ": " + what, at);
    return false;
  }

  void check_call_id(const field* f) {
    if (!f || f->value.empty() || f->value.find_first_of(" \t") != f->value.npos)
      fault("no Call-ID, or one of several words", f ? f->value.data() : at_);
  }

  void check_cseq(const field* f) {
    if (!f)
      return fault("no CSeq", at_);
    auto number = parse_cseq(f->value);
    if (!number)
      return fault(number.error().what, f->value.data());
    // RFC 4475 clause 3.1.2.18: an unknown method is told before the mismatch.
    msg_->read_.sequence = *number;
    if (msg_->is_request() && number->method_name != msg_->start_a_)
      fault("a CSeq of another method", f->value.data(), msg_->method_ == method::other ? 501 : 400);
  }

  /// More than 255 is no fault: who reads it takes the field as absent (RFC 4475 clause 3.1.2.4).
  void check_max_forwards(const field* f) {
    if (f && (f->value.empty() || f->value.find_first_not_of("0123456789") != f->value.npos))
      fault("a Max-Forwards that is no number", f->value.data());
  }

  /// RFC 3261 clause 18.3.
  void body() {
    std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    if (length_) {
      auto size = to_number<std::size_t>(length_->value);
      if (!size || *size > rest.size())
        return fault(size ? "fewer octets than Content-Length says" : "a Content-Length that is no number",
                     length_->value.data());
      rest = rest.substr(0, *size);
    }
    msg_->body_ = rest;
  }

  const parse_limits& limits_;
  char* begin_;
  char* at_;
  char* end_;
  ref<message> msg_;
  std::optional<error> fault_;
  const field* length_ = nullptr;
  bool has_via_ = false;
};

parsed parse(ref<storage> octets, const parse_limits& limits) { return parser(std::move(octets), limits).run(); }

parsed parse(std::string_view octets, const parse_limits& limits) {
  auto copy = storage::make(octets.size() + slack);
  copy->append(octets);
  return parse(std::move(copy), limits);
}

} // namespace troupe::sip
