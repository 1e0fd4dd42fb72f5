// Charging records to the stream of a group in Redis, where others read them: docs/operations/charging.md.
#pragma once

#include <mutex>

#include "actors/contracts/charging.hpp"
#include "cluster/store/backend.hpp"

namespace troupe {

class stream_sink final : public charging_sink {
public:
  struct options {
    store::group_number group = 0;
    std::size_t most = 1'000'000; ///< records in the stream, or some more
    /// A master that has not heard its replicas for 10 s takes nothing (min-replicas-max-lag), and a file that is synced
    /// every second has it: after this a fail-over loses the record no more.
    milliseconds settles{12'000};
  };
  stream_sink(store::backend& to, const options& how) : to_(to), how_(how) {}

  void write(std::vector<item> records, written done) override;
  void forget(std::vector<std::string> ids) override;
  milliseconds settles() const noexcept override { return how_.settles; }
  milliseconds gathers() const noexcept override { return milliseconds(50); }

private:
  store::backend& to_;
  const options how_;
  std::mutex mutex_;
  std::vector<std::string> forgotten_; ///< under the mutex; they go with the next records
};

} // namespace troupe
