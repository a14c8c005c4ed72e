#include "sterlet/base/pattern.h"

#include <algorithm>
#include <cctype>
#include <regex>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::base {

struct MetricPattern::Compiled {
  std::regex expression;
  std::vector<std::pair<std::string, std::size_t>> groups;  // Name, and index among the captures.
};

namespace {

constexpr std::size_t kPatternLengthMax = 1024;
constexpr std::size_t kLineLengthMax = 4096;

// libstdc++'s usual matcher backtracks: (.|x)* over a line of x takes time exponential in its length and would hang the
// study. Its second matcher takes polynomial time, at the price of back-references (\1), which it refuses.
#ifdef __GLIBCXX__
constexpr auto kSyntax = std::regex::ECMAScript | std::regex_constants::__polynomial;
#else
constexpr auto kSyntax = std::regex::ECMAScript;
#endif

/// std::regex has no named groups: the names are taken out and remembered.
struct Named {
  std::string plain;
  std::vector<std::pair<std::string, std::size_t>> groups;
};

bool is_name_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '/' || c == '-';
}

tl::unexpected<Error> bad(std::string what, std::string next) {
  return fail(ErrorCode::kInvalidArgument, std::move(what), std::move(next));
}

Result<Named> take_names(std::string_view text) {
  Named named;
  std::size_t captures = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    named.plain += c;
    if (c == '\\' && i + 1 < text.size()) {
      named.plain += text[++i];
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      const std::string_view rest = text.substr(i + 1);
      const std::size_t opening = rest.substr(0, 3) == "?P<" ? 3 : rest.substr(0, 2) == "?<" ? 2 : 0;
      if (opening == 0) {
        captures += rest.substr(0, 1) == "?" ? 0 : 1;
        continue;
      }
      const std::size_t end = rest.find('>');
      const std::string name(rest.substr(opening, end == std::string_view::npos ? 0 : end - opening));
      if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_part)) {
        return bad(fmt::format("the pattern has a group without a proper name (character {})", i + 1),
                   "name it with letters, digits and '_', as in (?<val_error>\\S+)");
      }
      for (const auto& [earlier, index] : named.groups) {
        if (earlier == name) return bad(fmt::format("the pattern has two groups named '{}'", name), "rename one");
      }
      named.groups.emplace_back(name, ++captures);
      i += end + 1;
    }
  }
  return named;
}

}  // namespace

Result<MetricPattern> MetricPattern::make(std::string_view text) {
  if (text.size() > kPatternLengthMax) {
    return bad(fmt::format("the pattern is longer than {} characters", kPatternLengthMax), "shorten it");
  }
  STERLET_TRY(Named named, take_names(text));
  const bool has_metric =
      std::any_of(named.groups.begin(), named.groups.end(), [](const auto& group) { return group.first != "step"; });
  if (!has_metric) {
    return bad("the pattern has no named group to take a metric from",
               "put one where the number stands, as in 'val_error=(?<val_error>\\S+)'");
  }
  try {
    auto compiled = std::make_shared<Compiled>();
    compiled->expression.assign(named.plain, kSyntax);
    compiled->groups = std::move(named.groups);
    MetricPattern pattern;
    pattern.compiled_ = std::move(compiled);
    return pattern;
  } catch (const std::regex_error& error) {
    std::string reason = "it does not follow the rules of regular expressions";
    if (error.code() == std::regex_constants::error_paren) reason = "a bracket ( ) has no partner";
    if (error.code() == std::regex_constants::error_brack) reason = "a bracket [ ] has no partner";
    if (error.code() == std::regex_constants::error_brace) reason = "a brace { } has no partner";
    if (error.code() == std::regex_constants::error_badrepeat) reason = "a *, + or ? has nothing to repeat";
    if (error.code() == std::regex_constants::error_complexity)
      reason = "back-references such as \\1 are not supported";
    if (error.code() == std::regex_constants::error_escape) reason = "a \\ stands before a character it cannot change";
    return bad(fmt::format("the pattern is no regular expression: {}", reason),
               "put \\ before a character that is meant literally");
  }
}

std::optional<std::map<std::string, double>> MetricPattern::match(std::string_view line) const {
  line = line.substr(0, kLineLengthMax);
  std::match_results<std::string_view::const_iterator> found;
  try {
    if (!std::regex_search(line.begin(), line.end(), found, compiled_->expression)) return std::nullopt;
  } catch (const std::regex_error&) {
    return std::nullopt;  // Too complex for the matcher: as good as no match.
  }
  std::map<std::string, double> values;
  bool has_metric = false;
  for (const auto& [name, index] : compiled_->groups) {
    if (!found[index].matched) continue;
    std::string text = found[index].str();
    while (!text.empty() && (text.back() == ',' || text.back() == ';')) text.pop_back();
    const auto number = parse_number(text);
    if (!number) continue;
    values[name] = *number;
    has_metric = has_metric || name != "step";
  }
  if (!has_metric) return std::nullopt;
  return values;
}

std::vector<std::string> MetricPattern::metrics() const {
  std::vector<std::string> names;
  for (const auto& [name, index] : compiled_->groups) {
    if (name != "step") names.push_back(name);
  }
  return names;
}

bool MetricPattern::has_step() const {
  return std::any_of(compiled_->groups.begin(), compiled_->groups.end(),
                     [](const auto& group) { return group.first == "step"; });
}

}  // namespace sterlet::base
