#include "sterlet/cli/warning.h"

#include <fmt/format.h>

namespace sterlet::cli {

void warn(const Context& context, const std::string& path, const base::Error& advice) {
  if (context.json) {
    context.err.json({{"warning", {{"where", path}, {"what", advice.what}, {"next", advice.next}}}});
  } else {
    context.err.line(fmt::format("{}: warning: {}; {}", path, advice.what, advice.next));
  }
}

}  // namespace sterlet::cli
