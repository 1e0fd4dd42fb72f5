// What the console tells of a node, and what it can ask of it. The server knows nothing else, so that tests serve a
// node that does not exist.
//
// All functions are called from the server's threads, several at a time. What belongs to a shard is fetched by work
// posted to it, with a deadline: a shard that is stuck makes an answer late or partial, never the other way round.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/contracts/link.hpp"
#include "actors/contracts/metrics.hpp"
#include "protocols/base/result.hpp"
#include "protocols/base/time.hpp"

namespace troupe::console {

enum class phase : std::uint8_t { starting, serving, draining };
constexpr std::string_view to_string(phase p) noexcept {
  return p == phase::starting ? "starting" : p == phase::serving ? "serving" : "draining";
}

struct node_facts {
  std::string name, version, home_domain;
  std::vector<std::string> roles, listeners; ///< "udp://127.0.0.1:5060 access"
  instant started_at;
};

struct store_facts {
  std::string spec; ///< "memory", "file:..."
  std::uint64_t commits = 0, failed_commits = 0, records = 0, recovered = 0, quarantined = 0, commit_us = 0;
  std::string last_failure;
};

struct hss_facts {
  std::uint64_t subscribers = 0; ///< private identities
  std::uint64_t unwritten = 0;   ///< changes that wait for the disk
  std::uint64_t disk_failures = 0;
};

/// A part of a list in the order of its keys: those behind `after`, at most `most`.
struct page {
  std::string after;
  std::size_t most = 100;
};

template <class Item>
struct listing {
  std::vector<Item> items;
  std::string next;     ///< `after` of the next page; empty: that was all
  bool partial = false; ///< a shard did not answer in time
};

struct contact_facts {
  std::string uri, impi, instance_id, user_agent;
  std::uint32_t reg_id = 0;
  double q = 1;
  std::vector<std::string> path;
  instant registered_at, expires_at;
};

struct registration_facts {
  std::string id; ///< the set's default public identity
  std::string state;
  std::vector<std::string> impis, impus, barred;
  std::vector<contact_facts> contacts;
  std::optional<instant> expires_at; ///< the first contact to expire
};

struct dialog_facts {
  std::string kind;  ///< "session" or "subscription"
  std::string state; ///< "early", "confirmed", "ended"
  std::string caller, callee, caller_tag, callee_tag, caller_target, callee_target;
  std::vector<std::string> roles;
  std::optional<instant> deadline;
};

/// One half of a call at one stage of its way through this node.
struct call_facts {
  std::string id; ///< unlike that of any other call entity
  std::string call_id;
  std::string half;  ///< "originating", "terminating", or "none" where no IMS role is concerned
  std::string state; ///< "ringing", "established", "ended"
  std::vector<dialog_facts> dialogs;
  std::size_t open_invites = 0;
};

struct peer_facts {
  std::string name; ///< as configured
  std::string kind; ///< "core", "next hop", "I-CSCF", "S-CSCF", "DNS"
};

struct subscriber_facts {
  struct private_part {
    std::string impi, algorithm;
    std::uint64_t seq = 0;
  };
  struct public_part {
    std::string uri, display_name;
    bool barred = false;
  };
  struct set_part {
    std::string state;
    std::vector<public_part> identities;
    std::string services; ///< XML
  };
  std::vector<private_part> privates;
  std::vector<set_part> sets;
  std::vector<std::string> visited_networks, ccf, ecf;
  std::string server_name;
};

/// As this node sees its cluster.
struct cluster_facts {
  struct group_part {
    std::uint32_t number = 0;
    std::string owner; ///< a node's name; empty: nobody's
    std::uint64_t epoch = 0;
    std::string here; ///< "serving", "taking up", "handing over", or empty
    std::vector<std::string> addresses;
  };
  struct replica_part {
    std::string address;
    bool online = false;
    std::uint64_t behind = 0; ///< octets
    std::uint32_t silent = 0; ///< seconds
  };
  std::string lease; ///< "serving", "joining", "stopped"
  std::uint64_t life = 0, generation = 0, map_version = 0;
  std::vector<std::string> live, draining; ///< names
  std::vector<group_part> groups;
  std::optional<std::vector<replica_part>> replicas; ///< of Redis; nothing: it does not say
};

struct import_facts {
  std::size_t added = 0, changed = 0, unchanged = 0;
};

class source {
public:
  virtual ~source() = default;

  virtual phase state() const = 0;
  virtual node_facts node() const = 0;

  /// Has each shard bring its gauges up to date. For each shard: how long the work waited until it ran; nothing when it
  /// did not run within `patience`.
  virtual std::vector<std::optional<milliseconds>> refresh(milliseconds patience) = 0;
  virtual std::vector<std::shared_ptr<const metrics>> counts() const = 0; ///< a shard each
  virtual store_facts store() const = 0;
  virtual std::optional<hss_facts> hss() const = 0; ///< nothing: this node has no HSS

  virtual listing<registration_facts> registrations(const page& which) = 0;
  virtual std::optional<registration_facts> registration(std::string_view identity) = 0;
  virtual listing<call_facts> calls(const page& which) = 0;
  /// All entities of a call, by its Call-ID or an entity's id.
  virtual std::vector<call_facts> call(std::string_view id) = 0;
  virtual std::vector<peer_facts> peers() = 0;
  virtual std::vector<link_facts> links() = 0; ///< none on a single node
  virtual std::optional<cluster_facts> cluster() const { return std::nullopt; }

  virtual listing<std::string> subscribers(const page& which) = 0;
  virtual std::optional<subscriber_facts> subscriber(std::string_view identity) = 0;
  /// TOML as in docs/operations/subscribers; all of it is done or nothing. The error's text has a line for each mistake.
  virtual result<import_facts> put_subscribers(std::string_view toml, std::string_view name) = 0;
  /// False: nobody has that private identity.
  virtual result<bool> remove_subscriber(std::string_view impi) = 0;

  /// Begins to end the node in order.
  virtual void drain() = 0;
};

} // namespace troupe::console
