#include "cluster/authority/scripts.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "cluster/store/redis_routes.hpp"
#include "protocols/base/text.hpp"

namespace troupe::cluster {

namespace {

using store::redis_command;
using outcome = owner_event::map_changed::outcome;

// KEYS: map, lives. Numbers stay below 2^53, so that Lua has them exactly; runs are texts.
constexpr std::string_view common_text = R"(
local run = string.sub(string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'), 1, 16)
local head = redis.call('HMGET', KEYS[1], 'format', 'generation', 'run', 'version')
if head[1] and head[1] ~= '1' then
  return redis.error_reply('NEWER the map has format ' .. head[1] .. ', this program knows 1')
end
local generation, generation_of, version = tonumber(head[2] or 0), head[3] or '0', tonumber(head[4] or 0)
local unreadable = redis.error_reply('NEWER a life is recorded in a format that this program does not know')
local function life_of(node)
  local found = redis.call('HGET', KEYS[2], node)
  if not found then return 0, 0, false end
  local life, counter, dead = string.match(found, '^1:(%d+):(%d+):([01])$')
  return tonumber(life), tonumber(counter), dead == '1'
end
local function record(node, life, counter, dead)
  redis.call('HSET', KEYS[2], node, string.format('1:%s:%.0f:%d', life, counter, dead))
end
local function answer(...) return {run, generation, generation_of, version, ...} end
)";

// ARGV: node, life.
constexpr std::string_view renew_text = R"(
local life, counter, dead = life_of(ARGV[1])
if not life then return unreadable end
local mine = tonumber(ARGV[2])
local replaced = life > mine or (life == mine and dead)
if not replaced then record(ARGV[1], ARGV[2], counter + 1, 0) end
return answer(replaced and 1 or 0, redis.call('HGETALL', KEYS[2])))";

// ARGV: run, above.
constexpr std::string_view raise_text = R"(
local above = tonumber(ARGV[2])
if ARGV[1] == run and not (generation_of == run and generation > above) then
  generation, generation_of = math.max(generation, above) + 1, run
  redis.call('HSET', KEYS[1], 'format', '1', 'generation', string.format('%.0f', generation), 'run', run)
end
return answer())";

// ARGV: node, life.
constexpr std::string_view mark_dead_text = R"(
local life, counter = life_of(ARGV[1])
if not life then return unreadable end
if life <= tonumber(ARGV[2]) then record(ARGV[1], ARGV[2], counter, 1) end
return answer())";

constexpr std::string_view read_map_text = R"(
return answer(redis.call('HGET', KEYS[1], 'map') or ''))";

// ARGV: generation, version, map; for each proof: node, life, counter. Answers 0 done, 1 other version, 2 moved.
constexpr std::string_view change_map_text = R"(
if tonumber(ARGV[1]) ~= generation or generation_of ~= run or tonumber(ARGV[2]) ~= version + 1 then return answer(1) end
for i = 4, #ARGV, 3 do
  local life, counter = life_of(ARGV[i])
  if not life then return unreadable end
  local proven = tonumber(ARGV[i + 1])
  if life > proven or (life == proven and counter ~= tonumber(ARGV[i + 2])) then return answer(2) end
end
version = version + 1
redis.call('HSET', KEYS[1], 'format', '1', 'version', ARGV[2], 'map', ARGV[3])
return answer(0))";

constexpr std::string_view touch_text = R"(
redis.call('HINCRBY', KEYS[1], 'touched', 1)
return answer())";

constexpr std::array<std::string_view, std::variant_size_v<store_operations>> texts{
    renew_text, raise_text, mark_dead_text, read_map_text, change_map_text, touch_text};

std::string text_of(node_id node) { return std::to_string(static_cast<std::uint16_t>(node)); }

std::string text_of_run(std::uint64_t run) {
  std::array<char, 16> digits;
  auto end = std::to_chars(digits.begin(), digits.end(), run, 16).ptr;
  std::string_view shortest(digits.data(), static_cast<std::size_t>(end - digits.data()));
  return std::string(digits.size() - shortest.size(), '0') + std::string(shortest);
}

struct arguments {
  redis_command& out;

  void operator()(const store_operation::renew& o) { append({text_of(o.node), std::to_string(o.life)}); }
  void operator()(const store_operation::raise_generation& o) { append({text_of_run(o.run), std::to_string(o.above)}); }
  void operator()(const store_operation::mark_dead& o) { append({text_of(o.node), std::to_string(o.life)}); }
  void operator()(const store_operation::read_map&) {}
  void operator()(const store_operation::change_map& o) {
    append({std::to_string(o.generation), std::to_string(o.version), o.map});
    for (const auto& p : o.proofs)
      append({text_of(p.node), std::to_string(p.life), std::to_string(p.counter)});
  }
  void operator()(const store_operation::touch&) {}

  void append(std::initializer_list<std::string> more) { out.insert(out.end(), more); }
};

/// An element of an array; what is missing or of another type is remembered as a fault.
class elements {
public:
  explicit elements(const redisReply& of) : of_(of), ok_(of.type == REDIS_REPLY_ARRAY) {}

  const redisReply* next() {
    ok_ = ok_ && at_ < of_.elements;
    return ok_ ? of_.element[at_++] : nullptr;
  }
  std::uint64_t number() {
    auto* e = next();
    ok_ = ok_ && e->type == REDIS_REPLY_INTEGER && e->integer >= 0;
    return ok_ ? static_cast<std::uint64_t>(e->integer) : 0;
  }
  std::string_view text() {
    auto* e = next();
    ok_ = ok_ && e->type == REDIS_REPLY_STRING;
    return ok_ ? store::text_of(*e) : std::string_view{};
  }
  std::uint64_t run() {
    auto read = to_number<std::uint64_t, 16>(text());
    ok_ = ok_ && read;
    return read.value_or(0);
  }
  bool ok() const noexcept { return ok_; }
  bool left() const noexcept { return ok_ && at_ < of_.elements; }

private:
  const redisReply& of_;
  std::size_t at_ = 0;
  bool ok_;
};

/// "1:LIFE:COUNTER:DEAD".
result<life_record> read_record(std::string_view node, std::string_view text) {
  std::array<std::string_view, 4> parts;
  for (auto& part : parts) {
    part = text.substr(0, text.find(':'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  auto number = to_number<std::uint16_t>(node);
  auto life = to_number<incarnation>(parts[1]);
  auto counter = to_number<std::uint64_t>(parts[2]);
  if (parts[0] != "1")
    return fail("the record of node " + std::string(node) + " is of a newer version of troupe", 0, 0);
  if (!number || *number == 0 || !life || !counter || (parts[3] != "0" && parts[3] != "1") || !text.empty())
    return fail("the record of node " + std::string(node) + " is damaged", 0, 0);
  return life_record{static_cast<node_id>(*number), *life, *counter, parts[3] == "1"};
}

result<void> read_records(const redisReply* reply, std::vector<life_record>& into) {
  if (reply == nullptr)
    return fail("the store's answer has no records", 0, 0);
  elements in(*reply);
  while (in.left()) {
    auto node = in.text(), text = in.text();
    auto record = in.ok() ? read_record(node, text) : fail("a record in the store's answer is no text", 0, 0);
    if (!record)
      return tl::unexpected(record.error());
    into.push_back(*record);
  }
  return {};
}

} // namespace

std::uint16_t authority_keys::slot() const { return store::hash_slot(tag); }

redis_command command_of(const store_operations& what, const authority_keys& keys) {
  redis_command out{"EVAL", std::string(common_text) + std::string(texts[what.index()]), "2", keys.map(), keys.lives()};
  std::visit(arguments{out}, what);
  return out;
}

result<store_answer> read_answer(const store_operations& asked, const redisReply& reply) {
  if (store::is_error(reply))
    return fail("the store refuses: " + std::string(store::text_of(reply)), 0, 0);
  elements in(reply);
  store_answer out;
  out.run = in.run();
  out.generation = in.number();
  out.generation_of = in.run();
  out.map_version = in.number();
  if (std::holds_alternative<store_operation::renew>(asked)) {
    out.replaced = in.number() != 0;
    if (auto read = read_records(in.next(), out.records); !read)
      return tl::unexpected(read.error());
  } else if (std::holds_alternative<store_operation::read_map>(asked)) {
    out.map = in.text();
  } else if (std::holds_alternative<store_operation::change_map>(asked)) {
    auto how = in.number();
    if (how > 2)
      return fail("the store's answer to a change of the map is not known here", 0, 0);
    constexpr std::array outcomes{outcome::done, outcome::other_version, outcome::moved};
    out.changed = outcomes[how];
  }
  if (!in.ok() || in.left())
    return fail("the store's answer is not what the script gives", 0, 0);
  return out;
}

} // namespace troupe::cluster
