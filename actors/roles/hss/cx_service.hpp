// The HSS's end of Cx over a link: questions of other groups' shards as octets, answered by the server. TS 29.228.
//
// Links lose and repeat. What changes nothing is simply answered again; but a MAR that comes again must not get another
// vector, nor a SAR be judged by what its first copy has done. So their answers are kept for as long as the asker may
// repeat the question, and a question that is still being answered is not begun again.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <mutex>

#include "actors/contracts/cx_codec.hpp"
#include "actors/roles/hss/server.hpp"

namespace troupe::hss {

class cx_service {
public:
  using clock = std::chrono::steady_clock;
  using answer_to = std::function<void(std::string octets)>;

  struct settings {
    std::chrono::milliseconds remember{5'000};   ///< longer than an asker asks
    std::size_t most_octets = 64 * 1024 * 1024;  ///< of kept questions and answers; beyond, the oldest go
    std::size_t most_questions = 100'000;        ///< that are kept or under way
    std::function<clock::time_point()> now = {}; ///< none: the steady clock
  };
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
  struct memory;

  template <class Question>
  void answer_once(const Question& what, std::string_view octets, const cx::envelope& in, answer_to reply);

  server& hss_;
  server::executor back_;
  std::shared_ptr<memory> kept_; ///< of the continuations too
};

/// One text for each, for all groups: the S-CSCF named in it knows itself.
std::vector<std::string> encode(const notices& what);
/// Nothing when it is no notice of a version that we know.
std::optional<notices> decode_notice(std::string_view octets);

} // namespace troupe::hss
