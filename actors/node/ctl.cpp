#include "actors/node/ctl.hpp"

#include <fstream>
#include <iostream>

#include "actors/node/ctl_subscribers.hpp"
#include "protocols/base/text.hpp"

namespace troupe {
namespace {

using console::client;
using console::ctl_status;

template <class Ask>
std::function<int(client&)> then(Ask ask) {
  return [ask](client& c) { return static_cast<int>(ask(c)); };
}

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line))
    throw std::runtime_error(file + ": no token in it");
  return std::string(trim(line));
}

} // namespace

CLI::App* ctl::add_to(CLI::App& app) {
  auto* to = app.add_subcommand("ctl", "ask a running node, or change it, through its admin interface");
  to->add_option("--admin", how_.url, "the node's admin interface")->envname("TROUPE_ADMIN")->capture_default_str();
  to->add_option("--token", how_.token, "admin.token, where the node has one; better in a file or TROUPE_TOKEN")
      ->envname("TROUPE_TOKEN");
  to->add_option("--token-file", token_file_, "a file whose first line is the token")->check(CLI::ExistingFile);
  to->add_flag("--json", how_.as_json, "the node's answer as JSON");
  to->require_subcommand(1);
  to->fallthrough();
  to->footer(
      "Exit status: 0 done; 1 the node refused, or there is no such thing; 2 a file is wrong; 3 this release does not\n"
      "have it; 4 no node answers; 64 the command line is wrong.\n"
      "Examples:\n"
      "  troupe ctl status\n"
      "  troupe ctl registrations sip:001010000000001@ims.example\n"
      "  troupe ctl calls --json\n"
      "  troupe ctl subscriber import subscribers.toml\n"
      "  troupe ctl --admin http://192.0.2.1:8080 --token-file /etc/troupe/token drain");
  add_lists(*to);
  add_subscribers(*to);
  add_changes(*to);
  return to;
}

void ctl::add_lists(CLI::App& to) {
  auto list = [&](const char* name, const char* what, const char* id, auto all, auto one) {
    auto* sub = to.add_subcommand(name, what);
    sub->add_option("ID", id_, id);
    sub->add_option("--after", after_, "only what stands behind this in the order of the list");
    sub->add_option("--limit", limit_, "how many at most")->check(CLI::Range(1, 1000))->capture_default_str();
    sub->callback([this, all, one] {
      chosen_ = then([this, all, one](client& c) { return id_.empty() ? (c.*all)({after_, limit_}) : (c.*one)(id_); });
    });
  };
  to.add_subcommand("status", "what the node does: uptime, registrations, calls, restarts, store")->callback([this] {
    chosen_ = then([](client& c) { return c.status(); });
  });
  to.add_subcommand("nodes", "this node, its links, and who owns which group; this one alone where there is no cluster")
      ->callback([this] { chosen_ = then([](client& c) { return c.nodes(); }); });
  list("registrations", "the implicit registration sets, or one with its contacts", "a public identity of the set",
       &client::registrations, &client::registration);
  list("calls", "the calls, by halves, or one with its dialogs", "a Call-ID, or an ID of the list", &client::calls,
       &client::call);
  to.add_subcommand("peers", "the SIP and DNS servers that the node is configured with")->callback([this] {
    chosen_ = then([](client& c) { return c.peers(); });
  });
  to.add_subcommand("tunnels", "IPsec tunnels (not in this release)")->callback([this] {
    chosen_ = then([](client& c) { return c.not_yet("there are no tunnels: this release has no IPsec"); });
  });
}

void ctl::add_subscribers(CLI::App& to) {
  auto* of = to.add_subcommand("subscriber", "the subscribers of the embedded HSS");
  of->require_subcommand(1);
  of->fallthrough();
  auto* add = of->add_subcommand("add", "add one, or change the one of this private identity");
  add->add_option("IMPI", id_, "the private identity")->required();
  add->add_option("--impu", impus_, "a public identity, sip: or tel:; several make one implicit registration set")
      ->required();
  add->add_option("--k", k_, "the key K, hexadecimal");
  auto* op = add->add_option("--op", op_, "the operator's OP, hexadecimal");
  add->add_option("--opc", opc_, "OPc instead")->excludes(op);
  add->add_option("--amf", amf_, "the AMF, hexadecimal; 8000 unless given");
  add->add_option("--password", password_, "SIP digest instead of AKA");
  add->footer(
      "Keys on a command line can be seen by others on the machine: `subscriber import -` reads them from standard "
      "input.\n"
      "Example:\n"
      "  troupe ctl subscriber add 001010000000009@ims.example --impu sip:001010000000009@ims.example \\\n"
      "    --impu tel:+15550000009 --k 465b5ce8b199b49faa5f0a2ee238a6bc --opc cd63cb71954a9f4e48a5994e37a02baf");
  add->callback([this] {
    chosen_ = then([this](client& c) { return add_subscriber(c, {id_, impus_, k_, op_, opc_, amf_, password_}); });
  });
  auto one = [&](const char* name, const char* what, const char* id, auto ask) {
    auto* sub = of->add_subcommand(name, what);
    sub->add_option("ID", id_, id)->required();
    sub->callback([this, ask] { chosen_ = then([this, ask](client& c) { return ask(c, id_); }); });
  };
  one("show", "everything about one but his keys", "a private or public identity",
      [](client& c, const auto& id) { return c.subscriber(id); });
  one("remove", "remove one; he is de-registered", "the private identity",
      [](client& c, const auto& id) { return c.remove_subscriber(id); });
  one("import", "add and change all of a file, or nothing",
      "a file of [[subscriber]] tables as in config/profiles/demo-subscribers.toml; -: standard input",
      [](client& c, const auto& file) { return import_subscribers(c, file); });
  auto* list = of->add_subcommand("list", "the private identities");
  list->add_option("--after", after_, "only those behind this one");
  list->add_option("--limit", limit_, "how many at most")->check(CLI::Range(1, 1000))->capture_default_str();
  list->callback([this] { chosen_ = then([this](client& c) { return c.subscribers({after_, limit_}); }); });
}

void ctl::add_changes(CLI::App& to) {
  auto* drain =
      to.add_subcommand("drain", "end the node in order, as by SIGTERM; a cluster's other nodes get its groups");
  drain->add_option("NODE", id_, "the node's name, to be sure that it is this one");
  drain->callback([this] { chosen_ = then([this](client& c) { return c.drain(id_); }); });
}

int ctl::run() {
  client c(how_, std::cout, std::cerr);
  if (!token_file_.empty()) {
    try {
      how_.token = first_line(token_file_);
    } catch (const std::exception& e) {
      return static_cast<int>(c.bad_input(e.what()));
    }
  }
  client asking(how_, std::cout, std::cerr);
  return chosen_(asking);
}

} // namespace troupe
