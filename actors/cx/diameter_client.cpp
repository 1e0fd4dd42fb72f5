#include "actors/cx/diameter_client.hpp"

#include <mutex>

#include "protocols/diameter/cx_commands.hpp"

namespace troupe {

namespace {

/// What the core is told. Of the protocol's errors it knows two: the HSS has too much to do, or cannot be reached.
cx::result_code told(const cx::result_code& by_peer) {
  auto of_protocol = !by_peer.experimental && diameter::is_protocol_error(by_peer.value);
  return of_protocol && by_peer != cx::too_busy ? cx::unable_to_deliver : by_peer;
}

cx::result_code why(diameter_outcome outcome) {
  switch (outcome) {
  case diameter_outcome::refused: return cx::too_busy;
  case diameter_outcome::malformed: return cx::unable_to_comply;
  default: return cx::unable_to_deliver;
  }
}

/// `failed`: what is answered when there is no answer that can be understood.
template <class Answer>
Answer read(const diameter_answer& got, Answer failed) {
  failed.result = why(got.outcome);
  if (got.outcome != diameter_outcome::answered)
    return failed;
  failed.result = cx::unable_to_comply;
  auto message = diameter::decode(got.octets);
  if (!message)
    return failed;
  if (auto answer = diameter::decode_command<Answer>(*message)) {
    answer->command.result = told(answer->command.result);
    return std::move(answer->command);
  }
  if (auto error = diameter::decode_error(*message); error && !error->result.is_success())
    failed.result = told(error->result);
  return failed;
}

} // namespace

/// Answers come on a thread of the port's, maybe after the shard has gone.
struct diameter_client::way_home {
  std::mutex mutex;
  shard* home;
  diameter_client* owner; ///< on the shard

  explicit way_home(shard& of, diameter_client* from) : home(&of), owner(from) {}
  void post(std::function<void()> work) {
    std::lock_guard held(mutex);
    if (home)
      home->post(std::move(work));
  }
};

diameter_client::diameter_client(shard& home, std::shared_ptr<diameter_port> port,
                                 std::shared_ptr<diameter_names> names, settings own)
    : back_(std::make_shared<way_home>(home, this)),
      port_(std::move(port)),
      names_(std::move(names)),
      own_(std::move(own)) {}

diameter_client::~diameter_client() {
  std::lock_guard held(back_->mutex);
  back_->home = nullptr;
  back_->owner = nullptr;
}

void diameter_client::ask(cx::uar question, std::function<void(cx::uaa)> done) {
  send(question, cx::uaa{cx::unable_to_deliver, {}, {}}, std::move(done));
}

void diameter_client::ask(cx::lir question, std::function<void(cx::lia)> done) {
  send(question, cx::lia{cx::unable_to_deliver, {}, {}, {}}, std::move(done));
}

void diameter_client::ask(cx::mar question, std::function<void(cx::maa)> done) {
  cx::maa failed{cx::unable_to_deliver, question.impi, question.impu, {}};
  send(question, std::move(failed), std::move(done));
}

void diameter_client::ask(cx::sar question, std::function<void(cx::saa)> done) {
  cx::saa failed;
  failed.result = cx::unable_to_deliver;
  failed.impi = question.impi;
  send(question, std::move(failed), std::move(done));
}

template <class Answer, class Question>
void diameter_client::send(const Question& question, Answer failed, std::function<void(Answer)> done) {
  auto refuse = [&](cx::result_code with) {
    failed.result = with;
    done(std::move(failed));
  };
  if (waiting_ >= own_.most_waiting)
    return refuse(cx::too_busy);
  diameter::envelope about;
  about.session_id = names_->session();
  about.origin_host = own_.origin_host;
  about.origin_realm = own_.origin_realm;
  about.destination_host = own_.hss_host;
  about.destination_realm = own_.hss_realm;
  diameter_request request;
  request.patience = own_.patience;
  if (!diameter::encode(request.octets, {0, names_->end_to_end(), false}, about, question))
    return refuse(cx::unable_to_comply);
  ++waiting_;
  auto settle = [back = back_, failed = std::move(failed), done = std::move(done)](diameter_answer got) mutable {
    auto shared = std::make_shared<diameter_answer>(std::move(got));
    back->post([back, shared, failed = std::move(failed), done = std::move(done)]() mutable {
      if (!back->owner)
        return;
      --back->owner->waiting_;
      done(read(*shared, std::move(failed)));
    });
  };
  port_->ask(std::move(request), std::move(settle));
}

} // namespace troupe
