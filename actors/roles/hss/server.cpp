#include "actors/roles/hss/server.hpp"

#include <openssl/rand.h>

#include "actors/roles/hss/codec.hpp"
#include "actors/roles/hss/writer_thread.hpp"

namespace troupe::hss {

namespace {

instant system_now() {
  return {std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

bool random_octets(std::span<std::uint8_t> into) { return RAND_bytes(into.data(), static_cast<int>(into.size())) == 1; }

/// In tenths of a second, the unit of time-based sequences.
constexpr std::uint64_t slowest_disk = 3000;

/// The same over a store, where what is reserved is to be in the past when another node goes on from it.
constexpr std::uint64_t slowest_store = 30;

/// Of one subscription: more have no honest cause.
constexpr std::size_t most_waiting = 64;

/// A record that was found may have been changed or removed before its lock was had.
bool still_has(const record& of, std::string_view impi, std::string_view impu) {
  return of.who && (impi.empty() || of.who->find_private(impi)) && (impu.empty() || of.who->find_set(impu));
}

std::string_view first(const std::vector<std::string>& list) { return list.empty() ? std::string_view() : list[0]; }

} // namespace

server::server(server_options options) : options_(std::move(options)) {
  if (!options_.now)
    options_.now = system_now;
  if (!options_.randomise)
    options_.randomise = random_octets;
}

result<std::unique_ptr<server>> server::open(server_options options) {
  std::unique_ptr<server> made(new server(std::move(options)));
  std::unique_ptr<keeper> disk;
  if (made->options_.records) {
    auto keeps = std::make_unique<store_keeper>(*made->options_.records);
    made->in_store_ = keeps.get();
    disk = std::move(keeps);
  } else {
    auto opened = database::open(made->options_.database);
    if (!opened)
      return tl::unexpected(opened.error());
    disk = std::make_unique<writer_thread>(std::move(*opened), made->options_.database != ":memory:");
  }
  if (auto loaded = made->load(*disk); !loaded)
    return fail("subscriber database " + made->options_.database + ": " + loaded.error().what, 0, 0);
  made->disk_ = std::move(disk);
  made->disk_->start();
  return made;
}

void server::wake() {
  if (in_store_)
    in_store_->wake();
}

void server::fence() {
  if (in_store_)
    in_store_->fence();
}

result<void> server::load(keeper& from) {
  auto read = from.each_sequence([&](std::string_view impi, std::uint64_t seq) { retired_.emplace(impi, seq); });
  auto read_one = [&](std::int64_t id, std::string_view definition, std::string_view state) {
    auto who = decode_subscriber(definition, pool_);
    if (!who) {
      faults_.push_back("subscriber in row " + std::to_string(id) + " is left out: " + who.error().what);
      return;
    }
    auto of = std::make_shared<record>(id);
    of->who = std::make_shared<const subscriber>(std::move(*who));
    of->state = decode_assignment(state, of->who->sets.size())
                    .value_or(assignment{{}, {}, std::vector<set_state>(of->who->sets.size())});
    of->user_data.resize(of->who->sets.size());
    for (auto& p : of->who->privates) {
      auto known = retired_.extract(p.impi);
      auto* secret = std::get_if<aka_secret>(&p.secret);
      of->sequences.push_back(secret ? sequence::begin(*secret, known ? known.mapped() : 0, from.may_forget())
                                     : sequence());
    }
    directory_.index(of, nullptr, of->who.get());
  };
  if (read)
    read = from.each_subscriber(read_one);
  for (auto& fault : from.faults())
    faults_.push_back(fault);
  return read;
}

server::found server::find(std::string_view impi, std::string_view impu) const {
  auto by_impi = impi.empty() ? nullptr : directory_.find_impi(impi);
  auto by_impu = impu.empty() ? nullptr : directory_.find_impu(impu);
  auto result = identify(by_impi.get(), by_impu.get(), impi, impu);
  return {by_impi ? std::move(by_impi) : std::move(by_impu), result};
}

cx::uaa server::on(const cx::uar& request) {
  if (fenced())
    return {cx::unable_to_deliver, {}, {}};
  auto [of, result] = find(request.impi, request.impu);
  if (!result.is_success())
    return {result, {}, {}};
  std::lock_guard hold(of->lock);
  return request.impu.empty() || !still_has(*of, request.impi, request.impu)
             ? cx::uaa{request.impu.empty() ? cx::missing_avp : cx::user_unknown, {}, {}}
             : hss::on(*of->who, of->state, request, options_.now());
}

cx::lia server::on(const cx::lir& request) {
  if (fenced())
    return {cx::unable_to_deliver, {}, {}, {}};
  auto [of, result] = find({}, request.impu);
  if (!result.is_success())
    return {result, {}, {}, {}};
  std::lock_guard hold(of->lock);
  return still_has(*of, {}, request.impu) ? hss::on(*of->who, of->state, request)
                                          : cx::lia{cx::user_unknown, {}, {}, {}};
}

void server::on(const cx::sar& request, const executor& back, std::function<void(cx::saa)> then,
                const diameter_end& from) {
  auto step = std::make_shared<sar_step>();
  auto end = [this, step, impi = request.impi, then](bool kept) {
    notices told;
    told.to = step->replaced_at;
    told.terminations = std::move(step->notices);
    tell(told);
    cx::saa unkept;
    unkept.result = fenced() ? cx::unable_to_deliver : cx::unable_to_comply;
    unkept.impi = impi;
    then(std::move(kept ? step->answer : unkept));
  };
  if (fenced())
    return end(false);
  if (!assign(request, from, *step, [back, end](bool kept) { back([end, kept] { end(kept); }); }))
    end(true);
}

/// True: `later` tells when the state that the answer speaks of is kept, or cannot be; `step` is to live until then.
bool server::assign(const cx::sar& request, const diameter_end& from, sar_step& step,
                    const std::function<void(bool)>& later) {
  auto refuse = [&](cx::result_code why) {
    step.answer.result = why;
    return false;
  };
  step.answer.impi = request.impi;
  auto [of, result] = find(request.impi, first(request.impus));
  if (!result.is_success())
    return refuse(result);
  std::lock_guard hold(of->lock);
  if (!still_has(*of, request.impi, first(request.impus)))
    return refuse(cx::user_unknown);
  for (auto& impu : request.impus)
    if (!of->who->find_set(impu))
      return refuse(directory_.find_impu(impu) ? cx::identities_dont_match : cx::user_unknown);
  step = hss::on(*of->who, of->state, request, options_.now());
  if (!step.notices.empty())
    step.replaced_at = end_of(of->state, step.notices.front().server_name);
  if (step.next)
    place_servers(of->state, *step.next, request.server_name, from);
  auto waits = step.next && keep(of, std::move(*step.next), later);
  if (step.user_data_of)
    step.answer.user_data = user_data(*of, *step.user_data_of, step.answer.impi);
  return waits;
}

void server::on(const cx::mar& request, const executor& back, std::function<void(cx::maa)> then,
                const diameter_end& from) {
  // Made only for one that waits: few do, and it copies the request.
  auto again = [&] {
    return [this, request, back, then, from](bool reserved) {
      back([this, request, back, then, from, reserved] {
        reserved ? on(request, back, then, from) : then({cx::unable_to_comply, request.impi, request.impu, {}});
      });
    };
  };
  if (auto answer = answer_or_wait(request, from, again))
    then(std::move(*answer));
}

/// Nothing when what `again` makes will be called, once numbers are reserved or cannot be.
template <class Again>
std::optional<cx::maa> server::answer_or_wait(const cx::mar& request, const diameter_end& from, Again again) {
  auto refuse = [&](cx::result_code why) { return cx::maa{why, request.impi, request.impu, {}}; };
  if (fenced())
    return refuse(cx::unable_to_deliver);
  auto [of, result] = find(request.impi, request.impu);
  if (!result.is_success())
    return refuse(result);
  std::unique_lock hold(of->lock);
  if (!still_has(*of, request.impi, request.impu))
    return refuse(cx::user_unknown);
  auto who = of->who;
  auto step = hss::on(*who, of->state, request);
  if (step.refused)
    return std::move(step.refused);
  auto& secret = who->privates[step.private_index].secret;
  auto now = options_.now();
  std::vector<aka::sequence_number> numbers;
  if (auto* aka = std::get_if<aka_secret>(&secret)) {
    auto can = prepare(of, step, *aka, request.resync, now);
    if (can == readiness::waits && of->waiting.size() < most_waiting) {
      of->waiting.push_back(again());
      return std::nullopt;
    }
    if (can != readiness::ready)
      return refuse(can == readiness::waits ? cx::too_busy : cx::unable_to_comply);
    numbers = take(of, step, now);
  }
  if (step.next) {
    place_servers(of->state, *step.next, request.server_name, from);
    keep(of, std::move(*step.next), {});
  }
  hold.unlock();
  if (auto* digest = std::get_if<digest_secret>(&secret))
    return cx::maa{cx::success, request.impi, request.impu, {make_digest_item(*digest)}};
  return challenge(request, step, std::get<aka_secret>(secret), numbers);
}

/// Brings the sequence up to the USIM's, if that is asked, and sees that the numbers to give are reserved. `of` is locked.
server::readiness server::prepare(const record_ref& of, const mar_step& step, const aka_secret& secret,
                                  const std::string& resync, instant now) {
  auto& numbers = of->sequences[step.private_index];
  if (!resync.empty() && !resynchronise(secret, numbers, resync))
    return readiness::impossible;
  numbers.keep_step(secret, now);
  auto reach = numbers.reach(step.items, now);
  if (!reach)
    return readiness::impossible;
  if (*reach <= numbers.reserved)
    return readiness::ready;
  reserve(of, step.private_index, *reach);
  return readiness::waits;
}

/// What prepare() found ready at the same time. `of` is locked.
std::vector<aka::sequence_number> server::take(const record_ref& of, const mar_step& step, instant now) {
  auto& from = of->sequences[step.private_index];
  std::vector<aka::sequence_number> taken;
  while (taken.size() < step.items)
    taken.push_back(from.generator.next(now).value());
  if (from.reserved - from.generator.seq < ahead(from) / 4)
    reserve(of, step.private_index, from.generator.seq); // in time, so that the next ones do not wait
  return taken;
}

cx::maa server::challenge(const cx::mar& request, const mar_step& step, const aka_secret& secret,
                          std::span<const aka::sequence_number> numbers) {
  std::array<aka::random_challenge, most_items> rands;
  if (!options_.randomise({rands[0].data(), numbers.size() * rands[0].size()}))
    return {cx::unable_to_comply, request.impi, request.impu, {}};
  return {cx::success, request.impi, request.impu, make_vectors(secret, step.scheme, numbers, rands)};
}

/// How much more than is needed is reserved. A time-based sequence goes on while the disk writes.
std::uint64_t server::ahead(const sequence& of) const noexcept {
  if (of.follows_clock)
    return slowest_store;
  auto time_based = of.generator.scheme == aka::sequence_scheme::time_based;
  return std::max(options_.block, time_based ? slowest_disk : 0);
}

/// `of` is locked.
void server::reserve(const record_ref& of, std::size_t private_index, std::uint64_t reach) {
  if (of->reserving)
    return;
  of->reserving = true;
  auto impi = of->who->privates[private_index].impi;
  auto upto = std::min(reach + ahead(of->sequences[private_index]), aka::highest_seq);
  disk_->reserve(impi, upto,
                 [this, of, impi, upto](const result<void>& done) { reserved(of, impi, upto, done.has_value()); });
}

void server::reserved(const record_ref& of, const std::string& impi, std::uint64_t upto, bool done) {
  std::vector<std::function<void(bool)>> waiting;
  {
    std::lock_guard hold(of->lock);
    of->reserving = false;
    waiting.swap(of->waiting);
    auto index = of->who ? of->who->find_private(impi) : std::nullopt;
    if (done && index)
      of->sequences[*index].reserved = std::max(of->sequences[*index].reserved, upto);
  }
  for (auto& go_on : waiting)
    go_on(done);
}

/// `of` is locked. True: `later` is called on the keeper's thread, when this state is kept or could not be.
bool server::keep(const record_ref& of, assignment next, const std::function<void(bool)>& later) {
  auto changed = !equally_settled(next, of->state);
  of->state = std::move(next);
  for (std::size_t i = 0; i < of->user_data.size(); ++i)
    if (of->state.sets[i].state == registration_state::not_registered)
      of->user_data[i].reset();
  if (!changed && (!later || of->states_kept == of->states_given))
    return false;
  if (!of->changing)
    return give(of, later);
  if (later)
    of->parked.push_back(later);
  return static_cast<bool>(later);
}

/// `of` is locked. Gives its state to the keeper.
bool server::give(const record_ref& of, const std::function<void(bool)>& later) {
  auto serial = ++of->states_given;
  auto then = [of, serial, later](const result<void>& done) {
    if (done) {
      std::lock_guard hold(of->lock);
      of->states_kept = std::max(of->states_kept, serial);
    }
    if (later)
      later(done.has_value());
  };
  if (disk_->keep_state(of->id, encode(settled(of->state)), then))
    return true;
  of->states_kept = of->states_given;
  return false;
}

/// `of` is locked. Kept while the set is served, if it is for the first private identity, which mostly is the only one.
std::shared_ptr<const std::string> server::user_data(record& of, std::size_t set, const std::string& impi) {
  auto& in = of.who->sets[set];
  auto usual = impi == of.who->privates.front().impi;
  if (usual && of.user_data[set])
    return of.user_data[set];
  auto made = std::make_shared<const std::string>(make_user_data(impi, in.identities, in.services.get()));
  if (usual && of.state.sets[set].state != registration_state::not_registered)
    of.user_data[set] = made;
  return made;
}

void server::tell(const notices& what) const {
  if (listener_ && !what.empty())
    listener_(what);
}

} // namespace troupe::hss
