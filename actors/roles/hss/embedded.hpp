// The embedded HSS as a shard asks it: TS 29.228, in memory.
#pragma once

#include "actors/contracts/cx_port.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/roles/hss/server.hpp"

namespace troupe::hss {

class embedded final : public cx_port {
public:
  /// `back` runs work on the asking shard, in a round of it.
  embedded(server& hss, server::executor back) : hss_(hss), back_(std::move(back)) {}

  void ask(cx::uar question, std::function<void(cx::uaa)> done) override { done(hss_.on(question)); }
  void ask(cx::lir question, std::function<void(cx::lia)> done) override { done(hss_.on(question)); }
  void ask(cx::mar question, std::function<void(cx::maa)> done) override { hss_.on(question, back_, std::move(done)); }
  void ask(cx::sar question, std::function<void(cx::saa)> done) override { hss_.on(question, back_, std::move(done)); }

private:
  server& hss_;
  server::executor back_;
};

} // namespace troupe::hss

namespace troupe {

/// Where there is no HSS: each question is answered at once with DIAMETER_UNABLE_TO_DELIVER.
class no_hss final : public cx_port {
public:
  void ask(cx::uar, std::function<void(cx::uaa)> done) override { done({cx::unable_to_deliver, {}, {}}); }
  void ask(cx::lir, std::function<void(cx::lia)> done) override { done({cx::unable_to_deliver, {}, {}, {}}); }
  void ask(cx::mar, std::function<void(cx::maa)> done) override { done({cx::unable_to_deliver, {}, {}, {}}); }
  void ask(cx::sar, std::function<void(cx::saa)> done) override { done({cx::unable_to_deliver, {}, {}, {}, {}, {}}); }
};

} // namespace troupe
