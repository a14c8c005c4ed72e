#include "sterlet/cli/progress.h"

#include <fmt/format.h>

namespace sterlet::cli {

base::Result<Progress> choose_progress(const Context& context, const std::string& text) {
  if (text == "rich") return Progress::kRich;
  if (text == "plain") return Progress::kPlain;
  if (text == "json") return Progress::kJson;
  if (text == "none") return Progress::kNone;
  if (!text.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("--progress cannot be '{}'", text),
                      "it is rich, plain, json or none");
  }
  if (context.quiet) return Progress::kNone;
  const std::string term = context.parts.environment("TERM");
  const bool is_dumb = term.empty() || term == "dumb";
  return context.err.is_terminal() && !is_dumb ? Progress::kRich : Progress::kPlain;
}

bool wants_colour(const Context& context) { return context.parts.environment("NO_COLOR").empty(); }

}  // namespace sterlet::cli
