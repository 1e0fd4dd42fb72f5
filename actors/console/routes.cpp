#include "actors/console/routes.hpp"

#include <chrono>

#include "actors/console/log.hpp"
#include "actors/console/metrics_text.hpp"
#include "actors/supervision/pinned.hpp"
#include "protocols/base/text.hpp"

namespace troupe::console {
namespace {

constexpr std::size_t longest_path = 1'024; ///< std::regex recurses for each character
constexpr std::size_t largest_page = 1'000;
constexpr milliseconds scrape_patience{250};
constexpr milliseconds health_patience{2'000};

constexpr auto text_type = "text/plain; charset=utf-8";
constexpr auto json_type = "application/json";

instant wall_clock() {
  return {std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

void send(httplib::Response& to, const json& body, int status = 200) {
  to.status = status;
  to.set_content(text_of(body), json_type);
}

void refuse(httplib::Response& to, int status, const std::string& why) {
  send(to, {{"status", status}, {"error", why}}, status);
}

/// The same time whatever the texts have in common.
bool same_secret(std::string_view a, std::string_view b) noexcept {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < b.size(); ++i)
    difference |= static_cast<unsigned char>(a.empty() ? 0 : a[i % a.size()]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

/// Nothing, and the refusal sent, when limit is no number from 1 to 1000.
std::optional<page> page_of(const httplib::Request& q, httplib::Response& to) {
  page out;
  out.after = q.get_param_value("after");
  if (!q.has_param("limit"))
    return out;
  auto limit = to_number<std::size_t>(q.get_param_value("limit"));
  if (!limit || *limit == 0 || *limit > largest_page) {
    refuse(to, 400, "limit is a number from 1 to " + std::to_string(largest_page));
    return std::nullopt;
  }
  out.most = *limit;
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto end = text.find('\n');
    if (auto line = text.substr(0, end); !line.empty())
      out.emplace_back(line);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return out;
}

const char* reason_of(int status) {
  switch (status) {
  case 400: return "the request cannot be understood";
  case 404: return "there is nothing at this path";
  case 413: return "the body is too large";
  case 414: return "the path is too long";
  default: return "the request cannot be served";
  }
}

} // namespace

void routes::add_to(httplib::Server& server) {
  using handled = httplib::Server::HandlerResponse;
  server.set_pre_routing_handler(
      [this](auto& q, auto& to) { return admitted(q, to) ? handled::Unhandled : handled::Handled; });
  server.set_error_handler([](const request&, response& to) {
    if (to.body.empty())
      refuse(to, to.status, reason_of(to.status));
  });
  server.set_exception_handler([](const request& q, response& to, std::exception_ptr thrown) {
    log::error("the admin interface failed", {{"path", q.path}, {"what", describe(thrown)}});
    refuse(to, 500, "the node has failed to answer this; its log says why");
  });

  server.Get("/healthz", [this](auto&, auto& to) { health(to); });
  server.Get("/readyz", [this](auto&, auto& to) { ready(to); });
  server.Get("/metrics", [this](auto&, auto& to) { metrics_page(to); });
  server.Get("/api/v1/status", [this](auto&, auto& to) { status(to); });
  server.Get("/api/v1/nodes", [this](auto&, auto& to) { nodes(to); });
  server.Get("/api/v1/registrations", [this](auto& q, auto& to) { registrations(q, to); });
  server.Get("/api/v1/registrations/(.+)", [this](auto& q, auto& to) { registration(q.matches[1], to); });
  server.Get("/api/v1/calls", [this](auto& q, auto& to) { calls(q, to); });
  server.Get("/api/v1/calls/(.+)", [this](auto& q, auto& to) { call(q.matches[1], to); });
  server.Get("/api/v1/peers", [this](auto&, auto& to) { peers(to); });
  server.Get("/api/v1/subscribers", [this](auto& q, auto& to) { subscribers(q, to); });
  server.Get("/api/v1/subscribers/(.+)", [this](auto& q, auto& to) { subscriber(q.matches[1], to); });
  server.Post("/api/v1/subscribers", [this](const request& q, response& to) { import_subscribers(q, to); });
  server.Put("/api/v1/subscribers/(.+)",
             [this](const request& q, response& to) { put_subscriber(q.matches[1], q, to); });
  server.Delete("/api/v1/subscribers/(.+)",
                [this](const request& q, response& to) { remove_subscriber(q.matches[1], to); });
  server.Post("/api/v1/drain", [this](const request&, response& to) { drain(to); });
}

bool routes::admitted(const request& q, response& to) {
  requests_.fetch_add(1, std::memory_order_relaxed);
  if (q.path.size() > longest_path) {
    refuse(to, 414, reason_of(414));
    return false;
  }
  if (q.method != "GET" && q.method != "HEAD" && q.has_header("Origin")) {
    refuse(to, 403, "web pages may not change this node");
    return false;
  }
  if (q.path == "/healthz" || q.path == "/readyz" || knows_token(q))
    return true;
  to.set_header("WWW-Authenticate", "Bearer");
  refuse(to, 401, "this needs the token of admin.token: Authorization: Bearer ...");
  return false;
}

bool routes::knows_token(const request& q) const {
  if (token_.empty())
    return true;
  auto given = q.get_header_value("Authorization");
  constexpr std::string_view scheme = "Bearer ";
  return starts_with_nocase(given, scheme) && same_secret(trim(std::string_view(given).substr(scheme.size())), token_);
}

void routes::health(response& to) {
  std::string stuck;
  if (source_.state() != phase::starting) {
    auto delays = source_.refresh(health_patience);
    for (std::size_t i = 0; i < delays.size(); ++i)
      if (!delays[i])
        stuck += "shard " + std::to_string(i) + " does not answer\n";
  }
  to.status = stuck.empty() ? 200 : 503;
  to.set_content(stuck.empty() ? "ok\n" : stuck, text_type);
}

void routes::ready(response& to) {
  auto now = source_.state();
  to.status = now == phase::serving ? 200 : 503;
  to.set_content(std::string(to_string(now)) + '\n', text_type);
}

scrape routes::gather(milliseconds patience) {
  scrape out;
  out.state = source_.state();
  if (out.state != phase::starting)
    out.delays = source_.refresh(patience);
  out.shards = source_.counts();
  out.node = source_.node();
  out.process = read_process_facts();
  out.store = source_.store();
  out.hss = source_.hss();
  out.log_lines_lost = log::lost();
  out.admin_requests = requests_.load(std::memory_order_relaxed);
  out.admin_refused = refused_.load(std::memory_order_relaxed);
  return out;
}

void routes::metrics_page(response& to) {
  to.set_content(metrics_text(gather(scrape_patience)), "text/plain; version=0.0.4; charset=utf-8");
}

void routes::status(response& to) {
  auto out = view(gather(scrape_patience), wall_clock());
  if (auto all = source_.cluster())
    out["cluster"] = view(*all);
  send(to, out);
}

/// This one, and those that it has links to.
void routes::nodes(response& to) {
  auto here = source_.node();
  json one{{"name", here.name},
           {"state", to_string(source_.state())},
           {"version", here.version},
           {"roles", here.roles},
           {"this", true}};
  auto items = json::array({one});
  for (auto& each : source_.links())
    items.push_back(view(each));
  json out{{"items", items}, {"next", nullptr}};
  if (auto all = source_.cluster())
    out["cluster"] = view(*all);
  send(to, out);
}

void routes::registrations(const request& q, response& to) {
  if (auto which = page_of(q, to))
    send(to, view(source_.registrations(*which)));
}

void routes::registration(const std::string& id, response& to) {
  if (auto found = source_.registration(id))
    send(to, view(*found));
  else
    refuse(to, 404, "nobody is registered as " + id);
}

void routes::calls(const request& q, response& to) {
  if (auto which = page_of(q, to))
    send(to, view(source_.calls(*which)));
}

void routes::call(const std::string& id, response& to) {
  auto found = source_.call(id);
  if (found.empty())
    return refuse(to, 404, "there is no call " + id);
  json out{{"items", json::array()}, {"next", nullptr}};
  for (auto& each : found)
    out["items"].push_back(view(each));
  send(to, out);
}

void routes::peers(response& to) {
  json out{{"items", json::array()}, {"next", nullptr}};
  for (auto& each : source_.peers())
    out["items"].push_back(view(each));
  send(to, out);
}

bool routes::has_hss(response& to) {
  if (source_.hss())
    return true;
  auto cluster = source_.cluster();
  if (!cluster)
    refuse(to, 404, "this node has no HSS: node.roles does not name it");
  else if (cluster->groups.empty() || cluster->groups.front().owner.empty())
    refuse(to, 404, "nobody has group 0 at present, and the HSS with it: try again (troupe ctl nodes)");
  else
    refuse(to, 404, "the HSS goes with group 0, which " + cluster->groups.front().owner + " has: ask that node");
  return false;
}

void routes::subscribers(const request& q, response& to) {
  auto which = page_of(q, to);
  if (which && has_hss(to))
    send(to, view(source_.subscribers(*which)));
}

void routes::subscriber(const std::string& id, response& to) {
  if (!has_hss(to))
    return;
  if (auto found = source_.subscriber(id))
    send(to, view(*found));
  else
    refuse(to, 404, "there is no subscriber " + id);
}

void routes::answer(response& to, const result<import_facts>& done) {
  if (done)
    return send(to, view(*done));
  auto status = done.error().status >= 400 ? done.error().status : 400;
  auto lines = lines_of(done.error().what);
  json body{{"status", status}, {"error", lines.empty() ? "the subscribers cannot be taken" : lines.front()}};
  if (lines.size() > 1)
    body["details"] = lines;
  send(to, body, status);
}

void routes::import_subscribers(const request& q, response& to) {
  if (has_hss(to))
    answer(to, source_.put_subscribers(q.body, q.has_param("name") ? q.get_param_value("name") : "request"));
}

void routes::put_subscriber(const std::string& id, const request& q, response& to) {
  if (!has_hss(to))
    return;
  std::string toml;
  try {
    toml = subscriber_toml(json::parse(q.body), id);
  } catch (const nlohmann::json::exception&) {
    return refuse(to, 400, "the body is no JSON");
  } catch (const std::invalid_argument& e) {
    return refuse(to, 400, e.what());
  }
  answer(to, source_.put_subscribers(toml, id));
}

void routes::remove_subscriber(const std::string& id, response& to) {
  if (!has_hss(to))
    return;
  auto done = source_.remove_subscriber(id);
  if (!done)
    return refuse(to, done.error().status >= 400 ? done.error().status : 500, done.error().what);
  if (!*done)
    return refuse(to, 404, "there is no subscriber " + id);
  to.status = 204;
}

void routes::drain(response& to) {
  source_.drain();
  send(to, {{"state", to_string(phase::draining)}}, 202);
}

} // namespace troupe::console
