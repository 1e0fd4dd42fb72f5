#include "protocols/sip/framing.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/grammar.hpp"

namespace troupe::sip {

namespace {

constexpr std::size_t slack = 512; // for the first edits of what is parsed

/// The header field's line with its folds, without its last line end; `header` becomes what follows.
std::string_view cut_field(std::string_view& header) noexcept {
  std::size_t end = 0;
  do {
    end = std::min(header.find('\n', end), header.size() - 1) + 1;
  } while (end < header.size() && grammar::is_blank(header[end]));
  auto line = header.substr(0, end);
  header.remove_prefix(end);
  return line;
}

/// One Content-Length, and of digits only. A stream has no other way to tell where a message ends.
result<std::size_t> content_length(std::string_view header) {
  std::optional<std::size_t> length;
  cut_field(header);
  while (!header.empty()) {
    auto line = cut_field(header);
    auto name = line.substr(0, grammar::span_of(line, grammar::token_class));
    bool may_be = name.size() == to_string(hdr::content_length).size() || name.size() == 1;
    if (!may_be || header_of(name) != hdr::content_length)
      continue;
    auto rest = trim(line.substr(name.size()));
    auto value = rest.empty() || rest.front() != ':' ? std::nullopt : to_number<std::size_t>(trim(rest.substr(1)));
    if (!value)
      return fail("a Content-Length that is no number");
    if (length)
      return fail("two Content-Lengths");
    length = value;
  }
  if (!length)
    return fail("no Content-Length in a stream");
  return *length;
}

} // namespace

void framer::feed(std::string_view octets) {
  if (fault_)
    return;
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  buffer_.append(octets);
}

framer::event framer::next() {
  if (fault_)
    return broken{*fault_, {}};
  if (header_ == 0) {
    if (seen_ == 0) {
      bool is_ping = false;
      if (!skip_line_ends(is_ping))
        return is_ping ? event(ping{}) : need_more{};
      if (!grammar::is_token(unread().front()))
        return fail_with(error{0, 0, "octets that begin no message"});
    }
    if (!find_header_end())
      return seen_ > limits_.header ? fail_with(error{513, 0, "a longer header section than is taken"}) : need_more{};
    return header_ended();
  }
  if (unread().size() < total_)
    return need_more{};
  return take(total_);
}

/// True when a message begins at begin_; false when octets lack or a ping was skipped.
bool framer::skip_line_ends(bool& is_ping) {
  for (;;) {
    auto text = unread();
    if (text.substr(0, 4) == "\r\n\r\n") {
      begin_ += 4;
      is_ping = true;
      return false;
    }
    if (std::string_view("\r\n\r\n").substr(0, text.size()) == text)
      return false; // nothing, or what may become a ping
    if (text.front() != '\r' && text.front() != '\n')
      return true;
    ++begin_;
  }
}

bool framer::find_header_end() {
  auto text = unread();
  for (;;) {
    auto lf = text.find('\n', seen_);
    if (lf == text.npos) {
      seen_ = text.size();
      return false;
    }
    seen_ = lf + 1;
    auto length = lf - line_;
    bool empty = length == 0 || (length == 1 && text[line_] == '\r');
    line_ = seen_;
    if (seen_ > limits_.header)
      return false;
    if (empty) {
      header_ = seen_;
      return true;
    }
  }
}

framer::event framer::header_ended() {
  auto length = content_length(unread().substr(0, header_));
  if (!length)
    return fail_with(length.error());
  if (*length > limits_.body)
    return fail_with(error{413, 0, "a longer body than is taken"});
  total_ = header_ + *length;
  return unread().size() < total_ ? event(need_more{}) : take(total_);
}

framer::event framer::fail_with(error fault) {
  auto known = header_ ? header_ : std::min(unread().size(), limits_.header);
  auto octets = storage::make(known + slack);
  octets->append(unread().substr(0, known));
  fault_ = std::move(fault);
  buffer_ = {};
  begin_ = 0;
  return broken{*fault_, std::move(octets)};
}

ref<storage> framer::take(std::size_t octets) {
  auto message = storage::make(octets + slack);
  message->append(unread().substr(0, octets));
  begin_ += octets;
  line_ = seen_ = header_ = total_ = 0;
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
  }
  return message;
}

} // namespace troupe::sip
