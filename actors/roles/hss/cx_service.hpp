// The HSS's end of Cx over a link: questions of other groups' shards as octets, answered by the server. TS 29.228.
//
// Links lose and repeat. What changes nothing is simply answered again; answers to MAR and SAR are remembered.
#pragma once

#include <atomic>
#include <tuple>

#include "actors/contracts/cx_codec.hpp"
#include "actors/roles/hss/answer_memory.hpp"
#include "actors/roles/hss/server.hpp"

namespace troupe::hss {

class cx_service {
public:
  using memory = answer_memory<std::tuple<std::uint64_t, std::uint32_t, std::uint64_t>>;
  using clock = memory::clock;
  using answer_to = memory::answer_to;
  using settings = memory::settings;

  struct counts {
    std::uint64_t questions = 0;
    std::uint64_t repeated = 0;  ///< of them answered as before, or still being answered
    std::uint64_t malformed = 0; ///< no question of a version that we know: dropped
    std::uint64_t refused = 0;   ///< with DIAMETER_TOO_BUSY: too many are under way
  };

  /// `back`: where a question goes on that had to wait for the store. The server must outlive the service.
  cx_service(server& hss, server::executor back, settings own);
  cx_service(server& hss, server::executor back) : cx_service(hss, std::move(back), settings()) {}

  /// From any thread. `reply` is called at most once, within the call or later, on any thread; not at all when the octets
  /// are no question, or when another has the HSS: there the next copy of the question will find it.
  void take(std::string_view octets, answer_to reply);

  counts counted() const;

private:
  template <class Question>
  void answer_once(const Question& what, std::string_view octets, const cx::envelope& in, answer_to reply);

  server& hss_;
  server::executor back_;
  std::shared_ptr<memory> kept_; ///< of the continuations too
  std::atomic<std::uint64_t> questions_{0}, repeated_{0}, malformed_{0}, refused_{0};
};

/// One text for each, for all groups: the S-CSCF named in it knows itself.
std::vector<std::string> encode(const notices& what);
/// Nothing when it is no notice of a version that we know.
std::optional<notices> decode_notice(std::string_view octets);

} // namespace troupe::hss
