// "Did you mean ...?": the nearest of the words that would have been right.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace troupe::config {

/// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other; case does not count.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest candidate, if it is near enough to be a slip of the pen (a third of the word, at least one letter);
/// otherwise nothing. Of equally near ones the first.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// `did you mean "x"?` or, with nothing near, `it is one of a, b, c`.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

} // namespace troupe::config
