// The actor that takes a shard's finished charging records out of its store, each once: written first, erased after.
#pragma once

#include "actors/charging/export_queue.hpp"
#include "actors/contracts/charging.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/supervision/pinned.hpp"
#include "actors/supervision/wheel.hpp"

namespace troupe {

namespace to_exporter {
struct finished { ///< it is in the outbox
  std::string key;
};
struct look {}; ///< it is time
/// What was finished before is stored, or has failed to be.
struct committed {
  store::outcome how;
};
struct written {
  store::outcome how;
  std::size_t added;
};
/// These are erased, for good unless `failed`.
struct erased {
  store::outcome how;
  std::vector<std::string> ids;
};
} // namespace to_exporter

using exporter_actor = caf::typed_actor<caf::reacts_to<to_exporter::finished>, caf::reacts_to<to_exporter::look>,
                                        caf::reacts_to<to_exporter::committed>, caf::reacts_to<to_exporter::written>,
                                        caf::reacts_to<to_exporter::erased>>;

class outbox;

class exporter final : public pinned<exporter_actor> {
public:
  using handle = exporter_actor;

  /// Begins with all that the outbox has, as seen where it does not know better.
  exporter(caf::actor_config& config, shard& home, outbox& of);

  behavior_type make_behavior() override;
  const char* name() const override { return "exporter"; }

private:
  struct alarm final : wheel::entry {
    explicit alarm(exporter* owner) noexcept : self(owner) {}
    void fire() override;
    exporter* self;
  };

  void on(to_exporter::finished& m);
  void on(to_exporter::look& m);
  void on(to_exporter::committed& m);
  void on(to_exporter::written& m);
  void on(to_exporter::erased& m);
  void on_failure(std::exception_ptr& thrown) override;
  template <class Message>
  auto handler(const char* doing);
  void rest();

  outbox& outbox_;
  export_queue queue_;
  const export_queue::flight* flying_ = nullptr;
  std::unique_ptr<alarm> alarm_;
  unsigned failures_ = 0; ///< in a row
  instant not_before_{};  ///< nothing is written until then
  const char* doing_ = "";
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_exporter::finished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_exporter::look)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_exporter::committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_exporter::written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_exporter::erased)
