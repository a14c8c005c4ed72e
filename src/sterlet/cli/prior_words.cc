#include "sterlet/cli/prior_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/settings.h"

namespace sterlet::cli {

namespace {

base::Result<void> check_ends(const std::string& name, const std::string& low, const std::string& high) {
  if (!low.empty() && !high.empty()) return {};
  const char* lacks =
      low.empty() ? (high.empty() ? "neither a lower nor an upper end" : "no lower end") : "no upper end";
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("the range hinted for {} has {} (found {}..{})", base::printable(name), lacks,
                                base::printable(low), base::printable(high)),
                    "write both, as 0.01..0.03, with the parameter's own bound where it is to be open");
}

}  // namespace

std::vector<std::string> prior_lines(const std::vector<study::PriorRecord>& priors) {
  std::vector<std::string> lines;
  for (const study::PriorRecord& prior : priors) {
    std::string line = fmt::format("{}  {}, weight {}, from trial {} on", prior.number, base::printable(prior.text()),
                                   base::short_number_text(prior.weight), prior.since);
    if (prior.end != study::PriorRecord::End::kNone) {
      line += fmt::format("; {} before trial {}", study::text_of(prior.end), prior.until);
      if (prior.end == study::PriorRecord::End::kContradicted) line += fmt::format(": {}", base::printable(prior.why));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

base::Json priors_json(const std::vector<study::PriorRecord>& priors) {
  base::Json list = base::Json::array();
  for (const study::PriorRecord& prior : priors) list.push_back(study::json_of(prior));
  return list;
}

base::Result<base::Json> parse_hint(const std::vector<std::string>& words) {
  base::Json hint = base::Json::object();
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const auto dots = equals == std::string::npos ? equals : word.find("..", equals);
    const auto comma = equals == std::string::npos ? equals : word.find(',', equals);
    if (equals != std::string::npos && hint.contains(word.substr(0, equals))) {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("{} is hinted twice", base::printable(word.substr(0, equals))),
                        "give one range, as in learning_rate=0.01..0.03, or two hints one after the other");
    }
    std::vector<std::string> parts;
    if (dots != std::string::npos) {
      parts = {word.substr(equals + 1, dots - equals - 1), word.substr(dots + 2)};
    } else if (comma != std::string::npos && word[equals + 1] != '[') {
      for (std::size_t at = equals + 1; at <= word.size();) {
        const std::size_t end = std::min(word.find(',', at), word.size());
        parts.push_back(word.substr(at, end - at));
        at = end + 1;
      }
    }
    if (parts.empty()) {
      STERLET_TRY(const base::Json one, parse_settings({word}));
      hint.update(one);
      continue;
    }
    if (equals == 0) return parse_settings({word});  // Its error.
    if (dots != std::string::npos) STERLET_PASS(check_ends(word.substr(0, equals), parts.front(), parts.back()));
    base::Json list = base::Json::array();
    for (const std::string& part : parts) {
      STERLET_TRY(const base::Json one, parse_settings({"_=" + part}));
      list.push_back(one["_"]);
    }
    hint[word.substr(0, equals)] = std::move(list);
  }
  return hint;
}

}  // namespace sterlet::cli
