// The HSS's side of Cx as functions: TS 29.228 clauses 6.1.1 (UAR), 6.1.2 (SAR), 6.1.4 (LIR) and 6.3 (MAR).
//
// Each is given the subscription and its state and answers what to say and what to keep. That the identities of a
// request are known and belong together has been seen when they were looked up (see identify()).
#pragma once

#include "actors/roles/hss/subscriber.hpp"
#include "protocols/aka/token.hpp"

namespace troupe::hss {

/// Steps 1 and 2 of every procedure: the private and the public identity are known, and of one subscription. `by_impi`
/// and `by_impu` are what they were found to be of, null if nothing. An empty IMPI or IMPU is not looked at.
cx::result_code identify(const void* by_impi, const void* by_impu, std::string_view impi,
                         std::string_view impu) noexcept;

/// For so long, 64*T1, a REGISTER is repeated (RFC 3261 clause 17.1.2.2). A de-registration that comes again to another
/// S-CSCF's node, because the first died before it had answered, is let through to say what it would have said.
inline constexpr milliseconds leaves_for{32'000};

cx::uaa on(const subscriber& who, const assignment& now, const cx::uar& request, instant at);
cx::lia on(const subscriber& who, const assignment& now, const cx::lir& request);

/// `answer.user_data` is filled in by the shell: of this set, if any.
struct sar_step {
  cx::saa answer;
  std::optional<std::size_t> user_data_of;
  std::optional<assignment> next; ///< nothing: unchanged
  std::vector<cx::rtr> notices;   ///< to an S-CSCF that has been replaced,
  diameter_end replaced_at{};     ///< and is there
};
sar_step on(const subscriber& who, const assignment& now, const cx::sar& request, instant at);

/// What a MAR asks for. With `refused` nothing else counts.
struct mar_step {
  std::optional<cx::maa> refused;
  std::size_t private_index = 0;
  std::string scheme;      ///< the one to use: never "Unknown"
  std::uint32_t items = 1; ///< vectors to make
  std::optional<assignment> next;
};
mar_step on(const subscriber& who, const assignment& now, const cx::mar& request);

/// The largest number of vectors that one answer holds.
inline constexpr std::uint32_t most_items = 5;

/// A private identity's sequence numbers: what was given, and up to where the disk knows that it may have been.
///
/// A cluster's store may lose what it has acknowledged, when a Redis master dies before its replicas have it; the HSS
/// that is opened anew on it then finds a number from before. So there every sequence follows the clock, whatever its
/// scheme: the next is max(stored + 1, time), where time is tenths of a second (cluster.md 23; TS 33.102 C.1.1.3 with
/// a DIF of each life's own). Where stored + 1 is ahead of the time since the subscription's birth, or so far behind it
/// that a USIM would refuse the leap, the time is taken modulo 2^16 from there: what depends on the moment still is
/// not given twice, and the worst is that the card asks for a resynchronisation. A counter's birth is the epoch, so it
/// always begins like this. IND goes round by itself: one group alone has the HSS.
struct sequence {
  aka::sqn_generator generator;
  std::uint64_t reserved = 0; ///< highest SEQ that may be given
  bool follows_clock = false; ///< the store may forget
  bool in_step = false;       ///< with the clock: not at the beginning, nor after the card has moved it

  /// `seq`: the highest that may have been given.
  static sequence begin(const aka_secret& secret, std::uint64_t seq, bool may_forget) noexcept;
  /// Brings it into step with the clock, if it follows that and is not; before reach() and before giving any.
  void keep_step(const aka_secret& secret, instant now) noexcept;

  /// The SEQ that giving `count` values would reach; nothing when they are used up.
  std::optional<std::uint64_t> reach(std::uint32_t count, instant now) const noexcept;
};

/// RAND || AUTS of a synchronisation failure raises the sequence. False: it is not this USIM's (MAC-S), or its sequence
/// is out of reach.
bool resynchronise(const aka_secret& secret, sequence& numbers, std::string_view rand_and_auts);

/// One vector for each RAND. `numbers.reach()` must lie within what is reserved.
std::vector<cx::auth_item> make_vectors(const aka_secret& secret, const std::string& scheme,
                                        std::span<const aka::sequence_number> numbers,
                                        std::span<const aka::random_challenge> rands);

cx::auth_item make_digest_item(const digest_secret& secret);

} // namespace troupe::hss
