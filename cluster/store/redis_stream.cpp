#include "cluster/store/redis_stream.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::store {
namespace {

std::string openssl_fault() {
  char text[256] = "no reason given";
  if (auto code = ERR_get_error())
    ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return text;
}

bool is_numeric(const std::string& host) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 || ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

} // namespace

void tls_closer::operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
void tls_closer::operator()(SSL* session) const noexcept { SSL_free(session); }

result<tls_context> make_tls_context(const redis_options& from) {
  tls_context out(SSL_CTX_new(TLS_client_method()));
  auto* to = out.get();
  SSL_CTX_set_min_proto_version(to, TLS1_2_VERSION);
  SSL_CTX_set_verify(to, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(to, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  auto refuse = [](const std::string& file) {
    return fail("store: " + file + " cannot be used for TLS: " + openssl_fault(), 0, 0);
  };
  if (from.ca.empty())
    SSL_CTX_set_default_verify_paths(to);
  else if (SSL_CTX_load_verify_locations(to, from.ca.c_str(), nullptr) != 1)
    return refuse(from.ca);
  if (!from.certificate.empty() && SSL_CTX_use_certificate_chain_file(to, from.certificate.c_str()) != 1)
    return refuse(from.certificate);
  if (!from.private_key.empty() && SSL_CTX_use_PrivateKey_file(to, from.private_key.c_str(), SSL_FILETYPE_PEM) != 1)
    return refuse(from.private_key);
  return out;
}

bool redis_stream::open(const redis_address& to, SSL_CTX* tls) {
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  if (auto code = ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &wanted, &found); code != 0) {
    fault_ = std::string("its name is not resolved: ") + ::gai_strerror(code);
    return false;
  }
  fd_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto begun = ::connect(fd_, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS;
  if (!begun)
    fault_ = std::strerror(errno);
  ::freeaddrinfo(found);
  return begun && (tls == nullptr || start_tls(to.host, tls));
}

bool redis_stream::start_tls(const std::string& host, SSL_CTX* tls) {
  tls_.reset(SSL_new(tls));
  auto* names = SSL_get0_param(tls_.get());
  auto named = is_numeric(host) ? X509_VERIFY_PARAM_set1_ip_asc(names, host.c_str())
                                : X509_VERIFY_PARAM_set1_host(names, host.c_str(), host.size());
  if (named != 1 || SSL_set_fd(tls_.get(), fd_) != 1)
    fault_ = openssl_fault();
  if (!is_numeric(host))
    SSL_set_tlsext_host_name(tls_.get(), host.c_str());
  return !failed();
}

void redis_stream::close() noexcept {
  tls_.reset();
  if (fd_ >= 0)
    ::close(fd_);
  fd_ = -1;
}

bool redis_stream::connected() {
  if (stage_ == stage::connecting) {
    int code = 0;
    socklen_t size = sizeof code;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &code, &size);
    if (code != 0) {
      fault_ = std::strerror(code);
      return false;
    }
    stage_ = tls_ ? stage::shaking_hands : stage::open;
  }
  if (stage_ == stage::shaking_hands) {
    auto done = SSL_connect(tls_.get());
    if (done == 1)
      stage_ = stage::open;
    else
      judge_tls(done);
  }
  return stage_ == stage::open;
}

bool redis_stream::holds_more() const noexcept { return tls_ && SSL_has_pending(tls_.get()) == 1; }

short redis_stream::wanted(bool to_write) const noexcept {
  if (stage_ == stage::connecting || tls_wants_write_ || (stage_ == stage::open && to_write))
    return POLLIN | POLLOUT;
  return POLLIN;
}

/// What a system call answered.
std::size_t redis_stream::moved(long got) {
  if (got > 0)
    return static_cast<std::size_t>(got);
  if (got == 0)
    fault_ = "it closed the connection";
  else if (errno != EAGAIN && errno != EINTR)
    fault_ = std::strerror(errno);
  return 0;
}

std::size_t redis_stream::judge_tls(int got) {
  tls_wants_write_ = false;
  if (got > 0)
    return static_cast<std::size_t>(got);
  switch (SSL_get_error(tls_.get(), got)) {
  case SSL_ERROR_WANT_READ: break;
  case SSL_ERROR_WANT_WRITE: tls_wants_write_ = true; break;
  case SSL_ERROR_ZERO_RETURN: fault_ = "it closed the connection"; break;
  default: {
    auto code = SSL_get_verify_result(tls_.get());
    fault_ = "TLS: " + (code == X509_V_OK ? openssl_fault() : std::string(X509_verify_cert_error_string(code)));
  }
  }
  ERR_clear_error();
  return 0;
}

std::size_t redis_stream::read(char* into, std::size_t most) {
  return tls_ ? judge_tls(SSL_read(tls_.get(), into, static_cast<int>(most))) : moved(::recv(fd_, into, most, 0));
}

std::size_t redis_stream::write(const char* from, std::size_t size) {
  return tls_ ? judge_tls(SSL_write(tls_.get(), from, static_cast<int>(size)))
              : moved(::send(fd_, from, size, MSG_NOSIGNAL));
}

} // namespace troupe::store
