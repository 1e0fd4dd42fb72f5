// The way to an HSS in another group: one shard's questions of Cx as octets over a link that may lose them. TS 29.228.
//
// A question is sent again until it is answered, since the HSS may be moving to another node meanwhile; the service at
// the other end knows a repeated one by its number. It stands here and not beside the HSS because it uses the wheel.
#pragma once

#include <memory>
#include <unordered_map>

#include "actors/contracts/cx_codec.hpp"
#include "actors/contracts/cx_port.hpp"
#include "actors/supervision/wheel.hpp"

namespace troupe {

class cx_client final : public cx_port {
public:
  static constexpr milliseconds first_repeat{300}, next_repeat{500}, give_up{4'000};
  static constexpr std::size_t most_waiting = 10'000;

  struct surroundings {
    wheel& timers; ///< of the shard
    std::function<instant()> now;
    std::function<void(std::string octets)> send; ///< to whoever has the HSS now; may lose it, must not answer within
  };
  struct counts {
    std::uint64_t asked = 0;
    std::uint64_t repeated = 0;   ///< octets sent again
    std::uint64_t unanswered = 0; ///< given up, or refused because too many wait
    std::uint64_t ignored = 0;    ///< octets received that answer nothing: late, or damaged
  };

  /// `name`: of this shard in this life of its group, never used before.
  cx_client(cx::asker name, surroundings around);
  /// Who still waits is not told: this is the end of the shard.
  ~cx_client() override;

  void ask(cx::uar question, std::function<void(cx::uaa)> done) override;
  void ask(cx::lir question, std::function<void(cx::lia)> done) override;
  void ask(cx::mar question, std::function<void(cx::maa)> done) override;
  void ask(cx::sar question, std::function<void(cx::saa)> done) override;

  /// An answer, on the shard's thread. Octets that answer nothing that waits are ignored.
  void received(std::string_view octets);

  std::size_t waiting() const noexcept { return waiting_.size(); }
  const counts& counted() const noexcept { return counts_; }

private:
  struct pending;
  /// Null: there will be no answer.
  using settle = std::function<void(cx::message* answer)>;

  void ask(const cx::message& what, settle end);
  void again(pending& of);

  const cx::asker name_;
  surroundings around_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<pending>> waiting_;
  counts counts_;
};

} // namespace troupe
