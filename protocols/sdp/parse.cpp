#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sdp/description.hpp"

namespace troupe::sdp {

namespace {

/// The next word, behind any blanks; `text` becomes what follows it.
std::string_view cut_word(std::string_view& text) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  auto word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

bool only_blanks(std::string_view text) noexcept { return text.find_first_not_of(" \t") == text.npos; }

bool is_number(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// "49170" or "49170/2".
bool cut_port(std::string_view word, media& m) noexcept {
  auto slash = word.find('/');
  auto port = to_number<std::uint16_t>(word.substr(0, slash));
  if (!port)
    return false;
  m.port = *port;
  if (slash == word.npos)
    return true;
  m.port_count = to_number<std::uint32_t>(word.substr(slash + 1));
  return m.port_count.value_or(0) > 0;
}

result<media> parse_media(std::string_view value) {
  media m;
  m.type = cut_word(value);
  bool port = cut_port(cut_word(value), m);
  m.protocol = cut_word(value);
  while (!only_blanks(value))
    m.formats.push_back(cut_word(value));
  if (m.type.empty() || m.protocol.empty() || m.formats.empty())
    return fail("an m= that is not media, port, protocol and formats");
  if (!port)
    return fail("an m= whose port is no port");
  return m;
}

/// A "m=" that is written has one blank between its words; where it came with more it is not what came.
class description_parser {
public:
  explicit description_parser(std::string_view text) noexcept : text_(text), rest_(text) {}

  result<description> parse() {
    while (!rest_.empty() && !fault_)
      take_line(cut_line());
    if (!fault_ && d_.lines.empty())
      fault("no v=", text_);
    if (!fault_ && !d_.value('o'))
      fault("no o=", text_.substr(text_.size()));
    if (fault_)
      return tl::unexpected<error>(std::move(*fault_));
    return std::move(d_);
  }

private:
  std::string_view cut_line() noexcept {
    auto end = std::min(rest_.find('\n'), rest_.size());
    auto text = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (!text.empty() && text.back() == '\r')
      text.remove_suffix(1);
    return text;
  }

  void fault(std::string what, std::string_view at) {
    if (!fault_)
      fault_ = error{400, static_cast<std::uint32_t>(at.data() - text_.data()), std::move(what)};
  }

  void take_line(std::string_view text) {
    using namespace std::string_view_literals;
    if (text.empty())
      return;
    if (text.size() < 2 || text[1] != '=')
      return fault("a line that is not type=value", text);
    if (text.find_first_of("\0\r"sv) != text.npos)
      return fault("a NUL or CR in a line", text);
    auto type = text.front();
    auto value = text.substr(2);
    if (d_.lines.empty() && (type != 'v' || value != "0"))
      return fault("a first line that is not v=0", text);
    if (type == 'm')
      return take_media(text, value);
    if (std::string_view("vosiuepcbtrzka").find(type) == std::string_view::npos)
      return fault("a type letter that RFC 8866 does not have", text);
    check(type, text, value);
    section& current = d_.media.empty() ? static_cast<section&>(d_) : d_.media.back();
    current.lines.push_back({type, value});
  }

  void take_media(std::string_view text, std::string_view value) {
    auto m = parse_media(value);
    if (!m)
      return fault(m.error().what, text);
    d_.media.push_back(std::move(*m));
  }

  void check(char type, std::string_view text, std::string_view value) {
    if (type == 'v' || type == 'o' || type == 's') {
      if (!d_.media.empty() || d_.value(type))
        fault("a v=, o= or s= that may stand once, before all media", text);
    }
    if (type == 'o')
      check(parse_origin(value), text);
    else if (type == 'c')
      check(parse_connection(value), text);
    else if (type == 'b')
      check(parse_bandwidth(value), text);
  }

  template <class T>
  void check(const result<T>& parsed, std::string_view text) {
    if (!parsed)
      fault(parsed.error().what, text);
  }

  std::string_view text_;
  std::string_view rest_;
  description d_;
  std::optional<error> fault_;
};

} // namespace

result<origin> parse_origin(std::string_view value) {
  origin o;
  o.user = cut_word(value);
  o.session_id = cut_word(value);
  o.version = cut_word(value);
  o.network_type = cut_word(value);
  o.address_type = cut_word(value);
  o.address = cut_word(value);
  if (o.address.empty() || !only_blanks(value) || !is_number(o.session_id) || !is_number(o.version))
    return fail("an o= that is not user, two numbers, and an address of a type and a network");
  return o;
}

result<connection> parse_connection(std::string_view value) {
  connection c;
  c.network_type = cut_word(value);
  c.address_type = cut_word(value);
  auto address = cut_word(value);
  auto slash = std::min(address.find('/'), address.size());
  c.address = address.substr(0, slash);
  c.multicast = address.substr(std::min(slash + 1, address.size()));
  if (c.address.empty() || !only_blanks(value))
    return fail("a c= that is not an address of a type and a network");
  return c;
}

result<bandwidth> parse_bandwidth(std::string_view value) {
  auto colon = std::min(value.find(':'), value.size());
  auto number = to_number<std::uint32_t>(trim(value.substr(std::min(colon + 1, value.size()))));
  if (colon == 0 || !number)
    return fail("a b= that is not type:number");
  return bandwidth{value.substr(0, colon), *number};
}

result<description> parse(std::string_view text) { return description_parser(text).parse(); }

} // namespace troupe::sdp
