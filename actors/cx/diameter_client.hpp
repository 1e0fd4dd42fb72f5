// The way to a foreign HSS: one shard's questions of Cx as Diameter requests. TS 29.228 clause 6, TS 29.229 clause 5.
//
// What is under way is bounded, so that a slow HSS under a storm of registrations makes refusals and not memory; each
// question has one answer, by then at the latest.
#pragma once

#include <memory>

#include "actors/contracts/cx_port.hpp"
#include "actors/contracts/diameter.hpp"
#include "actors/contracts/diameter_names.hpp"
#include "actors/supervision/shard.hpp"

namespace troupe {

struct diameter_client_settings {
  std::string origin_host, origin_realm;
  std::string hss_realm; ///< whoever serves it is asked,
  std::string hss_host;  ///< unless this names one
  milliseconds patience{4'000};
  std::size_t most_waiting = 1'000;
};

class diameter_client final : public cx_port {
public:
  using settings = diameter_client_settings;

  /// `names`: of the node. Whoever still waits at the client's end is not told: it is the end of the shard.
  diameter_client(shard& home, std::shared_ptr<diameter_port> port, std::shared_ptr<diameter_names> names,
                  settings own);
  ~diameter_client() override;

  void ask(cx::uar question, std::function<void(cx::uaa)> done) override;
  void ask(cx::lir question, std::function<void(cx::lia)> done) override;
  void ask(cx::mar question, std::function<void(cx::maa)> done) override;
  void ask(cx::sar question, std::function<void(cx::saa)> done) override;

  std::size_t waiting() const noexcept { return waiting_; }

private:
  struct way_home;
  template <class Answer, class Question>
  void send(const Question& question, Answer failed, std::function<void(Answer)> done);

  std::shared_ptr<way_home> back_;
  std::shared_ptr<diameter_port> port_;
  std::shared_ptr<diameter_names> names_;
  const settings own_;
  std::size_t waiting_ = 0;
};

} // namespace troupe
