#include "actors/registration/cx_client.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

struct cx_client::pending final : wheel::entry {
  pending(cx_client& of, std::uint64_t as, const cx::message& what, settle then)
      : owner(of),
        number(as),
        answered_by(what.index() + 1),
        octets(cx::encode(of.name_, as, what)),
        end(std::move(then)),
        until(of.around_.now() + give_up) {}
  void fire() override { owner.again(*this); }

  cx_client& owner;
  const std::uint64_t number;
  const std::size_t answered_by; ///< each answer follows its question in cx::message
  const std::string octets;
  settle end;
  const instant until;
};

namespace {

/// `failed` is what is answered when nobody does.
template <class Answer>
auto settle_with(std::function<void(Answer)> done, Answer failed) {
  return [done = std::move(done), failed = std::move(failed)](cx::message* answer) mutable {
    done(std::move(answer ? std::get<Answer>(*answer) : failed));
  };
}

} // namespace

cx_client::cx_client(cx::asker name, surroundings around) : name_(name), around_(std::move(around)) {}

cx_client::~cx_client() = default;

void cx_client::ask(cx::uar question, std::function<void(cx::uaa)> done) {
  ask(cx::message(std::move(question)), settle_with(std::move(done), cx::uaa{cx::unable_to_deliver, {}, {}}));
}

void cx_client::ask(cx::lir question, std::function<void(cx::lia)> done) {
  ask(cx::message(std::move(question)), settle_with(std::move(done), cx::lia{cx::unable_to_deliver, {}, {}, {}}));
}

void cx_client::ask(cx::mar question, std::function<void(cx::maa)> done) {
  cx::maa failed{cx::unable_to_deliver, question.impi, question.impu, {}};
  ask(cx::message(std::move(question)), settle_with(std::move(done), std::move(failed)));
}

void cx_client::ask(cx::sar question, std::function<void(cx::saa)> done) {
  cx::saa failed{cx::unable_to_deliver, question.impi, {}, {}, {}, {}};
  ask(cx::message(std::move(question)), settle_with(std::move(done), std::move(failed)));
}

void cx_client::ask(const cx::message& what, settle end) {
  ++counts_.asked;
  if (waiting_.size() >= most_waiting) {
    ++counts_.unanswered;
    end(nullptr);
    return;
  }
  auto number = ++last_number_;
  auto& made = *waiting_.emplace(number, std::make_unique<pending>(*this, number, what, std::move(end))).first->second;
  around_.timers.arm(made, around_.now() + first_repeat);
  around_.send(made.octets);
}

/// Its time has come: it is sent once more, or given up.
void cx_client::again(pending& of) {
  auto now = around_.now();
  if (now < of.until) {
    ++counts_.repeated;
    around_.timers.arm(of, std::min(now + next_repeat, of.until));
    around_.send(of.octets);
    return;
  }
  ++counts_.unanswered;
  auto over = waiting_.extract(of.number);
  over.mapped()->end(nullptr);
}

void cx_client::received(std::string_view octets) {
  auto answer = cx::decode_envelope(octets);
  auto found = answer && answer->from == name_ ? waiting_.find(answer->number) : waiting_.end();
  if (found == waiting_.end() || answer->body.index() != found->second->answered_by) {
    ++counts_.ignored;
    return;
  }
  auto over = waiting_.extract(found);
  over.mapped()->cancel();
  over.mapped()->end(&answer->body);
}

} // namespace troupe
