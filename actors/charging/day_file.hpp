// One day's charging records: a file of lines that is only appended to. What was written and not known to be synced is
// found again by its id, and a line that a crash has cut off is taken away: its record comes again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "protocols/base/result.hpp"

namespace troupe {

class day_file {
public:
  explicit day_file(std::string path) : path_(std::move(path)) {}
  day_file(const day_file&) = delete;
  ~day_file();

  /// Appends these lines, without their ends, and syncs. After a fault nothing of them is there, or it is found by `holds`.
  result<void> append(const std::vector<std::string>& lines);
  /// Those of these ids that stand in the file.
  result<std::unordered_set<std::string>> holds(const std::unordered_set<std::string>& ids);

  const std::string& path() const noexcept { return path_; }
  /// Octets of cut-off lines that were taken away so far.
  std::uint64_t repaired() const noexcept { return repaired_; }

private:
  result<void> open();
  result<void> repair();
  bool is_still_there() const;
  void close() noexcept;
  tl::unexpected<error> broken(const char* what);

  std::string path_;
  int file_ = -1;
  std::uint64_t size_ = 0, repaired_ = 0;
};

} // namespace troupe
