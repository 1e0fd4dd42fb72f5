#include "protocols/sip/message.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <new>
#include <stdexcept>

#include "protocols/base/text.hpp"
#include "protocols/sip/grammar.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

namespace {

constexpr std::size_t edit_storage = 1024;
constexpr std::size_t spare_fields = 8;
constexpr std::string_view version = "SIP/2.0";

/// Text that came from outside must not begin a line of its own.
void forbid_lines(char* text, std::size_t size) noexcept {
  auto* end = text + size;
  for (;;) {
    text = const_cast<char*>(grammar::find_line_end(text, end));
    if (text == end)
      return;
    *text++ = ' ';
  }
}

char* put(char* to, std::string_view text) noexcept {
  if (!text.empty())
    std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

std::string_view known(hdr id) {
  if (id == hdr::other)
    throw std::invalid_argument("an edit of hdr::other");
  return to_string(id);
}

const char* line_begin(const field& f) noexcept { return f.name.data(); }
const char* line_end(const field& f) noexcept { return f.value.data() + f.value.size(); }

} // namespace

ref<storage> storage::make(std::size_t capacity) {
  void* memory = ::operator new(sizeof(storage) + capacity);
  return ref<storage>(new (memory) storage(capacity));
}

void storage::destroy(const storage* s) noexcept {
  s->~storage();
  ::operator delete(const_cast<storage*>(s));
}

std::string_view storage::append(std::string_view text) noexcept {
  if (text.size() > capacity_ - used_)
    return {};
  auto* at = data() + used_;
  put(at, text);
  used_ += static_cast<std::uint32_t>(text.size());
  return {at, text.size()};
}

message::message(const message& other)
    : counted(other),
      method_(other.method_),
      status_(other.status_),
      start_a_(other.start_a_),
      start_b_(other.start_b_),
      body_(other.body_),
      read_(other.read_),
      octets_(other.octets_),
      edits_(other.edits_),
      former_(other.former_) {
  fields_.reserve(other.fields_.size() + spare_fields);
  fields_.assign(other.fields_.begin(), other.fields_.end());
}

message& message::operator=(const message& other) {
  if (this != &other)
    *this = message(other);
  return *this;
}

message message::request(std::string_view method_name, std::string_view uri) {
  message m;
  m.fields_.reserve(spare_fields * 2);
  m.set_method(method_name);
  m.set_uri(uri);
  return m;
}

message message::response(int status, std::string_view reason) {
  message m;
  m.fields_.reserve(spare_fields * 2);
  m.set_status(status, reason);
  return m;
}

void message::set_method(std::string_view method_name) {
  status_ = 0;
  method_ = method_of(method_name);
  start_a_ = method_ == method::other ? keep_in_line(method_name) : sip::to_string(method_);
}

void message::set_uri(std::string_view uri) { start_b_ = keep_in_line(uri); }

void message::set_status(int status, std::string_view reason) {
  if (status < 100 || status > 699)
    throw std::invalid_argument("a status outside of 100 to 699");
  status_ = static_cast<std::uint16_t>(status);
  method_ = method::other;
  start_a_ = {};
  start_b_ = reason.empty() ? reason_phrase(status) : keep_in_line(reason);
}

const field* message::find(hdr id) const noexcept {
  for (auto& f : fields_)
    if (f.id == id)
      return &f;
  return nullptr;
}

const field* message::find(std::string_view name) const noexcept {
  if (auto id = header_of(name); id != hdr::other)
    return find(id);
  for (auto& f : fields_)
    if (f.id == hdr::other && equal_nocase(f.name, name))
      return &f;
  return nullptr;
}

std::string_view message::value(hdr id) const noexcept {
  auto* f = find(id);
  return f ? f->value : std::string_view{};
}

std::size_t message::count(hdr id) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(fields_.begin(), fields_.end(), [id](const field& f) { return f.id == id; }));
}

bool message::holds(std::string_view text) const noexcept {
  auto in = [text](const ref<storage>& s) {
    if (!s)
      return false;
    auto* begin = s->data();
    return std::less_equal<>{}(begin, text.data()) && std::less_equal<>{}(text.data() + text.size(), begin + s->used());
  };
  return in(edits_) || in(octets_) || std::any_of(former_.begin(), former_.end(), in);
}

/// Room at the end of a storage that nobody else holds; of a new one where there is none.
char* message::room_for(std::size_t octets) {
  auto& current = edits_ ? edits_ : octets_;
  if (!current || !current->unique() || current->capacity() - current->used() < octets) {
    if (edits_)
      former_.push_back(std::move(edits_));
    edits_ = storage::make(std::max(edit_storage, octets));
  }
  auto& open = edits_ ? edits_ : octets_;
  auto* room = open->data() + open->used();
  open->set_used(open->used() + octets);
  return room;
}

std::string_view message::keep(std::string_view text) {
  if (text.empty())
    return std::string_view("");
  if (holds(text))
    return text;
  auto* room = room_for(text.size());
  put(room, text);
  return {room, text.size()};
}

std::string_view message::keep(std::initializer_list<std::string_view> pieces) {
  std::size_t size = 0;
  for (auto piece : pieces)
    size += piece.size();
  auto* room = room_for(size);
  auto* at = room;
  for (auto piece : pieces)
    at = put(at, piece);
  return {room, size};
}

std::string_view message::keep_in_line(std::string_view text) {
  auto* end = text.data() + text.size();
  if (text.empty() || grammar::find_line_end(text.data(), end) == end)
    return keep(text);
  auto* room = room_for(text.size());
  put(room, text);
  forbid_lines(room, text.size());
  return {room, text.size()};
}

/// "name: value" and "more" behind it, with its line end so that write() copies neighbours at once.
field message::line(hdr id, std::string_view name, std::string_view value, std::string_view more) {
  auto size = name.size() + 2 + value.size() + more.size();
  auto* begin = room_for(size + 2);
  auto* name_end = put(begin, name);
  auto* value_begin = put(name_end, ": ");
  put(put(put(value_begin, value), more), "\r\n");
  forbid_lines(begin, size);
  auto kept = trim({value_begin, value.size() + more.size()});
  return {id, {begin, name.size()}, kept.empty() ? std::string_view(value_begin, 0) : kept};
}

void message::edited(hdr id) noexcept {
  if (id == hdr::via)
    read_.top_via.reset();
  else if (id == hdr::cseq)
    read_.sequence.reset();
  else if (id == hdr::from || id == hdr::to)
    read_.tags = false;
}

void message::insert_behind_last(hdr id, std::string_view name, std::string_view value) {
  edited(id);
  auto added = line(id, name, value);
  auto last = std::find_if(fields_.rbegin(), fields_.rend(), [&](const field& f) {
    return f.id == id && (id != hdr::other || equal_nocase(f.name, name));
  });
  fields_.insert(last == fields_.rend() ? fields_.end() : last.base(), added);
}

void message::set(hdr id, std::string_view value) {
  edited(id);
  auto name = known(id);
  auto first = std::find_if(fields_.begin(), fields_.end(), [id](const field& f) { return f.id == id; });
  if (first == fields_.end()) {
    fields_.push_back(line(id, name, value));
    return;
  }
  *first = line(id, first->name, value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), [id](const field& f) { return f.id == id; }), fields_.end());
}

void message::set(std::string_view name, std::string_view value) {
  if (auto id = header_of(name); id != hdr::other)
    return set(id, value);
  auto same = [name](const field& f) { return f.id == hdr::other && equal_nocase(f.name, name); };
  auto first = std::find_if(fields_.begin(), fields_.end(), same);
  if (first == fields_.end()) {
    fields_.push_back(line(hdr::other, name, value));
    return;
  }
  *first = line(hdr::other, first->name, value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), same), fields_.end());
}

void message::add(hdr id, std::string_view value) { insert_behind_last(id, known(id), value); }

void message::add(std::string_view name, std::string_view value) { insert_behind_last(header_of(name), name, value); }

void message::prepend(hdr id, std::string_view value) {
  edited(id);
  auto added = line(id, known(id), value);
  auto at = std::find_if(fields_.begin(), fields_.end(), [id](const field& f) { return f.id == id; });
  if (at == fields_.end()) {
    auto last_via = std::find_if(fields_.rbegin(), fields_.rend(), [](const field& f) { return f.id == hdr::via; });
    at = id == hdr::via || last_via == fields_.rend() ? fields_.begin() : last_via.base();
  }
  fields_.insert(at, added);
}

std::size_t message::remove(hdr id) {
  known(id);
  return remove_if([id](const field& f) { return f.id == id; });
}

std::size_t message::remove(std::string_view name) {
  if (auto id = header_of(name); id != hdr::other)
    return remove(id);
  return remove_if([name](const field& f) { return f.id == hdr::other && equal_nocase(f.name, name); });
}

bool message::remove_first_value(hdr id) {
  edited(id);
  auto at = std::find_if(fields_.begin(), fields_.end(), [id](const field& f) { return f.id == id; });
  if (at == fields_.end())
    return false;
  auto rest = at->value;
  next_value(rest);
  rest = trim(rest);
  if (rest.empty())
    fields_.erase(at);
  else
    *at = line(id, at->name, rest);
  return true;
}

bool message::replace_first_value(hdr id, std::string_view value) {
  edited(id);
  auto at = std::find_if(fields_.begin(), fields_.end(), [id](const field& f) { return f.id == id; });
  if (at == fields_.end())
    return false;
  auto rest = at->value;
  next_value(rest);
  // What follows keeps its comma: it stands in front of the rest.
  auto more = rest.empty() ? rest : std::string_view(rest.data() - 1, rest.size() + 1);
  *at = line(id, at->name, value, more);
  return true;
}

void message::set_body(std::string_view content_type, std::string_view body) {
  remove(hdr::content_length);
  body_ = keep(body);
  if (body.empty())
    remove(hdr::content_type);
  else
    set(hdr::content_type, content_type);
}

std::size_t message::size_hint() const noexcept {
  auto size = start_a_.size() + start_b_.size() + body_.size() + 64;
  for (auto& f : fields_)
    size += static_cast<std::size_t>(line_end(f) - line_begin(f)) + 2;
  return size;
}

void message::write(std::string& out) const {
  if (out.capacity() - out.size() < size_hint())
    out.reserve(std::max(out.size() + size_hint(), out.capacity() * 2));
  if (is_request()) {
    out.append(start_a_).append(1, ' ').append(start_b_).append(1, ' ').append(version).append("\r\n");
  } else {
    char digits[] = {static_cast<char>('0' + status_ / 100), static_cast<char>('0' + status_ / 10 % 10),
                     static_cast<char>('0' + status_ % 10), ' '};
    out.append(version).append(1, ' ').append(digits, 4).append(start_b_).append("\r\n");
  }
  write_fields(out);
  out.append(body_);
}

/// Lines that stand behind each other in storage are copied at once.
void message::write_fields(std::string& out) const {
  const char* run = nullptr;
  const char* run_end = nullptr;
  auto flush = [&] {
    if (run)
      out.append(run, static_cast<std::size_t>(run_end - run)).append("\r\n");
  };
  bool has_length = false;
  for (auto& f : fields_) {
    if (f.id == hdr::content_length) {
      if (has_length || to_number<std::size_t>(f.value) != body_.size())
        continue;
      has_length = true;
    }
    bool follows = run && run_end + 2 == line_begin(f) && run_end[0] == '\r' && run_end[1] == '\n';
    if (!follows) {
      flush();
      run = line_begin(f);
    }
    run_end = line_end(f);
  }
  flush();
  if (!has_length) {
    char digits[20];
    auto [end, ec] = std::to_chars(digits, digits + sizeof digits, body_.size());
    out.append("Content-Length: ").append(digits, static_cast<std::size_t>(end - digits)).append("\r\n");
  }
  out.append("\r\n");
}

std::string message::to_string() const {
  std::string out;
  write(out);
  return out;
}

} // namespace troupe::sip
