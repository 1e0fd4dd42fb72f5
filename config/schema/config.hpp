// A node's configuration: one TOML file, read and checked as a whole before anything starts. Every option stands in
// one table (options.cpp) with its unit, bounds, default and description; validation, `troupe check --explain` and
// docs/operations/configuration.md all come from it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "protocols/base/time.hpp"

namespace troupe::config {

enum class role : std::uint8_t { pcscf, icscf, scscf, hss, transit };
enum class wire : std::uint8_t { udp, tcp, tls };
enum class auth_scheme : std::uint8_t { akav1_md5, akav2_md5, akav2_sha_256, digest_md5, digest_sha_256 };
enum class log_level : std::uint8_t { trace, debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };

std::string_view to_string(role value) noexcept;
std::string_view to_string(wire value) noexcept;
std::string_view to_string(auth_scheme value) noexcept;
std::string_view to_string(log_level value) noexcept;
std::string_view to_string(log_format value) noexcept;

/// "udp://127.0.0.1:5060", "tls://[2001:db8::1]:5061". The address is numeric, without brackets; port 0 lets the
/// system choose. What peers are told (Via, Record-Route, Path) is `public_host` and `public_port`: the address and
/// port themselves unless [sip.advertise] says otherwise. An IPv6 `public_host` has no brackets either.
struct listener {
  wire transport = wire::udp;
  std::string address;
  std::uint16_t port = 5060;
  std::string public_host;
  std::uint16_t public_port = 5060;

  std::string url() const;
  friend bool operator==(const listener&, const listener&) = default;
};

/// A host name or numeric address (no brackets), and a port; 0: none was given.
struct endpoint {
  std::string host;
  std::uint16_t port = 0;

  std::string text() const; ///< "host:port", "[v6]:port", or the host alone
  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// An S-CSCF that an I-CSCF may choose, with the server capabilities of TS 29.228 clause 6.7.
struct scscf_choice {
  std::string name; ///< its SIP URI
  std::vector<std::uint32_t> capabilities;

  friend bool operator==(const scscf_choice&, const scscf_choice&) = default;
};

/// What peers are told instead of a listener's own address: an entry of [sip.advertise].
struct advertisement {
  std::string listener; ///< the listener's URL as the file has it
  endpoint as;

  friend bool operator==(const advertisement&, const advertisement&) = default;
};

struct node_options {
  std::string name;
  std::vector<role> roles;
  std::string home_domain; ///< in lower case
  std::uint32_t shards = 1;
  std::string secret; ///< empty: the node makes a random one at its start; the content of `secret_file` otherwise
  std::string secret_file;
  std::string instance_id; ///< never empty: the node's name by default
  seconds put_away_after{5};
  seconds drain_timeout{30};
};

struct sip_options {
  std::vector<listener> access; ///< towards UEs
  std::vector<listener> core;   ///< towards CSCFs and AS: requests only from `peers`
  std::vector<endpoint> peers;
  std::vector<advertisement> advertise; ///< already applied to the listeners
  bool fuse = true; ///< false: the roles of this node reach each other by SIP over their own listeners
  std::string tls_certificate, tls_key, tls_ca;
  bool tls_verify_client = false;
  std::uint32_t max_message = 65'535;
  std::uint32_t max_connections = 20'000;
  std::uint32_t max_connections_per_source = 1'000;
  seconds idle_timeout{3'620};
  seconds connect_timeout{5};
  std::uint32_t messages_per_second_per_source = 0; ///< 0: no limit
  std::uint32_t udp_mtu = 1'300;
  milliseconds t1{500}, t2{4'000}, t4{5'000};
  seconds timer_c{185};
};

struct registration_options {
  seconds min_expires{60}, default_expires{3'600}, max_expires{7'200};
  seconds reg_await_auth{240};
  std::uint32_t max_contacts = 8; ///< of one public identity
};

struct session_options {
  seconds min_se{90}, session_expires{1'800}, session_expires_max{7'200};
  seconds longest{43'200}; ///< a call whose ends support no session timer is released after this
};

struct overload_options {
  std::uint32_t max_transactions = 200'000; ///< a shard
  seconds retry_after{10};
};

struct pcscf_options {
  std::string visited_network_id; ///< home_domain by default
  std::string icscf;              ///< SIP URI; empty: the I-CSCF of this node, or the home domain by DNS
  std::vector<std::string> trust_domain;
  std::string access_network_info; ///< empty: P-Access-Network-Info is not added
  bool subscribe_reg_event = true;
};

struct icscf_options {
  std::vector<listener> listen; ///< when not fused
  std::vector<scscf_choice> scscfs;
};

struct scscf_options {
  std::string name;             ///< SIP URI; "sip:scscf." + home_domain by default
  std::vector<listener> listen; ///< when not fused
  std::string realm;            ///< home_domain by default
  std::vector<auth_scheme> auth{auth_scheme::akav1_md5, auth_scheme::digest_md5}; ///< the preferred first
  std::string icscf; ///< SIP URI for requests to the home domain's users; empty: this node's, or by DNS
};

struct charging_options {
  std::vector<role> records{role::scscf}; ///< these write charging records
  std::string folder = "var/cdr";         ///< of a single node's records
  std::uint32_t stream_length = 1'000'000;
  std::vector<std::string> ccf, ecf;
  std::string ioi; ///< inter operator identifier; home_domain by default
};

struct transit_options {
  std::string next_hop; ///< SIP URI
  bool record_route = true;
};

struct dns_options {
  std::vector<endpoint> servers; ///< none: those of the system
  milliseconds timeout{2'000};
  std::uint32_t attempts = 3;
};

struct admin_options {
  endpoint listen{"127.0.0.1", 8080}; ///< an empty host: no admin interface
  std::string token;                  ///< empty: none is asked for; the content of `token_file` otherwise
  std::string token_file;
};

struct hss_options {
  std::string database = "var/hss.sqlite"; ///< ":memory:": nothing is kept
  std::string provision;                   ///< a file of subscribers to add at the start; may be empty
  std::string realm;                       ///< of an HSS elsewhere; home_domain by default
  std::string host;                        ///< its Origin-Host; empty: whoever serves the realm
  milliseconds answer_within{4'000};
  std::uint32_t max_in_flight = 1'000; ///< questions a shard
};

/// A node of the cluster, this one among them.
struct cluster_node {
  std::uint32_t id = 0; ///< 1 to 65,535; never given to another node
  std::string name;
  endpoint link;

  friend bool operator==(const cluster_node&, const cluster_node&) = default;
};

/// What is owned, moved and taken over as one: cluster.md 1. Its number is its place in the list.
struct cluster_group {
  std::vector<listener> access, core;
  std::string interface; ///< empty: the one in whose subnet the addresses are

  friend bool operator==(const cluster_group&, const cluster_group&) = default;
};

struct cluster_options {
  std::string store = "memory"; ///< what store::open takes
  std::string redis_prefix = "troupe:", redis_key_file, redis_password_file;
  std::string redis_ca, redis_certificate, redis_private_key;
  milliseconds redis_timeout{1'000}, redis_open_timeout{10'000};
  seconds redis_keep{7 * 24 * 3'600};
  std::uint32_t redis_replicas = 2;   ///< of the Sentinels' master; 0: it may write alone
  std::string name;                   ///< home_domain by default
  std::vector<cluster_node> nodes;    ///< none: a single node
  std::uint32_t node_id = 0;          ///< of `nodes`
  std::vector<cluster_group> groups;  ///< the same on all nodes
  std::optional<std::uint32_t> group; ///< no option: whose site this configuration is, as the node cuts it out
  bool install_addresses = true;      ///< false: keepalived's or the operator's task
  std::string life_file;              ///< "var/NAME.life" by default
  std::string egress_log;             ///< empty: none
  endpoint link;                      ///< of this node in `nodes` by default; an empty host where there are none
  std::string tls_certificate, tls_key, tls_ca;
};

/// A Diameter neighbour.
struct diameter_peer {
  std::string identity;
  endpoint address; ///< without a host it connects to us; port 0: the usual one
  bool tls = false;

  friend bool operator==(const diameter_peer&, const diameter_peer&) = default;
};

struct diameter_route {
  std::string realm; ///< "*": all others
  std::vector<std::string> peers, backup;

  friend bool operator==(const diameter_route&, const diameter_route&) = default;
};

struct diameter_application {
  std::uint32_t id = 0, vendor = 0;
  bool accounting = false;

  friend bool operator==(const diameter_application&, const diameter_application&) = default;
};

struct diameter_options {
  std::string identity; ///< empty: no Diameter
  std::string realm;    ///< home_domain by default
  std::vector<std::string> listen;
  std::uint16_t port = 3'868;
  std::uint16_t tls_port = 0; ///< 0: none
  std::string tls_certificate, tls_key, tls_ca;
  std::vector<diameter_peer> peers;
  std::vector<diameter_route> routes;
  std::vector<diameter_application> applications;
  std::uint32_t max_in_flight = 4'096, max_questions = 2'000;
  milliseconds answer_within{10'000};
  seconds reconnect{5}, watchdog{6};
};

struct log_options {
  log_level level = log_level::info;
  log_format format = log_format::text;
  std::string file; ///< empty: standard error
};

/// Something wrong (or, among the warnings, worth a look): where it stands, what it is, and what to do.
/// `line` and `column` count from 1; 0: the file as a whole. `key` is dotted: "sip.udp_mtu".
struct problem {
  std::string file;
  std::uint32_t line = 0, column = 0;
  std::string key, what, advice;

  std::string text() const; ///< "demo.toml:7:12: sip.udp_mtu: must be ...; write ..."
  friend bool operator==(const problem&, const problem&) = default;
};

struct node_config {
  node_options node;
  sip_options sip;
  registration_options registration;
  session_options session;
  overload_options overload;
  pcscf_options pcscf;
  icscf_options icscf;
  scscf_options scscf;
  charging_options charging;
  transit_options transit;
  dns_options dns;
  admin_options admin;
  hss_options hss;
  cluster_options cluster;
  diameter_options diameter;
  log_options log;

  std::vector<problem> warnings;
  std::vector<std::string> given; ///< the dotted keys that the file sets, sorted; the others have their defaults

  bool has(role wanted) const noexcept;
};

/// All that is wrong, in the order of the file; never empty.
using loaded = tl::expected<node_config, std::vector<problem>>;

/// Relative paths in the file are taken from the process's working directory, as the file's own path is.
loaded load(const std::filesystem::path& file);
/// The same from memory; `file_name` is for the problems' sake.
loaded parse(std::string_view toml, std::string_view file_name);

/// docs/operations/configuration.md, whole.
std::string describe_markdown();

/// Each option with the value in force, its unit, and where the value comes from; secrets are not shown.
/// With `prefix` ("sip", "sip.udp_mtu") only those keys, with their descriptions.
std::string explain(const node_config& config, std::string_view prefix = {});

/// The keys whose values differ and need a restart: what a reload has to refuse. Sorted.
std::vector<std::string> restart_needed(const node_config& running, const node_config& wanted);

} // namespace troupe::config
