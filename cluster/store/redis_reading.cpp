// How a group that was taken is read: hash by hash, some hundred records at a time, so that Redis answers others
// meanwhile. The values stay as they are; each goes to its partition's thread.
#include <atomic>
#include <utility>

#include "cluster/store/redis_group.hpp"

namespace troupe::store {
namespace {

constexpr const char* records_at_once = "512";

}

void redis_group::read() {
  bucket_ = 0;
  cursor_ = "0";
  scan();
}

void redis_group::scan() {
  at_->send({"HSCAN", keys_.data(bucket_), cursor_, "COUNT", records_at_once},
            [self = shared_from_this(), attempt = attempt_](const redisReply* reply) {
              if (reply == nullptr || attempt != self->attempt_ || self->over_)
                return;
              if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) {
                self->serving_ = false;
                return self->remedy_for(text_of(*reply));
              }
              if (!self->read_piece(*reply->element[1]))
                return;
              self->cursor_ = text_of(*reply->element[0]);
              if (self->cursor_ == "0" && ++self->bucket_ == buckets)
                return self->finish_reading();
              self->scan();
            });
}

/// False: the group is not taken.
bool redis_group::read_piece(const redisReply& fields) {
  std::vector<batch> pieces(around_.parts.size());
  std::vector<std::pair<std::string, std::string>> bad;
  std::string opened;
  std::uint64_t good = 0;
  for (std::size_t i = 0; i + 1 < fields.elements; i += 2) {
    auto field = text_of(*fields.element[i]), value = text_of(*fields.element[i + 1]);
    record found;
    auto fault = field.empty() ? record_fault::damaged
                               : decode_record(unpacked(field), value, around_.setup.keys, found, opened);
    if (fault == record_fault::unknown_key || fault == record_fault::newer_format) {
      over_ = true;
      finish_taking(
          {mine_, fault == record_fault::unknown_key
                      ? "store: records are encrypted under a key that cluster.redis_key_file lacks: add the old key"
                      : "store: records are of a newer version of troupe"});
      return false;
    }
    if (fault == record_fault::damaged) {
      bad.emplace_back(field, value);
      continue;
    }
    ++good;
    pieces[around_.shard_of(unpacked(field)) % pieces.size()].put(unpacked(field), found);
  }
  around_.count_read(good, bad.size());
  for (std::size_t i = 0; i < pieces.size(); ++i)
    if (!pieces[i].empty())
      around_.parts[i]->post([to = around_.parts[i].get(), piece = std::move(pieces[i])] {
        for (std::size_t at = 0; at < piece.size(); ++at)
          to->restore(piece[at].id, piece[at].value);
      });
  if (!bad.empty())
    set_aside(bucket_, bad);
  return true;
}

/// To look at; should it fail, they are found again at the next reading.
void redis_group::set_aside(std::uint32_t bucket, const std::vector<std::pair<std::string, std::string>>& bad) {
  around_.note(std::to_string(bad.size()) + " records of group " + std::to_string(number_) +
               " were damaged and were set aside in " + keys_.quarantine());
  hash_change aside{keys_.quarantine(), {}, {}, around_.setup.options.keep}, gone{keys_.data(bucket), {}, {}, {}};
  for (auto& [field, value] : bad) {
    aside.puts.insert(aside.puts.end(), {field + " damaged", value});
    gone.erases.push_back(field);
  }
  at_->send(commit_command(keys_, fence_, {aside, gone}), [](const redisReply*) {});
}

void redis_group::finish_reading() {
  read_ = true;
  keep_alive();
  auto left = std::make_shared<std::atomic<std::size_t>>(around_.parts.size());
  auto last = [self = shared_from_this(), left] {
    if (--*left == 0)
      self->finish_taking({self->mine_, {}});
  };
  for (auto& part : around_.parts)
    part->post(last);
}

void redis_group::finish_taking(const taking& how) {
  if (auto done = std::exchange(done_, nullptr))
    done(how);
}

} // namespace troupe::store
