#include "cluster/store/redis_spec.hpp"

#include <algorithm>

#include "cluster/store/backend.hpp"
#include "protocols/base/text.hpp"

namespace troupe::store {
namespace {

constexpr std::uint16_t redis_port = 6379, sentinel_port = 26379;

struct scheme {
  std::string_view text;
  redis_spec::kind how;
  bool tls;
};
constexpr scheme schemes[] = {
    {"redis://", redis_spec::kind::single, false},
    {"rediss://", redis_spec::kind::single, true},
    {"redis-sentinel://", redis_spec::kind::sentinel, false},
    {"rediss-sentinel://", redis_spec::kind::sentinel, true},
    {"redis-cluster://", redis_spec::kind::cluster, false},
    {"rediss-cluster://", redis_spec::kind::cluster, true},
};

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto code = text[i] == '%' ? to_number<std::uint8_t, 16>(text.substr(i + 1, 2)) : std::nullopt;
    out += code ? static_cast<char>(*code) : text[i];
    i += code ? 2 : 0;
  }
  return out;
}

bool read_host(std::string_view text, std::uint16_t usual, redis_address& into) {
  auto end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (text.starts_with('[')) {
    if (end == text.npos)
      return false;
    into.host = text.substr(1, end - 1);
    ++end;
  } else {
    into.host = text.substr(0, end);
  }
  auto rest = text.substr(std::min(end, text.size()));
  auto port = rest.empty() ? usual : rest.front() == ':' ? to_number<std::uint16_t>(rest.substr(1)).value_or(0) : 0;
  into.port = static_cast<std::uint16_t>(port);
  return !into.host.empty() && into.port != 0;
}

} // namespace

std::string redis_address::text() const {
  auto name = host.find(':') == host.npos ? host : '[' + host + ']';
  return name + ':' + std::to_string(port);
}

bool redis_spec::loopback() const {
  return std::all_of(hosts.begin(), hosts.end(), [](const redis_address& each) {
    return each.host.starts_with("127.") || each.host == "::1" || each.host == "localhost";
  });
}

bool is_redis(std::string_view spec) noexcept {
  return std::any_of(std::begin(schemes), std::end(schemes),
                     [&](const scheme& each) { return spec.starts_with(each.text); });
}

result<redis_spec> read_redis_spec(std::string_view text) {
  auto refuse = [&](const char* why) { return fail("store \"" + without_password(text) + "\" " + why, 0, 0); };
  redis_spec out;
  auto rest = text;
  for (auto& each : schemes)
    if (text.starts_with(each.text)) {
      out.how = each.how;
      out.tls = each.tls;
      rest.remove_prefix(each.text.size());
    }
  if (auto at = rest.rfind('@'); at != rest.npos) {
    auto who = rest.substr(0, at);
    auto colon = who.find(':');
    out.user = unescaped(who.substr(0, colon));
    out.password = colon == who.npos ? "" : unescaped(who.substr(colon + 1));
    rest.remove_prefix(at + 1);
  }
  auto slash = rest.find('/');
  auto path = slash == rest.npos ? std::string_view{} : rest.substr(slash + 1);
  for (auto hosts = rest.substr(0, slash); !hosts.empty();) {
    auto comma = hosts.find(',');
    auto usual = out.how == redis_spec::kind::sentinel ? sentinel_port : redis_port;
    if (!read_host(hosts.substr(0, comma), usual, out.hosts.emplace_back()))
      return refuse("has a host that is not HOST[:PORT]");
    hosts = comma == hosts.npos ? std::string_view{} : hosts.substr(comma + 1);
  }
  if (out.hosts.empty())
    return refuse("names no host");
  switch (out.how) {
  case redis_spec::kind::single: {
    auto number = path.empty() ? 0 : to_number<std::uint32_t>(path);
    if (out.hosts.size() != 1 || !number)
      return refuse("is not redis://[user[:password]@]host[:port][/database number]");
    out.database = *number;
    break;
  }
  case redis_spec::kind::sentinel:
    if (path.empty())
      return refuse("lacks the master's name after the sentinels: redis-sentinel://host:port,host:port/NAME");
    out.master = path;
    break;
  case redis_spec::kind::cluster:
    if (!path.empty())
      return refuse("has something behind the hosts: a Redis Cluster has one database");
  }
  return out;
}

} // namespace troupe::store
