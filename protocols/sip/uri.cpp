#include "protocols/sip/uri.hpp"

#include <algorithm>
#include <vector>

#include "protocols/base/text.hpp"
#include "protocols/sip/grammar.hpp"

namespace troupe::sip {

namespace {

using namespace grammar;

/// Up to the next ';' that stands outside of a quoted string; `text` becomes what follows the ';'.
std::string_view cut_parameter(std::string_view& text) noexcept {
  std::size_t i = 0;
  while (i < text.size() && text[i] != ';') {
    auto quoted = text[i] == '"' ? quoted_length(text.substr(i)) : 1;
    i = quoted ? i + quoted : text.size();
  }
  auto piece = text.substr(0, i);
  text.remove_prefix(std::min(i + 1, text.size()));
  return piece;
}

sip::scheme kind_of(std::string_view name) noexcept {
  if (equal_nocase(name, "sip"))
    return scheme::sip;
  if (equal_nocase(name, "sips"))
    return scheme::sips;
  return equal_nocase(name, "tel") ? scheme::tel : scheme::other;
}

/// Of a telephone number: RFC 3966 clause 3.
constexpr bool is_visual_separator(char c) noexcept { return c == '-' || c == '.' || c == '(' || c == ')'; }

class uri_parser {
public:
  uri_parser(std::string_view text, uri& into) noexcept : text_(text), u_(into) {}

  result<void> parse() {
    u_.text = text_;
    u_.scheme = scheme_of(text_);
    if (u_.scheme.empty())
      return fail("a URI without a scheme");
    u_.kind = kind_of(u_.scheme);
    auto rest = text_.substr(u_.scheme.size() + 1);
    if (rest.empty())
      return fail("a URI with nothing behind its scheme", text_.size());
    if (auto good = span_of_uri(rest); good != rest.size())
      return fail_at("a character that no URI may have", rest.substr(good));
    if (u_.is_sip())
      return sip_uri(rest);
    return u_.kind == scheme::tel ? tel_uri(rest) : result<void>();
  }

private:
  tl::unexpected<error> fail_at(std::string what, std::string_view rest) const {
    return fail(std::move(what), static_cast<std::size_t>(rest.data() - text_.data()));
  }

  result<void> sip_uri(std::string_view rest) {
    if (auto at = rest.find('@'); at != rest.npos) {
      user_info(rest.substr(0, at));
      rest.remove_prefix(at + 1);
    }
    auto host = host_length(rest);
    if (host == 0)
      return fail_at("a SIP URI without a host", rest);
    u_.host = rest.substr(0, host);
    rest.remove_prefix(host);
    if (!rest.empty() && rest.front() == ':') {
      auto end = port_length(rest);
      u_.port = to_number<std::uint16_t>(rest.substr(1, end - 1));
      if (!u_.port)
        return fail_at("a port that is no port", rest);
      rest.remove_prefix(end);
    }
    if (rest.empty())
      return {};
    if (rest.front() != ';' && rest.front() != '?')
      return fail_at("a character that no host may have", rest);
    if (rest.find('@') != rest.npos)
      return fail_at("a second @", rest);
    parameters_and_headers(rest);
    return {};
  }

  /// The colon that `text` starts with, and what stands up to parameters or headers.
  static std::size_t port_length(std::string_view text) noexcept {
    std::size_t n = 1;
    while (n < text.size() && text[n] != ';' && text[n] != '?')
      ++n;
    return n;
  }

  void user_info(std::string_view text) noexcept {
    u_.has_user = true;
    auto colon = text.find(':');
    u_.user = text.substr(0, colon);
    if (colon != text.npos)
      u_.password = text.substr(colon + 1);
  }

  void parameters_and_headers(std::string_view rest) noexcept {
    auto mark = rest.find('?');
    u_.params = parameters(rest.substr(0, mark));
    if (mark != rest.npos)
      u_.headers = rest.substr(mark + 1);
  }

  result<void> tel_uri(std::string_view rest) {
    auto end = std::min(rest.find(';'), rest.size());
    auto number = rest.substr(0, end);
    bool global = !number.empty() && number.front() == '+';
    bool has_digit = false;
    for (char c : number.substr(global)) {
      bool local = c == '*' || c == '#' || (lower(c) >= 'a' && lower(c) <= 'f');
      bool digit = is_digit(c) || (local && !global);
      if (!digit && !is_visual_separator(c))
        return fail_at("a character that no telephone number may have", rest);
      has_digit |= digit;
    }
    if (!has_digit)
      return fail_at("a telephone number without digits", rest);
    u_.user = number;
    u_.params = parameters(rest.substr(end));
    return {};
  }

  std::string_view text_;
  uri& u_;
};

/// The octet of the escape that `text` starts with; -1 when it starts with none.
int escaped_octet(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] != '%')
    return -1;
  auto high = digit_value(text[1]), low = digit_value(text[2]);
  return high > 15 || low > 15 ? -1 : static_cast<int>(high * 16 + low);
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  auto octet = static_cast<unsigned char>(c);
  out += '%';
  out += hex[octet >> 4];
  out += hex[octet & 15];
}

/// Escapes of unreserved characters undone, others in upper case, so that normal(normal(x)) is normal(x): RFC 3261 clause 19.1.4, RFC 2396 clause 2.3.
std::string normal(std::string_view text) {
  if (text.find('%') == text.npos)
    return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto octet = escaped_octet(text.substr(i));
    if (octet < 0) {
      // A % that is no escape would become one with what is unescaped behind it.
      text[i] == '%' ? append_escaped(out, '%') : out.push_back(text[i]);
      continue;
    }
    auto c = static_cast<char>(octet);
    if (in_class(c, unreserved_class))
      out += c;
    else
      append_escaped(out, c);
    i += 2;
  }
  return out;
}

bool same(std::string_view a, std::string_view b) { return a == b || normal(a) == normal(b); }

bool same_nocase(std::string_view a, std::string_view b) {
  return equal_nocase(a, b) || equal_nocase(normal(a), normal(b));
}

struct pair {
  std::string name;
  std::string value;
  friend bool operator<(const pair& a, const pair& b) { return a.name < b.name; }
};
using pairs = std::vector<pair>;

/// Sorted by name: so that hostile lists are compared in n log n.
pairs sorted(pairs list) {
  std::stable_sort(list.begin(), list.end());
  return list;
}

pairs sorted_parameters(const parameters& params) {
  pairs list;
  for (auto& p : params)
    list.push_back({to_lower(normal(p.name)), to_lower(normal(p.value))});
  return sorted(std::move(list));
}

pairs sorted_headers(std::string_view text) {
  pairs list;
  while (!text.empty()) {
    auto piece = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
    auto equals = std::min(piece.find('='), piece.size());
    list.push_back(
        {to_lower(normal(piece.substr(0, equals))), normal(piece.substr(std::min(equals + 1, piece.size())))});
  }
  return sorted(std::move(list));
}

/// Those that must stand in both or in none. The RFC's text names the first four, its examples transport.
bool must_match(std::string_view name) noexcept {
  return name == "user" || name == "ttl" || name == "method" || name == "maddr" || name == "transport";
}

bool same_uri_parameters(const parameters& a, const parameters& b) {
  if (a.text() == b.text())
    return true;
  auto left = sorted_parameters(a);
  auto right = sorted_parameters(b);
  auto l = left.begin();
  auto r = right.begin();
  while (l != left.end() || r != right.end()) {
    bool only_left = r == right.end() || (l != left.end() && l->name < r->name);
    bool only_right = !only_left && (l == left.end() || r->name < l->name);
    if (only_left || only_right) {
      if (must_match((only_left ? l : r)->name))
        return false;
      ++(only_left ? l : r);
      continue;
    }
    if (l->value != r->value)
      return false;
    ++l;
    ++r;
  }
  return true;
}

bool equal_pairs(const pairs& a, const pairs& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const pair& x, const pair& y) { return x.name == y.name && x.value == y.value; });
}

std::string digits_of(std::string_view number) {
  std::string out;
  for (char c : number)
    if (!is_visual_separator(c))
      out += lower(c);
  return out;
}

/// RFC 3966 clauses 4 and 5.1.5: a phone-context is a number or a domain; ext has visual separators as well.
pairs tel_parameters(const parameters& params) {
  pairs list;
  for (auto& p : params) {
    auto name = to_lower(p.name);
    bool number = name == "ext" || (name == "phone-context" && p.value.substr(0, 1) == "+");
    list.push_back({name, number ? digits_of(p.value) : to_lower(normal(p.value))});
  }
  return sorted(std::move(list));
}

} // namespace

parameters::iterator::iterator(std::string_view rest) noexcept : rest_(rest) { step(); }

parameters::iterator& parameters::iterator::operator++() noexcept {
  step();
  return *this;
}

void parameters::iterator::step() noexcept {
  while (!rest_.empty()) {
    auto piece = trim(cut_parameter(rest_));
    if (piece.empty())
      continue;
    auto equals = piece.find('=');
    current_.name = trim(piece.substr(0, equals));
    current_.has_value = equals != piece.npos;
    current_.value = current_.has_value ? trim(piece.substr(equals + 1)) : std::string_view{};
    return;
  }
  done_ = true;
}

parameters::iterator parameters::begin() const noexcept { return iterator(text_); }

parameters::iterator parameters::end() const noexcept { return iterator(text_.substr(text_.size())); }

std::optional<std::string_view> parameters::find(std::string_view name) const noexcept {
  for (auto& p : *this)
    if (equal_nocase(p.name, name))
      return p.value;
  return std::nullopt;
}

result<uri> parse_uri(std::string_view text) {
  result<uri> out;
  if (auto read = uri_parser(text, *out).parse(); !read)
    out = tl::unexpected(std::move(read.error()));
  return out;
}

bool equivalent(const uri& a, const uri& b) {
  if (a.kind != b.kind)
    return false;
  if (a.kind == scheme::other)
    return a.text == b.text;
  if (a.kind == scheme::tel)
    return digits_of(a.user) == digits_of(b.user) && equal_pairs(tel_parameters(a.params), tel_parameters(b.params));
  return a.has_user == b.has_user && same(a.user, b.user) && same(a.password, b.password) &&
         same_nocase(a.host, b.host) && a.port == b.port && same_uri_parameters(a.params, b.params) &&
         (a.headers == b.headers || equal_pairs(sorted_headers(a.headers), sorted_headers(b.headers)));
}

std::string canonical_aor(const uri& u) {
  if (u.kind == scheme::other)
    return std::string(u.text);
  if (u.kind == scheme::tel) {
    auto out = "tel:" + digits_of(u.user);
    auto context = u.params.find("phone-context");
    if (context && u.user.front() != '+')
      out += ";phone-context=" + (context->substr(0, 1) == "+" ? digits_of(*context) : to_lower(normal(*context)));
    return out;
  }
  std::string out;
  out.reserve(5 + u.user.size() + u.host.size());
  out += "sip:";
  if (u.has_user) {
    if (u.user.find('%') == u.user.npos)
      out += u.user;
    else
      out += normal(u.user);
    out += '@';
  }
  for (char c : u.host)
    out += lower(c);
  return out;
}

std::string unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto octet = escaped_octet(text.substr(i));
    out += octet < 0 ? text[i] : static_cast<char>(octet);
    i += octet < 0 ? 0 : 2;
  }
  return out;
}

std::string escape_user(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (in_class(c, user_class))
      out += c;
    else
      append_escaped(out, c);
  }
  return out;
}

} // namespace troupe::sip
