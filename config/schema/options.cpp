#include "config/schema/options.hpp"

#include <algorithm>

#include "config/schema/codec.hpp"

namespace troupe::config {

template <>
struct enumeration<role> {
  static constexpr role values[] = {role::pcscf, role::icscf, role::scscf, role::hss, role::transit};
};
template <>
struct enumeration<auth_scheme> {
  static constexpr auth_scheme values[] = {auth_scheme::akav1_md5, auth_scheme::akav2_md5, auth_scheme::akav2_sha_256,
                                           auth_scheme::digest_md5, auth_scheme::digest_sha_256};
};
template <>
struct enumeration<log_level> {
  static constexpr log_level values[] = {log_level::trace, log_level::debug, log_level::info, log_level::warn,
                                         log_level::error};
};
template <>
struct enumeration<log_format> {
  static constexpr log_format values[] = {log_format::text, log_format::json};
};

namespace {

template <class T>
std::string unit_of(std::string_view unit) {
  if constexpr (requires { codec<T>::unit(); })
    return codec<T>::unit();
  return std::string(unit);
}

/// `field` takes a node_config, constant or not, and gives the field.
template <class Field>
option make(std::string_view key, Field field, const traits& about, std::string_view description) {
  using type = std::remove_cvref_t<decltype(field(std::declval<node_config&>()))>;
  option out{key, codec<type>::type(), unit_of<type>(about.unit), about, description, {}, {}};
  out.read = [field](reading& in, const option& self, const value& from, node_config& into) {
    codec<type>::read(slot{in, self, std::string(self.key)}, from, field(into));
  };
  out.show = [field](const node_config& from) { return codec<type>::show(field(from)); };
  return out;
}

constexpr section all_sections[] = {
    {"node", "The process: who it is and what it does."},
    {"sip", "Listeners, limits and timers of the SIP stack."},
    {"registration", "What the registrar in the S-CSCF grants."},
    {"session", "How long calls last (RFC 4028)."},
    {"overload", "When new work is refused. Requests within dialogs, ACK, BYE and CANCEL never are."},
    {"pcscf", "The P-CSCF: where phones enter."},
    {"icscf", "The I-CSCF: which S-CSCF serves a user."},
    {"scscf", "The S-CSCF: registrar and session control."},
    {"charging", "What P-Charging-Vector and P-Charging-Function-Addresses (RFC 7315) carry; charging records."},
    {"transit", "The role transit: a stateful, record-routing hop to one next hop."},
    {"dns", "The resolver for RFC 3263."},
    {"admin", "HTTP: /healthz, /readyz, /metrics, /api/v1/ and what `troupe ctl` talks to."},
    {"hss", "The embedded HSS."},
    {"cluster", "Where state is kept, and the nodes that make one system."},
    {"diameter", "Diameter (RFC 6733) to and from other hosts, in a process of its own."},
    {"log", "What is logged, and where to."},
};

// Text judges for options, beside those of words.hpp.
std::string wrong_instance(std::string_view text) {
  return text.size() > 64 ? "has more than 64 characters" : wrong_token(text);
}
/// Redis Cluster places a key by what stands in braces, where the prefix goes.
std::string wrong_redis_prefix(std::string_view text) {
  return text.find_first_of("{}") != text.npos ? "has a brace" : wrong_token(text);
}
std::string wrong_secret(std::string_view text) {
  return text.size() < 16 ? "has fewer than 16 characters" : std::string{};
}

#define FIELD(member)                                                                                                  \
  [](auto& c) -> auto& { return c.member; }

std::vector<option> make_options() {
  constexpr std::int64_t hour = 3'600, day = 24 * hour;
  constexpr std::string_view path_example = "\"/etc/troupe/FILE\"";
  constexpr std::string_view uri_example = "\"sip:127.0.0.1:5070\"";
  constexpr std::string_view listeners_example = "[\"udp://127.0.0.1:5060\", \"tcp://127.0.0.1:5060\"]";
  return {
      make("node.name", FIELD(node.name),
           {.wrong = wrong_instance, .example = "\"node-a\"", .default_note = "required"},
           "The node's name in logs, metrics and the admin interface; in a cluster no two are the same."),
      make("node.roles", FIELD(node.roles),
           {.example = "[\"pcscf\", \"icscf\", \"scscf\", \"hss\"]", .default_note = "required"},
           "What this process does. `transit` stands alone. `icscf` and `scscf` need `hss` on the same node, or "
           "[diameter]."),
      make("node.home_domain", FIELD(node.home_domain),
           {.wrong = wrong_host, .example = "\"ims.example\"", .default_note = "required but for `transit`"},
           "The home network's domain (TS 23.003 clause 13.2)."),
      make("node.shards", FIELD(node.shards),
           {.least = 1, .most = 256, .example = "2", .default_note = "one less than the cores, at least 1"},
           "Threads that carry SIP. Each has its own sockets, timers and actors."),
      make("node.secret", FIELD(node.secret),
           {.wrong = wrong_secret,
            .empty = true,
            .example = "\"at least sixteen characters\"",
            .default_note = "random, made at each start",
            .secret = true},
           "The cluster's secret, from which the keys of tokens in Via, Record-Route, Path and Service-Route are made: "
           "the same "
           "on all nodes. Without it tokens do not survive a restart: registered phones have to register anew."),
      make("node.secret_file", FIELD(node.secret_file), {.empty = true, .example = path_example},
           "Read `secret` from the first line of this file instead."),
      make("node.instance_id", FIELD(node.instance_id),
           {.wrong = wrong_instance, .example = "\"node-a\"", .default_note = "`node.name`"},
           "Tells this node's ICIDs, branches and Call-IDs from other nodes'."),
      make("node.put_away_after", FIELD(node.put_away_after), {.least = 1, .most = day},
           "A dialog or registration that has been quiet for so long is kept as its encoded value, and its actor ends; "
           "the "
           "next message or timer makes it again. Less saves memory, more saves work."),
      make("node.drain_timeout", FIELD(node.drain_timeout), {.least = 0, .most = day},
           "After SIGTERM new work is refused; what is under way has so long to end."),

      make("sip.access", FIELD(sip.access), {.empty = true, .example = listeners_example},
           "Listeners towards phones, as udp://, tcp:// or tls:// and a numeric address. No token, route or identity "
           "of the "
           "core is believed here."),
      make("sip.core", FIELD(sip.core), {.empty = true, .example = listeners_example},
           "Listeners towards CSCFs and application servers. They take requests from `peers` only."),
      make("sip.peers", FIELD(sip.peers), {.empty = true, .example = "[\"192.0.2.7\", \"as.ims.example:5060\"]"},
           "The core peers: addresses or host names, with a port if only that one counts."),
      make("sip.advertise", FIELD(sip.advertise),
           {.empty = true, .example = "{ \"udp://0.0.0.0:5060\" = \"pcscf.ims.example\" }"},
           "What peers are told instead of a listener's own address (Via, Record-Route, Path); a must for 0.0.0.0 and "
           "[::]."),
      make("sip.fuse", FIELD(sip.fuse), {},
           "Whether roles of this node hand messages to each other in memory. `false`: they talk SIP over the "
           "listeners of "
           "`icscf.listen` and `scscf.listen`, as if each ran alone."),
      make("sip.tls_certificate", FIELD(sip.tls_certificate), {.empty = true, .example = path_example},
           "Certificate chain (PEM) of the tls:// listeners."),
      make("sip.tls_key", FIELD(sip.tls_key), {.empty = true, .example = path_example}, "Its private key (PEM)."),
      make("sip.tls_ca", FIELD(sip.tls_ca), {.empty = true, .example = path_example, .default_note = "the system's"},
           "Certificates (PEM) of the authorities that peers' certificates are checked against."),
      make("sip.tls_verify_client", FIELD(sip.tls_verify_client), {},
           "Whether a TLS client needs a certificate of `tls_ca`."),
      make("sip.max_message", FIELD(sip.max_message), {.least = 4'096, .most = 1 << 20, .unit = "octets"},
           "A longer message is answered 513 and, over a stream, its connection closed."),
      make("sip.max_connections", FIELD(sip.max_connections), {.least = 1, .most = 1'000'000},
           "TCP and TLS connections of the node; beyond it new ones are closed and counted."),
      make("sip.max_connections_per_source", FIELD(sip.max_connections_per_source), {.least = 1, .most = 1'000'000},
           "The same for one source address (an IPv6 /64 counts as one)."),
      make("sip.idle_timeout", FIELD(sip.idle_timeout), {.least = 1, .most = 7 * day},
           "A connection on which nothing came for so long is closed. By default a little more than a registration's "
           "life."),
      make("sip.connect_timeout", FIELD(sip.connect_timeout), {.least = 1, .most = 32},
           "For connecting by TCP and for the TLS handshake, both ways; then the next target is tried."),
      make("sip.messages_per_second_per_source", FIELD(sip.messages_per_second_per_source),
           {.least = 0, .most = 1'000'000},
           "Flood limit of one source address on the access side; what is beyond it is dropped and counted. 0: none."),
      make("sip.udp_mtu", FIELD(sip.udp_mtu), {.least = 576, .most = 65'535, .unit = "octets"},
           "A larger request goes by TCP when it may, and by UDP when that fails (RFC 3261 clause 18.1.1)."),
      make("sip.t1", FIELD(sip.t1), {.least = 10, .most = 10'000}, "Round trip estimate (RFC 3261 clause 17.1.1.1)."),
      make("sip.t2", FIELD(sip.t2), {.least = 10, .most = 60'000},
           "Longest time between retransmissions of a non-INVITE request and an INVITE response."),
      make("sip.t4", FIELD(sip.t4), {.least = 10, .most = 60'000}, "Longest time a message stays in the network."),
      make("sip.timer_c", FIELD(sip.timer_c), {.least = 1, .most = hour},
           "Longest time without a provisional response to a forwarded INVITE; more than 180 by RFC 3261 clause 16.6."),

      make("registration.min_expires", FIELD(registration.min_expires), {.least = 1, .most = hour},
           "A shorter wish is refused with 423 and Min-Expires (RFC 3261 clause 10.3 forbids that from an hour up)."),
      make("registration.default_expires", FIELD(registration.default_expires), {.least = 1, .most = 600'000},
           "For a contact that states no wish."),
      make("registration.max_expires", FIELD(registration.max_expires), {.least = 1, .most = 600'000},
           "A longer wish is shortened to this. Phones ask for 600000 (TS 24.229 clause 5.1.1.2.1)."),
      make("registration.reg_await_auth", FIELD(registration.reg_await_auth), {.least = 1, .most = hour},
           "How long the answer to a challenge is awaited (timer reg-await-auth, TS 24.229 clause 7.8)."),
      make("registration.max_contacts", FIELD(registration.max_contacts), {.least = 1, .most = 100},
           "Contacts that one public identity may have at a time; the next is refused with 403."),

      make("session.min_se", FIELD(session.min_se), {.least = 90, .most = day},
           "A shorter session interval is refused with 422; 90 or more by RFC 4028 clause 5."),
      make("session.session_expires", FIELD(session.session_expires), {.least = 90, .most = day},
           "The interval asked for where the caller states none."),
      make("session.session_expires_max", FIELD(session.session_expires_max), {.least = 90, .most = day},
           "A longer interval is shortened to this."),
      make("session.longest", FIELD(session.longest), {.least = 1, .most = 30 * day},
           "A call whose ends support no session timer is released after this."),

      make("overload.max_transactions", FIELD(overload.max_transactions), {.least = 100, .most = 10'000'000},
           "Transactions at work on a shard beyond which new work gets 503. Ten times as many may be at rest: "
           "answered, and kept "
           "for repeated messages."),
      make("overload.retry_after", FIELD(overload.retry_after), {.least = 1, .most = hour},
           "The Retry-After of that 503."),

      make("pcscf.visited_network_id", FIELD(pcscf.visited_network_id),
           {.wrong = wrong_header_value, .example = "\"ims.example\"", .default_note = "`node.home_domain`"},
           "P-Visited-Network-ID of forwarded REGISTERs (TS 24.229 clause 5.2.2.1)."),
      make("pcscf.icscf", FIELD(pcscf.icscf),
           {.wrong = wrong_sip_uri,
            .empty = true,
            .example = uri_example,
            .default_note = "this node's, or `home_domain` by DNS"},
           "The I-CSCF, or entry point of the home network, for REGISTERs."),
      make("pcscf.trust_domain", FIELD(pcscf.trust_domain),
           {.wrong = wrong_host, .empty = true, .example = "[\"ims.example\"]", .default_note = "`node.home_domain`"},
           "Domains of the trust domain (RFC 3325): asserted identities and charging headers are sent to these only."),
      make("pcscf.access_network_info", FIELD(pcscf.access_network_info),
           {.wrong = wrong_header_value,
            .empty = true,
            .example = "\"IEEE-802.11; network-provided\"",
            .default_note = "none is added"},
           "A P-Access-Network-Info that the network adds to phones' requests (RFC 7315 clause 4.4)."),
      make("pcscf.subscribe_reg_event", FIELD(pcscf.subscribe_reg_event), {},
           "Whether the P-CSCF subscribes to each user's registration state (TS 24.229 clause 5.2.3)."),

      make("icscf.listen", FIELD(icscf.listen), {.empty = true, .example = listeners_example},
           "The I-CSCF's own core listeners when `sip.fuse` is false."),
      make("icscf.scscfs", FIELD(icscf.scscfs),
           {.wrong = wrong_sip_uri,
            .empty = true,
            .example = "[{ name = \"sip:scscf.ims.example\", capabilities = [1, 2] }]",
            .default_note = "the one of `scscf.name`, without capabilities"},
           "The S-CSCFs to choose from by the capabilities that the HSS asks for (TS 29.228 clause 6.7), the best "
           "first."),

      make("scscf.name", FIELD(scscf.name),
           {.wrong = wrong_sip_uri,
            .example = "\"sip:scscf.ims.example\"",
            .default_note = "`sip:scscf.` + `node.home_domain`"},
           "The SIP URI under which the HSS knows this S-CSCF: one for a whole cluster."),
      make("scscf.listen", FIELD(scscf.listen), {.empty = true, .example = listeners_example},
           "The S-CSCF's own core listeners when `sip.fuse` is false."),
      make("scscf.realm", FIELD(scscf.realm),
           {.wrong = wrong_host, .example = "\"ims.example\"", .default_note = "`node.home_domain`"},
           "The realm of challenges."),
      make("scscf.auth", FIELD(scscf.auth), {.example = "[\"akav1-md5\", \"digest-sha-256\"]"},
           "The schemes that may be used, the preferred first. A subscriber with keys gets AKA, one with a password "
           "digest."),
      make("scscf.icscf", FIELD(scscf.icscf),
           {.wrong = wrong_sip_uri,
            .empty = true,
            .example = uri_example,
            .default_note = "this node's, or `home_domain` by DNS"},
           "Where requests to users of the home domain go."),

      make("charging.ccf", FIELD(charging.ccf),
           {.wrong = wrong_token, .empty = true, .example = "[\"ccf1.ims.example\"]"},
           "Charging collection functions (offline), the primary first."),
      make("charging.ecf", FIELD(charging.ecf),
           {.wrong = wrong_token, .empty = true, .example = "[\"ecf1.ims.example\"]"},
           "Event charging functions (online), the primary first."),
      make("charging.ioi", FIELD(charging.ioi),
           {.wrong = wrong_token, .example = "\"ims.example\"", .default_note = "`node.home_domain`"},
           "This network's inter operator identifier (orig-ioi, term-ioi)."),
      make("charging.records", FIELD(charging.records), {.empty = true, .example = "[\"scscf\"]"},
           "The roles that write charging records of calls (`pcscf`, `scscf`); an empty list: none are written."),
      make("charging.folder", FIELD(charging.folder), {.example = "\"/var/lib/troupe/cdr\""},
           "Where a single node writes them, a file a day. With a Redis store they go to a stream there instead."),
      make("charging.stream_length", FIELD(charging.stream_length),
           {.least = 1'000, .most = 100'000'000, .unit = "records"},
           "How many each group's stream in Redis keeps, about: the oldest go, whether somebody has read them or not."),

      make("transit.next_hop", FIELD(transit.next_hop),
           {.wrong = wrong_sip_uri, .example = uri_example, .default_note = "required for `transit`"},
           "Where every request without a Route goes."),
      make("transit.record_route", FIELD(transit.record_route), {}, "Whether the hop stays in the dialog's route."),

      make("dns.servers", FIELD(dns.servers),
           {.empty = true, .example = "[\"192.0.2.53\", \"[2001:db8::53]:5353\"]", .default_note = "the system's"},
           "Resolvers, by numeric address."),
      make("dns.timeout", FIELD(dns.timeout), {.least = 50, .most = 30'000},
           "How long one try of one server may take."),
      make("dns.attempts", FIELD(dns.attempts), {.least = 1, .most = 10}, "Tries of each server."),

      make("admin.listen", FIELD(admin.listen), {.empty = true},
           "Numeric address and port. An empty text: no admin interface."),
      make("admin.token", FIELD(admin.token),
           {.wrong = wrong_secret,
            .empty = true,
            .example = "\"at least sixteen characters\"",
            .default_note = "none is asked for",
            .secret = true},
           "Bearer token that /api/v1/ asks for; a must when the address is not loopback."),
      make("admin.token_file", FIELD(admin.token_file), {.empty = true, .example = path_example},
           "Read `token` from the first line of this file instead."),

      make("hss.database", FIELD(hss.database), {},
           "The subscribers' SQLite file, made when absent. \":memory:\" keeps nothing."),
      make("hss.provision", FIELD(hss.provision),
           {.empty = true, .example = "\"config/profiles/demo-subscribers.toml\""},
           "A file of [[subscriber]] tables to add at the start; those already known are brought up to date."),
      make("hss.realm", FIELD(hss.realm),
           {.wrong = wrong_host, .example = "\"ims.example\"", .default_note = "`node.home_domain`"},
           "Without the role `hss`: the realm of the HSS that is asked over Cx by [diameter]."),
      make("hss.host", FIELD(hss.host),
           {.wrong = wrong_host,
            .empty = true,
            .example = "\"hss.ims.example\"",
            .default_note = "whoever serves the realm"},
           "Its Origin-Host."),
      make("hss.answer_within", FIELD(hss.answer_within), {.least = 100, .most = 30'000},
           "A question that it has not answered by then has failed: the REGISTER or call gets 504 or 480."),
      make("hss.max_in_flight", FIELD(hss.max_in_flight), {.least = 1, .most = 100'000},
           "Questions of one shard to it that may wait at a time; the next fails at once."),

      make(
          "cluster.store", FIELD(cluster.store), {.wrong = wrong_store, .example = "\"file:var/state.sqlite\""},
          "\"memory\": registrations and calls end with the process. \"file:PATH\": they survive its restart. "
          "\"redis://[user[:password]@]host[:port][/db]\", \"redis-sentinel://host:port,.../MASTER\", "
          "\"redis-cluster://host:port,...\": they survive its host; with rediss instead of redis, over TLS. Names are "
          "resolved while the store waits: numeric addresses are better."),
      make("cluster.redis_prefix", FIELD(cluster.redis_prefix), {.wrong = wrong_redis_prefix},
           "What the keys of this network begin with in Redis."),
      make("cluster.redis_key_file", FIELD(cluster.redis_key_file), {.empty = true, .example = path_example},
           "Keys that subscribers' key material is encrypted under in Redis: a line of 64 hexadecimal digits each "
           "(`openssl rand -hex 32`); the first encrypts, all decrypt. A must unless Redis is on loopback."),
      make("cluster.redis_password_file", FIELD(cluster.redis_password_file), {.empty = true, .example = path_example},
           "Read Redis's password from the first line of this file instead of from `store`."),
      make("cluster.redis_ca", FIELD(cluster.redis_ca), {.empty = true, .example = path_example},
           "PEM file with the authorities that may sign Redis's certificate; the system's if it is empty."),
      make("cluster.redis_certificate", FIELD(cluster.redis_certificate), {.empty = true, .example = path_example},
           "PEM file with the certificate that Redis is shown, should it ask for one."),
      make("cluster.redis_private_key", FIELD(cluster.redis_private_key), {.empty = true, .example = path_example},
           "PEM file with the private key of `redis_certificate`."),
      make("cluster.redis_timeout", FIELD(cluster.redis_timeout), {.least = 50, .most = 30'000},
           "A Redis that has not answered a command for so long is taken for dead."),
      make("cluster.redis_open_timeout", FIELD(cluster.redis_open_timeout), {.least = 100, .most = 600'000},
           "How long a start waits for Redis before it fails."),
      make("cluster.redis_keep", FIELD(cluster.redis_keep), {.least = 60, .most = 30 * day},
           "How long Redis keeps what no node holds any more, beyond its deadlines."),
      make("cluster.redis_replicas", FIELD(cluster.redis_replicas), {.least = 0, .most = 16},
           "Replicas that the Sentinels' master must have at the start. 0: none, nor min-replicas-to-write; then a "
           "fail-over may lose the newest calls."),
      make("cluster.name", FIELD(cluster.name),
           {.wrong = wrong_token, .example = "\"ims.example\"", .default_note = "`node.home_domain`, or `troupe`"},
           "Told to other nodes first of all: one of another cluster is refused."),
      make("cluster.nodes", FIELD(cluster.nodes),
           {.least = 1,
            .most = 65'535,
            .wrong = wrong_instance,
            .empty = true,
            .example = "[{ id = 1, name = \"node-a\", link = \"192.0.2.1:4500\" }]"},
           "The nodes of the cluster, this one among them: the same list on all. An id is never given to another node. "
           "The "
           "node with the lower id connects to the other's `link`, by numeric address and port. None: a single node."),
      make("cluster.node_id", FIELD(cluster.node_id),
           {.least = 1, .most = 65'535, .example = "1", .default_note = "that of `node.name` in `cluster.nodes`"},
           "Which of `cluster.nodes` this one is."),
      make(
          "cluster.groups", FIELD(cluster.groups),
          {.empty = true, .example = "[{ access = [\"udp://192.0.2.10:5060\"], core = [\"udp://192.0.2.10:5070\"] }]"},
          "What nodes own, hand over and take over: each group is a set of listeners, with all that comes in by them. "
          "The same list on all nodes, several a node; instead of `sip.access` and `sip.core`. A group's number is its "
          "place in the list, from 0, and its S-CSCF is called gNUMBER.HOST, after `scscf.name`. The first group also "
          "has the HSS."),
      make("cluster.install_addresses", FIELD(cluster.install_addresses), {},
           "Install the addresses of a group's listeners on the node that owns it, announce them, and remove them with "
           "it (needs CAP_NET_ADMIN and CAP_NET_RAW). false: keepalived does, or clients find nodes by SRV records."),
      make("cluster.life_file", FIELD(cluster.life_file),
           {.empty = true, .example = "\"var/node-a.life\"", .default_note = "`var/NAME.life`"},
           "Where this node keeps the number of its newest life."),
      make("cluster.egress_log", FIELD(cluster.egress_log), {.empty = true, .example = path_example},
           "For tests of a cluster: from when to when this node sent for a group, a JSON object a line. Grows for "
           "ever."),
      make("cluster.link", FIELD(cluster.link),
           {.empty = true, .example = "\"192.0.2.1:4500\"", .default_note = "this node's in `cluster.nodes`"},
           "Numeric address and port on which this node takes the others' links, where it differs from what they "
           "connect to."),
      make(
          "cluster.tls_certificate", FIELD(cluster.tls_certificate), {.empty = true, .example = path_example},
          "Certificate chain (PEM) of this node, shown on links in both directions. A must unless every link is on the "
          "loopback."),
      make("cluster.tls_key", FIELD(cluster.tls_key), {.empty = true, .example = path_example},
           "Its private key (PEM)."),
      make("cluster.tls_ca", FIELD(cluster.tls_ca), {.empty = true, .example = path_example},
           "Certificates (PEM) of the authority that is the cluster's own: whoever has a certificate of it is a node."),

      make("diameter.identity", FIELD(diameter.identity),
           {.wrong = wrong_host, .empty = true, .example = "\"scscf.ims.example\"", .default_note = "no Diameter"},
           "This node's Origin-Host: one for each node, and another than any peer's."),
      make("diameter.realm", FIELD(diameter.realm),
           {.wrong = wrong_host, .example = "\"ims.example\"", .default_note = "`node.home_domain`"},
           "This node's Origin-Realm."),
      make("diameter.listen", FIELD(diameter.listen), {.empty = true, .example = "[\"127.0.0.1\"]"},
           "Numeric addresses to take connections of peers at. None: only we connect."),
      make("diameter.port", FIELD(diameter.port), {.least = 1, .most = 65'535},
           "The port of these addresses, for TCP."),
      make("diameter.tls_port", FIELD(diameter.tls_port), {.least = 0, .most = 65'535, .example = "5868"},
           "Their port for TLS from the first octet (RFC 6733 clause 13.1); 0: none."),
      make("diameter.tls_certificate", FIELD(diameter.tls_certificate), {.empty = true, .example = path_example},
           "This node's certificate chain (PEM)."),
      make("diameter.tls_key", FIELD(diameter.tls_key), {.empty = true, .example = path_example},
           "Its private key (PEM)."),
      make("diameter.tls_ca", FIELD(diameter.tls_ca), {.empty = true, .example = path_example},
           "Certificates (PEM) of the authorities that peers' certificates are checked against."),
      make(
          "diameter.peers", FIELD(diameter.peers),
          {.empty = true, .example = "[{ identity = \"hss.ims.example\", address = \"192.0.2.9:3868\" }]"},
          "The neighbours, by their Origin-Host; nobody else is talked to. One without an address connects to us. With "
          "tls = true the connection is TLS from the first octet."),
      make(
          "diameter.routes", FIELD(diameter.routes),
          {.empty = true,
           .example = "[{ realm = \"ims.example\", peers = [\"hss1.ims.example\", \"hss2.ims.example\"] }]"},
          "Which peers requests for a realm go to: by turns to `peers`, to `backup` when none of these is up. \"*\" is "
          "for realms without a route. A realm with neither goes to peers of that realm; a Destination-Host that is a "
          "peer goes there."),
      make("diameter.applications", FIELD(diameter.applications),
           {.empty = true, .example = "[{ id = 16777251, vendor = 10415 }]"},
           "Applications beside Cx, Sh, Rx, Rf and Ro, for extensions."),
      make("diameter.max_in_flight", FIELD(diameter.max_in_flight), {.least = 1, .most = 100'000},
           "Requests to peers that may be under way at a time; the next is refused at once."),
      make("diameter.max_questions", FIELD(diameter.max_questions), {.least = 1, .most = 100'000},
           "Requests of peers that may wait for their answer at a time; the next gets DIAMETER_TOO_BUSY."),
      make("diameter.answer_within", FIELD(diameter.answer_within), {.least = 100, .most = 60'000},
           "A request of a peer that this node has not answered by then gets DIAMETER_UNABLE_TO_DELIVER."),
      make("diameter.reconnect", FIELD(diameter.reconnect), {.least = 1, .most = 600},
           "Tc: how long after a connection was lost or refused the next is tried, give or take 2 s."),
      make("diameter.watchdog", FIELD(diameter.watchdog), {.least = 6, .most = 600},
           "Tw: a peer that was quiet for so long is asked whether it lives (RFC 3539 clause 3.4.1)."),

      make("log.level", FIELD(log.level), {}, "The least severe level that is logged."),
      make("log.format", FIELD(log.format), {}, "Lines for people, or one JSON object a line."),
      make("log.file", FIELD(log.file),
           {.empty = true, .example = "\"var/log/troupe.log\"", .default_note = "standard error"}, "Appended to."),
  };
}

#undef FIELD

const std::vector<option>& table_of_options() {
  static const std::vector<option> table = make_options();
  return table;
}

} // namespace

std::span<const section> sections() { return all_sections; }
std::span<const option> options() { return table_of_options(); }

const option* find_option(std::string_view key) {
  auto all = options();
  auto at = std::find_if(all.begin(), all.end(), [&](const option& candidate) { return candidate.key == key; });
  return at == all.end() ? nullptr : &*at;
}

std::string option::bounds() const {
  return about.least == about.most ? "" : std::to_string(about.least) + " to " + std::to_string(about.most);
}

std::string option::default_text() const {
  return about.default_note.empty() ? show(node_config{}) : std::string(about.default_note);
}

void reading::wrong(std::string_view key, place at, std::string what, std::string advice) {
  problems.push_back({file, at.line, at.column, std::string(key), std::move(what), std::move(advice)});
}

void reading::wrong_at(std::string_view key, std::string what, std::string advice) {
  auto at = places.find(key);
  wrong(key, at == places.end() ? place{} : at->second, std::move(what), std::move(advice));
}

} // namespace troupe::config
