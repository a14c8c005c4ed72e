#include <CLI/CLI.hpp>
#include <utility>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/words.h"
#include "sterlet/practices/claim.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  command.callback([&context] {
    const practices::Parts parts = practices::real_parts();
    base::Json list = base::Json::array();
    constexpr std::size_t kIndent = 7;
    const auto columns = static_cast<std::size_t>(context.out.columns()) - kIndent;
    std::string text;
    std::size_t held = 0;
    for (const practices::Claim& claim : practices::claims()) {
      practices::Finding finding = claim.check(parts);
      held += finding.holds ? 1 : 0;
      std::string margin = finding.holds ? "holds  " : "FAILS  ";
      for (const std::string& sentence : {std::string(claim.claim), "measured: " + finding.figure}) {
        for (const std::string& line : wrapped(sentence, columns)) {
          text += std::exchange(margin, std::string(kIndent, ' ')) + line + "\n";
        }
      }
      list.push_back({{"name", claim.name},
                      {"claim", claim.claim},
                      {"figure", finding.figure},
                      {"numbers", std::move(finding.numbers)},
                      {"holds", finding.holds}});
    }
    if (context.json) {
      context.out.json({{"version", 1}, {"practices", list}});
    } else {
      context.out.text(text);
      if (!context.quiet) context.err.line(fmt::format("{} of {} claims hold", held, practices::claims().size()));
    }
    if (held < practices::claims().size()) context.exit_code = 1;
  });
}

}  // namespace

const Command practices_command{"practices", "checks the claims of the practice in numbers, in a few seconds",
                                "sterlet practices", add};

}  // namespace sterlet::cli
