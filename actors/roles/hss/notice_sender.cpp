#include "actors/roles/hss/notice_sender.hpp"

#include <utility>
#include <variant>

#include "protocols/diameter/cx_commands.hpp"

namespace troupe::hss {

struct notice_sender::state : std::enable_shared_from_this<state> {
  struct notice {
    diameter_end to;
    std::variant<cx::rtr, cx::ppr> what;

    const std::string& impi() const {
      return std::visit([](auto& one) -> const std::string& { return one.impi; }, what);
    }
  };

  state(std::shared_ptr<diameter_port> by, std::shared_ptr<diameter_names> from, settings how)
      : port(std::move(by)), names(std::move(from)), own(std::move(how)) {}

  void send(notice one);
  void answered(notice one, const diameter_answer& got);
  void keep(notice one);
  void again();
  void log(const notice& of, const std::string& what) const {
    if (own.log)
      own.log(what + " to " + of.to.host + " about " + of.impi());
  }

  const std::shared_ptr<diameter_port> port;
  const std::shared_ptr<diameter_names> names;
  const settings own;
  mutable std::mutex mutex;
  std::deque<notice> waiting; ///< under the mutex
};

void notice_sender::state::send(notice one) {
  diameter::envelope about;
  about.session_id = names->session();
  about.origin_host = own.self.host;
  about.origin_realm = own.self.realm;
  about.destination_host = one.to.host;
  about.destination_realm = one.to.realm;
  diameter_request request;
  request.patience = own.patience;
  auto written = std::visit(
      [&](auto& what) {
        return diameter::encode(request.octets, {0, names->end_to_end(), false}, about, what);
      },
      one.what);
  if (!written)
    return log(one, "too long a notice");
  port->ask(std::move(request), [self = shared_from_this(), one = std::move(one)](const diameter_answer& got) {
    self->answered(one, got);
  });
}

void notice_sender::state::answered(notice one, const diameter_answer& got) {
  if (got.outcome == diameter_outcome::malformed)
    return log(one, "a notice that may not be sent");
  auto message = diameter::decode(got.octets);
  auto result = got.outcome == diameter_outcome::answered && message ? diameter::result_of(*message)
                                                                     : diameter::outcome<cx::result_code>();
  if (got.outcome != diameter_outcome::answered || (result && diameter::is_protocol_error(result->value)))
    return keep(std::move(one));
  if (!message || !result || !result->is_success())
    log(one, "a refused notice");
}

void notice_sender::state::keep(notice one) {
  std::lock_guard held(mutex);
  waiting.push_back(std::move(one));
  if (waiting.size() <= own.most_waiting)
    return;
  log(waiting.front(), "a notice that could not be delivered");
  waiting.pop_front();
}

void notice_sender::state::again() {
  std::unique_lock held(mutex);
  auto all = std::exchange(waiting, {});
  held.unlock();
  for (auto& one : all)
    send(std::move(one));
}

notice_sender::notice_sender(std::shared_ptr<diameter_port> port, std::shared_ptr<diameter_names> names, settings own)
    : state_(std::make_shared<state>(std::move(port), std::move(names), std::move(own))) {
  state_->port->watch([weak = std::weak_ptr(state_)](const std::string&, bool up) {
    if (auto self = weak.lock(); self && up)
      self->again();
  });
}

void notice_sender::send(const notices& what) {
  for (auto& one : what.terminations)
    state_->send({what.to, one});
  for (auto& one : what.profiles)
    state_->send({what.to, one});
}

std::size_t notice_sender::waiting() const {
  std::lock_guard held(state_->mutex);
  return state_->waiting.size();
}

} // namespace troupe::hss
