#include "cluster/authority/lives.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

#include "protocols/base/text.hpp"
#include "protocols/base/time.hpp"

namespace troupe::cluster {

namespace {

constexpr incarnation highest = incarnation{1} << 53; ///< what the store's scripts count exactly

incarnation wall_clock() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<incarnation>(std::chrono::duration_cast<milliseconds>(since).count());
}

/// Beside the old one, then in its place: a crash leaves one of them whole.
bool replace(const std::string& file, const std::string& text) {
  auto beside = file + ".new";
  auto fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return false;
  auto written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  auto fault = errno;
  ::close(fd);
  errno = fault;
  return written && ::rename(beside.c_str(), file.c_str()) == 0;
}

} // namespace

result<incarnation> last_life(const std::string& file) {
  std::ifstream from(file);
  if (!from)
    return 0;
  std::string line;
  std::getline(from, line);
  auto number = to_number<incarnation>(line);
  if (!number || *number >= highest)
    return fail("cluster: " + file + " should hold the number of this node's newest life, but does not: remove it", 0,
                0);
  return *number;
}

result<incarnation> next_life(const std::string& file, incarnation after) {
  auto last = file.empty() ? result<incarnation>(0) : last_life(file);
  if (!last)
    return last;
  auto life = std::max({wall_clock(), *last + 1, after + 1});
  if (!file.empty() && !replace(file, std::to_string(life) + '\n'))
    return fail("cluster: the number of this life cannot be written to " + file + ": " + std::strerror(errno), 0, 0);
  return life;
}

} // namespace troupe::cluster
