// Locating SIP servers: RFC 3263 clauses 4 and 5, RFC 2782, RFC 3403, RFC 7984; RFC 3261 clause 18.1.1 for large requests.
//
// The locator is given where a message is to go and asks DNS questions until it has a list of targets in the order in which
// they are to be tried. It asks no one itself: questions come out, answers go in, in any order. What never needs DNS, a
// numeric host, is ready at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/cursor.hpp"
#include "protocols/base/random.hpp"
#include "protocols/base/result.hpp"
#include "protocols/sip/uri.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

/// Over what a request goes.
enum class wire : std::uint8_t { udp = 0, tcp = 1, tls = 2 };
/// "UDP", "TCP", "TLS" as Via writes it.
std::string_view via_name(wire w) noexcept;

struct locate_rules {
  bool udp = true, tcp = true, tls = true; ///< that this element can send by
  bool v4 = true, v6 = true;
  bool prefer_v6 = true;         ///< RFC 7984, RFC 6724
  std::size_t large = 1300;      ///< octets above which UDP gives way (RFC 3261 clause 18.1.1); path MTU - 200 if known
  std::size_t most_targets = 16; ///< what a hostile zone may make us try
  std::size_t most_questions = 48; ///< ... and ask

  bool takes(wire w) const noexcept { return w == wire::udp ? udp : w == wire::tcp ? tcp : tls; }
};

/// One server to try. Addresses are texts without brackets.
struct hop_target {
  wire over = wire::udp;
  std::string address;
  std::uint16_t port = 0;
  /// Only if the target before was refused as a TCP connection: the request is too large for UDP (clause 18.1.1).
  bool only_if_refused = false;

  friend bool operator==(const hop_target&, const hop_target&) = default;
};

enum class dns_type : std::uint8_t { a, aaaa, srv, naptr };

struct dns_question {
  std::uint32_t id = 0;
  dns_type type = dns_type::a;
  std::string name;
};

struct srv_record {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;
};

struct naptr_record {
  std::uint16_t order = 0;
  std::uint16_t preference = 0;
  std::string flags;
  std::string service;
  std::string replacement;
};

/// What came for a question. All empty: no such name, no such data, a time-out or a failure.
struct dns_answer {
  std::vector<std::string> addresses; ///< of A and AAAA, as text
  std::vector<srv_record> srv;
  std::vector<naptr_record> naptr;
};

class locator {
public:
  /// `where`: the next hop's URI. `size`: of the request as it will be sent. Fails with 416 for a scheme that cannot be
  /// located, 503 when nothing this element speaks fits (a sips URI without TLS).
  static result<locator> request(const uri& where, std::size_t size, const locate_rules& rules, random_source& random);
  /// For a response whose connection is gone and whose sent-by is a name (RFC 3263 clause 5), or numeric.
  static result<locator> response(wire over, std::string_view host, std::optional<std::uint16_t> port,
                                  const locate_rules& rules, random_source& random);

  /// Questions that have come up since the last call.
  std::vector<dns_question> take_questions();
  /// Unknown and repeated ids are ignored.
  void answer(std::uint32_t id, const dns_answer& what);
  /// No question is open: targets() is complete. An empty list: no server can be found, as if it had answered 503.
  bool ready() const noexcept { return open_ == 0 && fresh_.empty(); }
  std::vector<hop_target> targets() const;

private:
  /// A server name in its place in the order, and the addresses found for it.
  struct server_entry {
    wire over;
    std::uint16_t port;
    std::vector<std::string> v4, v6;
  };
  /// One service (a set of SRV records) in its place in the order.
  struct service_entry {
    wire over;
    std::vector<server_entry> servers;
  };
  struct asked {
    dns_type type;
    std::uint32_t service, server;
    bool open;
  };

  locator(const locate_rules& rules, random_source& random) : rules_(rules), random_(random.next()) {}

  void ask(dns_type type, std::string name, std::size_t service, std::size_t server);
  void ask_addresses(std::string_view name, std::size_t service, std::size_t server);
  void add_host(wire over, std::string_view host, std::uint16_t port);
  void add_numeric(wire over, std::string_view host, std::uint16_t port);
  std::size_t add_service(wire over);
  void begin(std::optional<std::uint16_t> port);
  void ask_srv(wire over, std::string name);
  void ask_srv_of_all();
  void take_naptr(const std::vector<naptr_record>& records);
  void take_srv(std::size_t service, std::vector<srv_record> records);
  void fall_back();
  wire default_wire() const noexcept;

  locate_rules rules_;
  random_source random_; ///< one's own, so that the locator is a value
  std::string host_;
  bool secure_ = false;
  bool may_fall_back_ = false; ///< to the host's addresses: SRV is asked, and none has come
  bool large_ = false;
  std::optional<wire> only_; ///< said by the URI or the Via
  std::vector<service_entry> services_;
  std::vector<asked> questions_;
  std::vector<dns_question> fresh_;
  std::size_t open_ = 0;
};

/// RFC 2782: by priority, within one by weighted chance.
std::vector<srv_record> order_srv(std::vector<srv_record> records, random_source& random);

/// The targets that are left to try, to be stored before a fail-over.
void encode(writer& out, const std::vector<hop_target>& targets);
bool decode(reader& in, std::vector<hop_target>& targets);

/// The next one to try after `failed`: skips what only a refused connection opens. Nothing when none is left.
std::optional<std::size_t> next_target(const std::vector<hop_target>& targets, std::size_t failed, bool refused);

/// True for an IPv4 address or an IPv6 one, with or without brackets.
bool is_numeric(std::string_view host) noexcept;

} // namespace troupe::sip
