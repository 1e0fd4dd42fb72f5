#include "cluster/store/redis_group.hpp"

#include <utility>

namespace troupe::store {
namespace {

constexpr std::chrono::milliseconds again_after{20};
/// A fence outlives the records that it guards.
constexpr int fence_lives = 4;

instant wall_clock() {
  return {std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

} // namespace

redis_group::redis_group(redis_surroundings& around, group_number number, token as, raising how, taken done)
    : around_(around),
      number_(number),
      keys_(around.setup.options.prefix, number),
      mine_(as),
      how_(how),
      granted_(how == raising::take),
      done_(std::move(done)) {}

void redis_group::attach(redis_link& link) {
  at_ = &link;
  raise();
}

void redis_group::detach() {
  if (serving_)
    down_since_ = clock::now();
  at_ = nullptr;
  serving_ = false;
  ++attempt_;
}

void redis_group::raise() {
  auto how = how_;
  if (read_) {
    how = run_id_ == at_->facts().run_id ? raising::resume : raising::anew;
    mine_.generation += how == raising::anew && !granted_ ? 1 : 0;
  }
  auto number = ++around_.numbers;
  auto lives = std::chrono::milliseconds(around_.setup.options.keep) * fence_lives;
  at_->send(raise_command(keys_, how, mine_, number, number, lives),
            [self = shared_from_this(), attempt = ++attempt_, number](const redisReply* reply) {
              if (reply == nullptr || attempt != self->attempt_ || self->over_)
                return;
              if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2)
                return self->remedy_for(text_of(*reply));
              self->raised(*reply);
              if (!self->over_ && self->read_ && reply->element[0]->integer == 2)
                self->begin_rewrite(number);
            });
}

void redis_group::raised(const redisReply& reply) {
  auto fence = text_of(*reply.element[1]);
  if (reply.element[0]->integer == 0)
    return fenced(fence);
  mine_ = read_fence(fence);
  fence_ = fence;
  run_id_ = at_->facts().run_id;
  serving_ = true;
  if (!read_) {
    how_ = raising::take; // should it come to that: under the token that it has now
    read();
  } else if (rewriting_ && to_rewrite_.empty()) {
    replace(); // whose answer was lost
  }
  for (auto& each : std::exchange(waiting_, {}))
    send(each);
}

redis_group::clock::time_point redis_group::patience() const {
  return (serving_ ? clock::now() : down_since_) + around_.setup.options.timeout;
}

void redis_group::submit(const std::shared_ptr<commit_part>& part) {
  if (over_)
    return part->end(outcome::fenced);
  part->until = patience();
  if (serving_)
    send(part);
  else
    wait(part);
}

void redis_group::wait(const std::shared_ptr<commit_part>& part) {
  if (clock::now() >= part->until)
    return part->end(outcome::failed);
  waiting_.push_back(part);
  if (!std::exchange(ticking_, true))
    around_.loop.after(again_after, [self = shared_from_this()] { self->tick(); });
}

void redis_group::tick() {
  ticking_ = false;
  for (auto& each : std::exchange(waiting_, {}))
    if (serving_)
      send(each);
    else
      wait(each);
}

void redis_group::send(const std::shared_ptr<commit_part>& part) {
  commit_style style{keys_, fence_, around_.setup.keys, around_.setup.options.keep, wall_clock(), rewriting_};
  auto commands = commands_of(*part, style);
  part->worst = commit_part::ending::stored;
  part->open = commands.size();
  for (auto& each : commands)
    at_->send(each, [self = shared_from_this(), part](const redisReply* reply) {
      part->worst = std::max(part->worst, self->judge(reply));
      if (--part->open == 0)
        self->conclude(part);
    });
}

/// The answer to a script but `raise`.
commit_part::ending redis_group::judge(const redisReply* reply) {
  using ending = commit_part::ending;
  if (reply == nullptr)
    return ending::failed;
  if (reply->type == REDIS_REPLY_INTEGER)
    return ending::stored;
  auto text = text_of(*reply);
  if (is_error(*reply)) {
    remedy_for(text);
    return read_refusal(text).what == remedy::none ? ending::failed : ending::again;
  }
  if (is_beyond(text, mine_)) {
    fenced(text);
    return ending::fenced;
  }
  // The fence is gone, or an older one: somebody has emptied the store, or put an old state in its place.
  if (serving_) {
    around_.report("a Redis server has lost what was written: all is written anew");
    serving_ = false;
    down_since_ = clock::now();
    raise();
  }
  return ending::again;
}

void redis_group::conclude(const std::shared_ptr<commit_part>& part) {
  switch (part->worst) {
  case commit_part::ending::stored: return part->end(outcome::stored);
  case commit_part::ending::again: return wait(part);
  case commit_part::ending::failed: return part->end(outcome::failed);
  case commit_part::ending::fenced: return part->end(outcome::fenced);
  }
}

void redis_group::remedy_for(std::string_view error) {
  auto why = read_refusal(error);
  around_.report("a Redis server has refused: " + why.meaning);
  auto* link = at_;
  if (link == nullptr)
    return;
  if (why.what == remedy::load_scripts)
    link->load_scripts();
  if (why.what == remedy::find_master && around_.setup.spec.how == redis_spec::kind::cluster) {
    detach();
    return around_.look_again();
  }
  if (why.what == remedy::find_master)
    // Not at once: the link is at work on this reply, and what else it has answered is still to be read.
    return around_.loop.after({}, [link, self = shared_from_this(), attempt = attempt_, meaning = why.meaning] {
      if (attempt == self->attempt_)
        link->drop(meaning);
    });
  if (!serving_) // it was `raise` that was refused
    around_.loop.after(again_after, [self = shared_from_this(), attempt = attempt_] {
      if (attempt == self->attempt_ && !self->over_)
        self->raise();
    });
}

void redis_group::fenced(std::string_view by) {
  if (std::exchange(over_, true))
    return;
  serving_ = false;
  beyond_ = read_fence(by);
  auto what = "group " + std::to_string(number_) + " has another owner: its fence is " + std::string(by) +
              ", ours was " + fence_text(mine_, 0);
  around_.report(what);
  for (auto& each : std::exchange(waiting_, {}))
    each->end(outcome::fenced);
  if (read_)
    around_.on_fenced(number_, beyond_);
  finish_taking({beyond_, "store: " + what});
}

/// Everything goes to fresh hashes beside the old ones, which take their place when all is there: writing over the old
/// ones would leave in them what was erased meanwhile.
void redis_group::begin_rewrite(std::uint64_t number) {
  rewriting_ = true;
  rewrite_ = number;
  for (std::size_t i = 0; i < around_.parts.size(); ++i)
    to_rewrite_.insert(i);
  for (auto& part : around_.parts)
    part->post([to = part.get(), group = number_, number] { to->rewrite(group, number); });
}

void redis_group::rewritten(std::size_t partition, std::uint64_t number) {
  if (number == rewrite_ && to_rewrite_.erase(partition) == 1 && to_rewrite_.empty() && serving_)
    replace();
}

void redis_group::replace() {
  at_->send(replace_command(keys_, fence_, rewrite_),
            [self = shared_from_this(), number = rewrite_](const redisReply* reply) {
              switch (self->judge(reply)) {
              case commit_part::ending::stored:
                if (reply->integer != 1)
                  return self->raise_anew();
                if (self->rewrite_ != number || !std::exchange(self->rewriting_, false))
                  break;
                if (self->serving_)
                  self->replace(); // until this answer commits went to the fresh hashes as well
                self->finish_taking({self->mine_, {}});
                break;
              case commit_part::ending::again:
                self->around_.loop.after(again_after, [self, number] {
                  if (self->serving_ && self->rewriting_ && self->rewrite_ == number && self->to_rewrite_.empty())
                    self->replace();
                });
                break;
              default: break; // the next connection does it
              }
            });
}

/// Whatever stands there: under another token, or another connection's rewrite is in the way, from long ago.
void redis_group::raise_anew() {
  run_id_.clear();
  serving_ = false;
  down_since_ = clock::now();
  if (at_ != nullptr)
    raise();
}

void redis_group::renew(const token& as, taken done) {
  if (over_ || !read_)
    return done({beyond_, "store: group " + std::to_string(number_) + (over_ ? " was lost" : " is still being taken")});
  finish_taking({mine_, "store: a later renewal has come before the end of this one"});
  mine_ = as;
  granted_ = true;
  done_ = std::move(done);
  rewriting_ = false; // whatever is under way ends nothing any more
  rewrite_ = 0;
  to_rewrite_.clear();
  raise_anew();
}

/// While the group is held its keys do not run out, whatever the deadlines of its records.
void redis_group::keep_alive() {
  auto keep = std::chrono::milliseconds(around_.setup.options.keep);
  if (serving_)
    at_->send(keep_command(keys_, fence_, keep * fence_lives, keep),
              [self = shared_from_this()](const redisReply* reply) { self->judge(reply); });
  around_.loop.after(keep / 4, [weak = weak_from_this()] {
    if (auto self = weak.lock(); self && !self->over_)
      self->keep_alive();
  });
}

void redis_group::publish(const std::vector<publication>& what, const std::vector<std::string>& forget,
                          std::size_t most, std::function<void(outcome, std::size_t)> done) {
  if (over_)
    return done(outcome::fenced, 0);
  if (!serving_)
    return done(outcome::failed, 0);
  at_->send(publish_command(keys_, fence_, what, forget, most, around_.setup.options.keep),
            [self = shared_from_this(), done = std::move(done)](const redisReply* reply) {
              auto how = self->judge(reply);
              if (how == commit_part::ending::stored)
                done(outcome::stored, static_cast<std::size_t>(reply->integer));
              else
                done(how == commit_part::ending::fenced ? outcome::fenced : outcome::failed, 0);
            });
}

void redis_group::leave(std::function<void()> done) {
  auto left = std::make_shared<std::atomic<std::size_t>>(around_.parts.size());
  auto last = [self = shared_from_this(), done = std::move(done), left] {
    if (--*left != 0)
      return;
    self->around_.loop.post([self, done] {
      self->over_ = true; // its fence runs out by itself, after its records
      done();
    });
  };
  for (auto& part : around_.parts)
    part->post([to = part.get(), group = number_, last] { to->leave(group, last); });
}

} // namespace troupe::store
