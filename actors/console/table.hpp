// Text in columns for people. What came from the network is made harmless for their terminal.
#pragma once

#include <string>
#include <vector>

namespace troupe::console {

class table {
public:
  explicit table(std::vector<std::string> heads) : heads_(std::move(heads)) {}

  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const noexcept { return rows_.empty(); }
  /// A line each, columns two spaces apart, none at the end.
  std::string text() const;

private:
  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> rows_;
};

/// Control characters become '?'.
std::string harmless(std::string_view text);
/// "2 d 3 h", "4 min 5 s", "6 s".
std::string duration_text(long long seconds);

} // namespace troupe::console
