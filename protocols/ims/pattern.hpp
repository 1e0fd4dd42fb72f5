// Regular expressions out of a user profile: the extended regular expressions of TS 29.228 Annex F and TS 23.003
// clause 13.5, as far as RE2 has them. RE2 runs in linear time, so that no profile can stall an S-CSCF.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace troupe::ims {

/// Compiled once, when the profile is read; copies share it. A text that is no regular expression matches nothing.
class pattern {
public:
  enum class letter_case { kept, ignored };

  pattern() = default;
  explicit pattern(std::string_view text, letter_case mode = letter_case::kept);

  const std::string& text() const noexcept { return text_; }
  bool valid() const noexcept { return compiled_ != nullptr; }
  /// Somewhere in `subject`, as regexec() of POSIX does.
  bool found_in(std::string_view subject) const;
  bool matches_whole(std::string_view subject) const;

  friend bool operator==(const pattern& a, const pattern& b) { return a.text_ == b.text_; }

private:
  std::string text_;
  std::shared_ptr<const re2::RE2> compiled_;
};

} // namespace troupe::ims
