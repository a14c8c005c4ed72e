#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/api/documents.h"
#include "sterlet/cli/abandoned.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/trial_list.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

struct Options {
  StudyOptions study;
  ListOptions list;
  bool studies = false;
};

base::Result<void> list_study(const Context& context, const Options& options) {
  STERLET_TRY(const OpenStudy open, open_to_look(context, options.study));
  const study::Study& study = *open.study;
  STERLET_TRY(const Abandoned abandoned, find_abandoned(context, open));
  std::map<std::int64_t, std::string> remarks;
  for (const std::int64_t trial : abandoned) remarks[trial] = gone_text(study);
  const auto columns = list_columns(study, std::move(remarks), context.parts.clock.wall_ms());
  STERLET_TRY(const auto trials, listed_trials(study, options.list, columns));
  if (context.json) {
    base::Json list = base::Json::array();
    for (const std::int64_t number : trials) {
      STERLET_TRY(auto trial, api::trial_json(study, open.storage.get(), number));
      list.push_back(std::move(trial));
    }
    context.out.json({{"version", 1}, {"trials", list}});
    return {};
  }
  STERLET_TRY(const TrialList list,
              list_trials(study, trials, options.list, columns, static_cast<std::size_t>(context.out.columns())));
  context.out.raw(list.text);
  const bool has_outside =
      std::any_of(trials.begin(), trials.end(), [&](std::int64_t trial) { return study.is_outside(trial); });
  if (has_outside && !context.quiet) {
    context.err.line(
        "outside: its parameters are not in today's space (sterlet show STUDY --spec); it is kept, but neither "
        "learned from nor the best");
  }
  if (!list.left_out.empty() && !context.quiet) {
    context.err.line(fmt::format("no room for {}; name what you want to see with --columns number,value,...",
                                 fmt::join(list.left_out, ", ")));
  }
  return {};
}

base::Result<void> list_studies(const Context& context, const std::string& path,
                                const std::vector<storage::StudyRecord>& studies) {
  base::Json list = base::Json::array();
  std::vector<std::vector<std::string>> rows = {{"study", "trials", "complete", "best", "created"}};
  for (const storage::StudyRecord& record : studies) {
    STERLET_TRY(const OpenStudy open, open_to_look(context, {.study = record.name, .storage = path}));
    const base::Json summary = api::summary_json(*open.study);
    STERLET_TRY(const Abandoned abandoned, find_abandoned(context, open));
    if (!abandoned.empty() && !context.quiet) {
      context.err.line(fmt::format("{}: {}", record.name, abandoned_text(*open.study, abandoned)));
    }
    list.push_back(summary);
    const auto age = static_cast<double>(context.parts.clock.wall_ms() - record.created_ms) / 1000;
    rows.push_back({record.name, summary["trials"].dump(), summary["counts"]["COMPLETE"].dump(),
                    summary["best"].empty() ? "-" : values_text(summary["best"][0]["values"]),
                    brief_duration_text(age) + " ago"});
  }
  if (context.json) {
    context.out.json({{"version", 1}, {"studies", list}});
  } else {
    context.out.table(rows);
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  add_study_options(command, options->study);
  ListOptions& list = options->list;
  command.add_option(
      "--sort", list.sort,
      "value (the best first), number, time (how long), or any column (default: number, the newest last)");
  command.add_option("--state", list.states, "only trials in this state; several with commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--top", list.top, "only so many trials, the best, the best one first")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000}));
  command.add_option("--columns", list.columns, "what to show, with commas: number,value,learning_rate,took")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--tag", list.tag, "only trials that have this tag");
  command.add_flag("--studies", options->studies, "list the studies, also where there is only one");
  command.footer(
      "Columns are number, state, the metrics, the parameters, origin, attempts, started, ended, took, when, reason;\n"
      "with repeats also repeat_of, runs, mean, standard_error. Without --columns those are shown that fit.");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      if (!options->study.study.empty()) return list_study(context, *options);
      STERLET_TRY(const std::string path, storage_path(options->study.storage, "."));
      STERLET_TRY(const auto storage, context.parts.open_storage(path, {.must_exist = true, .only_read = true}));
      STERLET_TRY(const auto studies, storage->list_studies());
      // As JSON a list of studies stays one, however many there are.
      const bool is_of_trials = !options->list.is_plain() || (studies.size() == 1 && !context.json);
      if (is_of_trials && !options->studies) return list_study(context, *options);
      return list_studies(context, path, studies);
    });
  });
}

}  // namespace

const Command ls_command{"ls", "a study's trials, or the studies where there are several",
                         "sterlet ls mlp --sort value --top 20", add};

}  // namespace sterlet::cli
