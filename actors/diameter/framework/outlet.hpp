// The child's way to its node: frames from any thread, none of which ever waits for the node to read.
//
// What the socket does not take at once is kept, and a thread of the outlet's writes it on. Answers and failures are
// bounded by the number of requests that the node has under way; what peers cause is asked first whether there is room.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "actors/diameter/channel/frames.hpp"

namespace troupe::diameter_framework {

class outlet {
public:
  explicit outlet(int descriptor);
  outlet(const outlet&) = delete;

  void send(diameter_channel::frame_kind kind, std::uint64_t number, std::string_view content = {});
  template <class Content>
  void send_content(diameter_channel::frame_kind kind, std::uint64_t number, const Content& from) {
    std::string content;
    write(content, from);
    send(kind, number, content);
  }
  /// Whether the node keeps up.
  bool roomy() const noexcept { return waiting_.load(std::memory_order_relaxed) < enough_waiting; }

private:
  static constexpr std::size_t enough_waiting = std::size_t{1} << 20;
  static constexpr std::size_t most_waiting = std::size_t{256} << 20; ///< beyond it the node is as good as dead

  std::size_t try_write(std::string_view octets);
  void write_on();

  const int descriptor_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::string backlog_;
  std::size_t written_ = 0; ///< of the backlog
  std::atomic<std::size_t> waiting_{0};
  std::thread writer_; ///< as long as the process
};

} // namespace troupe::diameter_framework
