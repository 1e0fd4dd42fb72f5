#include "cluster/store/redis_scripts.hpp"

#include <openssl/sha.h>
#include <utility>

#include "protocols/base/text.hpp"

namespace troupe::store {
namespace {

// KEYS: fence, hashes. ARGV: fence; for each hash: texts to put, fields to erase, milliseconds to live, then these.
constexpr std::string_view commit_text = R"(
local fence = redis.call('GET', KEYS[1])
if fence ~= ARGV[1] then return fence or '' end
local at = 2
for i = 2, #KEYS do
  local puts, erases, lives = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  at = at + 3
  if puts > 0 then redis.call('HSET', KEYS[i], unpack(ARGV, at, at + puts - 1)) end
  at = at + puts
  if erases > 0 then redis.call('HDEL', KEYS[i], unpack(ARGV, at, at + erases - 1)) end
  at = at + erases
  if puts > 0 and redis.call('PTTL', KEYS[i]) < lives then redis.call('PEXPIRE', KEYS[i], lives) end
end
return 1)";

// KEYS: fence, mark of a rewrite, its hashes. ARGV: how, generation, epoch, life, session, rewrite, lives.
constexpr std::string_view raise_text = R"(
local how, generation, epoch, life = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local ours = false
local found = redis.call('GET', KEYS[1])
if found then
  local g, e, i = string.match(found, '^(%d+):(%d+):([^:]*):')
  g, e = tonumber(g), tonumber(e)
  ours = i == life and g == generation and e == epoch
  if how == 'next' then
    generation = math.max(g, generation)
    epoch = e + 1
  elseif g > generation or (g == generation and (e > epoch or (e == epoch and i ~= life))) then
    return {0, found}
  end
elseif how == 'next' then
  epoch = epoch + 1
end
local lost = how == 'anew' or (how == 'resume' and not ours)
if how ~= 'resume' or lost then redis.call('UNLINK', unpack(KEYS, 2)) end
if lost then redis.call('SET', KEYS[2], ARGV[6], 'PX', ARGV[7]) end
local raised = string.format('%.0f:%.0f:%s:%s', generation, epoch, life, ARGV[5])
redis.call('SET', KEYS[1], raised, 'PX', ARGV[7])
return {lost and 2 or 1, raised})";

// KEYS: fence, mark of a rewrite, its hashes, as many of data. ARGV: fence, rewrite.
constexpr std::string_view replace_text = R"(
local fence = redis.call('GET', KEYS[1])
if fence ~= ARGV[1] then return fence or '' end
local mark = redis.call('GET', KEYS[2])
local count = (#KEYS - 2) / 2
if not mark then
  redis.call('UNLINK', unpack(KEYS, 3, count + 2))
  return 1
end
if mark ~= ARGV[2] then return 2 end
for i = 3, count + 2 do
  redis.call('UNLINK', KEYS[i + count])
  if redis.call('EXISTS', KEYS[i]) == 1 then redis.call('RENAME', KEYS[i], KEYS[i + count]) end
end
redis.call('DEL', KEYS[2])
return 1)";

// KEYS: fence, others. ARGV: fence, how long that lives, how long the others do.
constexpr std::string_view keep_text = R"(
local fence = redis.call('GET', KEYS[1])
if fence ~= ARGV[1] then return fence or '' end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for i = 2, #KEYS do
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
end
return 1)";

// KEYS: fence, stream, ids. ARGV: fence, length of the stream, milliseconds to remember ids, how many to forget, these; id
// and text, each. Stream and ids stand on one server and are written by one script: the one is lost exactly if the other is.
constexpr std::string_view publish_text = R"(
local fence = redis.call('GET', KEYS[1])
if fence ~= ARGV[1] then return fence or '' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone, added = tonumber(ARGV[4]), 0
if gone > 0 then redis.call('ZREM', KEYS[3], unpack(ARGV, 5, 4 + gone)) end
for i = 5 + gone, #ARGV, 2 do
  if redis.call('ZADD', KEYS[3], now, ARGV[i]) == 1 then
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'id', ARGV[i], 'record', ARGV[i + 1])
    added = added + 1
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[3]))
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return added)";

constexpr std::array<std::string_view, scripts> texts{commit_text, raise_text, replace_text, keep_text, publish_text};

std::string hash_of(std::string_view text) {
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest;
  SHA1(as_bytes(text).data(), text.size(), digest.data());
  return to_hex(digest);
}

/// EVALSHA with the keys; the arguments are to follow.
redis_command call_of(script which, std::vector<std::string> keys) {
  static const std::array<std::string, scripts> hashes = [] {
    std::array<std::string, scripts> out;
    for (std::size_t i = 0; i < scripts; ++i)
      out[i] = hash_of(texts[i]);
    return out;
  }();
  redis_command out{"EVALSHA", hashes[static_cast<std::size_t>(which)], std::to_string(keys.size())};
  out.insert(out.end(), std::make_move_iterator(keys.begin()), std::make_move_iterator(keys.end()));
  return out;
}

void append(redis_command& to, const std::vector<std::string>& what) { to.insert(to.end(), what.begin(), what.end()); }

std::vector<std::string> rewrite_keys(const group_keys& keys) {
  std::vector<std::string> out{keys.fence(), keys.tag + ":n"};
  for (std::uint32_t i = 0; i < buckets; ++i)
    out.push_back(keys.fresh(i));
  return out;
}

std::vector<std::string> data_keys(const group_keys& keys) {
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < buckets; ++i)
    out.push_back(keys.data(i));
  return out;
}

std::string text_of(std::chrono::milliseconds time) { return std::to_string(time.count()); }

} // namespace

redis_command load_command(script which) {
  return {"SCRIPT", "LOAD", std::string(texts[static_cast<std::size_t>(which)])};
}

std::string fence_text(const token& from, std::uint64_t session) {
  return std::to_string(from.generation) + ':' + std::to_string(from.epoch) + ':' + std::to_string(from.life) + ':' +
         std::to_string(session);
}

token read_fence(std::string_view fence) {
  auto next = [&] {
    auto colon = fence.find(':');
    auto part = to_number<std::uint64_t>(fence.substr(0, colon));
    fence.remove_prefix(colon == fence.npos ? fence.size() : colon + 1);
    return part.value_or(0);
  };
  token out;
  out.generation = next();
  out.epoch = next();
  out.life = next();
  return out;
}

bool is_beyond(std::string_view fence, const token& mine) {
  auto found = read_fence(fence);
  std::pair there{found.generation, found.epoch}, here{mine.generation, mine.epoch};
  return there > here || (there == here && found.life != mine.life);
}

redis_command commit_command(const group_keys& keys, const std::string& fence,
                             const std::vector<hash_change>& changes) {
  std::vector<std::string> names{keys.fence()};
  for (auto& each : changes)
    names.push_back(each.key);
  auto out = call_of(script::commit, std::move(names));
  out.push_back(fence);
  for (auto& each : changes) {
    out.push_back(std::to_string(each.puts.size()));
    out.push_back(std::to_string(each.erases.size()));
    out.push_back(text_of(each.lives));
    append(out, each.puts);
    append(out, each.erases);
  }
  return out;
}

redis_command raise_command(const group_keys& keys, raising how, const token& as, std::uint64_t session,
                            std::uint64_t rewrite, std::chrono::milliseconds lives) {
  constexpr const char* names[] = {"next", "take", "resume", "anew"};
  auto out = call_of(script::raise, rewrite_keys(keys));
  append(out, {names[static_cast<std::size_t>(how)], std::to_string(as.generation), std::to_string(as.epoch),
               std::to_string(as.life), std::to_string(session), std::to_string(rewrite), text_of(lives)});
  return out;
}

redis_command replace_command(const group_keys& keys, const std::string& fence, std::uint64_t rewrite) {
  auto names = rewrite_keys(keys);
  append(names, data_keys(keys));
  auto out = call_of(script::replace, std::move(names));
  append(out, {fence, std::to_string(rewrite)});
  return out;
}

redis_command publish_command(const group_keys& keys, const std::string& fence, const std::vector<publication>& what,
                              const std::vector<std::string>& forget, std::size_t most,
                              std::chrono::milliseconds remembers) {
  auto out = call_of(script::publish, {keys.fence(), keys.stream(), keys.published()});
  append(out, {fence, std::to_string(most), text_of(remembers), std::to_string(forget.size())});
  append(out, forget);
  for (auto& each : what)
    append(out, {each.id, each.text});
  return out;
}

redis_command keep_command(const group_keys& keys, const std::string& fence, std::chrono::milliseconds fence_lives,
                           std::chrono::milliseconds lives) {
  std::vector<std::string> names{keys.fence()};
  append(names, data_keys(keys));
  auto out = call_of(script::keep, std::move(names));
  append(out, {fence, text_of(fence_lives), text_of(lives)});
  return out;
}

} // namespace troupe::store
