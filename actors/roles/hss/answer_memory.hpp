// Questions that must not be carried out twice, and their answers once they are known, for as long as an asker may repeat
// them: a MAR that comes again must not get another vector, nor a SAR be judged by what its first copy has done.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace troupe::hss {

/// From any thread. `Name` tells questions apart.
template <class Name>
class answer_memory {
public:
  using clock = std::chrono::steady_clock;
  using answer_to = std::function<void(std::string octets)>;

  struct settings {
    std::chrono::milliseconds remember{5'000};   ///< longer than an asker asks
    std::size_t most_octets = 64 * 1024 * 1024;  ///< of kept questions and answers; beyond, the oldest go
    std::size_t most_questions = 100'000;        ///< that are kept or under way
    std::function<clock::time_point()> now = {}; ///< none: the steady clock
  };
  enum class finding {
    fresh,    ///< to be carried out, and then end() is told
    repeated, ///< `reply` has been called, or will be when the answer is known: only the newest copy's
    too_many, ///< `reply` is not called
  };
  struct beginning {
    finding found;
    std::uint64_t serial = 0;
  };

  explicit answer_memory(settings own) : own_(std::move(own)) {
    if (!own_.now)
      own_.now = [] { return clock::now(); };
  }

  /// Another `question` under a name that is known replaces the one before.
  beginning begin(const Name& of, std::string question, answer_to reply) {
    std::unique_lock hold(lock_);
    auto now = own_.now();
    forget_old(now);
    if (auto known = all_.find(of); known != all_.end()) {
      if (known->second.question == question) {
        auto answer = known->second.answer;
        if (!answer)
          known->second.reply = std::move(reply);
        hold.unlock();
        if (answer)
          reply(std::move(*answer));
        return {finding::repeated};
      }
      drop(known);
    }
    if (all_.size() >= own_.most_questions)
      return {finding::too_many};
    auto serial = next_serial_++;
    octets_ += question.size();
    all_.insert_or_assign(of, entry{std::move(question), std::nullopt, std::move(reply), serial});
    order_.push_back({now, of, serial});
    return {finding::fresh, serial};
  }

  /// Tells the newest copy's asker; nobody when the question has been forgotten.
  void end(const Name& of, std::uint64_t serial, std::string answer) {
    std::unique_lock hold(lock_);
    auto found = find(of, serial);
    if (found == all_.end())
      return;
    octets_ += answer.size();
    found->second.answer = answer;
    auto reply = std::exchange(found->second.reply, {});
    hold.unlock();
    if (reply)
      reply(std::move(answer));
  }

private:
  struct entry {
    std::string question;
    std::optional<std::string> answer;
    answer_to reply; ///< while there is no answer
    std::uint64_t serial = 0;
  };
  struct turn {
    clock::time_point since;
    Name of;
    std::uint64_t serial = 0;
  };
  using place = typename std::map<Name, entry>::iterator;

  void forget_old(clock::time_point now) {
    while (!order_.empty() && (now - order_.front().since >= own_.remember || octets_ > own_.most_octets)) {
      drop(find(order_.front().of, order_.front().serial));
      order_.pop_front();
    }
  }
  /// Serials tell a name's newest question from one that was dropped.
  place find(const Name& of, std::uint64_t serial) {
    auto found = all_.find(of);
    return found != all_.end() && found->second.serial == serial ? found : all_.end();
  }
  void drop(place which) {
    if (which == all_.end())
      return;
    octets_ -= which->second.question.size() + which->second.answer.value_or(std::string()).size();
    all_.erase(which);
  }

  settings own_;
  std::mutex lock_;
  std::map<Name, entry> all_;
  std::deque<turn> order_; ///< oldest first
  std::size_t octets_ = 0; ///< of questions and answers
  std::uint64_t next_serial_ = 1;
};

} // namespace troupe::hss
