// One connection between two nodes: TCP, and TLS 1.3 with certificates both ways unless both ends are on the loopback.
//
// It never calls its user from within a call of its own, only from rounds of the shard. One write is under way at a time;
// what follows waits with the user, where it can still be ordered.
#pragma once

#include <array>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/stream.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "actors/supervision/shard.hpp"

namespace troupe {

/// "host:port".
std::string to_text(const asio::ip::tcp::endpoint& at);

class wire : public std::enable_shared_from_this<wire> {
public:
  class user {
  public:
    virtual void established(wire& w) = 0;
    virtual void got(wire& w, std::string_view octets) = 0;
    virtual void written(wire& w) = 0;
    /// Not by us. `why` is empty where the peer just closed it; `handshake`: it never was established.
    virtual void ended(wire& w, const std::string& why, bool handshake) = 0;

  protected:
    ~user() = default;
  };

  /// `tls`: null for plain TCP.
  wire(shard& home, user& of, std::uint64_t number, asio::ip::tcp::socket socket, asio::ssl::context* tls);

  void accept();
  void connect(const asio::ip::tcp::endpoint& to);
  /// Only when nothing is being written.
  void write(std::string octets);
  /// Writes what is under way and `last`, then ends. What still comes is thrown away, and nobody is told of the end.
  void finish(std::string last);
  void close();

  std::uint64_t number() const noexcept { return number_; }
  instant since() const noexcept { return since_; } ///< made, or told to finish
  bool writable() const noexcept { return established_ && !finishing_ && writing_.empty(); }
  bool closed() const noexcept { return closed_; }
  const std::string& remote() const noexcept { return remote_; }

private:
  using plain = asio::ip::tcp::socket;
  using secure = asio::ssl::stream<plain>;

  plain& socket() noexcept;
  template <class Work>
  auto in_round(Work work);
  void handshake(asio::ssl::stream_base::handshake_type side);
  void established();
  void read();
  void start_write();
  void on_written();
  void fail(asio::error_code why);

  shard& home_;
  user& user_;
  std::uint64_t number_;
  std::variant<plain, secure> stream_;
  std::string remote_;
  std::array<char, 65'536> room_;
  std::string writing_, last_;
  instant since_;
  bool established_ = false, finishing_ = false, closed_ = false;
};

} // namespace troupe
