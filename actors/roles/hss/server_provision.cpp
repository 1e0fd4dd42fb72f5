// Subscriptions added, changed and removed while requests are answered. All of it runs on the keeper's thread, one
// change after another, so that what was checked still holds when it is written.
#include <algorithm>
#include <future>
#include <set>

#include "actors/roles/hss/codec.hpp"
#include "actors/roles/hss/server.hpp"
#include "protocols/ims/identity.hpp"

namespace troupe::hss {

struct server::change {
  record_ref of; ///< null: to be added
  std::shared_ptr<const subscriber> before;
  std::shared_ptr<const subscriber> after; ///< null: to be removed
  std::string found = {}, written = {};    ///< the state before, and the one that is written with `after`
};

namespace {

tl::unexpected<error> refuse(std::string why) { return fail(std::move(why), 0, 0); }

/// A time-based sequence goes on from where it began, whoever provisions it again.
void keep_births(const subscriber& before, subscriber& after) {
  for (auto& p : after.privates)
    if (auto known = before.find_private(p.impi)) {
      auto* old = std::get_if<aka_secret>(&before.privates[*known].secret);
      auto* now = std::get_if<aka_secret>(&p.secret);
      if (old && now)
        now->born = old->born;
    }
}

/// Each identity stands once in all that is to be put.
result<void> check_once(const subscriber& one, std::set<std::string>& seen) {
  for (auto& p : one.privates)
    if (!seen.insert("impi " + p.impi).second)
      return refuse("private identity " + p.impi + " stands twice");
  for (auto& set : one.sets)
    for (auto& id : set.identities)
      if (!seen.insert("impu " + id.canonical).second)
        return refuse("public identity " + id.uri + " stands twice");
  return {};
}

/// The record that these identities are of: null when all are new, an error when they are of several.
result<record_ref> find_owner(const directory& in, const subscriber& one) {
  record_ref owner;
  for (auto& p : one.privates)
    if (auto found = in.find_impi(p.impi)) {
      if (owner && owner != found)
        return refuse("private identity " + p.impi + " is of another subscriber");
      owner = found;
    }
  for (auto& set : one.sets)
    for (auto& id : set.identities)
      if (auto found = in.find_impu(id.canonical); found && found != owner)
        return refuse("public identity " + id.uri + " is of another subscriber");
  return owner;
}

} // namespace

result<std::vector<server::change>> server::plan(std::vector<subscriber> wanted, import_report& report) {
  std::vector<change> changes;
  std::set<std::string> seen;
  for (auto& one : wanted) {
    if (auto once = check_once(one, seen); !once)
      return tl::unexpected(once.error());
    auto owner = find_owner(directory_, one);
    if (!owner)
      return tl::unexpected(owner.error());
    auto before = *owner ? (*owner)->who : nullptr; // the keeper's thread alone changes it
    if (before)
      keep_births(*before, one);
    if (before && *before == one) {
      ++report.unchanged;
      continue;
    }
    if (auto fits = disk_->accept(one, encode(one)); !fits)
      return tl::unexpected(fits.error());
    ++(before ? report.changed : report.added);
    changes.push_back({*owner, before, std::make_shared<const subscriber>(std::move(one))});
  }
  return changes;
}

result<void> server::write(std::vector<change>& changes) {
  auto done = disk_->transact([&](rows& to) {
    result<void> step;
    for (auto at = changes.begin(); step && at != changes.end(); ++at)
      step = write_one(to, *at);
    return step;
  });
  for (auto& c : changes)
    done ? apply(c) : abandon(c);
  return done;
}

result<void> server::write_one(rows& to, change& what) {
  if (!what.after)
    return to.remove(what.of->id);
  if (!what.of) {
    auto id = to.add(encode(*what.after));
    if (!id)
      return tl::unexpected(id.error());
    what.of = std::make_shared<record>(*id);
    return {};
  }
  {
    std::lock_guard hold(what.of->lock);
    what.of->changing = true;
    what.found = encode(settled(what.of->state));
    what.written = encode(settled(carry_over(*what.before, what.of->state, *what.after)));
  }
  return to.change(what.of->id, encode(*what.after), what.written);
}

/// Nothing has been written: states that came meanwhile are those of the old definition.
void server::abandon(change& what) {
  if (!what.before || !what.after || !what.of->changing)
    return;
  std::unique_lock hold(what.of->lock);
  auto tell_parked = end_change(what.of, what.found);
  hold.unlock();
  tell_parked();
}

/// `of` is locked. The definition and the state `written` stand. What is answered is to be called without the lock.
std::function<void()> server::end_change(const record_ref& of, const std::string& written) {
  of->changing = false;
  auto tell_all = [parked = std::exchange(of->parked, {})](bool kept) {
    for (auto& later : parked)
      later(kept);
  };
  if (!of->who || encode(settled(of->state)) == written || !give(of, tell_all))
    return [tell_all] { tell_all(true); };
  return [] {};
}

void server::apply(change& what) {
  auto& of = *what.of;
  notices told;
  std::function<void()> tell_parked;
  {
    std::lock_guard hold(of.lock);
    auto old_state = of.state;
    auto old_numbers = std::exchange(of.sequences, {});
    of.who = what.after;
    of.user_data.assign(what.after ? what.after->sets.size() : 0, {});
    for (std::size_t i = 0; what.before && i < old_numbers.size(); ++i)
      retired_[what.before->privates[i].impi] = std::max(old_numbers[i].reserved, old_numbers[i].generator.seq);
    for (std::size_t i = 0; what.after && i < what.after->privates.size(); ++i) {
      auto& p = what.after->privates[i];
      auto kept = what.before ? what.before->find_private(p.impi) : std::nullopt;
      auto known = retired_.extract(p.impi);
      auto* secret = std::get_if<aka_secret>(&p.secret);
      of.sequences.push_back(secret ? sequence::begin(*secret, known ? known.mapped() : 0, disk_->may_forget())
                                    : sequence());
      if (kept && old_numbers[*kept].generator.scheme == of.sequences.back().generator.scheme)
        of.sequences.back() = old_numbers[*kept];
    }
    if (what.after && what.before)
      of.state = carry_over(*what.before, old_state, *what.after);
    else
      of.state = {{}, {}, std::vector<set_state>(what.after ? what.after->sets.size() : 0)};
    tell_parked = end_change(what.of, what.before ? what.written : encode(of.state));
    if (what.before)
      told = notices_of(*what.before, old_state, what.after.get(),
                        [&](std::size_t set) { return user_data(of, set, what.after->privates.front().impi); });
  }
  directory_.index(what.of, what.before.get(), what.after.get());
  tell(told);
  tell_parked();
}

void server::put(std::vector<subscriber> wanted, const executor& back,
                 std::function<void(result<import_report>)> then) {
  auto shared = std::make_shared<std::vector<subscriber>>(std::move(wanted));
  disk_->run([this, shared, back, then] {
    import_report report;
    auto changes = plan(std::move(*shared), report);
    auto done = changes ? (changes->empty() ? result<void>() : write(*changes)) : tl::unexpected(changes.error());
    back([then, answer = done ? result<import_report>(report) : tl::unexpected(done.error())] { then(answer); });
  });
}

result<import_report> server::put_and_wait(std::vector<subscriber> wanted) {
  std::promise<result<import_report>> answer;
  put(
      std::move(wanted), [](auto go_on) { go_on(); }, [&](auto report) { answer.set_value(std::move(report)); });
  return answer.get_future().get();
}

void server::remove(std::string impi, const executor& back, std::function<void(result<void>)> then) {
  disk_->run([this, impi, back, then] {
    result<void> done = refuse("no subscriber has the private identity " + impi);
    if (auto of = directory_.find_impi(impi)) {
      std::vector<change> changes{{of, of->who, nullptr}};
      done = write(changes);
    }
    back([then, done] { then(done); });
  });
}

std::optional<description> server::show(std::string_view identity) {
  auto of = directory_.find_impi(identity);
  if (!of)
    of = directory_.find_impu(ims::canonical_identity(identity).value_or(std::string(identity)));
  if (!of)
    return std::nullopt;
  std::lock_guard hold(of->lock);
  if (!of->who)
    return std::nullopt;
  description out;
  for (std::size_t i = 0; i < of->who->privates.size(); ++i) {
    auto& p = of->who->privates[i];
    auto* secret = std::get_if<aka_secret>(&p.secret);
    out.privates.push_back(
        {p.impi, secret ? std::string(secret->with.name()) : "digest", of->sequences[i].generator.seq});
  }
  for (std::size_t i = 0; i < of->who->sets.size(); ++i) {
    auto& set = of->who->sets[i];
    auto* usual = set.default_identity();
    out.sets.push_back({of->state.sets[i].state, usual ? usual->uri : std::string(), set.identities,
                        set.services ? set.services->text : std::string()});
  }
  out.visited_networks = of->who->visited_networks;
  out.charging = of->who->charging;
  out.server_name = of->state.server_name;
  return out;
}

std::vector<std::string> server::list(std::string_view after, std::size_t most) {
  std::set<std::string> impis;
  directory_.for_each([&](const record_ref& of) {
    std::lock_guard hold(of->lock);
    for (std::size_t i = 0; of->who && i < of->who->privates.size(); ++i)
      if (of->who->privates[i].impi > after)
        impis.insert(of->who->privates[i].impi);
    while (impis.size() > most)
      impis.erase(std::prev(impis.end()));
  });
  return {impis.begin(), impis.end()};
}

} // namespace troupe::hss
