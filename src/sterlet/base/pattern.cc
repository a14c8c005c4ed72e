#include "sterlet/base/pattern.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <re2/re2.h>

#include "sterlet/base/text.h"

namespace sterlet::base {

struct MetricPattern::Compiled {
  Compiled(const std::string& text, std::vector<std::string> groups, const re2::RE2::Options& options)
      : names(std::move(groups)), expression(text, options) {}

  std::vector<std::string> names;
  re2::RE2 expression;
  std::vector<std::size_t> captures;  // Of each name, its index among the captures.
};

namespace {

/// The pattern as RE2 reads it. A metric's name may have characters that RE2 does not take for a group's (val/error):
/// there the groups are called g0, g1, ..., the places of their names in the list.
struct Translated {
  std::string text;
  std::vector<std::string> names;
};

// As metrics are called: val/acc, "val acc", also in letters of other scripts.
bool is_name_part(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0 || std::string_view("_./- ").find(c) != std::string_view::npos;
}

std::string group_name(std::size_t index) { return fmt::format("g{}", index); }

Failure bad(std::string what, std::string next) {
  return fail(ErrorCode::kInvalidArgument, std::move(what), std::move(next));
}

/// Length of the class [...] that the text begins with, all of the text if it does not end.
std::size_t class_length(std::string_view text) {
  std::size_t i = text.substr(0, 2) == "[^" ? 2 : 1;
  if (i < text.size() && text[i] == ']') ++i;  // A ] that comes first stands for itself.
  for (; i < text.size() && text[i] != ']'; ++i) {
    if (text[i] == '\\') ++i;
    if (text.substr(i, 2) == "[:") i = std::min(text.find(":]", i), text.size() - 2) + 1;
  }
  return std::min(i + 1, text.size());
}

class Translator final {
 public:
  explicit Translator(std::string_view text) : text_(text) {}

  Result<Translated> run() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.front() == '[') {
        take(class_length(rest));
      } else if (rest.front() == '\\') {
        STERLET_PASS(take_escape(rest));
      } else if (rest.starts_with("(?")) {
        STERLET_PASS(take_group(rest));
      } else {
        take(1);
      }
    }
    return std::move(result_);
  }

 private:
  void take(std::size_t count) {
    result_.text += text_.substr(at_, count);
    at_ += count;
  }

  Result<void> take_escape(std::string_view rest) {
    if (rest.size() > 1 && rest[1] >= '1' && rest[1] <= '9') {
      return bad(fmt::format("the pattern refers back to a group by {}, which is not supported", rest.substr(0, 2)),
                 "write out what stands there");
    }
    take(2);
    return {};
  }

  Result<void> take_group(std::string_view rest) {
    for (const std::string_view look : {"(?=", "(?!", "(?<=", "(?<!"}) {
      if (!rest.starts_with(look)) continue;
      return bad(fmt::format("the pattern looks around by {} (character {}), which is not supported", look, at_ + 1),
                 "match what stands there, outside the named groups");
    }
    const std::size_t opening = rest.starts_with("(?P<") ? 4 : rest.starts_with("(?<") ? 3 : 0;
    if (opening == 0) {
      take(2);
      return {};
    }
    const std::size_t end = std::min(rest.find('>'), rest.size());
    const std::string name(rest.substr(opening, end - opening));
    if (name.empty() || end == rest.size() || !std::all_of(name.begin(), name.end(), is_name_part)) {
      return bad(fmt::format("the pattern has a group without a proper name (character {})", at_ + 1),
                 "name it with letters, digits and '_', as in (?<val_error>\\S+)");
    }
    if (std::find(result_.names.begin(), result_.names.end(), name) != result_.names.end()) {
      return bad(fmt::format("the pattern has two groups named '{}'", name), "rename one");
    }
    result_.text += "(?P<" + group_name(result_.names.size()) + ">";
    result_.names.push_back(name);
    at_ += end + 1;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Translated result_;
};

std::string reason_of(const re2::RE2& expression) {
  switch (expression.error_code()) {
    case re2::RE2::ErrorMissingParen:
    case re2::RE2::ErrorUnexpectedParen:
      return "a bracket ( ) has no partner";
    case re2::RE2::ErrorMissingBracket:
      return "a bracket [ ] has no partner";
    case re2::RE2::ErrorBadCharClass:
    case re2::RE2::ErrorBadCharRange:
      return fmt::format("{} is no class of characters", printable(expression.error_arg()));
    case re2::RE2::ErrorRepeatArgument:
      return "a *, + or ? has nothing to repeat";
    case re2::RE2::ErrorRepeatOp:
      return fmt::format("{} repeats what is repeated already", printable(expression.error_arg()));
    case re2::RE2::ErrorRepeatSize:
      return fmt::format("{} is no count from 0 to 1000", printable(expression.error_arg()));
    case re2::RE2::ErrorBadEscape:
    case re2::RE2::ErrorTrailingBackslash:
      return "a \\ stands before a character it cannot change";
    case re2::RE2::ErrorBadPerlOp:
      return fmt::format("{} is not supported", printable(expression.error_arg()));
    case re2::RE2::ErrorPatternTooLarge:
      return "it is too large";
    default:
      return "it does not follow the rules of regular expressions";
  }
}

// 93.5%, 0,93 and 0,93%. A comma before three digits may part thousands, unless a 0 stands before it.
std::optional<MetricPattern::Odd> read_odd(std::string_view text) {
  using Odd = MetricPattern::Odd;
  Odd odd{.kind = Odd::Kind::kPercent, .text = std::string(text)};
  if (text.ends_with('%')) text.remove_suffix(1);
  std::string plain(text);
  if (const std::size_t comma = plain.find(','); comma != std::string::npos) {
    const std::string_view whole = text.substr(0, comma), rest = text.substr(comma + 1);
    const std::size_t first = std::min(whole.find_first_of("0123456789"), whole.size());
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const bool may_be_thousands = digits == 3 && whole.size() - first <= 3 && whole.substr(first) != "0";
    if (first == whole.size() || digits == 0 || may_be_thousands || plain.find('.') != std::string::npos) return {};
    plain[comma] = '.';
    odd.kind = Odd::Kind::kComma;
  }
  const auto number = parse_number(plain);
  if (!number) return std::nullopt;
  odd.value = *number;
  return odd;
}

}  // namespace

std::string without_colours(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const std::size_t escape = std::min(text.find("\x1b["), text.size());
    plain += text.substr(0, escape);
    text.remove_prefix(escape);
    if (text.empty()) break;
    const auto is_final = [](char c) { return c >= '@' && c <= '~'; };
    const auto* const end = std::find_if(text.begin() + 2, text.end(), is_final);
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()) + (end == text.end() ? 0 : 1));
  }
  return plain;
}

Result<MetricPattern> MetricPattern::make(std::string_view text) {
  STERLET_TRY(Translated translated, Translator(text).run());
  const bool has_metric =
      std::any_of(translated.names.begin(), translated.names.end(), [](const auto& name) { return name != "step"; });
  if (!has_metric) {
    return bad("the pattern has no named group to take a metric from",
               "put one where the number stands, as in 'val_error=(?<val_error>\\S+)'");
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // A line is bytes: a program may print anything.
  auto compiled = std::make_shared<Compiled>(translated.text, std::move(translated.names), options);
  if (!compiled->expression.ok()) {
    return bad(fmt::format("the pattern is no regular expression: {}", reason_of(compiled->expression)),
               "put \\ before a character that is meant literally");
  }
  for (std::size_t i = 0; i < compiled->names.size(); ++i) {
    compiled->captures.push_back(
        static_cast<std::size_t>(compiled->expression.NamedCapturingGroups().at(group_name(i))));
  }
  MetricPattern pattern;
  pattern.compiled_ = std::move(compiled);
  return pattern;
}

std::optional<MetricPattern::Found> MetricPattern::find(std::string_view line) const {
  const std::string plain = without_colours(line);
  const re2::RE2& expression = compiled_->expression;
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(expression.NumberOfCapturingGroups()) + 1);
  if (!expression.Match(plain, 0, plain.size(), re2::RE2::UNANCHORED, found.data(), static_cast<int>(found.size()))) {
    return std::nullopt;
  }
  Found result;
  for (std::size_t i = 0; i < compiled_->names.size(); ++i) {
    const re2::StringPiece& piece = found[compiled_->captures[i]];
    if (piece.data() == nullptr) continue;  // In an alternative that was not taken.
    std::string_view text(piece.data(), piece.size());
    while (!text.empty() && (text.back() == ',' || text.back() == ';')) text.remove_suffix(1);
    const std::string& name = compiled_->names[i];
    if (const auto number = parse_number(text)) {
      result.values[name] = *number;
    } else if (name == "step") {
      continue;
    } else if (auto odd = read_odd(text)) {
      result.values[name] = odd->value;
      result.odd.push_back(std::move(*odd));
    } else {
      result.no_numbers[name] = text;
    }
  }
  return result;
}

bool MetricPattern::matches_twice(std::string_view line) const {
  const std::string plain = without_colours(line);
  const re2::RE2& expression = compiled_->expression;
  re2::StringPiece whole;
  if (!expression.Match(plain, 0, plain.size(), re2::RE2::UNANCHORED, &whole, 1)) return false;
  const std::size_t end = static_cast<std::size_t>(whole.data() - plain.data()) + whole.size();
  return !whole.empty() && expression.Match(plain, end, plain.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

std::optional<std::map<std::string, double>> MetricPattern::match(std::string_view line) const {
  auto found = find(line);
  const auto is_metric = [](const auto& entry) { return entry.first != "step"; };
  if (!found || std::none_of(found->values.begin(), found->values.end(), is_metric)) return std::nullopt;
  return std::move(found->values);
}

std::vector<std::string> MetricPattern::metrics() const {
  std::vector<std::string> names = compiled_->names;
  std::erase(names, "step");
  return names;
}

}  // namespace sterlet::base
