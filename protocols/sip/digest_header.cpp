#include "protocols/sip/digest_header.hpp"

#include "protocols/base/text.hpp"

namespace troupe::sip {

namespace {

constexpr bool is_control(char c) noexcept { return (static_cast<unsigned char>(c) < 32 && !is_space(c)) || c == 127; }

/// Of an unquoted value. Wider than a token: base64 and URIs are met without quotes, and cannot be taken for else.
constexpr bool ends_value(char c) noexcept { return c == ',' || c == '"' || is_space(c); }

constexpr auto name_characters = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c)
    table[static_cast<std::size_t>(c)] =
        is_alpha(static_cast<char>(c)) || is_digit(static_cast<char>(c)) ||
        std::string_view("-.!%*_+`'~").find(static_cast<char>(c)) != std::string_view::npos;
  return table;
}();

constexpr bool is_name_character(char c) noexcept { return name_characters[static_cast<unsigned char>(c)]; }

class scanner {
public:
  explicit scanner(std::string_view text) noexcept : text_(text) {}

  bool at_end() const noexcept { return at_ == text_.size(); }
  std::size_t offset() const noexcept { return at_; }
  void skip_space() noexcept {
    while (!at_end() && is_space(text_[at_]))
      ++at_;
  }
  bool take(char c) noexcept {
    if (at_end() || text_[at_] != c)
      return false;
    ++at_;
    return true;
  }
  template <class Predicate>
  std::string_view take_while(Predicate belongs) noexcept {
    auto from = at_;
    while (!at_end() && belongs(text_[at_]))
      ++at_;
    return text_.substr(from, at_ - from);
  }
  /// Behind the opening quote, to and over the closing one. Nothing when it does not close or holds a control.
  std::optional<std::string_view> take_quoted() noexcept {
    for (auto from = at_; !at_end(); ++at_) {
      auto c = text_[at_];
      if (c == '"')
        return text_.substr(from, at_++ - from);
      if (c == '\\' && ++at_ == text_.size())
        break;
      if (is_control(text_[at_]))
        break;
    }
    return std::nullopt;
  }
  std::string_view left() const noexcept { return text_.substr(at_); }

private:
  std::string_view text_;
  std::size_t at_ = 0;
};

result<auth_param> parse_param(scanner& in) {
  auth_param param;
  param.name = in.take_while(is_name_character);
  if (param.name.empty())
    return fail("an authentication parameter has no name", in.offset());
  in.skip_space();
  if (!in.take('='))
    return fail("an authentication parameter has no value", in.offset());
  in.skip_space();
  param.quoted = in.take('"');
  if (!param.quoted) {
    param.value = in.take_while([](char c) { return !ends_value(c) && !is_control(c); });
    return param.value.empty() ? fail("an authentication parameter has an empty value", in.offset())
                               : result<auth_param>(param);
  }
  auto value = in.take_quoted();
  if (!value)
    return fail("a quoted string does not end", in.offset());
  param.value = *value;
  return param;
}

/// Into its place: the parameters are more than a kilobyte, not to be copied on the way.
result<void> read_params(scanner& in, auth_params& into) {
  for (in.skip_space(); !in.at_end(); in.skip_space()) {
    auto begin = in.offset();
    auto param = parse_param(in);
    if (!param)
      return tl::unexpected(param.error());
    if (!into.add(*param))
      return fail("an authentication parameter stands twice, or there are too many", begin);
    in.skip_space();
    if (!in.at_end() && !in.take(','))
      return fail("authentication parameters are not parted by a comma", in.offset());
  }
  return {};
}

constexpr bool is_nonce_count(std::string_view nc) noexcept { return nc.size() == 8; }

digest_qop find_qop(std::string_view name, bool& known) noexcept {
  for (auto qop : {digest_qop::auth, digest_qop::auth_int})
    if (equal_nocase(name, name_of(qop)))
      return qop;
  known = false;
  return digest_qop::none;
}

std::optional<digest_algorithm> read_algorithm(const auth_params& params) noexcept {
  auto* algorithm = params.find("algorithm");
  return algorithm ? find_digest_algorithm(algorithm->value) : digest_algorithm::md5;
}

void read_qop_options(std::string_view list, digest_challenge& into) noexcept {
  while (!list.empty()) {
    auto comma = std::min(list.find(','), list.size());
    auto option = trim(list.substr(0, comma));
    into.offers_auth |= equal_nocase(option, "auth");
    into.offers_auth_int |= equal_nocase(option, "auth-int");
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

result<void> read_qop(const auth_params& params, digest_credentials& into) {
  auto* qop = params.find("qop");
  if (!qop || into.response.empty()) // an initial REGISTER, where some phones have a qop already
    return {};
  auto known = true;
  into.qop = find_qop(qop->value, known);
  if (!known)
    return fail("credentials have an unknown qop");
  auto count = to_number<std::uint32_t, 16>(into.nc);
  if (!count || !is_nonce_count(into.nc) || into.cnonce.empty())
    return fail("credentials have a qop without nc and cnonce");
  into.nonce_count = *count;
  return {};
}

} // namespace

const auth_param* auth_params::find(std::string_view name) const noexcept {
  for (auto& param : *this)
    if (equal_nocase(param.name, name))
      return &param;
  return nullptr;
}

std::string_view auth_params::value(std::string_view name) const noexcept {
  auto* param = find(name);
  return param ? param->value : std::string_view();
}

bool auth_params::add(const auth_param& param) noexcept {
  if (size_ == most || find(param.name))
    return false;
  params_[size_++] = param;
  return true;
}

result<auth_params> parse_auth_params(std::string_view text) {
  result<auth_params> params;
  scanner in(text);
  auto read = read_params(in, *params);
  if (!read)
    params = tl::unexpected(read.error());
  return params;
}

bool auth_header::is_digest() const noexcept { return equal_nocase(scheme, "Digest"); }

result<auth_header> parse_auth_header(std::string_view value) {
  scanner in(value);
  in.skip_space();
  result<auth_header> header;
  header->scheme = in.take_while(is_name_character);
  if (header->scheme.empty() || (!in.at_end() && !is_space(in.left().front())))
    return fail("an authentication scheme is missing", in.offset());
  in.skip_space();
  header->rest = trim(in.left());
  if (header->is_digest())
    if (auto read = read_params(in, header->params); !read)
      header = tl::unexpected(read.error());
  return header;
}

result<digest_credentials> read_credentials(const auth_header& header) {
  if (!header.is_digest())
    return fail("credentials are not of the Digest scheme");
  auto& params = header.params;
  for (auto name : {"username", "realm", "nonce", "uri", "response"})
    if (!params.find(name))
      return fail("credentials lack one of username, realm, nonce, uri and response");
  digest_credentials c{params.value("username"), params.value("realm"),  params.value("nonce"), params.value("uri"),
                       params.value("response"), params.value("cnonce"), params.value("nc"),    params.value("opaque"),
                       params.value("auts"),     read_algorithm(params)};
  auto qop = read_qop(params, c);
  return qop ? result<digest_credentials>(c) : tl::unexpected(qop.error());
}

bool is_right_response(const digest_credentials& c, digest_algorithm algorithm, std::string_view ha1,
                       std::string_view method, std::string_view body) {
  return c.algorithm == algorithm &&
         is_right_response({algorithm, ha1, method, c.uri, c.nonce, c.nc, c.cnonce, c.qop, body}, c.response);
}

result<digest_challenge> read_challenge(const auth_header& header) {
  auto& params = header.params;
  if (!header.is_digest() || !params.find("realm") || !params.find("nonce"))
    return fail("a challenge is not Digest or lacks realm or nonce", 0, 0);
  digest_challenge c{params.value("realm"), params.value("nonce"), params.value("opaque"), params.value("domain"),
                     read_algorithm(params)};
  read_qop_options(params.value("qop"), c);
  c.stale = equal_nocase(params.value("stale"), "true");
  return c;
}

std::string unescape_quoted(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size())
      ++i;
    out += value[i];
  }
  return out;
}

} // namespace troupe::sip
