#include "sterlet/cli/best_trials.h"

#include <fmt/format.h>

#include "sterlet/api/documents.h"
#include "sterlet/base/figure.h"
#include "sterlet/cli/population.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

void print_best(const Context& context, const study::Study& study, std::span<const std::int64_t> trials,
                std::string_view before) {
  const auto& objectives = study.spec().objectives;
  for (const std::int64_t number : trials) {
    const std::vector<double> measured = study.values_of(number);
    std::string values;
    for (std::size_t i = 0; i < objectives.size(); ++i) {
      values += fmt::format("{}{} {} ({})", i == 0 ? "" : ", ", objectives[i].metric, base::figure_text(measured[i]),
                            studyfile::describe(objectives[i]));
    }
    context.out.line(fmt::format("{}trial {} with {}", before, number, values));
    for (const std::string& more : {api::assurance_text(study, number), api::expectation_text(study, number),
                                    params_text(study.view(number).params), interval_text(study, number)}) {
      if (!more.empty()) context.out.line("  " + more);
    }
  }
}

}  // namespace sterlet::cli
