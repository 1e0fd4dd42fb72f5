// A connection to the admin interface whose request, and then whose answer, has a time to be through.
//
// cpp-httplib's own time-outs begin anew with each octet, so that a peer who sends one every few seconds keeps a thread
// for hours. Here the whole request has one deadline, and the answer another, from its first octet.
#pragma once

#include <array>
#include <chrono>

#include "actors/console/http.hpp"

namespace troupe::console {

class deadline_stream final : public httplib::Stream {
public:
  using clock = std::chrono::steady_clock;

  /// Does not own the socket.
  deadline_stream(socket_t socket, clock::duration patience)
      : socket_(socket), patience_(patience), until_(clock::now() + patience) {}

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

  /// Sends FIN and reads what is still coming for a moment, so that an answer given early is not lost to a reset.
  void close_gently();

private:
  bool wait(short for_what) const;

  socket_t socket_;
  clock::duration patience_;
  clock::time_point until_;
  bool answering_ = false;
  std::array<char, 4096> buffer_;
  std::size_t at_ = 0, end_ = 0;
};

} // namespace troupe::console
