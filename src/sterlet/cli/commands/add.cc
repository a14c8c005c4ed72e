#include <CLI/CLI.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/api/results_file.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/staleness.h"
#include "sterlet/exec/session.h"
#include "sterlet/study/documents.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::cli {

namespace {

struct AddOptions {
  StudyOptions study;
  std::string path;
  bool skip = false;
  bool here = false;
};

base::Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (file && !text.fail()) return text.str();
  return base::fail(base::ErrorCode::kNotFound, "this file cannot be read", "name one with results", path);
}

base::Result<OpenStudy> open_to_add(Context& context, const StudyOptions& options) {
  const std::string session = exec::new_session();
  if (!is_study_file(options.study)) return open_study(context, options, session);
  auto file = studyfile::read_study_file(study::strategies(), options.study);
  if (!file) return base::fail(file.error().front());
  return open_study_of(context, std::move(*file), options, session);
}

struct Added {
  std::vector<std::int64_t> trials;
  std::size_t skipped = 0;
  std::string why;        // The first was skipped.
  std::size_t known = 0;  // Of the trials, those that the study had already.
};

// A point and what it came to, as one text.
std::string text_of_result(const space::Point& point, const std::vector<double>& values) {
  std::string text = space::Space::text_of(point);
  for (const double value : values) text += "|" + base::number_text(value);
  return text;
}

std::set<std::string> known_results(const study::Study& study) {
  std::set<std::string> known;
  for (const storage::TrialRecord& record : study.records()) {
    if (record.state == storage::State::kRemoved || record.values.empty()) continue;
    known.insert(text_of_result(study.point_of(record.number), record.values));
  }
  return known;
}

// All or none of it. `now`: the context that the results were found in, unless null.
base::Result<Added> add_all(study::Study& study, const api::ResultsFile& file, const AddOptions& options,
                            const base::Json& now) {
  Added added;
  STERLET_TRY(auto transaction, study.begin());
  const std::set<std::string> known = known_results(study);
  for (const api::ImportedTrial& trial : file.trials) {
    const auto fits = study.space().from_json(trial.params);
    if (!fits) {
      base::Error error = fits.error();
      error.where = fmt::format("{}:{}", options.path, trial.line);
      if (!options.skip) {
        error.next += error.next.empty() ? "" : "; ";
        error.next += "to leave out what does not fit, add --skip";
        return base::fail(std::move(error));
      }
      if (added.skipped++ == 0) added.why = error.message();
      continue;
    }
    added.known += known.contains(text_of_result(*fits, trial.outcome.values)) ? 1 : 0;
    STERLET_TRY(const std::int64_t number, study.add(trial.params, trial.outcome, trial.reports));
    added.trials.push_back(number);
  }
  if (!now.is_null() && !added.trials.empty()) {
    study::Ledger& ledger = study.document_ledger();
    STERLET_TRY(const std::int64_t document, study::share_document(ledger, study::kContextKind, now));
    for (const std::int64_t trial : added.trials)
      STERLET_PASS(study::link_document(ledger, study::kContextKind, trial, document));
  }
  STERLET_PASS(transaction.commit());
  return added;
}

base::Result<void> add_results(Context& context, const AddOptions& options) {
  STERLET_TRY(const api::ResultsFormat format, api::results_format(options.path));
  STERLET_TRY(const std::string text, read_whole(options.path));
  STERLET_TRY(const OpenStudy open, open_to_add(context, options.study));
  study::Study& study = *open.study;
  STERLET_TRY(const api::ResultsFile file, api::read_results(text, options.path, format, study.spec(), study.space()));
  const base::Json now = options.here ? context_now(context, study.spec(), open.storage_path) : base::Json();
  if (now.contains("problems") && !context.quiet) {
    for (const base::Json& problem : now["problems"]) context.err.line("context: " + problem.get<std::string>());
  }
  STERLET_TRY(const Added added, add_all(study, file, options, now));
  if (context.json) {
    context.out.json({{"version", 1},
                      {"study", study.spec().name},
                      {"added", added.trials},
                      {"skipped", added.skipped},
                      {"unfinished", file.unfinished},
                      {"ignored", file.ignored}});
    return {};
  }
  if (context.quiet) return {};
  if (!file.ignored.empty()) {
    context.err.line(fmt::format("{}: these columns say nothing to the study: {}", options.path,
                                 base::printable(fmt::format("{}", fmt::join(file.ignored, ", ")))));
  }
  if (added.skipped > 0) {
    context.err.line(fmt::format("{} left out, the first as {}",
                                 added.skipped == 1 ? "1 line was" : fmt::format("{} lines were", added.skipped),
                                 added.why));
  }
  if (file.unfinished > 0) {
    context.err.line(fmt::format("{}: {} had no result and {} left out", options.path,
                                 base::count_text(file.unfinished, "trial"), file.unfinished == 1 ? "was" : "were"));
  }
  if (added.known > 0) {
    context.err.line(
        fmt::format("{} of them {} in the study already, with the same parameters and result: if that was not "
                    "meant, sterlet rm {} TRIAL takes them out",
                    added.known, added.known == 1 ? "was" : "were", study.spec().name));
  }
  std::string numbers;
  if (!added.trials.empty()) {
    numbers = fmt::format(": {}{}", added.trials.front(),
                          added.trials.size() > 1 ? fmt::format(" to {}", added.trials.back()) : std::string());
  }
  context.out.line(
      fmt::format("{} added to {}{}", base::count_text(added.trials.size(), "trial"), study.spec().name, numbers));
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<AddOptions>();
  command.add_option("STUDY", options->study.study, "a study file, or a study's name")->required();
  command.add_option("FILE", options->path, "results: .csv with a header, or .jsonl with an object a line")->required();
  command.add_option("--storage", options->study.storage, "file with the studies (default: sterlet.db in its folder)");
  command.add_flag("--skip", options->skip, "leave out configurations that the study does not search");
  command.add_flag("--here", options->here,
                   "they were found with the code, data and packages of here and now: record that as their context");
  command.footer(
      "Columns by name: each parameter (units[0] for an element), each objective or value, state, reason. What "
      "sterlet\n"
      "export writes can be added. All of it is added or, with an error, none. Added trials count in the budget.\n"
      "Without --here they have no context, so status cannot tell what has changed since they were found.");
  command.callback([&context, options] { attempt(context, [&] { return add_results(context, *options); }); });
}

}  // namespace

const Command add_command{"add", "put results that were evaluated elsewhere into a study's history",
                          "sterlet add mlp results.csv", add};

}  // namespace sterlet::cli
