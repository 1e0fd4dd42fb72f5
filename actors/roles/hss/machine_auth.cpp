// MAR: TS 29.228 clause 6.3.1; vectors: TS 33.102 clause 6.3.
#include <algorithm>

#include "actors/roles/hss/machine.hpp"
#include "protocols/base/text.hpp"

namespace troupe::hss {

namespace {

/// The scheme to use, or nothing when the subscriber has no credentials for the one that was asked for.
std::optional<std::string> choose_scheme(const private_identity& who, std::string_view asked) {
  auto has_keys = std::holds_alternative<aka_secret>(who.secret);
  if (asked.empty() || equal_nocase(asked, cx::scheme::unknown))
    return has_keys ? cx::scheme::aka_v1_md5 : cx::scheme::sip_digest;
  for (auto aka : {cx::scheme::aka_v1_md5, cx::scheme::aka_v2_md5, cx::scheme::aka_v2_sha256})
    if (has_keys && equal_nocase(asked, aka))
      return aka;
  if (!has_keys && equal_nocase(asked, cx::scheme::sip_digest))
    return cx::scheme::sip_digest;
  return std::nullopt;
}

/// The S-CSCF's name is stored with the challenge, so that the answer to it finds the same S-CSCF. The one before is
/// remembered until the authentication succeeds: a stranger's REGISTER must not take a user away from his server.
assignment make_pending(const assignment& now, std::size_t set, std::size_t private_index, const std::string& server) {
  auto next = now;
  next.sets[set].pending |= 1u << private_index;
  if (now.server_name == server)
    return next;
  if (now.displaced.empty())
    next.displaced = now.server_name;
  else if (now.displaced == server)
    next.displaced.clear();
  next.server_name = server;
  return next;
}

std::string join(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  return std::string(as_text(a)).append(as_text(b));
}

} // namespace

mar_step on(const subscriber& who, const assignment& now, const cx::mar& request) {
  mar_step step;
  auto refuse = [&](cx::result_code why) {
    step.refused = cx::maa{why, request.impi, request.impu, {}};
    return step;
  };
  auto index = who.find_private(request.impi);
  auto set = who.find_set(request.impu);
  if (!index || !set || request.server_name.empty())
    return refuse(cx::missing_avp);
  auto scheme = choose_scheme(who.privates[*index], request.auth_scheme);
  if (!scheme)
    return refuse(cx::auth_scheme_not_supported);
  // Step 4: only the S-CSCF that gave the challenge may say that it failed.
  auto is_aka = std::holds_alternative<aka_secret>(who.privates[*index].secret);
  if (!request.resync.empty() && (!is_aka || now.server_name != request.server_name))
    return refuse(cx::unable_to_comply);
  step.private_index = *index;
  step.scheme = *scheme;
  step.items = is_aka ? std::clamp<std::uint32_t>(request.items, 1, most_items) : 1;
  if (auto next = make_pending(now, *set, *index, request.server_name); next != now)
    step.next = std::move(next);
  return step;
}

sequence sequence::begin(const aka_secret& secret, std::uint64_t seq, bool may_forget) noexcept {
  sequence made;
  auto scheme = may_forget ? aka::sequence_scheme::time_based : secret.scheme;
  made.generator = {seq, 0, scheme, secret.born};
  made.reserved = seq;
  made.follows_clock = may_forget;
  return made;
}

void sequence::keep_step(const aka_secret& secret, instant now) noexcept {
  constexpr std::int64_t tenth_ms = 100;
  constexpr std::uint64_t window = 1u << 16, longest_leap = aka::largest_jump / 16;
  auto tenths_since = [&](instant born) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>((now - born).count(), 0) / tenth_ms);
  };
  auto next = generator.seq + 1;
  if (!follows_clock || (in_step && tenths_since(generator.born) <= next + longest_leap))
    return;
  auto time = tenths_since(secret.born);
  if (time < next || time - next > longest_leap)
    time = next + (time - next) % window; // 2^64 is a multiple of it
  generator.born = now - milliseconds(static_cast<std::int64_t>(time) * tenth_ms);
  in_step = true;
}

std::optional<std::uint64_t> sequence::reach(std::uint32_t count, instant now) const noexcept {
  auto ahead = generator;
  for (; count > 0; --count)
    if (!ahead.next(now))
      return std::nullopt;
  return ahead.seq;
}

bool resynchronise(const aka_secret& secret, sequence& numbers, std::string_view rand_and_auts) {
  aka::random_challenge rand{};
  if (rand_and_auts.size() <= rand.size())
    return false;
  auto octets = as_bytes(rand_and_auts);
  std::copy_n(octets.begin(), rand.size(), rand.begin());
  auto sqn_ms = aka::open_auts(secret.with, rand, octets.subspan(rand.size()));
  if (!sqn_ms)
    return false;
  auto how = numbers.generator.resynchronise(*sqn_ms);
  numbers.in_step &= how != aka::sqn_generator::resynchronised::moved;
  return how != aka::sqn_generator::resynchronised::out_of_reach;
}

std::vector<cx::auth_item> make_vectors(const aka_secret& secret, const std::string& scheme,
                                        std::span<const aka::sequence_number> numbers,
                                        std::span<const aka::random_challenge> rands) {
  std::vector<cx::auth_item> items(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    auto made = aka::make_vector(secret.with, secret.amf, numbers[i], rands[i]);
    auto& item = items[i];
    item.number = static_cast<std::uint32_t>(i + 1);
    item.scheme = scheme;
    item.authenticate = join(made.rand, made.autn);
    item.xres = made.xres.text();
    item.ck = made.ck.text();
    item.ik = made.ik.text();
  }
  return items;
}

cx::auth_item make_digest_item(const digest_secret& secret) {
  cx::auth_item item;
  item.scheme = cx::scheme::sip_digest;
  item.realm = secret.realm;
  item.qop = "auth";
  if (!secret.sha256.empty())
    item.digests.push_back({"SHA-256", secret.sha256});
  if (!secret.md5.empty())
    item.digests.push_back({"MD5", secret.md5});
  return item;
}

} // namespace troupe::hss
