#include "actors/charging/file_sink.hpp"

#include <utility>

#include "cluster/store/thread.hpp"

namespace troupe {

file_sink::file_sink(std::string folder, std::function<void(const std::string&)> say)
    : folder_(std::move(folder)), say_(std::move(say)) {
  thread_ = store::start_thread("charging", [this] { run(); });
}

file_sink::~file_sink() {
  {
    std::lock_guard held(mutex_);
    ending_ = true;
  }
  woken_.notify_one();
  thread_.join();
}

std::string file_sink::name_of(instant ended) { return "cdr-" + ims::to_rfc3339(ended).substr(0, 10) + ".jsonl"; }

void file_sink::write(std::vector<item> records, written done) {
  {
    std::lock_guard held(mutex_);
    jobs_.push_back({std::move(records), std::move(done)});
  }
  woken_.notify_one();
}

void file_sink::run() {
  while (true) {
    std::vector<job> jobs;
    {
      std::unique_lock held(mutex_);
      woken_.wait(held, [this] { return ending_ || !jobs_.empty(); });
      if (jobs_.empty())
        return;
      jobs = std::exchange(jobs_, {});
    }
    carry_out(std::move(jobs));
  }
}

/// All that has come meanwhile, with one sync a file. One that fails fails everybody: it is one disk.
void file_sink::carry_out(std::vector<job> jobs) {
  std::map<std::string, page> pages;
  for (auto& each : jobs)
    for (auto& one : each.records) {
      auto& to = pages[name_of(one.record.ended)];
      auto line = ims::to_json(one.record);
      if (one.seen) {
        to.seen.insert(one.record.id);
        to.doubtful.emplace_back(std::move(one.record.id), std::move(line));
      } else {
        to.lines.push_back(std::move(line));
      }
    }
  result<std::size_t> how = 0;
  for (auto& [name, what] : pages) {
    auto put = write_page(name, what);
    how = put && how ? result<std::size_t>(*how + *put) : put ? how : put;
  }
  tell(how);
  for (auto& each : jobs)
    each.done(how ? store::outcome::stored : store::outcome::failed, how.value_or(0));
}

result<std::size_t> file_sink::write_page(const std::string& name, page& what) {
  auto& to = file(name);
  auto repaired = to.repaired();
  if (!what.seen.empty()) {
    auto there = to.holds(what.seen);
    if (!there)
      return tl::unexpected(there.error());
    for (auto& [id, line] : what.doubtful)
      if (there->insert(id).second)
        what.lines.push_back(std::move(line));
  }
  if (what.lines.empty())
    return 0;
  auto put = to.append(what.lines);
  if (to.repaired() != repaired)
    say_(to.path() + " ended in a line that was cut off, which was taken away: its record comes again");
  if (!put)
    return tl::unexpected(put.error());
  return what.lines.size();
}

day_file& file_sink::file(const std::string& name) {
  auto path = folder_ + '/' + name;
  if (!open_ || open_->path() != path)
    open_ = std::make_unique<day_file>(path);
  return *open_;
}

void file_sink::tell(const result<std::size_t>& how) {
  if (!how && !std::exchange(failing_, true))
    say_("charging records cannot be written, they are kept and tried again: " + how.error().what);
  else if (how && std::exchange(failing_, false))
    say_("charging records are written again");
}

} // namespace troupe
