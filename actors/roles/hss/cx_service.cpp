#include "actors/roles/hss/cx_service.hpp"

#include <tuple>
#include <utility>

namespace troupe::hss {

namespace {

/// A link carries 128 KiB at most, with a node's own head before it.
constexpr std::size_t largest_answer = 120 * 1024;

cx::maa refusal(const cx::mar& of, cx::result_code why) { return {why, of.impi, of.impu, {}}; }
cx::saa refusal(const cx::sar& of, cx::result_code why) {
  cx::saa answer;
  answer.result = why;
  answer.impi = of.impi;
  return answer;
}

} // namespace

/// The questions that must not be carried out twice, and their answers once they are known. Oldest first in `order`.
struct cx_service::memory {
  using name = std::tuple<std::uint64_t, std::uint32_t, std::uint64_t>;
  struct entry {
    std::string question;
    std::optional<std::string> answer;
    answer_to reply; ///< while there is no answer: to the newest copy of the question
    std::uint64_t serial = 0;
  };
  struct turn {
    clock::time_point since;
    name of;
    std::uint64_t serial = 0;
  };
  using place = std::map<name, entry>::iterator;

  explicit memory(settings from) : own(std::move(from)) {}

  void forget_old(clock::time_point now) {
    while (!order.empty() && (now - order.front().since >= own.remember || octets > own.most_octets)) {
      drop(find(order.front().of, order.front().serial));
      order.pop_front();
    }
  }
  /// Serials tell a name's newest question from one that was dropped.
  place find(const name& of, std::uint64_t serial) {
    auto found = all.find(of);
    return found != all.end() && found->second.serial == serial ? found : all.end();
  }
  void drop(place which) {
    if (which == all.end())
      return;
    octets -= which->second.question.size() + which->second.answer.value_or(std::string()).size();
    all.erase(which);
  }
  std::uint64_t begin(const name& of, std::string question, answer_to reply, clock::time_point now) {
    auto serial = next_serial++;
    octets += question.size();
    all.insert_or_assign(of, entry{std::move(question), std::nullopt, std::move(reply), serial});
    order.push_back({now, of, serial});
    return serial;
  }
  /// Whom to tell; nobody when the question has been forgotten.
  answer_to end(const name& of, std::uint64_t serial, const std::string& answer) {
    std::lock_guard hold(lock);
    auto found = find(of, serial);
    if (found == all.end())
      return {};
    octets += answer.size();
    found->second.answer = answer;
    return std::exchange(found->second.reply, {});
  }

  const settings own;
  std::mutex lock;
  std::map<name, entry> all;
  std::deque<turn> order;
  std::size_t octets = 0; ///< of questions and answers
  std::uint64_t next_serial = 1;
  counts counted;
};

cx_service::cx_service(server& hss, server::executor back, settings own) : hss_(hss), back_(std::move(back)) {
  if (!own.now)
    own.now = [] { return clock::now(); };
  kept_ = std::make_shared<memory>(std::move(own));
}

void cx_service::take(std::string_view octets, answer_to reply) {
  if (hss_.fenced())
    return;
  auto question = cx::decode_envelope(octets);
  auto* uar = question ? std::get_if<cx::uar>(&question->body) : nullptr;
  auto* lir = question ? std::get_if<cx::lir>(&question->body) : nullptr;
  auto* mar = question ? std::get_if<cx::mar>(&question->body) : nullptr;
  auto* sar = question ? std::get_if<cx::sar>(&question->body) : nullptr;
  {
    std::lock_guard hold(kept_->lock);
    ++(uar || lir || mar || sar ? kept_->counted.questions : kept_->counted.malformed);
  }
  if (uar)
    reply(cx::encode(question->from, question->number, hss_.on(*uar)));
  else if (lir)
    reply(cx::encode(question->from, question->number, hss_.on(*lir)));
  else if (mar)
    answer_once(*mar, octets, *question, std::move(reply));
  else if (sar)
    answer_once(*sar, octets, *question, std::move(reply));
}

template <class Question>
void cx_service::answer_once(const Question& what, std::string_view octets, const cx::envelope& in, answer_to reply) {
  memory::name of{in.from.life, in.from.shard, in.number};
  std::unique_lock hold(kept_->lock);
  auto now = kept_->own.now();
  kept_->forget_old(now);
  if (auto known = kept_->all.find(of); known != kept_->all.end()) {
    if (known->second.question == octets) {
      ++kept_->counted.repeated;
      auto answer = known->second.answer;
      if (!answer)
        known->second.reply = std::move(reply);
      hold.unlock();
      return answer ? reply(*answer) : void();
    }
    kept_->drop(known); // another question under an old name
  }
  if (kept_->all.size() >= kept_->own.most_questions) {
    ++kept_->counted.refused;
    hold.unlock();
    return reply(cx::encode(in.from, in.number, refusal(what, cx::too_busy)));
  }
  auto serial = kept_->begin(of, std::string(octets), std::move(reply), now);
  hold.unlock();
  hss_.on(what, back_, [&hss = hss_, kept = kept_, of, serial, from = in.from, number = in.number, what](auto answer) {
    if (hss.fenced())
      return;
    auto encoded = cx::encode(from, number, answer);
    if (encoded.size() > largest_answer)
      encoded = cx::encode(from, number, refusal(what, cx::unable_to_comply));
    if (auto tell = kept->end(of, serial, encoded))
      tell(std::move(encoded));
  });
}

cx_service::counts cx_service::counted() const {
  std::lock_guard hold(kept_->lock);
  return kept_->counted;
}

std::vector<std::string> encode(const notices& what) {
  std::vector<std::string> out;
  for (auto& one : what.terminations)
    out.push_back(cx::encode(one));
  for (auto& one : what.profiles)
    out.push_back(cx::encode(one));
  return out;
}

std::optional<notices> decode_notice(std::string_view octets) {
  auto one = cx::decode(octets);
  notices out;
  if (auto* termination = one ? std::get_if<cx::rtr>(&*one) : nullptr)
    out.terminations.push_back(std::move(*termination));
  if (auto* profile = one ? std::get_if<cx::ppr>(&*one) : nullptr)
    out.profiles.push_back(std::move(*profile));
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

} // namespace troupe::hss
