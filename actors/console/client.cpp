#include "actors/console/client.hpp"

#include <array>
#include <ostream>

#include "actors/console/http.hpp"
#include "actors/console/table.hpp"
#include "protocols/base/text.hpp"

namespace troupe::console {
namespace {

/// All but unreserved characters (RFC 3986 clause 2.3): a tel: URI's '+' stays one.
std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    auto u = static_cast<unsigned char>(c);
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += digits[u >> 4];
      out += digits[u & 15];
    }
  }
  return out;
}

std::string path_of(std::string_view list, const page& which) {
  auto out = "/api/v1/" + std::string(list) + "?limit=" + std::to_string(which.most);
  return which.after.empty() ? out : out + "&after=" + escaped(which.after);
}

std::string text_at(const json& in, std::string_view key) {
  auto found = in.find(key);
  if (found == in.end() || found->is_null())
    return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string joined(const json& list, std::string_view by = ", ") {
  std::string out;
  for (auto& each : list)
    out += (out.empty() ? "" : std::string(by)) + (each.is_string() ? each.get<std::string>() : each.dump());
  return out;
}

/// "2026-01-31 12:00:00" of RFC 3339: seconds are enough for people.
std::string time_at(const json& in, std::string_view key) {
  auto text = text_at(in, key);
  if (text.size() > 19) {
    text.resize(19);
    text[10] = ' ';
  }
  return text;
}

std::string replication_text(const json& replicas) {
  if (replicas.is_null())
    return "Redis does not say";
  std::string out;
  for (auto& r : replicas)
    out += (out.empty() ? "" : ", ") + text_at(r, "address") +
           (r["online"].get<bool>() ? " is " + text_at(r, "behind_octets") + " octets behind" : " is being filled") +
           (r["silent_s"].get<unsigned>() > 1 ? ", silent for " + text_at(r, "silent_s") + " s" : "");
  return out.empty() ? "no replica follows" : out;
}

std::string megabytes(const json& octets) { return std::to_string(octets.get<std::uint64_t>() / 1'000'000) + " MB"; }

void line(std::ostream& out, std::string_view name, const std::string& value) {
  std::string head(name);
  head.resize(std::max<std::size_t>(head.size() + 2, 16), ' ');
  out << head << harmless(value) << '\n';
}

std::string why_not(httplib::Error e, const std::string& url) {
  if (e == httplib::Error::Connection || e == httplib::Error::ConnectionTimeout)
    return "no node answers at " + url +
           ": is it running? `troupe run --config FILE` starts one; admin.listen is where it answers";
  return "no answer from " + url + ": " + httplib::to_string(e);
}

} // namespace

client::client(client_options how, std::ostream& out, std::ostream& err) : how_(std::move(how)), out_(out), err_(err) {
  while (how_.url.ends_with('/'))
    how_.url.pop_back();
}

ctl_status client::not_yet(std::string_view sentence) {
  err_ << "troupe ctl: " << sentence << '\n';
  return ctl_status::not_yet;
}

ctl_status client::bad_input(std::string_view sentence) {
  err_ << "troupe ctl: " << sentence << '\n';
  return ctl_status::bad_input;
}

std::optional<json> client::ask(const question& q) {
  if (!how_.url.starts_with("http://") && !how_.url.starts_with("https://")) {
    failed_ = bad_input("--admin is a URL: http://127.0.0.1:8080, not " + how_.url);
    return std::nullopt;
  }
  httplib::Client http(how_.url);
  http.set_url_encode(false);
  http.set_connection_timeout(5);
  http.set_read_timeout(60);
  httplib::Request request;
  request.method = q.method;
  request.path = q.path;
  request.body = q.body;
  if (!q.type.empty())
    request.set_header("Content-Type", q.type);
  if (!how_.token.empty())
    request.set_header("Authorization", "Bearer " + how_.token);
  auto got = http.send(request);
  if (!got) {
    failed_ = ctl_status::no_answer;
    err_ << "troupe ctl: " << why_not(got.error(), how_.url) << '\n';
    return std::nullopt;
  }
  auto body = json::parse(got->body, nullptr, false);
  if (got->status < 300)
    return body.is_discarded() ? json::object() : body;
  failed_ = ctl_status::refused;
  auto told = body.is_object() && body.contains("error")
                  ? text_at(body, "error")
                  : how_.url + " is no node of ours: it answers " + std::to_string(got->status);
  auto lines = body.is_object() && body.contains("details") ? body["details"] : json::array({told});
  for (auto& each : lines)
    err_ << "troupe ctl: " << harmless(each.get<std::string>()) << '\n';
  if (got->status == 401)
    err_ << "troupe ctl: give it with --token, --token-file or the environment's TROUPE_TOKEN\n";
  return std::nullopt;
}

ctl_status client::show(const question& q, const std::function<void(const json&)>& print) {
  auto answer = ask(q);
  if (!answer)
    return failed_;
  if (how_.as_json)
    out_ << text_of(*answer);
  else
    print(*answer);
  return ctl_status::done;
}

void client::more(const json& list, std::string_view command) {
  if (list.value("partial", false))
    err_ << "troupe ctl: this is not all: a shard did not answer in time\n";
  if (auto next = text_at(list, "next"); !next.empty())
    out_ << "more: troupe ctl " << command << " --after '" << harmless(next) << "'\n";
}

ctl_status client::status() {
  return show({"GET", "/api/v1/status", {}, {}}, [this](const json& s) {
    line(out_, "node", text_at(s, "node") + " (" + text_at(s, "home_domain") + "), " + text_at(s, "state"));
    line(out_, "roles", joined(s["roles"]));
    line(out_, "version", text_at(s, "version"));
    line(out_, "up", duration_text(s["uptime_s"].get<long long>()) + ", since " + time_at(s, "started_at") + " UTC");
    line(out_, "listens", joined(s["listeners"]));
    line(out_, "registrations", text_at(s, "registrations"));
    line(out_, "bindings", text_at(s, "bindings"));
    line(out_, "calls", text_at(s["calls"], "live") + " at work, " + text_at(s["calls"], "stored") + " quiet (halves)");
    line(out_, "transactions", text_at(s, "transactions"));
    line(out_, "connections", text_at(s, "connections"));
    line(out_, "restarts", text_at(s, "restarts"));
    auto& store = s["store"];
    line(out_, "store",
         text_at(store, "spec") + ", " + text_at(store, "failed_commits") + " failed commits, " +
             text_at(store, "quarantined") + " quarantined" +
             (store.contains("last_failure") ? "; last failure: " + text_at(store, "last_failure") : ""));
    if (s.contains("hss"))
      line(out_, "hss",
           text_at(s["hss"], "subscribers") + " subscribers, " + text_at(s["hss"], "disk_failures") + " disk failures");
    if (s.contains("cluster")) {
      auto& c = s["cluster"];
      std::size_t here = 0;
      for (auto& g : c["groups"])
        here += g["here"].is_null() ? 0 : 1;
      line(out_, "cluster",
           text_at(c, "lease") + ", " + std::to_string(here) + " of " + std::to_string(c["groups"].size()) +
               " groups here; nodes alive: " + joined(c["live"]) +
               (c["draining"].empty() ? "" : "; draining: " + joined(c["draining"])) + "; map " +
               text_at(c, "map_version") + ", generation " + text_at(c, "generation"));
      line(out_, "replication", replication_text(c["replicas"]));
    }
    for (std::size_t i = 0; i < s["shards"].size(); ++i)
      if (!s["shards"][i]["answers"].get<bool>())
        line(out_, "shard " + std::to_string(i), "DOES NOT ANSWER");
    auto& process = s["process"];
    line(out_, "process",
         megabytes(process["resident_octets"]) + " resident, " + text_at(process, "cpu_seconds") + " s CPU, " +
             text_at(process, "descriptors") + " descriptors, " + text_at(process, "threads") + " threads");
  });
}

ctl_status client::nodes() {
  return show({"GET", "/api/v1/nodes", {}, {}}, [this](const json& list) {
    table t({"NODE", "STATE", "VERSION", "ROLES"});
    table links({"LINK TO", "STATE", "SINCE (UTC)", "INCARNATION", "ROUND TRIP", "QUEUE"});
    for (auto& n : list["items"])
      if (!n.contains("queue"))
        t.add({text_at(n, "name"), text_at(n, "state"), text_at(n, "version"), joined(n["roles"], ",")});
      else
        links.add({text_at(n, "name"), text_at(n, "state"), time_at(n, "open_since"), text_at(n, "incarnation"),
                   n["round_trip_ms"].is_null() ? "" : text_at(n, "round_trip_ms") + " ms",
                   text_at(n["queue"], "messages") + " (" + text_at(n["queue"], "octets") + " octets)"});
    out_ << t.text();
    if (!links.empty())
      out_ << links.text();
    if (!list.contains("cluster"))
      return;
    table groups({"GROUP", "OWNER", "EPOCH", "HERE", "ADDRESSES"});
    for (auto& g : list["cluster"]["groups"])
      groups.add(
          {text_at(g, "group"), text_at(g, "owner"), text_at(g, "epoch"), text_at(g, "here"), joined(g["addresses"])});
    out_ << groups.text();
  });
}

ctl_status client::registrations(const page& which) {
  return show({"GET", path_of("registrations", which), {}, {}}, [this](const json& list) {
    table t({"SET", "STATE", "IMPIS", "CONTACTS", "EXPIRES (UTC)"});
    for (auto& r : list["items"])
      t.add({text_at(r, "id"), text_at(r, "state"), joined(r["impis"], ","), std::to_string(r["contacts"].size()),
             time_at(r, "expires_at")});
    out_ << (t.empty() ? "nobody is registered\n" : t.text());
    more(list, "registrations");
  });
}

ctl_status client::registration(const std::string& id) {
  return show({"GET", "/api/v1/registrations/" + escaped(id), {}, {}}, [this](const json& r) {
    line(out_, "set", text_at(r, "id"));
    line(out_, "state", text_at(r, "state"));
    line(out_, "impis", joined(r["impis"]));
    line(out_, "impus", joined(r["impus"]));
    if (!r["barred"].empty())
      line(out_, "barred", joined(r["barred"]));
    for (auto& c : r["contacts"]) {
      out_ << '\n';
      line(out_, "contact", text_at(c, "uri"));
      line(out_, "  impi", text_at(c, "impi"));
      line(out_, "  path", joined(c["path"]));
      line(out_, "  q", text_at(c, "q"));
      for (auto* key : {"instance_id", "reg_id", "user_agent"})
        if (auto value = text_at(c, key); !value.empty())
          line(out_, "  " + std::string(key), value);
      line(out_, "  since", time_at(c, "registered_at") + " UTC");
      line(out_, "  expires", time_at(c, "expires_at") + " UTC");
    }
  });
}

ctl_status client::calls(const page& which) {
  return show({"GET", path_of("calls", which), {}, {}}, [this](const json& list) {
    table t({"ID", "HALF", "STATE", "CALLER", "CALLEE", "CALL-ID"});
    for (auto& c : list["items"]) {
      auto dialog = c["dialogs"].empty() ? json::object() : c["dialogs"].front();
      auto address = [&](const char* end) {
        return dialog.contains(end) ? text_at(dialog[end], "address") : std::string();
      };
      t.add({text_at(c, "id"), text_at(c, "half"), text_at(c, "state"), address("caller"), address("callee"),
             text_at(c, "call_id")});
    }
    out_ << (t.empty() ? "there are no calls\n" : t.text());
    more(list, "calls");
  });
}

ctl_status client::call(const std::string& id) {
  return show({"GET", "/api/v1/calls/" + escaped(id), {}, {}}, [this](const json& list) {
    bool first = true;
    for (auto& c : list["items"]) {
      out_ << (std::exchange(first, false) ? "" : "\n");
      line(out_, "call", text_at(c, "call_id"));
      line(out_, "entity", text_at(c, "id"));
      line(out_, "half", text_at(c, "half"));
      line(out_, "state", text_at(c, "state"));
      for (auto& d : c["dialogs"]) {
        line(out_, "dialog", text_at(d, "kind") + ", " + text_at(d, "state") + ", by " + joined(d["roles"]));
        for (auto* end : {"caller", "callee"})
          line(out_, "  " + std::string(end),
               text_at(d[end], "address") + ";tag=" + text_at(d[end], "tag") + " at " + text_at(d[end], "target"));
        if (auto until = time_at(d, "deadline"); !until.empty())
          line(out_, "  until", until + " UTC unless refreshed");
      }
    }
  });
}

ctl_status client::peers() {
  return show({"GET", "/api/v1/peers", {}, {}}, [this](const json& list) {
    table t({"PEER", "KIND"});
    for (auto& p : list["items"])
      t.add({text_at(p, "name"), text_at(p, "kind")});
    out_ << (t.empty() ? "no peers are configured\n" : t.text());
  });
}

ctl_status client::subscribers(const page& which) {
  return show({"GET", path_of("subscribers", which), {}, {}}, [this](const json& list) {
    for (auto& each : list["items"])
      out_ << harmless(each.get<std::string>()) << '\n';
    more(list, "subscriber list");
  });
}

ctl_status client::subscriber(const std::string& id) {
  return show({"GET", "/api/v1/subscribers/" + escaped(id), {}, {}}, [this](const json& s) {
    for (auto& p : s["privates"])
      line(out_, "impi", text_at(p, "impi") + " (" + text_at(p, "algorithm") + ", SEQ " + text_at(p, "seq") + ")");
    for (auto& set : s["sets"]) {
      line(out_, "set", text_at(set, "state"));
      for (auto& i : set["identities"])
        line(out_, "  impu", text_at(i, "uri") + (i["barred"].get<bool>() ? " (barred)" : ""));
      if (auto services = text_at(set, "services"); !services.empty())
        line(out_, "  services", std::to_string(services.size()) + " octets of XML (--json shows them)");
    }
    if (auto server = text_at(s, "server_name"); !server.empty())
      line(out_, "s-cscf", server);
    if (!s["visited_networks"].empty())
      line(out_, "may visit", joined(s["visited_networks"]));
    for (auto* kind : {"ccf", "ecf"})
      if (!s[kind].empty())
        line(out_, kind, joined(s[kind]));
  });
}

ctl_status client::add_subscriber(const json& subscriber) {
  auto impi = text_at(subscriber, "impi");
  return show(
      {"PUT", "/api/v1/subscribers/" + escaped(impi), text_of(subscriber), "application/json"}, [&](const json& done) {
        auto many = [&](const char* key) { return done.value(key, std::size_t{0}) > 0; };
        out_ << harmless(impi) << (many("added") ? " added\n" : many("changed") ? " changed\n" : " is so already\n");
      });
}

ctl_status client::remove_subscriber(const std::string& impi) {
  return show({"DELETE", "/api/v1/subscribers/" + escaped(impi), {}, {}},
              [&](const json&) { out_ << harmless(impi) << " removed\n"; });
}

ctl_status client::import_subscribers(const std::string& toml, const std::string& file) {
  return show({"POST", "/api/v1/subscribers?name=" + escaped(file), toml, "application/toml"},
              [this](const json& done) {
                out_ << text_at(done, "added") << " added, " << text_at(done, "changed") << " changed, "
                     << text_at(done, "unchanged") << " as they were\n";
              });
}

ctl_status client::drain(const std::string& node) {
  auto here = ask({"GET", "/api/v1/nodes", {}, {}});
  if (!here)
    return failed_;
  auto name =
      here->contains("items") && !(*here)["items"].empty() ? text_at((*here)["items"].front(), "name") : std::string();
  if (!node.empty() && node != name)
    return not_yet("the node at " + how_.url + " is " + name + ": each node drains itself; name that node's --admin");
  return show({"POST", "/api/v1/drain", {}, {}}, [&](const json&) {
    auto how = here->contains("cluster") ? " hands its groups to the other nodes, and ends\n"
                                         : " drains, and ends when its calls have\n";
    out_ << harmless(name) << how;
  });
}

} // namespace troupe::console
