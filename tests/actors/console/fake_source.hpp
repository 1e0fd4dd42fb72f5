// A node that does not exist, served by a real server on a loopback port.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <stdexcept>

#include "actors/console/http.hpp"
#include "actors/console/server.hpp"

namespace troupe::console::test {

inline registration_facts registration_named(const std::string& id) {
  registration_facts r;
  r.id = id;
  r.state = "registered";
  r.impis = {"alice@ims.example"};
  r.impus = {id, "tel:+15550000001"};
  r.contacts.push_back({"sip:10.0.0.1:5060",
                        "alice@ims.example",
                        "urn:x",
                        "phone\x1b[31m 1.0",
                        1,
                        0.5,
                        {"<sip:term@p.example;lr>"},
                        {1'000},
                        {61'000}});
  r.expires_at = instant{61'000};
  return r;
}

inline call_facts call_named(const std::string& id, const std::string& call_id) {
  call_facts c{id, call_id, "originating", "established", {}, 0};
  dialog_facts d;
  d.kind = "session";
  d.state = "confirmed";
  d.caller = "sip:alice@ims.example";
  d.callee = "tel:+15550000002";
  d.caller_tag = "a1";
  d.callee_tag = "b1";
  d.roles = {"pcscf", "scscf"};
  c.dialogs.push_back(d);
  return c;
}

class fake_source : public source {
public:
  std::atomic<phase> now = phase::serving;
  metrics shard_a, shard_b;
  std::vector<std::optional<milliseconds>> delays{milliseconds(3), milliseconds(0)};
  bool has_hss = true, broken = false;
  std::map<std::string, registration_facts> sets;
  std::vector<call_facts> all_calls;
  std::map<std::string, std::string> subscriptions; ///< impi -> the TOML that it came by
  result<import_facts> answer = import_facts{1, 0, 0};
  std::atomic<int> drained = 0;
  std::string last_toml, last_name;

  std::vector<link_facts> all_links;
  std::optional<cluster_facts> of_cluster;

  phase state() const override { return now; }
  std::vector<link_facts> links() override { return all_links; }
  std::optional<cluster_facts> cluster() const override { return of_cluster; }
  node_facts node() const override {
    return {"node-a", "0.1.0", "ims.example", {"pcscf", "scscf"}, {"udp://127.0.0.1:5060 access"}, {1'000}};
  }
  std::vector<std::optional<milliseconds>> refresh(milliseconds) override { return delays; }
  std::vector<std::shared_ptr<const metrics>> counts() const override {
    return {{std::shared_ptr<void>(), &shard_a}, {std::shared_ptr<void>(), &shard_b}};
  }
  store_facts store() const override { return {"memory", 5, 1, 7, 0, 2, 1'500, "disk full"}; }
  std::optional<hss_facts> hss() const override {
    return has_hss ? std::optional(hss_facts{subscriptions.size(), 0, 3}) : std::nullopt;
  }

  listing<registration_facts> registrations(const page& which) override {
    if (broken)
      throw std::runtime_error("the secret reason");
    listing<registration_facts> out;
    for (auto at = sets.upper_bound(which.after); at != sets.end(); ++at) {
      if (out.items.size() == which.most) {
        out.next = out.items.back().id;
        break;
      }
      out.items.push_back(at->second);
    }
    return out;
  }
  std::optional<registration_facts> registration(std::string_view identity) override {
    auto found = sets.find(std::string(identity));
    return found == sets.end() ? std::nullopt : std::optional(found->second);
  }
  listing<call_facts> calls(const page&) override { return {all_calls, {}, true}; }
  std::vector<call_facts> call(std::string_view id) override {
    std::vector<call_facts> out;
    std::copy_if(all_calls.begin(), all_calls.end(), std::back_inserter(out),
                 [&](auto& c) { return c.call_id == id || c.id == id; });
    return out;
  }
  std::vector<peer_facts> peers() override { return {{"10.0.0.9:5060", "core"}}; }

  listing<std::string> subscribers(const page&) override {
    listing<std::string> out;
    for (auto& [impi, toml] : subscriptions)
      out.items.push_back(impi);
    return out;
  }
  std::optional<subscriber_facts> subscriber(std::string_view identity) override {
    if (!subscriptions.count(std::string(identity)))
      return std::nullopt;
    subscriber_facts s;
    s.privates.push_back({std::string(identity), "milenage", 32});
    s.sets.push_back(
        {"registered", {{"sip:a@ims.example", "A", false}, {"tel:+1555", "", true}}, "<IMSSubscription/>"});
    return s;
  }
  result<import_facts> put_subscribers(std::string_view toml, std::string_view name) override {
    last_toml = toml;
    last_name = name;
    if (answer)
      subscriptions[last_name] = last_toml;
    return answer;
  }
  result<bool> remove_subscriber(std::string_view impi) override { return subscriptions.erase(std::string(impi)) > 0; }
  void drain() override { ++drained; }
};

/// A fake node behind a real port.
struct scene {
  fake_source node;
  server_options options;
  std::unique_ptr<server> served;

  explicit scene(const std::function<void(server_options&)>& change = {}) {
    options.port = 0;
    options.patience = std::chrono::milliseconds(3'000);
    if (change)
      change(options);
    served = std::make_unique<server>(node, options);
    served->start();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(served->port()); }
  httplib::Client http() const {
    httplib::Client out("127.0.0.1", served->port());
    out.set_url_encode(false);
    return out;
  }
};

} // namespace troupe::console::test
