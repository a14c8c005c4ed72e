#include "sterlet/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sterlet/base/utf8.h"

namespace sterlet::base {

namespace {

// Optimal string alignment distance; words are short, so the full table is cheap.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

// Takes one leading '+' off; false for what cannot be a number: nothing, or a second sign.
bool strip_plus(std::string_view& text) {
  if (!text.starts_with('+')) return !text.empty();
  text.remove_prefix(1);
  return !text.empty() && text.front() != '+' && text.front() != '-';
}

// Whether a well-formed decimal number that no double holds is too small rather than too large.
bool is_below_one(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t exponent_at = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, exponent_at);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t digit = std::min(mantissa.find_first_not_of("0."), mantissa.size());
  const std::int64_t magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(digit);
  if (exponent_at == text.size()) return magnitude <= 0;
  const std::string_view exponent = text.substr(exponent_at + 1);
  const auto shift = parse_integer(exponent);
  return shift ? magnitude + *shift <= 0 : exponent.starts_with('-');
}

// Whether a terminal would do something with it other than show it.
bool is_control(char32_t c) {
  const bool is_c0_or_c1 = c < 0x20 || (c >= 0x7F && c <= 0x9F);
  const bool is_direction =
      c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  const bool is_separator = c == 0x2028 || c == 0x2029;
  return is_c0_or_c1 || is_direction || is_separator;
}

std::string escape_text(char32_t character) {
  const auto number = static_cast<std::uint32_t>(character);
  return number < 0x80 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{:04x}", number);
}

// The text with each control character written by `escape`, and each byte that is no UTF-8 as \xNN.
template <typename Escape>
std::string shown(std::string_view text, Escape escape) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Character next = first_character(text);
    if (!next.is_whole) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(next.code));
    } else if (is_control(next.code)) {
      escape(next.code, out);
    } else {
      out += text.substr(0, next.length);
    }
    text.remove_prefix(next.length);
  }
  return out;
}

struct ByteUnit {
  std::string_view name;
  double bytes;
};
constexpr std::array<ByteUnit, 10> kByteUnits{{{"B", 1},
                                               {"kB", 1e3},
                                               {"KB", 1e3},
                                               {"MB", 1e6},
                                               {"GB", 1e9},
                                               {"TB", 1e12},
                                               {"KiB", 1024.0},
                                               {"MiB", 1024.0 * 1024},
                                               {"GiB", 1024.0 * 1024 * 1024},
                                               {"TiB", 1024.0 * 1024 * 1024 * 1024}}};

constexpr std::size_t kComparedLengthMax = 64;  // Longer words are never a slip of the finger.
constexpr std::size_t kListedNamesMax = 12;

// Whether people shorten a name so: lr for learning_rate, dropout for dropout_rate, decay for weight_decay.
bool is_short_for(std::string_view word, std::string_view name) {
  std::string initials;
  bool is_part = false;
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('_'));
    if (!part.empty()) initials += part.front();
    is_part = is_part || part == word;
    name.remove_prefix(std::min(part.size() + 1, name.size()));
  }
  return word.size() > 1 && (is_part || initials == word);
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates) {
  std::optional<std::string> best;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  if (word.size() > kComparedLengthMax) return best;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kComparedLengthMax) continue;
    const std::size_t distance = edit_distance(word, candidate);
    const std::size_t allowed = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    if (distance <= allowed && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggest_name(std::string_view word, std::span<const std::string> candidates) {
  if (const auto near = nearest_name(word, candidates)) return fmt::format("did you mean '{}'?", *near);
  const auto is_meant = [&](const std::string& name) { return is_short_for(word, name); };
  if (std::count_if(candidates.begin(), candidates.end(), is_meant) == 1) {
    return fmt::format("did you mean '{}'?", *std::find_if(candidates.begin(), candidates.end(), is_meant));
  }
  if (candidates.empty()) return {};
  if (candidates.size() > kListedNamesMax) return {};
  std::string list = "known are ";
  for (std::size_t i = 0; i < candidates.size(); ++i) list += (i == 0 ? "" : ", ") + candidates[i];
  return list;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return fmt::format("{}", value);
}

std::string short_number_text(double value) {
  if (!std::isfinite(value)) return number_text(value);
  return fmt::format("{:.4g}", value == 0 ? 0.0 : value);
}

std::string ordinal_text(std::uint64_t number) {
  const std::uint64_t last = number % 10;
  const bool is_teen = number / 10 % 10 == 1;
  return fmt::format("{}{}", number,
                     is_teen || last == 0 || last > 3 ? "th"
                     : last == 1                      ? "st"
                     : last == 2                      ? "nd"
                                                      : "rd");
}

std::optional<double> parse_number(std::string_view text) {
  if (!strip_plus(text)) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // from_chars leaves the value alone; 1e-400 is 0 and 1e400 is infinite, as every other reader has it.
    value = is_below_one(text) ? 0.0 : std::numeric_limits<double>::infinity();
    return text.front() == '-' ? -value : value;
  }
  if (error != std::errc()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (!strip_plus(text)) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string count_text(std::uint64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

std::optional<double> parse_duration(std::string_view text) {
  if (const auto plain = parse_number(text)) {
    if (!std::isfinite(*plain) || *plain < 0) return std::nullopt;
    return plain;
  }
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const std::size_t digits = text.find_first_not_of("0123456789.");
    if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
    const auto amount = parse_number(text.substr(0, digits));
    if (!amount) return std::nullopt;
    text.remove_prefix(digits);
    const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
    const std::string_view unit = text.substr(0, letters);
    text.remove_prefix(letters);
    if (unit == "d") {
      total += *amount * 86400;
    } else if (unit == "h") {
      total += *amount * 3600;
    } else if (unit == "m" || unit == "min") {
      total += *amount * 60;
    } else if (unit == "s") {
      total += *amount;
    } else if (unit == "ms") {
      total += *amount / 1000;
    } else {
      return std::nullopt;
    }
  }
  if (!std::isfinite(total)) return std::nullopt;
  return total;
}

std::optional<double> parse_bytes(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789.");
  const auto amount = parse_number(text.substr(0, digits));
  if (!amount) return std::nullopt;
  if (digits == std::string_view::npos) return amount;
  std::string_view unit = text.substr(digits);
  if (unit.front() == ' ') unit.remove_prefix(1);
  for (const ByteUnit& row : kByteUnits) {
    if (row.name == unit) return *amount * row.bytes;
  }
  return std::nullopt;
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  if (seconds < 0) seconds = 0;
  if (seconds < 9.95 && seconds != std::floor(seconds)) return fmt::format("{:.1f}s", seconds);
  auto rest = static_cast<std::int64_t>(std::llround(std::min(seconds, 1e15)));
  const std::int64_t days = rest / 86400, hours = rest % 86400 / 3600, minutes = rest % 3600 / 60;
  rest %= 60;
  if (days > 0) return hours > 0 ? fmt::format("{}d{}h", days, hours) : fmt::format("{}d", days);
  if (hours > 0) return minutes > 0 ? fmt::format("{}h{}m", hours, minutes) : fmt::format("{}h", hours);
  if (minutes > 0) return rest > 0 ? fmt::format("{}m{}s", minutes, rest) : fmt::format("{}m", minutes);
  return fmt::format("{}s", rest);
}

std::string printable(std::string_view text) {
  return shown(text, [](char32_t character, std::string& out) {
    if (character == '\n') {
      out += "\\n";
    } else if (character == '\t') {
      out += "\\t";
    } else {
      out += escape_text(character);
    }
  });
}

std::string printable_lines(std::string_view text) {
  return shown(text, [](char32_t character, std::string& out) {
    if (character == '\n' || character == '\t') {
      out += static_cast<char>(character);
    } else {
      out += escape_text(character);
    }
  });
}

std::string printable_json(std::string_view json) {
  return shown(json, [](char32_t character, std::string& out) {
    // Outside strings JSON has no such characters but blanks; inside, those below U+0020 are escapes already.
    if (character == '\n' || character == '\t') {
      out += static_cast<char>(character);
    } else {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(character));
    }
  });
}

}  // namespace sterlet::base
