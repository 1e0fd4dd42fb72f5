#include "protocols/ims/pattern.hpp"

#include <re2/re2.h>

namespace troupe::ims {

namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

} // namespace

pattern::pattern(std::string_view text, letter_case mode) : text_(text) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(256 << 10);
  options.set_case_sensitive(mode == letter_case::kept);
  options.set_encoding(re2::RE2::Options::EncodingLatin1); // header values need not be UTF-8
  auto compiled = std::make_shared<re2::RE2>(piece(text), options);
  if (compiled->ok())
    compiled_ = std::move(compiled);
}

bool pattern::found_in(std::string_view subject) const {
  return compiled_ && re2::RE2::PartialMatch(piece(subject), *compiled_);
}

bool pattern::matches_whole(std::string_view subject) const {
  return compiled_ && re2::RE2::FullMatch(piece(subject), *compiled_);
}

} // namespace troupe::ims
