// Charging records to files, one a day by the time at which the call ended (UTC), a line of JSON each: for a single node.
// A thread of its own writes, for a disk may be slow. docs/operations/charging.md.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/charging/day_file.hpp"
#include "actors/contracts/charging.hpp"

namespace troupe {

class file_sink final : public charging_sink {
public:
  /// `say`: a sentence for the log, when something begins to fail, works again, or was repaired. From the thread.
  file_sink(std::string folder, std::function<void(const std::string&)> say);
  /// Writes what it was given.
  ~file_sink() override;

  void write(std::vector<item> records, written done) override;
  milliseconds gathers() const noexcept override { return milliseconds(100); }

  /// "cdr-2026-11-23.jsonl".
  static std::string name_of(instant ended);

private:
  struct job {
    std::vector<item> records;
    written done;
  };
  struct page { ///< what goes to one file now
    std::vector<std::string> lines;
    std::unordered_set<std::string> seen;                      ///< ids that may be there
    std::vector<std::pair<std::string, std::string>> doubtful; ///< these and their lines
  };

  void run();
  void carry_out(std::vector<job> jobs);
  result<std::size_t> write_page(const std::string& name, page& what);
  day_file& file(const std::string& name);
  void tell(const result<std::size_t>& how);

  std::string folder_;
  std::function<void(const std::string&)> say_;
  std::unique_ptr<day_file> open_; ///< the latest day's; an older one is closed after use
  bool failing_ = false;

  std::mutex mutex_;
  std::condition_variable woken_;
  std::vector<job> jobs_; ///< these two under the mutex
  bool ending_ = false;
  std::thread thread_;
};

} // namespace troupe
