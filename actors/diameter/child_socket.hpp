// The node's end of a Diameter child: the process and the socket to it. One life: when it ends, another is made.
#pragma once

#include <array>
#include <asio/local/stream_protocol.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/supervision/shard.hpp"
#include "cluster/parent/child.hpp"

namespace troupe {

class child_socket : public std::enable_shared_from_this<child_socket> {
public:
  class user {
  public:
    virtual void got(child_socket& from, std::string_view octets) = 0;
    virtual void written(child_socket& from) = 0;
    /// The process is gone, and with it the socket.
    virtual void ended(child_socket& from, const cluster::child_end& how) = 0;

  protected:
    ~user() = default;
  };

  /// Throws std::runtime_error with a sentence. It calls its user in rounds of the shard.
  static std::shared_ptr<child_socket> start(shard& home, user& of, const std::vector<std::string>& command);
  ~child_socket();

  /// Only when nothing is being written.
  void write(std::string octets);
  bool writable() const noexcept { return writing_.empty() && !closed_; }
  void kill();
  pid_t process() const noexcept { return process_.number(); }
  /// Its user hears nothing more. Kills what still runs.
  void abandon();

private:
  using socket = asio::local::stream_protocol::socket;

  child_socket(shard& home, user& of, cluster::child process, socket end);
  void read();
  void wait();
  void on_end();

  shard& home_;
  user* user_;
  cluster::child process_;
  socket socket_;
  asio::posix::stream_descriptor end_; ///< readable when the process has ended
  std::array<char, 65'536> room_;
  std::string writing_;
  bool closed_ = false;
};

} // namespace troupe
