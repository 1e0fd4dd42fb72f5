#include "actors/node/admin_source.hpp"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <future>
#include <map>
#include <mutex>
#include <toml++/toml.h>
#include <unistd.h>

#include "actors/node/admin_views.hpp"
#include "actors/roles/hss/provision.hpp"
#include "protocols/base/text.hpp"

namespace troupe {
namespace {

using console::listing;
using console::page;

constexpr milliseconds list_patience{3'000};
constexpr std::chrono::seconds disk_patience{30};
constexpr int most_waiting = 16; ///< pieces of work that a shard which does not answer is given

/// What shards answer, while who asked waits, and after.
template <class Answer>
struct answers {
  explicit answers(std::size_t shards) : got(shards), missing(shards) {}
  std::mutex guard;
  std::condition_variable all;
  std::vector<std::optional<Answer>> got;
  std::size_t missing;

  void put(std::size_t at, std::optional<Answer> one) {
    std::lock_guard hold(guard);
    got[at] = std::move(one);
    if (--missing == 0)
      all.notify_one();
  }
  std::vector<std::optional<Answer>> wait(milliseconds patience) {
    std::unique_lock hold(guard);
    all.wait_for(hold, patience, [this] { return missing == 0; });
    return got;
  }
};

/// `profile` names a file of the sender: read here, it would be any file that this process may read.
result<void> refuse_files(std::string_view text) try {
  auto root = toml::parse(text);
  auto names_file = [](const toml::table& t) { return t.contains("profile"); };
  auto* all = root.get_as<toml::array>("subscriber");
  for (std::size_t at = 0; all && at < all->size(); ++at) {
    auto* table = all->get(at)->as_table();
    auto* sets = table ? table->get_as<toml::array>("set") : nullptr;
    auto found = table && names_file(*table);
    for (std::size_t i = 0; sets && i < sets->size(); ++i)
      found = found || (sets->get(i)->is_table() && names_file(*sets->get(i)->as_table()));
    if (found)
      return fail(
          "profile names a file on your side: send its content as profile_xml, as `troupe ctl subscriber import` does");
  }
  return {};
} catch (const toml::parse_error&) {
  return {}; // who reads the subscribers says where
}

std::string url_of(const config::listener& l, std::string_view what) { return l.url() + ' ' + std::string(what); }

std::string raw_of(const std::string& hex) {
  auto octets = from_hex(hex);
  return octets ? std::string(as_text(*octets)) : std::string();
}

/// Every entity that a call with this hash may have.
std::vector<std::string> call_keys(std::uint64_t hash) {
  std::vector<std::string> out;
  for (auto half : {sip::half::none, sip::half::originating, sip::half::terminating})
    for (std::uint8_t stage = 0; stage < 8; ++stage)
      out.push_back(call_table::store_key({{0, hash}, half, stage}));
  return out;
}

} // namespace

admin_source::admin_source(troupe::node& of) : of_(of), started_at_(current_time()) {}

template <class Answer>
std::vector<std::optional<Answer>> admin_source::ask(std::function<Answer(shard_tree&)> what, milliseconds patience) {
  auto sites = of_.sites();
  std::vector<shard_tree*> shards;
  for (auto& each : sites)
    if (each->started())
      for (auto& tree : each->shards())
        shards.push_back(tree.get());
  auto to = std::make_shared<answers<Answer>>(shards.size());
  for (std::size_t i = 0; i < shards.size(); ++i) {
    auto waiting = shards[i]->asked;
    if (waiting->fetch_add(1) >= most_waiting) {
      waiting->fetch_sub(1);
      to->put(i, std::nullopt);
      continue;
    }
    shards[i]->home.post([to, what, waiting, i, &tree = *shards[i]] {
      waiting->fetch_sub(1);
      to->put(i, what(tree));
    });
  }
  return to->wait(patience);
}

console::node_facts admin_source::node() const {
  auto& c = of_.config();
  console::node_facts out{c.node.name, TROUPE_VERSION, c.node.home_domain, {}, {}, started_at_};
  for (auto r : c.node.roles)
    out.roles.emplace_back(config::to_string(r));
  for (auto& each : of_.sites()) { // in a cluster: those of the groups that are here
    for (auto& l : each->config().sip.access)
      out.listeners.push_back(url_of(l, "access"));
    for (auto& l : each->config().sip.core)
      out.listeners.push_back(url_of(l, "core"));
  }
  for (auto& l : c.icscf.listen)
    out.listeners.push_back(url_of(l, "I-CSCF"));
  for (auto& l : c.scscf.listen)
    out.listeners.push_back(url_of(l, "S-CSCF"));
  return out;
}

std::vector<std::optional<milliseconds>> admin_source::refresh(milliseconds patience) {
  auto from = std::chrono::steady_clock::now();
  return ask<milliseconds>(
      [from](shard_tree& tree) {
        auto waited = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - from);
        tree.refresh_gauges();
        return waited;
      },
      patience);
}

std::vector<std::shared_ptr<const metrics>> admin_source::counts() const {
  std::vector<std::shared_ptr<const metrics>> out;
  for (auto& each : of_.sites())
    for (auto& tree : each->shards())
      out.push_back({each, &tree->counts});
  if (of_.links())
    out.push_back({std::shared_ptr<void>(), &of_.links()->counts()});
  if (of_.diameter())
    out.push_back({std::shared_ptr<void>(), &of_.diameter()->counts()});
  return out;
}

std::vector<link_facts> admin_source::links() {
  auto* links = of_.links();
  return links ? links->peers(list_patience).value_or(std::vector<link_facts>{}) : std::vector<link_facts>{};
}

std::optional<console::cluster_facts> admin_source::cluster() const {
  auto* host = of_.cluster();
  return host ? std::optional(cluster_facts_of(of_.config(), host->view())) : std::nullopt;
}

console::store_facts admin_source::store() const {
  console::store_facts out{store::without_password(of_.config().cluster.store), 0, 0, 0, 0, 0, 0, {}};
  for (auto& each : of_.sites()) {
    auto s = each->values().stats();
    out.commits += s.commits;
    out.failed_commits += s.failed_commits;
    out.records += s.records;
    out.recovered += s.recovered;
    out.quarantined += s.quarantined;
    out.commit_us += s.commit_us;
    if (!s.last_failure.empty())
      out.last_failure = s.last_failure;
  }
  return out;
}

std::optional<console::hss_facts> admin_source::hss() const {
  auto hss = of_.subscribers();
  if (!hss)
    return std::nullopt;
  return console::hss_facts{hss->size(), hss->unwritten(), hss->disk_failures()};
}

listing<admin_source::kept> admin_source::collect(store::kind type, std::string after, std::size_t most) {
  using found = std::map<std::string, std::string>;
  auto parts = ask<found>(
      [type, after, most](shard_tree& tree) {
        found first;
        tree.values.for_each(type, [&](std::string_view key, const store::record& r) {
          if (key <= after || (first.size() > most && key > first.rbegin()->first))
            return;
          first.emplace(key, r.value);
          if (first.size() > most + 1)
            first.erase(std::prev(first.end()));
        });
        return first;
      },
      list_patience);
  found all;
  listing<kept> out;
  for (auto& part : parts)
    if (part)
      all.merge(*part);
    else
      out.partial = true;
  for (auto& [key, value] : all) {
    if (out.items.size() == most) {
      out.next = out.items.back().key;
      break;
    }
    out.items.push_back({key, std::move(value)});
  }
  return out;
}

std::vector<admin_source::kept> admin_source::find(store::kind type, std::vector<std::string> keys) {
  auto parts = ask<std::vector<kept>>(
      [type, keys = std::move(keys)](shard_tree& tree) {
        std::vector<kept> here;
        for (auto& key : keys)
          if (auto found = tree.values.find({type, key}))
            here.push_back({key, std::string(found->value)});
        return here;
      },
      list_patience);
  std::vector<kept> out;
  for (auto& part : parts)
    if (part)
      std::move(part->begin(), part->end(), std::back_inserter(out));
  return out;
}

listing<console::registration_facts> admin_source::registrations(const page& which) {
  auto found = collect(store::kind::registration_set, which.after, which.most);
  listing<console::registration_facts> out{{}, found.next, found.partial};
  for (auto& each : found.items)
    if (auto one = registration_of(each.key, each.value))
      out.items.push_back(std::move(*one));
  return out;
}

std::optional<console::registration_facts> admin_source::registration(std::string_view identity) {
  auto canonical = ims::canonical_identity(identity).value_or(std::string(identity));
  auto key = canonical;
  for (auto& each : of_.sites())
    if (auto known = each->registrations().find_set(canonical))
      key = known->key;
  auto found = find(store::kind::registration_set, {key});
  return found.empty() ? std::nullopt : registration_of(found.front().key, found.front().value);
}

listing<console::call_facts> admin_source::calls(const page& which) {
  auto found = collect(store::kind::call, raw_of(which.after), which.most);
  listing<console::call_facts> out{{}, to_hex(as_bytes(found.next)), found.partial};
  for (auto& each : found.items)
    if (auto one = call_of(each.key, each.value))
      out.items.push_back(std::move(*one));
  return out;
}

std::vector<console::call_facts> admin_source::call(std::string_view id) {
  std::vector<std::string> keys = call_keys(siphash(of_.secret(), id));
  if (auto raw = raw_of(std::string(id)); call_table::call_of(raw))
    keys.push_back(raw);
  std::vector<console::call_facts> out;
  for (auto& each : find(store::kind::call, std::move(keys)))
    if (auto one = call_of(each.key, each.value))
      out.push_back(std::move(*one));
  return out;
}

std::vector<console::peer_facts> admin_source::peers() {
  auto& c = of_.config();
  std::vector<console::peer_facts> out;
  for (auto& p : c.sip.peers)
    out.push_back({p.text(), "core"});
  if (!c.transit.next_hop.empty())
    out.push_back({c.transit.next_hop, "next hop"});
  for (auto* uri : {&c.pcscf.icscf, &c.scscf.icscf})
    if (!uri->empty())
      out.push_back({*uri, "I-CSCF"});
  for (auto& s : c.icscf.scscfs)
    out.push_back({s.name, "S-CSCF"});
  for (auto& s : c.dns.servers)
    out.push_back({s.text(), "DNS"});
  return out;
}

listing<std::string> admin_source::subscribers(const page& which) {
  listing<std::string> out;
  auto hss = of_.subscribers();
  if (!hss)
    return out;
  out.items = hss->list(which.after, which.most + 1);
  if (out.items.size() > which.most) {
    out.items.pop_back();
    out.next = out.items.back();
  }
  return out;
}

std::optional<console::subscriber_facts> admin_source::subscriber(std::string_view identity) {
  auto hss = of_.subscribers();
  auto found = hss ? hss->show(identity) : std::nullopt;
  return found ? std::optional(subscriber_of(*found)) : std::nullopt;
}

result<console::import_facts> admin_source::put_subscribers(std::string_view text, std::string_view name) {
  if (auto clean = refuse_files(text); !clean)
    return tl::unexpected(clean.error());
  auto here = of_.subscribers();
  if (!here)
    return fail("the HSS is not on this node: `troupe ctl nodes` shows who has group 0", 0, 404);
  auto& hss = *here;
  auto wanted = hss::read_subscribers(text, std::string(name), hss.services(), current_time());
  if (!wanted)
    return fail(wanted.error().what, 0, 400);
  if (wanted->empty())
    return fail(std::string(name) + ": no [[subscriber]] in it");
  auto done = std::make_shared<std::promise<result<hss::import_report>>>();
  auto answer = done->get_future();
  hss.put(
      std::move(*wanted), [](auto work) { work(); }, [done](auto report) { done->set_value(std::move(report)); });
  if (answer.wait_for(disk_patience) != std::future_status::ready)
    return fail("the disk does not answer; the subscribers may still be taken", 0, 503);
  auto report = answer.get();
  if (!report)
    return fail(report.error().what, 0, 409);
  return console::import_facts{report->added, report->changed, report->unchanged};
}

result<bool> admin_source::remove_subscriber(std::string_view impi) {
  auto here = of_.subscribers();
  if (!here)
    return fail("the HSS is not on this node: `troupe ctl nodes` shows who has group 0", 0, 404);
  auto& hss = *here;
  if (!hss.show(impi))
    return false;
  auto done = std::make_shared<std::promise<result<void>>>();
  auto answer = done->get_future();
  hss.remove(
      std::string(impi), [](auto work) { work(); }, [done](auto gone) { done->set_value(std::move(gone)); });
  if (answer.wait_for(disk_patience) != std::future_status::ready)
    return fail("the disk does not answer; the subscriber may still be removed", 0, 503);
  auto gone = answer.get();
  if (!gone)
    return fail(gone.error().what, 0, 409);
  return true;
}

void admin_source::drain() { ::kill(::getpid(), SIGTERM); }

} // namespace troupe
