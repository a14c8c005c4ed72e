#include "sterlet/base/json.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::base {

namespace {

constexpr int kNestingMax = 64;  // The parser is not recursive, but what walks its result is.

bool nests_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kNestingMax) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Json json_number(double value) {
  if (std::isfinite(value)) return value;
  return number_text(value);
}

std::optional<double> number_from_json(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;
  return std::nullopt;
}

namespace {

// NaN and Infinity, as Python's json writes them, where the text ends that was read up to the fault.
std::string_view word_before(std::string_view text, std::size_t end) {
  static constexpr std::array<std::string_view, 3> kWords{"-Infinity", "Infinity", "NaN"};
  constexpr std::size_t kReach = 10;  // The fault is found at one of the word's letters.
  const std::size_t from = end > kReach ? end - kReach : 0;
  for (const std::string_view word : kWords) {
    const std::size_t at = text.find(word, from);
    const bool is_text = at != std::string_view::npos && at > 0 && text[at - 1] == '"';
    if (at != std::string_view::npos && !is_text && at <= end && at + word.size() >= end) return word;
  }
  return {};
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (nests_too_deep(text)) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("JSON nested deeper than {} levels", kNestingMax),
                "flatten it");
  }
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    std::size_t line = 1, column = 1;
    for (std::size_t i = 0; i + 1 < error.byte && i < text.size(); ++i) {
      column = text[i] == '\n' ? 1 : column + 1;
      line += text[i] == '\n' ? 1 : 0;
    }
    const std::string where = fmt::format("line {}, column {}", line, column);
    if (const std::string_view word = word_before(text, error.byte); !word.empty()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("JSON has no number {} (at {})", word, where),
                  fmt::format("write it as a string, \"{}\"", word));
    }
    return fail(ErrorCode::kInvalidArgument, fmt::format("invalid JSON at {}", where),
                "look for a missing comma, quote or bracket there");
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("this JSON cannot be read ({})", error.what()));
  }
}

std::string json_line(const Json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace sterlet::base
