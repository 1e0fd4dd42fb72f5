#include "actors/node/diameter_cx.hpp"

#include "actors/console/log.hpp"
#include "actors/cx/diameter_client.hpp"
#include "actors/cx/notice_taker.hpp"

namespace troupe {

struct diameter_cx::ear {
  std::mutex mutex;
  teller tell; ///< under the mutex; none: closed

  void hear(const hss::notices& what, std::function<void(cx::result_code)> told) {
    std::lock_guard held(mutex);
    if (tell)
      tell(what, std::move(told));
    else
      told(cx::unable_to_deliver);
  }
};

diameter_cx::diameter_cx(const config::node_config& config, std::shared_ptr<diameter_port> port)
    : config_(config),
      port_(std::move(port)),
      names_(std::make_shared<diameter_names>(config.diameter.identity, current_time())),
      ear_(std::make_shared<ear>()) {}

std::unique_ptr<cx_port> diameter_cx::port_for(shard_tree& of) const {
  diameter_client_settings how;
  how.origin_host = config_.diameter.identity;
  how.origin_realm = config_.diameter.realm;
  how.hss_realm = config_.hss.realm;
  how.hss_host = config_.hss.host;
  how.patience = config_.hss.answer_within;
  how.most_waiting = config_.hss.max_in_flight;
  return std::make_unique<diameter_client>(of.home, port_, names_, std::move(how));
}

void diameter_cx::hear(teller tell) {
  ear_->tell = std::move(tell);
  notice_taker to{config_.diameter.identity, config_.diameter.realm, {}, {}};
  to.terminate = [ear = ear_](cx::rtr one, notice_taker::told told) {
    hss::notices all;
    all.terminations.push_back(std::move(one));
    ear->hear(all, std::move(told));
  };
  to.push = [ear = ear_](cx::ppr one, notice_taker::told told) {
    hss::notices all;
    all.profiles.push_back(std::move(one));
    ear->hear(all, std::move(told));
  };
  serve_notices(*port_, std::move(to));
}

void diameter_cx::serve(std::function<std::shared_ptr<hss::server>()> find) {
  hss::diameter_end self{config_.diameter.identity, config_.diameter.realm};
  service_ = std::make_unique<hss::diameter_front>(std::move(find), hss::diameter_front::settings{self, {}});
  service_->serve(*port_);
  hss::notice_sender_settings how;
  how.self = self;
  how.log = [](const std::string& what) { log::warn("Cx: a server was not told", {{"what", what}}); };
  sender_ = std::make_unique<hss::notice_sender>(port_, names_, std::move(how));
}

bool diameter_cx::send(const hss::notices& what) {
  if (what.to.empty() || !sender_)
    return false;
  sender_->send(what);
  return true;
}

void diameter_cx::close() {
  std::lock_guard held(ear_->mutex);
  ear_->tell = {};
  if (service_)
    service_->close();
}

} // namespace troupe
