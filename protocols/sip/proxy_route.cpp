// Routes and Via of a request: RFC 3261 clauses 16.4, 16.6 steps 6 and 7, 18.2; RFC 3581.
#include "protocols/base/text.hpp"
#include "protocols/sip/proxy.hpp"

namespace troupe::sip {

namespace {

/// The URI of a Route value that can be read; the URI's views live as long as the message.
std::optional<uri> route_uri(std::string_view value) {
  auto address = parse_name_addr(value);
  if (!address)
    return std::nullopt;
  auto parsed = parse_uri(address->uri);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<uri> top_route(const message& request) {
  auto value = first_value(request, hdr::route);
  return value.empty() ? std::nullopt : route_uri(value);
}

/// The last Route becomes the Request-URI.
bool take_last_route(message& request) {
  auto routes = values(request, hdr::route);
  if (routes.empty())
    return false;
  auto last = parse_name_addr(routes.back());
  if (!last)
    return false;
  request.set_uri(last->uri);
  routes.pop_back();
  request.remove(hdr::route);
  for (auto route : routes)
    request.add(hdr::route, route);
  return true;
}

/// Without maddr, transport and port, which were meant for the way to us.
std::string without_maddr(const uri& u) {
  std::string out(u.scheme);
  out += ':';
  if (u.has_user) {
    out += u.user;
    if (!u.password.empty())
      (out += ':') += u.password;
    out += '@';
  }
  out += u.host;
  for (auto& p : u.params) {
    if (equal_nocase(p.name, "maddr") || equal_nocase(p.name, "transport"))
      continue;
    (out += ';') += p.name;
    if (p.has_value)
      (out += '=') += p.value;
  }
  if (!u.headers.empty())
    (out += '?') += u.headers;
  return out;
}

void remove_own_maddr(message& request, const uri& target, const own_uris& own) {
  if (!target.is_sip() || target.params.text().empty())
    return;
  auto maddr = target.params.find("maddr");
  if (!maddr)
    return;
  auto reached = target;
  reached.host = *maddr;
  if (own.listens(reached))
    request.set_uri(without_maddr(target));
}

} // namespace

own_routes preprocess_route(message& request, const own_uris& own) {
  own_routes found;
  auto target = parse_uri(request.uri());
  if (target && own.record_routed && own.record_routed(*target)) {
    auto ours = request.uri();
    if (take_last_route(request)) {
      found.first = ours;
      found.strict_router = true;
      target = parse_uri(request.uri());
    }
  }
  if (target)
    remove_own_maddr(request, *target, own);
  auto top = top_route(request);
  if (found.first.empty() && top && own.listens(*top)) {
    found.first = top->text;
    request.remove_first_value(hdr::route);
    top = top_route(request);
  }
  if (found.first.empty() || !own.pair || !top)
    return found;
  auto first = parse_uri(found.first);
  if (first && own.listens(*top) && own.pair(*first, *top)) {
    found.second = top->text;
    request.remove_first_value(hdr::route);
  }
  return found;
}

bool serve_strict_router(message& request) {
  auto top = top_route(request);
  if (!top || !top->is_sip() || top->loose_route())
    return false;
  request.add(hdr::route, request.keep({"<", request.uri(), ">"}));
  auto strict = top->text;
  request.remove_first_value(hdr::route);
  request.set_uri(strict);
  return true;
}

std::string_view next_hop(const message& request, bool strict_router) {
  if (strict_router)
    return request.uri();
  auto top = top_route(request);
  return top ? top->text : request.uri();
}

void note_source(message& request, std::string_view source_host, std::uint16_t source_port) {
  auto top = top_via(request);
  if (!top)
    return;
  auto rport = top->params.has("rport");
  auto needed = rport || !equal_nocase(top->host, source_host);
  if (!needed && !top->params.has("received"))
    return;
  auto params = top->params.text();
  auto value = first_value(request, hdr::via);
  std::string noted;
  noted.reserve(value.size() + 40);
  noted += trim(value.substr(0, value.size() - params.size()));
  for (auto& p : top->params) {
    // A received of the sender's own would send the response to whom he likes.
    if (equal_nocase(p.name, "received") || equal_nocase(p.name, "rport"))
      continue;
    (noted += ';') += p.name;
    if (p.has_value)
      (noted += '=') += p.value;
  }
  if (needed) // without brackets: RFC 3261 clause 25.1, via-received
    (noted += ";received=") +=
        source_host.starts_with('[') ? source_host.substr(1, source_host.size() - 2) : source_host;
  if (rport)
    (noted += ";rport=") += std::to_string(source_port);
  request.replace_first_value(hdr::via, noted);
}

response_address response_destination(const via& top, bool honour_maddr) {
  if (auto maddr = top.params.find("maddr"); maddr && honour_maddr)
    return {top.transport, *maddr, top.port};
  if (top.received().empty())
    return {top.transport, top.host, top.port};
  auto rport = top.params.find("rport");
  auto port = rport ? to_number<std::uint16_t>(*rport) : std::nullopt;
  return {top.transport, top.received(), port ? port : top.port};
}

} // namespace troupe::sip
