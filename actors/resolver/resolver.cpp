#include "actors/resolver/resolver.hpp"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <stdexcept>

#include "protocols/base/text.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe {

struct resolver::lookup {
  sip::locator machine;
  std::string host;
  std::function<void(std::vector<candidate>)> done;
  bool finished = false;
};

struct resolver::watched {
  explicit watched(asio::io_context& io, int fd) : socket(io, fd) {}
  ~watched() { release(); }
  /// c-ares closes it next: its number may be another socket's as soon as this is over.
  void release() {
    if (socket.is_open())
      socket.release();
  }
  asio::posix::stream_descriptor socket;
  bool read = false, write = false;
  bool reading = false, writing = false;
};

/// What c-ares calls back into.
struct ares_glue {
  struct open_question {
    resolver* owner;
    std::shared_ptr<bool> alive;
    std::shared_ptr<resolver::lookup> of;
    std::uint32_t id;
    sip::dns_type type;
  };

  static void on_socket(void* self, ares_socket_t fd, int read, int write) {
    static_cast<resolver*>(self)->socket_state(fd, read != 0, write != 0);
  }

  static void on_answer(void* arg, int status, int, unsigned char* octets, int size) {
    std::unique_ptr<open_question> q(static_cast<open_question*>(arg));
    sip::dns_answer answer;
    if (status == ARES_SUCCESS)
      read(q->type, octets, size, answer);
    if (!*q->alive || status == ARES_EDESTRUCTION)
      return;
    q->of->machine.answer(q->id, answer);
    q->owner->ask(q->of);
  }

  static void read(sip::dns_type type, const unsigned char* octets, int size, sip::dns_answer& out) {
    switch (type) {
    case sip::dns_type::a:
    case sip::dns_type::aaaa: return read_addresses(type, octets, size, out);
    case sip::dns_type::srv: return read_srv(octets, size, out);
    case sip::dns_type::naptr: return read_naptr(octets, size, out);
    }
  }

  static void read_addresses(sip::dns_type type, const unsigned char* octets, int size, sip::dns_answer& out) {
    hostent* found = nullptr;
    auto v6 = type == sip::dns_type::aaaa;
    auto status = v6 ? ares_parse_aaaa_reply(octets, size, &found, nullptr, nullptr)
                     : ares_parse_a_reply(octets, size, &found, nullptr, nullptr);
    if (status != ARES_SUCCESS)
      return;
    for (auto** at = found->h_addr_list; *at; ++at) {
      char text[INET6_ADDRSTRLEN];
      if (inet_ntop(v6 ? AF_INET6 : AF_INET, *at, text, sizeof text))
        out.addresses.emplace_back(text);
    }
    ares_free_hostent(found);
  }

  static void read_srv(const unsigned char* octets, int size, sip::dns_answer& out) {
    ares_srv_reply* found = nullptr;
    if (ares_parse_srv_reply(octets, size, &found) != ARES_SUCCESS)
      return;
    for (auto* r = found; r; r = r->next)
      out.srv.push_back({r->priority, r->weight, r->port, r->host});
    ares_free_data(found);
  }

  static void read_naptr(const unsigned char* octets, int size, sip::dns_answer& out) {
    auto text = [](const unsigned char* t) { return std::string(reinterpret_cast<const char*>(t)); };
    ares_naptr_reply* found = nullptr;
    if (ares_parse_naptr_reply(octets, size, &found) != ARES_SUCCESS)
      return;
    for (auto* r = found; r; r = r->next)
      out.naptr.push_back({r->order, r->preference, text(r->flags), text(r->service), r->replacement});
    ares_free_data(found);
  }
};

resolver::resolver(shard& home, resolver_options options)
    : home_(home), options_(std::move(options)), timer_(home.io()) {
  static const int library = ares_library_init(ARES_LIB_INIT_ALL);
  ares_options setup{};
  setup.timeout = static_cast<int>(options_.timeout.count());
  setup.tries = options_.attempts;
  setup.sock_state_cb = &ares_glue::on_socket;
  setup.sock_state_cb_data = this;
  auto failed =
      library != ARES_SUCCESS
          ? library
          : ares_init_options(&channel_, &setup, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
  if (failed == ARES_SUCCESS && !options_.servers.empty()) {
    std::string list;
    for (auto& s : options_.servers)
      (list += list.empty() ? "" : ",") += s;
    failed = ares_set_servers_ports_csv(channel_, list.c_str());
  }
  if (failed != ARES_SUCCESS)
    throw std::runtime_error(std::string("the DNS resolver cannot be set up: ") + ares_strerror(failed));
}

resolver::~resolver() {
  *alive_ = false;
  if (channel_)
    ares_destroy(channel_);
}

std::vector<candidate> resolver::candidates(const sip::locator& found, std::string_view host) {
  std::vector<candidate> out;
  for (auto& t : found.targets()) {
    auto to = parse_address(t.address, t.port);
    if (!to)
      continue;
    auto by = t.over == sip::wire::udp ? transport::udp : t.over == sip::wire::tcp ? transport::tcp : transport::tls;
    out.push_back({by, *to, std::string(host), t.only_if_refused});
  }
  return out;
}

/// What most requests need, without the machine: a numeric host and a port, by UDP.
std::optional<candidate> resolver::at_once(const sip::uri& where, std::size_t octets) const {
  auto& rules = options_.rules;
  if (where.kind != sip::scheme::sip || !where.port || !rules.udp || octets > rules.large ||
      where.params.has("transport") || where.params.has("maddr"))
    return std::nullopt;
  auto to = parse_address(where.host, *where.port);
  if (!to || !(to->v6 ? rules.v6 : rules.v4))
    return std::nullopt;
  return candidate{transport::udp, *to, {}, false};
}

sip::uri resolver::known(sip::uri where) const {
  if (options_.hosts.empty() || where.port)
    return where;
  if (auto found = options_.hosts.find(to_lower(where.host)); found != options_.hosts.end()) {
    where.host = found->second.address;
    where.port = found->second.port;
  }
  return where;
}

bool resolver::locate(std::string_view text, std::size_t octets, std::vector<candidate>& out,
                      std::function<void(std::vector<candidate>)> done) {
  auto where = sip::parse_uri(text);
  if (!where)
    return true;
  *where = known(std::move(*where));
  if (auto known = at_once(*where, octets)) {
    out.push_back(std::move(*known));
    return true;
  }
  auto machine = sip::locator::request(*where, octets, options_.rules, home_.random());
  if (!machine)
    return true;
  auto host = sip::is_numeric(where->host) ? std::string_view{} : where->host;
  if (machine->ready()) {
    out = candidates(*machine, host);
    return true;
  }
  if (under_way_ >= options_.most_lookups)
    return true;
  ++under_way_;
  auto l = std::make_shared<lookup>(lookup{std::move(*machine), std::string(host), std::move(done)});
  // Not within this call: the caller is told of look-ups later, in a round of their own.
  home_.post([this, l, alive = alive_] {
    if (*alive)
      ask(l);
  });
  return false;
}

void resolver::ask(const std::shared_ptr<lookup>& l) {
  for (auto& q : l->machine.take_questions())
    question(l, q);
  if (l->machine.ready())
    finish(*l);
  set_timer();
}

void resolver::question(const std::shared_ptr<lookup>& l, const sip::dns_question& q) {
  auto type = q.type == sip::dns_type::a      ? ns_t_a
              : q.type == sip::dns_type::aaaa ? ns_t_aaaa
              : q.type == sip::dns_type::srv  ? ns_t_srv
                                              : ns_t_naptr;
  auto* arg = new ares_glue::open_question{this, alive_, l, q.id, q.type};
  ares_query(channel_, q.name.c_str(), ns_c_in, type, &ares_glue::on_answer, arg);
}

void resolver::finish(lookup& l) {
  if (std::exchange(l.finished, true))
    return;
  --under_way_;
  l.done(candidates(l.machine, l.host));
}

void resolver::socket_state(int fd, bool read, bool write) {
  if (!read && !write) {
    if (auto gone = sockets_.extract(fd); !gone.empty())
      gone.mapped()->release(); // handlers that are still to run keep the rest
    return;
  }
  auto& place = sockets_[fd];
  if (!place)
    place = std::make_shared<watched>(home_.io(), fd);
  place->read = read;
  place->write = write;
  watch(fd);
}

void resolver::watch(int fd) {
  auto w = sockets_.at(fd);
  auto process = [this, fd, w, alive = alive_](bool reading) {
    return [this, fd, w, alive, reading](asio::error_code failed) {
      (reading ? w->reading : w->writing) = false;
      if (failed || !*alive)
        return;
      home_.round([&] { ares_process_fd(channel_, reading ? fd : ARES_SOCKET_BAD, reading ? ARES_SOCKET_BAD : fd); });
      if (auto still = sockets_.find(fd); *alive && still != sockets_.end() && still->second == w)
        watch(fd);
      set_timer();
    };
  };
  if (w->read && !std::exchange(w->reading, true))
    w->socket.async_wait(asio::posix::stream_descriptor::wait_read, process(true));
  if (w->write && !std::exchange(w->writing, true))
    w->socket.async_wait(asio::posix::stream_descriptor::wait_write, process(false));
}

void resolver::set_timer() {
  timeval room{1, 0}, left{};
  if (under_way_ == 0)
    return;
  auto* next = ares_timeout(channel_, &room, &left);
  timer_.expires_after(std::chrono::seconds(next->tv_sec) + std::chrono::microseconds(next->tv_usec) + milliseconds(1));
  timer_.async_wait([this, alive = alive_](asio::error_code failed) {
    if (failed || !*alive)
      return;
    home_.round([&] { ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD); });
    set_timer();
  });
}

} // namespace troupe
