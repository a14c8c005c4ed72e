#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/api/documents.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/abandoned.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

void print_status(const Context& context, const base::Json& summary, const std::string& abandoned) {
  std::vector<std::vector<std::string>> rows = {{"study", summary["study"].get<std::string>()},
                                                {"sampler", summary["sampler"].get<std::string>()},
                                                {"pruner", summary["pruner"].get<std::string>()},
                                                {"seed", summary["seed"].dump()}};
  std::string counts;
  for (const auto& [state, count] : summary["counts"].items()) {
    if (count != 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count.dump(), state);
  }
  rows.push_back({"trials", counts.empty() ? "none yet" : counts});
  if (!abandoned.empty()) rows.push_back({"", abandoned});
  if (summary.contains("tags")) {
    rows.push_back({"tags", fmt::format("{}", fmt::join(summary["tags"].get<std::vector<std::string>>(), " "))});
  }
  if (summary.contains("notes")) {
    for (const base::Json& note : summary["notes"]) rows.push_back({"note", note["text"].get<std::string>()});
  }
  rows.push_back({"budget", summary["budget"].empty() ? "none" : params_text(summary["budget"])});
  for (const base::Json& best : summary["best"]) {
    rows.push_back({"best", fmt::format("trial {} with {}", best["number"].dump(), values_text(best["values"]))});
    if (best.contains("probability"))
      rows.push_back({"", fmt::format("the best with probability {:.2f}", best["probability"].get<double>())});
    rows.push_back({"", params_text(best["params"])});
  }
  context.out.table(rows);
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<StudyOptions>();
  add_study_options(command, *options);
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_to_look(context, *options));
      base::Json summary = api::summary_json(*open.study);
      STERLET_TRY(const Abandoned abandoned, find_abandoned(context, open));
      summary["abandoned"] = abandoned;
      if (context.json) {
        context.out.json(summary);
      } else {
        print_status(context, summary, abandoned_text(*open.study, abandoned));
      }
      return {};
    });
  });
}

}  // namespace

const Command status_command{"status", "a study in a few numbers", "sterlet status mlp", add};

}  // namespace sterlet::cli
