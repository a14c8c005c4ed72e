#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/practices/claim.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  command.callback([&context] {
    const practices::Parts parts = practices::real_parts();
    base::Json list = base::Json::array();
    std::vector<std::vector<std::string>> rows = {{"claim", "figure", "verdict"}};
    std::size_t held = 0;
    for (const practices::Claim& claim : practices::claims()) {
      practices::Finding finding = claim.check(parts);
      held += finding.holds ? 1 : 0;
      rows.push_back({std::string(claim.claim), finding.figure, finding.holds ? "holds" : "FAILS"});
      list.push_back({{"name", claim.name},
                      {"claim", claim.claim},
                      {"figure", finding.figure},
                      {"numbers", std::move(finding.numbers)},
                      {"holds", finding.holds}});
    }
    if (context.json) {
      context.out.json({{"version", 1}, {"practices", list}});
    } else {
      context.out.table(rows);
      if (!context.quiet) context.err.line(fmt::format("{} of {} claims hold", held, practices::claims().size()));
    }
    if (held < practices::claims().size()) context.exit_code = 1;
  });
}

}  // namespace

const Command practices_command{"practices", "checks the claims of the practice in numbers, in a few seconds",
                                "sterlet practices", add};

}  // namespace sterlet::cli
