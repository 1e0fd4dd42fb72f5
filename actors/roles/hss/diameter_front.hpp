// The HSS's end of Cx over Diameter: questions of peers, checked, answered by the server, and the answers sent when they
// are known. TS 29.228 clauses 6.1 to 6.3, TS 29.229 clauses 5, 6.1 and 7.
//
// A peer that has no answer in time, or whose connection broke, repeats its question with the same Session-Id and
// End-to-End identifier (RFC 6733 clause 3): a MAR or SAR that has come before is answered from memory.
#pragma once

#include <atomic>
#include <memory>

#include "actors/contracts/diameter.hpp"
#include "actors/roles/hss/answer_memory.hpp"
#include "actors/roles/hss/server.hpp"
#include "protocols/diameter/command.hpp"

namespace troupe::hss {

class diameter_front {
public:
  using memory = answer_memory<std::string>;
  struct settings {
    diameter_end self; ///< Origin-Host and Origin-Realm
    memory::settings repeats{seconds(30)};
  };
  struct counts {
    std::uint64_t questions = 0;
    std::uint64_t repeated = 0; ///< of them answered as before, or still being answered
    std::uint64_t refused = 0;  ///< of them malformed, or too many
  };

  /// `find`: the server, null while another node has it; on the thread that takes. Each that it gives outlives its questions.
  diameter_front(std::function<std::shared_ptr<server>()> find, settings own);

  /// Takes UAR, LIR, MAR and SAR there, which must not be checked; this must outlive it, or be closed.
  void serve(diameter_port& port);
  /// Waits for the question that is being taken; takes no more.
  void close();

  void take(diameter_question question);
  counts counted() const { return {questions_, repeated_, refused_}; }

private:
  struct exchange;
  template <class Question>
  void answer(server& hss, const std::shared_ptr<exchange>& in, const diameter::message_view& message);
  void carry_out(server& hss, const std::shared_ptr<exchange>& in, const cx::uar& what);
  void carry_out(server& hss, const std::shared_ptr<exchange>& in, const cx::lir& what);
  void carry_out(server& hss, const std::shared_ptr<exchange>& in, cx::mar what);
  void carry_out(server& hss, const std::shared_ptr<exchange>& in, cx::sar what);
  template <class Answer, class Question>
  void answer_once(server& hss, const std::shared_ptr<exchange>& in, Question what);
  void refuse(const exchange& in, const diameter::failure& why);

  std::mutex taking_;
  std::function<std::shared_ptr<server>()> find_; ///< under the mutex; none: closed
  const settings own_;
  std::shared_ptr<memory> kept_; ///< of the continuations too
  std::atomic<std::uint64_t> questions_{0}, repeated_{0}, refused_{0};
};

} // namespace troupe::hss
