// practices: the claims of the practice, computed.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/practices/claim.h"

namespace sterlet::cli {

void add_practices(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("practices", "checks the claims of the practice in numbers, in a few seconds");
  command->callback([&context] {
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
      print(base::json_line({{"version", 1}, {"practices", list}}));
    } else {
      fmt::print("{}", table_text(rows));
      if (!context.quiet) fmt::print(stderr, "{} of {} claims hold\n", held, practices::claims().size());
    }
    if (held < practices::claims().size()) context.exit_code = 1;
  });
}

}  // namespace sterlet::cli
