#include "cluster/store/redis_writer.hpp"

#include <utility>

namespace troupe::store {
namespace {

/// Longer than a partition's longest back-off: by then it may try again, should nobody else remind it.
constexpr std::chrono::milliseconds remind_after{1'100};

} // namespace

redis_writer::redis_writer(event_loop& loop, const redis_setup& setup,
                           const std::vector<std::unique_ptr<write_behind>>& parts, const open_options& options,
                           callbacks on)
    : loop_(loop),
      parts_(parts),
      group_of_(options.group_of),
      on_(std::move(on)),
      around_{loop,
              setup,
              parts,
              options.shard_of,
              on_.on_fenced,
              [this](const std::string& why) { report(why); },
              [this](const std::string& what) {
                std::lock_guard held(mutex_);
                notes_.push_back(what);
              },
              [this](std::uint64_t good, std::uint64_t bad) {
                std::lock_guard held(mutex_);
                counts_.recovered += good;
                counts_.quarantined += bad;
              },
              [this] { routes_.look_again(); }},
      routes_(loop, setup,
              {{[this](redis_link& link) { link_up(link); },
                [this](redis_link& link, const std::string& why, bool lasting) { link_down(link, why, lasting); }},
               [this] {
                 for (auto& [number, group] : groups_)
                   route(*group);
               },
               [this](const std::string& why) { report(why); }}) {}

void redis_writer::take(group_number group, const token& as, raising how, redis_group::taken done) {
  auto& held = groups_[group];
  if (held)
    return done({{},
                 "store: group " + std::to_string(group) +
                     (held->over() ? " was lost, and is still to be given up" : " is held already")});
  held = std::make_shared<redis_group>(around_, group, as, how, std::move(done));
  route(*held);
}

void redis_writer::renew(group_number group, const token& as, redis_group::taken done) {
  if (auto found = groups_.find(group); found != groups_.end())
    found->second->renew(as, std::move(done));
  else
    done({{}, "store: group " + std::to_string(group) + " is not held"});
}

void redis_writer::give_up(group_number group, std::function<void()> done) {
  auto found = groups_.find(group);
  if (found == groups_.end())
    return done();
  found->second->leave([this, group, done = std::move(done)] {
    groups_.erase(group);
    done();
  });
}

void redis_writer::publish(group_number group, const std::vector<publication>& what,
                           const std::vector<std::string>& forget, std::size_t most,
                           std::function<void(outcome, std::size_t)> done) {
  if (auto found = groups_.find(group); found != groups_.end())
    found->second->publish(what, forget, most, std::move(done));
  else
    done(outcome::fenced, 0);
}

/// Brings a group to the link that has it now, if that is up.
void redis_writer::route(redis_group& group) {
  auto* link = routes_.of(group.keys().slot());
  if (link != group.link() && group.link() != nullptr)
    group.detach();
  if (link != nullptr && link->up() && group.link() == nullptr && !group.over())
    group.attach(*link);
}

void redis_writer::link_up(redis_link&) {
  for (auto& [number, group] : groups_)
    route(*group);
}

void redis_writer::link_down(redis_link& link, const std::string& why, bool lasting) {
  report("Redis at " + why);
  for (auto& [number, group] : groups_)
    if (group->link() == &link)
      group->detach();
  routes_.look_again();
  if (lasting)
    on_.on_lasting_failure(why);
}

void redis_writer::report(const std::string& why) {
  std::lock_guard held(mutex_);
  counts_.last_failure = why;
}

void redis_writer::submit(std::size_t partition, batch what) {
  loop_.post(
      [this, partition, what = std::make_shared<batch>(std::move(what))] { write(partition, std::move(*what)); });
}

void redis_writer::write(std::size_t partition, batch what) {
  auto job = std::make_shared<commit_job>();
  job->partition = partition;
  job->what = std::move(what);
  job->since = std::chrono::steady_clock::now();
  job->done = [this](commit_job& ended) { finished(ended); };
  auto parts = divide(job, group_of_);
  if (parts.empty())
    return finished(*job);
  for (auto& part : parts)
    if (auto group = groups_.find(part->group); group != groups_.end())
      group->second->submit(part);
    else
      part->end(outcome::fenced);
}

void redis_writer::finished(commit_job& job) {
  auto worst = job.how.worst();
  auto spent = std::chrono::steady_clock::now() - job.since;
  {
    std::lock_guard held(mutex_);
    counts_.commit_us +=
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
    if (worst == outcome::stored) {
      ++counts_.commits;
      counts_.records += job.what.size() - job.what.quarantines();
      counts_.quarantined += job.what.quarantines();
    } else {
      ++counts_.failed_commits;
    }
  }
  for (auto& [number, rewrite] : job.what.rewritten)
    if (auto group = groups_.find(number); group != groups_.end() && job.how.of(number) == outcome::stored)
      group->second->rewritten(job.partition, rewrite);
  auto& part = *parts_[job.partition];
  if (worst == outcome::failed)
    loop_.after(remind_after, [&part] { part.post([] {}); });
  part.completed(std::move(job.how));
}

statistics redis_writer::counted() const {
  std::lock_guard held(mutex_);
  return counts_;
}

std::vector<std::string> redis_writer::notes() const {
  std::lock_guard held(mutex_);
  return notes_;
}

} // namespace troupe::store
