#include "actors/console/process_facts.hpp"

#include <dirent.h>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace troupe::console {
namespace {

std::uint64_t count_descriptors() {
  std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), &closedir);
  std::uint64_t count = 0;
  while (folder && readdir(folder.get()))
    ++count;
  return count > 3 ? count - 3 : 0; // ".", "..", and the folder itself
}

double boot_time() {
  std::ifstream in("/proc/stat");
  for (std::string line; std::getline(in, line);)
    if (line.rfind("btime ", 0) == 0)
      return std::stod(line.substr(6));
  return 0;
}

/// The fields of /proc/self/stat behind the command's name, which may hold anything: field 3 is the first.
void read_stat(process_facts& out) {
  std::ifstream in("/proc/self/stat");
  std::string line;
  std::getline(in, line);
  auto end = line.rfind(')');
  if (end == std::string::npos)
    return;
  std::istringstream fields(line.substr(end + 1));
  std::string state;
  fields >> state;
  double value = 0;
  auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  for (int field = 4; field <= 24 && fields >> value; ++field) {
    if (field == 14 || field == 15)
      out.cpu_seconds += value / ticks;
    else if (field == 20)
      out.threads = static_cast<std::uint64_t>(value);
    else if (field == 22)
      out.started_at = boot_time() + value / ticks;
    else if (field == 23)
      out.virtual_octets = static_cast<std::uint64_t>(value);
    else if (field == 24)
      out.resident_octets = static_cast<std::uint64_t>(value) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }
}

} // namespace

process_facts read_process_facts() {
  process_facts out;
  read_stat(out);
  out.open_descriptors = count_descriptors();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    out.most_descriptors = limit.rlim_cur;
  return out;
}

} // namespace troupe::console
