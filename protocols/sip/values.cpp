#include "protocols/sip/values.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/grammar.hpp"

namespace troupe::sip {

namespace {

using namespace grammar;

/// Cuts a token that `text` starts with, and white space on both sides of it.
std::string_view cut_token(std::string_view& text) noexcept {
  skip_space(text);
  auto token = text.substr(0, span_of(text, token_class));
  text.remove_prefix(token.size());
  skip_space(text);
  return token;
}

bool cut_char(std::string_view& text, char c) noexcept {
  if (text.empty() || text.front() != c)
    return false;
  text.remove_prefix(1);
  return true;
}

std::size_t offset_in(std::string_view whole, std::string_view rest) noexcept {
  return static_cast<std::size_t>(rest.data() - whole.data());
}

/// Leading digits that fit, with nothing but white space, parameters or a comment behind them.
std::optional<std::uint32_t> leading_number(std::string_view text) noexcept {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits]))
    ++digits;
  auto rest = trim(text.substr(digits));
  if (!rest.empty() && rest.front() != ';' && rest.front() != '(')
    return std::nullopt;
  return to_number<std::uint32_t>(text.substr(0, digits));
}

result<name_addr> bracketed(std::string_view value, std::string_view rest, name_addr address) {
  rest.remove_prefix(1);
  address.uri = rest.substr(0, span_of_uri(rest));
  if (scheme_of(address.uri).empty())
    return fail("no URI behind <", offset_in(value, rest));
  rest.remove_prefix(address.uri.size());
  if (!cut_char(rest, '>'))
    return fail("a URI that does not end with >", offset_in(value, rest));
  skip_space(rest);
  if (!rest.empty() && rest.front() != ';')
    return fail("text behind >", offset_in(value, rest));
  address.params = parameters(rest);
  return address;
}

/// Without brackets: what stands behind ';' belongs to the field, and a comma or '?' may not be in the URI.
result<name_addr> bare(std::string_view value) {
  name_addr address;
  auto end = std::min(value.find(';'), value.size());
  address.uri = trim(value.substr(0, end));
  address.params = parameters(value.substr(end));
  if (scheme_of(address.uri).empty() || span_of_uri(address.uri) != address.uri.size())
    return fail("neither a URI nor a name before <");
  if (auto bad = address.uri.find_first_of(",?"); bad != address.uri.npos)
    return fail("a URI that needs < and >", offset_in(value, address.uri) + bad);
  return address;
}

std::string_view tag_of(const message& m, hdr id) noexcept {
  auto* f = m.find(id);
  if (!f)
    return {};
  auto address = parse_name_addr(f->value);
  return address ? address->tag() : std::string_view{};
}

/// Behind the comment that opens at `i`; comments nest (RFC 3261 clause 25.1).
std::size_t comment_end(std::string_view text, std::size_t i) noexcept {
  for (std::size_t depth = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\')
      ++i;
    else if (c == '(')
      ++depth;
    else if (c == ')' && --depth == 0)
      return i + 1;
  }
  return text.size();
}

/// The next comma that quotes, <> and () do not hide; what does not end hides all.
std::size_t end_of_value(std::string_view text) noexcept {
  std::size_t i = 0;
  for (;;) {
    i = find_special(text, i);
    if (i >= text.size() || text[i] == ',')
      return std::min(i, text.size());
    if (text[i] == '(') {
      i = comment_end(text, i);
    } else {
      auto hidden = text[i] == '"' ? quoted_length(text.substr(i)) : text.find('>', i) - i + 1;
      if (hidden == 0 || hidden > text.size() - i)
        return text.size();
      i += hidden;
    }
  }
}

} // namespace

std::string_view next_value(std::string_view& text) noexcept {
  auto end = end_of_value(text);
  auto piece = trim(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

std::string_view first_value(const message& m, hdr id) noexcept {
  auto rest = m.value(id);
  return next_value(rest);
}

std::vector<std::string_view> values(const message& m, hdr id) {
  std::vector<std::string_view> all;
  for_each_value(m, id, [&](std::string_view value) {
    all.push_back(value);
    return true;
  });
  return all;
}

bool lists_token(const message& m, hdr id, std::string_view token) noexcept {
  bool found = false;
  for_each_value(m, id, [&](std::string_view value) {
    // Privacy joins its values with ';' (RFC 3323 clause 4.2); elsewhere parameters stand behind it.
    do {
      auto end = std::min(value.find(';'), value.size());
      found = equal_nocase(trim(value.substr(0, end)), token);
      value.remove_prefix(std::min(end + 1, value.size()));
    } while (!found && id == hdr::privacy && !value.empty());
    return !found;
  });
  return found;
}

result<via> parse_via(std::string_view value) {
  via v;
  auto rest = value;
  auto protocol = cut_token(rest);
  bool slashes = !protocol.empty() && cut_char(rest, '/') && !cut_token(rest).empty() && cut_char(rest, '/');
  skip_space(rest);
  v.transport = rest.substr(0, span_of(rest, token_class));
  rest.remove_prefix(v.transport.size());
  if (!slashes || v.transport.empty() || rest.empty() || !is_space(rest.front()))
    return fail("a Via without protocol and transport", offset_in(value, rest));
  skip_space(rest);
  auto host = host_length(rest);
  if (host == 0)
    return fail("a Via without a host", offset_in(value, rest));
  v.host = rest.substr(0, host);
  rest.remove_prefix(host);
  skip_space(rest);
  if (cut_char(rest, ':')) {
    skip_space(rest);
    auto end = std::min(rest.find_first_of("; \t"), rest.size());
    v.port = to_number<std::uint16_t>(rest.substr(0, end));
    if (!v.port)
      return fail("a Via port that is no port", offset_in(value, rest));
    rest.remove_prefix(end);
    skip_space(rest);
  }
  if (!rest.empty() && rest.front() != ';')
    return fail("text behind the host of a Via", offset_in(value, rest));
  v.params = parameters(rest);
  return v;
}

result<via> top_via(const message& m) {
  if (auto& known = m.already_read().top_via)
    return *known;
  return parse_via(first_value(m, hdr::via));
}

std::string_view top_branch(const message& m) noexcept {
  if (m.already_read().top_via)
    return m.already_read().branch;
  auto top = top_via(m);
  return top ? top->branch() : std::string_view{};
}

result<name_addr> parse_name_addr(std::string_view value) {
  value = trim(value);
  name_addr address;
  if (value == "*") {
    address.uri = value;
    return address;
  }
  auto rest = value;
  std::size_t display = 0;
  if (!rest.empty() && rest.front() == '"') {
    display = quoted_length(rest);
    if (display == 0)
      return fail("a quoted string without end");
    address.display = rest.substr(0, display);
    rest.remove_prefix(display);
    skip_space(rest);
    if (rest.empty() || rest.front() != '<')
      return fail("a name without <", offset_in(value, rest));
    return bracketed(value, rest, address);
  }
  display = span_of(rest, display_class);
  if (display == rest.size() || rest[display] != '<')
    return bare(value);
  address.display = trim(rest.substr(0, display));
  return bracketed(value, rest.substr(display), address);
}

std::string_view from_tag(const message& m) noexcept {
  return m.already_read().tags ? m.already_read().from_tag : tag_of(m, hdr::from);
}

std::string_view to_tag(const message& m) noexcept {
  return m.already_read().tags ? m.already_read().to_tag : tag_of(m, hdr::to);
}

result<cseq> parse_cseq(std::string_view value) {
  auto rest = trim(value);
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[digits]))
    ++digits;
  auto number = to_number<std::uint32_t>(rest.substr(0, digits));
  if (!number || *number >= 0x80000000U)
    return fail("a CSeq number that is none below 2^31");
  rest.remove_prefix(digits);
  if (rest.empty() || !is_space(rest.front()))
    return fail("a CSeq without a method", digits);
  auto name = cut_token(rest);
  if (name.empty() || !rest.empty())
    return fail("a CSeq method that is no token", digits);
  return cseq{*number, name, method_of(name)};
}

result<cseq> cseq_of(const message& m) {
  if (auto& known = m.already_read().sequence)
    return *known;
  return parse_cseq(m.value(hdr::cseq));
}

result<rack> parse_rack(std::string_view value) {
  auto rest = trim(value);
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[digits]))
    ++digits;
  auto number = to_number<std::uint32_t>(rest.substr(0, digits));
  if (!number || digits == rest.size() || !is_space(rest[digits]))
    return fail("a RAck without a response number");
  auto request = parse_cseq(rest.substr(digits));
  if (!request)
    return fail("a RAck without a CSeq", digits);
  return rack{*number, *request};
}

result<session_expires> parse_session_expires(std::string_view value) {
  auto seconds = leading_number(value);
  if (!seconds)
    return fail("a session interval that is no number");
  auto params = parameters(value.substr(std::min(value.find(';'), value.size())));
  auto refresher = params.find("refresher");
  if (refresher && !equal_nocase(*refresher, "uac") && !equal_nocase(*refresher, "uas"))
    return fail("a refresher that is neither uac nor uas");
  return session_expires{*seconds, refresher.value_or(std::string_view{})};
}

token_value parse_token_value(std::string_view value) noexcept {
  auto end = std::min(value.find(';'), value.size());
  return {trim(value.substr(0, end)), parameters(value.substr(end))};
}

std::optional<std::uint32_t> number_of(const message& m, hdr id) noexcept {
  auto number = leading_number(m.value(id));
  if (id == hdr::max_forwards && number > 255U)
    return std::nullopt;
  return number;
}

std::optional<std::uint32_t> contact_expires(const message& m, const name_addr& contact) noexcept {
  constexpr std::uint32_t of_malformed = 3600;
  if (auto own = contact.params.find("expires"))
    return to_number<std::uint32_t>(*own).value_or(of_malformed);
  if (!m.has(hdr::expires))
    return std::nullopt;
  return number_of(m, hdr::expires).value_or(of_malformed);
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out += '"';
}

std::string unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"')
    return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size())
      ++i;
    out += text[i];
  }
  return out;
}

} // namespace troupe::sip
