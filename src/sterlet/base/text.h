#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sterlet::base {

/// The candidate nearest to `word` by edits (insert, delete, replace, swap of neighbours), if it is near enough to be
/// what was meant: at most a third of the longer word's length, and at least 1 edit allowed. Ties: the earlier
/// candidate.
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates);

/// `; did you mean 'x'?`'s inner part, also for what people shorten a name to (lr for learning_rate); or a list of all names when none is near: text for Error::next.
std::string suggest_name(std::string_view word, std::span<const std::string> candidates);

/// Shortest text that reads back as the same double; integers without a point: 0.1, 1e-05 as 1e-05, 3. NaN, Infinity.
std::string number_text(double value);

/// At most four significant digits, for sentences: 0.1235, 1.5e-07, 12.
std::string short_number_text(double value);

/// 1st, 2nd, 3rd, 4th, 11th, 21st.
std::string ordinal_text(std::uint64_t number);

/// A whole number or a double from the entire text, without the locale; nothing if the text is anything else.
/// Accepts a leading '+', 'inf', 'infinity', 'nan' in any case.
std::optional<double> parse_number(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);

/// "3 trials", "1 trial".
std::string count_text(std::uint64_t count, std::string_view singular);

/// 30, 90.5, "1m30s", "2h", "45s", "1d" as seconds; nothing for other text, negative or non-finite values.
std::optional<double> parse_duration(std::string_view text);

/// 1000, "2GiB", "500 MB", "1.5kB" as bytes; nothing for other text.
std::optional<double> parse_bytes(std::string_view text);

/// 93 s as "1m33s", 0.4 as "0.4s", 86400 as "1d".
std::string duration_text(double seconds);

/// Text that is safe to put on one line of a terminal, whoever wrote it: what would move the cursor, colour, hide or
/// reorder other text is shown as an escape (\n, \t, \x1b, \u202e). These are the control characters (C0, DEL, C1), the
/// marks of bidirectional text, the separators of lines and paragraphs, and bytes that are no UTF-8. All else is kept.
std::string printable(std::string_view text);

/// The same for text of several lines: line feeds and tabs are kept.
std::string printable_lines(std::string_view text);

/// The same for JSON: the characters are written as \u escapes, so that the value that is read is the same.
std::string printable_json(std::string_view json);

}  // namespace sterlet::base
