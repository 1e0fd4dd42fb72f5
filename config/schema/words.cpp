#include "config/schema/words.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <optional>

#include "config/schema/suggest.hpp"
#include "protocols/base/text.hpp"

namespace troupe::config {
namespace {

bool parses_as(int family, std::string_view text) noexcept {
  unsigned char octets[16];
  char buffer[INET6_ADDRSTRLEN] = {};
  if (text.size() >= sizeof buffer || text.find('\0') != text.npos)
    return false;
  std::copy(text.begin(), text.end(), buffer);
  return inet_pton(family, buffer, octets) == 1;
}

bool is_label(std::string_view text) noexcept {
  auto ok = [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; };
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), ok);
}

bool has_control(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 32 || c == 127; });
}

std::optional<wire> read_wire(std::string_view scheme) noexcept {
  for (auto candidate : {wire::udp, wire::tcp, wire::tls})
    if (equal_nocase(scheme, to_string(candidate)))
      return candidate;
  return std::nullopt;
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// Of "user:password@host:port" what follows the user.
std::string_view after_user(std::string_view text) noexcept {
  auto at = text.rfind('@');
  return at == text.npos ? text : text.substr(at + 1);
}

} // namespace

bool is_ipv4(std::string_view text) noexcept { return parses_as(AF_INET, text); }
bool is_ipv6(std::string_view text) noexcept { return parses_as(AF_INET6, text); }

bool is_loopback(std::string_view address) noexcept {
  if (is_ipv4(address))
    return address.substr(0, 4) == "127.";
  in6_addr parsed{};
  return is_ipv6(address) && inet_pton(AF_INET6, std::string(address).c_str(), &parsed) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&parsed);
}

bool is_wildcard(std::string_view address) noexcept {
  if (is_ipv4(address))
    return address == "0.0.0.0";
  in6_addr parsed{};
  return is_ipv6(address) && inet_pton(AF_INET6, std::string(address).c_str(), &parsed) == 1 &&
         IN6_IS_ADDR_UNSPECIFIED(&parsed);
}

bool is_host_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > 253)
    return false;
  auto last = text.substr(text.rfind('.') + 1); // npos + 1 is 0
  if (std::all_of(last.begin(), last.end(), is_digit))
    return false; // "127.0.0.300" is a mistyped address
  while (true) {
    auto dot = text.find('.');
    if (!is_label(text.substr(0, dot)))
      return false;
    if (dot == text.npos)
      return true;
    text.remove_prefix(dot + 1);
  }
}

read_as<endpoint> read_endpoint(std::string_view text) {
  auto wrong = [](std::string what) { return tl::unexpected<std::string>(std::move(what)); };
  if (text.empty())
    return wrong("is empty");
  if (is_ipv6(text))
    return endpoint{std::string(text), 0};
  auto host = text, rest = std::string_view{};
  if (text.front() == '[') {
    auto close = text.find(']');
    if (close == text.npos)
      return wrong("has a \"[\" without \"]\"");
    host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    if (!is_ipv6(host))
      return wrong("has " + in_quotes(host) + " in brackets, which is no IPv6 address");
  } else {
    auto colon = text.find(':');
    host = text.substr(0, colon);
    rest = colon == text.npos ? std::string_view{} : text.substr(colon);
    if (!is_ipv4(host) && !is_host_name(host))
      return wrong("has " + in_quotes(host) + ", which is neither an address nor a host name");
  }
  if (rest.empty())
    return endpoint{std::string(host), 0};
  auto port = rest.front() == ':' ? to_number<std::uint16_t>(rest.substr(1)) : std::nullopt;
  if (!port)
    return wrong("has " + in_quotes(rest) + " where \":PORT\" is wanted, 0 to 65535");
  return endpoint{std::string(host), *port};
}

read_as<listener> read_listener(std::string_view url) {
  auto wrong = [](std::string what) { return tl::unexpected<std::string>(std::move(what)); };
  auto mark = url.find("://");
  if (mark == url.npos)
    return wrong("is not of the form udp://ADDRESS:PORT");
  auto transport = read_wire(url.substr(0, mark));
  if (!transport)
    return wrong("has the transport " + in_quotes(url.substr(0, mark)) + ", which is none of udp, tcp, tls");
  auto at = url.substr(mark + 3);
  auto where = read_endpoint(at);
  if (!where)
    return wrong(where.error());
  if (!is_ipv4(where->host) && !is_ipv6(where->host))
    return wrong("has the name " + in_quotes(where->host) + " where a numeric address is wanted");
  auto has_port = !is_ipv6(at) && at.find(':', at.front() == '[' ? at.find(']') : 0) != at.npos;
  auto port = has_port ? where->port : static_cast<std::uint16_t>(*transport == wire::tls ? 5061 : 5060);
  return listener{*transport, where->host, port, where->host, port};
}

std::string wrong_sip_uri(std::string_view text) {
  auto scheme = text.substr(0, text.find(':'));
  if (scheme.size() == text.size() || (!equal_nocase(scheme, "sip") && !equal_nocase(scheme, "sips")))
    return "is not a SIP URI";
  if (has_control(text) || text.find_first_of(" \"<>") != text.npos)
    return "has a character that a SIP URI cannot hold";
  auto address = text.substr(scheme.size() + 1);
  auto where = read_endpoint(after_user(address.substr(0, address.find_first_of(";?"))));
  return where ? "" : where.error();
}

std::string wrong_host(std::string_view text) {
  return is_host_name(text) || is_ipv4(text) ? "" : "is not a host name";
}

std::string wrong_store(std::string_view text) {
  if (text == "memory" || (text.starts_with("file:") && text.size() > 5))
    return {};
  for (std::string_view scheme :
       {"redis://", "rediss://", "redis-sentinel://", "rediss-sentinel://", "redis-cluster://", "rediss-cluster://"})
    if (text.starts_with(scheme) && text.size() > scheme.size())
      return {};
  return "is neither \"memory\" nor \"file:PATH\" nor redis://, redis-sentinel:// or redis-cluster:// with hosts";
}

std::string wrong_token(std::string_view text) {
  auto wrong = [](unsigned char c) { return c <= 32 || c >= 127 || c == '"' || c == '\\' || c == '<' || c == '>'; };
  return std::none_of(text.begin(), text.end(), wrong) ? "" : "has a space, a quote or a character that is not ASCII";
}

std::string wrong_header_value(std::string_view text) { return has_control(text) ? "has a control character" : ""; }

} // namespace troupe::config
