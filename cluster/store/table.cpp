#include "cluster/store/table.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

namespace troupe::store {

struct record_table::blob {
  std::uint64_t version;
  instant deadline;
  std::uint32_t value_size;
  std::uint16_t key_size;
  kind type;

  char* octets() noexcept { return reinterpret_cast<char*>(this + 1); }
  std::string_view key() noexcept { return {octets(), key_size}; }
  std::string_view value() noexcept { return {octets() + key_size, value_size}; }
  record view() noexcept { return {version, deadline, value()}; }
};

namespace {

constexpr std::uint32_t least_capacity = 8;

/// Rounded up as jemalloc does, four sizes between powers of two: what is asked for is what is used, and a value that
/// grows a little stays in place.
std::size_t rounded(std::size_t size) noexcept {
  auto step = std::max<std::size_t>(16, std::bit_floor(size - 1) / 4);
  return (size + step - 1) / step * step;
}

std::uint64_t hash_of(const siphash_key& key, entity_view id) noexcept {
  auto type = static_cast<std::uint64_t>(id.type);
  return siphash({key[0] ^ type, key[1]}, id.key);
}

} // namespace

record_table::~record_table() {
  for (auto& each : segments_)
    for (std::uint32_t i = 0; i < each.capacity; ++i)
      std::free(each.blobs[i]);
}

/// Where the record is, or the free slot in which it would be; index 0 of a segment without slots.
record_table::place record_table::locate(entity_view id) const noexcept {
  auto hash = hash_of(key_, id);
  auto& in = segments_[hash >> 58];
  place at{&in, static_cast<std::uint32_t>(hash), 0};
  if (in.capacity == 0)
    return at;
  for (at.index = in.home(at.hash); in.blobs[at.index] != nullptr; at.index = in.after(at.index)) {
    auto* found = in.blobs[at.index];
    if (in.hashes[at.index] == at.hash && found->type == id.type && found->key() == id.key)
      break;
  }
  return at;
}

std::optional<record> record_table::find(entity_view id) const noexcept {
  auto [in, hash, index] = locate(id);
  if (in->capacity == 0 || in->blobs[index] == nullptr)
    return std::nullopt;
  return in->blobs[index]->view();
}

std::uint64_t record_table::put(entity_view id, instant deadline, std::string_view value) {
  return store(locate(id), id, 0, deadline, value);
}

void record_table::restore(entity_view id, const record& from) {
  store(locate(id), id, from.version, from.deadline, from.value);
}

std::uint64_t record_table::store(place at, entity_view id, std::uint64_t version, instant deadline,
                                  std::string_view value) {
  if (id.key.size() > longest_key)
    throw std::length_error("store: a key of more than 512 octets");
  if (value.size() > largest_value)
    throw std::length_error("store: a value of more than 64 KiB");
  if (at.in->capacity == 0 || (at.in->blobs[at.index] == nullptr && (at.in->used + 1) * 16 > at.in->capacity * 13)) {
    resize(*at.in, std::max(least_capacity, at.in->capacity + at.in->capacity / 4));
    at = locate(id);
  }
  auto wanted = rounded(sizeof(blob) + id.key.size() + value.size());
  auto* before = at.in->blobs[at.index];
  if (version == 0)
    version = before ? before->version + 1 : 1;
  auto held = before == nullptr ? 0 : rounded(sizeof(blob) + before->key_size + before->value_size);
  auto* into = before;
  if (held != wanted) {
    into = static_cast<blob*>(std::malloc(wanted));
    if (into == nullptr)
      throw std::bad_alloc();
    ::new (into) blob{0, {}, 0, static_cast<std::uint16_t>(id.key.size()), id.type};
    std::memcpy(into->octets(), id.key.data(), id.key.size());
  }
  if (!value.empty())
    std::memmove(into->octets() + into->key_size, value.data(), value.size()); // may be the old value itself
  into->version = version;
  into->deadline = deadline;
  into->value_size = static_cast<std::uint32_t>(value.size());
  at.in->blobs[at.index] = into;
  at.in->hashes[at.index] = at.hash;
  octets_ += wanted - held;
  if (before == nullptr) {
    ++at.in->used;
    ++size_;
  } else if (into != before) {
    std::free(before);
  }
  return version;
}

bool record_table::erase(entity_view id) noexcept {
  auto at = locate(id);
  if (at.in->capacity == 0 || at.in->blobs[at.index] == nullptr)
    return false;
  auto* gone = std::exchange(at.in->blobs[at.index], nullptr);
  close_gap(*at.in, at.index);
  octets_ -= rounded(sizeof(blob) + gone->key_size + gone->value_size);
  std::free(gone); // `id` may view it: not used below
  --size_;
  if (--at.in->used * 8 < at.in->capacity && at.in->capacity > least_capacity) {
    try {
      resize(*at.in, at.in->capacity / 2);
    } catch (const std::bad_alloc&) { // it stays large
    }
  }
  return true;
}

/// Moves back whatever a probe that starts before the gap would no longer find behind it.
void record_table::close_gap(segment& of, std::uint32_t gap) noexcept {
  auto distance = [&](std::uint32_t from, std::uint32_t to) {
    return to >= from ? to - from : to + of.capacity - from;
  };
  for (auto i = of.after(gap); of.blobs[i] != nullptr; i = of.after(i)) {
    if (distance(of.home(of.hashes[i]), i) < distance(gap, i))
      continue;
    of.blobs[gap] = std::exchange(of.blobs[i], nullptr);
    of.hashes[gap] = of.hashes[i];
    gap = i;
  }
}

void record_table::resize(segment& of, std::uint32_t capacity) {
  segment next{std::make_unique<blob*[]>(capacity), std::make_unique<std::uint32_t[]>(capacity), capacity, of.used};
  for (std::uint32_t i = 0; i < of.capacity; ++i) {
    if (of.blobs[i] == nullptr)
      continue;
    auto to = next.home(of.hashes[i]);
    while (next.blobs[to] != nullptr)
      to = next.after(to);
    next.blobs[to] = of.blobs[i];
    next.hashes[to] = of.hashes[i];
  }
  of = std::move(next);
}

void record_table::for_each_in(std::size_t part, const std::function<void(entity_view, const record&)>& visit) const {
  auto& in = segments_[part];
  for (std::uint32_t i = 0; i < in.capacity; ++i)
    if (auto* found = in.blobs[i]; found != nullptr)
      visit({found->type, found->key()}, found->view());
}

void record_table::for_each(const std::function<void(entity_view, const record&)>& visit) const {
  for (std::size_t part = 0; part < parts; ++part)
    for_each_in(part, visit);
}

void record_table::for_each(kind type, const std::function<void(std::string_view, const record&)>& visit) const {
  for_each([&](entity_view id, const record& found) {
    if (id.type == type)
      visit(id.key, found);
  });
}

std::size_t record_table::memory() const noexcept {
  auto total = sizeof *this + octets_;
  for (auto& each : segments_)
    total += each.capacity * (sizeof(void*) + sizeof(std::uint32_t));
  return total;
}

} // namespace troupe::store
