// status, ls, show, best, top, logs: looking at what is stored.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/babysit_tree.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/display.h"
#include "sterlet/cli/population.h"
#include "sterlet/api/export.h"

namespace sterlet::cli {

namespace {

base::Result<std::int64_t> read_trial(const study::Study& study, std::int64_t trial) {
  if (trial >= 0 && trial < static_cast<std::int64_t>(study.records().size())) return trial;
  return base::fail(base::ErrorCode::kNotFound, fmt::format("there is no trial {}", trial),
                    study.records().empty() ? std::string("none has run yet")
                                            : fmt::format("they go from 0 to {}", study.records().size() - 1),
                    study.spec().name);
}

void add_trial_arguments(CLI::App& command, StudyOptions& options, std::vector<std::string>& words) {
  command.add_option("TRIAL", words, "the trial's number, after the study where there are several")
      ->option_text("[STUDY] TRIAL")
      ->expected(0, 2);
  command.add_option("--storage", options.storage, "file with the studies (default: ./sterlet.db)");
}

// [STUDY] [TRIAL]
base::Result<std::optional<std::int64_t>> split_words(const std::vector<std::string>& words, StudyOptions& options) {
  std::optional<std::int64_t> trial;
  for (const std::string& word : words) {
    const auto number = base::parse_integer(word);
    if (number && &word == &words.back()) {
      trial = number;
    } else if (options.study.empty()) {
      options.study = word;
    } else {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("'{}' is not a trial's number", base::printable(word)),
                        "give a whole number from 0");
    }
  }
  return trial;
}

// The values of a trial: 0.12, or 0.12, 3 for two objectives.
std::string values_text(const base::Json& values) {
  std::string text;
  for (const base::Json& value : values) {
    text += (text.empty() ? "" : ", ") + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

base::Result<void> show_trial(const Context& context, OpenStudy& open, std::int64_t number) {
  STERLET_TRY(const std::int64_t trial, read_trial(*open.study, number));
  STERLET_TRY(const base::Json json, api::trial_json(*open.study, *open.storage, trial));
  if (context.json) {
    print(base::json_line(json));
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  const auto text = [](const base::Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); };
  for (const char* key : {"number", "state", "origin", "values", "repeat_of", "runs", "mean", "standard_error",
                          "attempts", "started", "ended", "checkpoint", "reason", "predicted", "note"}) {
    if (!json.contains(key)) continue;
    rows.push_back({key, json[key].is_array() ? values_text(json[key]) : text(json[key])});
  }
  for (const auto& [name, value] : json["params"].items()) rows.push_back({name, text(value)});
  if (const std::string interval = interval_text(*open.study, trial); !interval.empty())
    rows.push_back({"parameters", interval});
  fmt::print("{}", table_text(rows));
  if (json.contains("turns")) STERLET_PASS(show_population(context, open, trial));
  if (json["reports"].empty()) return {};
  std::vector<std::vector<std::string>> reports;
  for (const base::Json& report : json["reports"])
    reports.push_back({"step " + report["step"].dump(), params_text(report["metrics"])});
  fmt::print("{}", table_text(reports));
  return {};
}

void print_status(const base::Json& summary) {
  std::vector<std::vector<std::string>> rows = {{"study", summary["study"].get<std::string>()},
                                                {"sampler", summary["sampler"].get<std::string>()},
                                                {"pruner", summary["pruner"].get<std::string>()},
                                                {"seed", summary["seed"].dump()}};
  std::string counts;
  for (const auto& [state, count] : summary["counts"].items()) {
    if (count != 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count.dump(), state);
  }
  rows.push_back({"trials", counts.empty() ? "none yet" : counts});
  rows.push_back({"budget", summary["budget"].empty() ? "none" : params_text(summary["budget"])});
  for (const base::Json& best : summary["best"]) {
    rows.push_back({"best", fmt::format("trial {} with {}", best["number"].dump(), values_text(best["values"]))});
    if (best.contains("probability"))
      rows.push_back({"", fmt::format("the best with probability {:.2f}", best["probability"].get<double>())});
    rows.push_back({"", params_text(best["params"])});
  }
  fmt::print("{}", table_text(rows));
}

}  // namespace

void add_status(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("status", "a study in a few numbers");
  auto options = std::make_shared<StudyOptions>();
  add_study_options(*command, *options);
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_study(*options));
      const base::Json summary = api::summary_json(*open.study);
      if (context.json) {
        print(base::json_line(summary));
      } else {
        print_status(summary);
      }
      return {};
    });
  });
}

void add_ls(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("ls", "the studies of a storage, or with a study its trials");
  auto options = std::make_shared<StudyOptions>();
  add_study_options(*command, *options);
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      if (!options->study.empty()) {
        STERLET_TRY(const OpenStudy open, open_study(*options));
        if (context.json) {
          base::Json list = base::Json::array();
          for (std::size_t i = 0; i < open.study->records().size(); ++i) {
            STERLET_TRY(auto trial, api::trial_json(*open.study, *open.storage, static_cast<std::int64_t>(i)));
            list.push_back(std::move(trial));
          }
          print(base::json_line({{"version", 1}, {"trials", list}}));
          return {};
        }
        api::Table table = api::trial_table(*open.study);
        table.rows.insert(table.rows.begin(), table.columns);
        fmt::print("{}", table_text(table.rows));
        return {};
      }
      STERLET_TRY(const std::string path, storage_path(options->storage, "."));
      STERLET_TRY(const auto storage, storage::open_sqlite(path, {.must_exist = true}));
      STERLET_TRY(const auto studies, storage->list_studies());
      base::Json list = base::Json::array();
      std::vector<std::vector<std::string>> rows = {{"study", "trials", "complete", "best", "created"}};
      for (const storage::StudyRecord& record : studies) {
        STERLET_TRY(const OpenStudy open, open_study({.study = record.name, .storage = path}));
        const base::Json summary = api::summary_json(*open.study);
        list.push_back(summary);
        rows.push_back({record.name, summary["trials"].dump(), summary["counts"]["COMPLETE"].dump(),
                        summary["best"].empty() ? "-" : values_text(summary["best"][0]["values"]),
                        base::timestamp_text(record.created_ms)});
      }
      if (context.json) {
        print(base::json_line({{"version", 1}, {"studies", list}}));
      } else {
        fmt::print("{}", table_text(rows));
      }
      return {};
    });
  });
}

void add_show(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("show", "one trial whole: parameters, values, reports, why it was tried");
  struct Options {
    StudyOptions study;
    std::vector<std::string> words;
    bool tree = false;
  };
  auto options = std::make_shared<Options>();
  add_trial_arguments(*command, options->study, options->words);
  command->add_flag(
      "--tree", options->tree,
      "the branches of a model that was babysat, with their curves and changes; or of a population, who went "
      "on from whom");
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const auto trial, split_words(options->words, options->study));
      STERLET_TRY(OpenStudy open, open_study(options->study));
      if (options->tree && open.study->spec().strategy == studyfile::Strategy::kPbt)
        return show_population(context, open, trial);
      if (options->tree) return show_tree(context, open, trial);
      if (trial) return show_trial(context, open, *trial);
      const auto best = open.study->best();
      if (best.empty()) {
        return base::fail(base::ErrorCode::kNotFound, "no trial has finished with a value yet",
                          "name one by its number, as in sterlet show 0", open.study->spec().name);
      }
      for (const std::int64_t number : best) STERLET_PASS(show_trial(context, open, number));
      return {};
    });
  });
}

void add_best(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("best", "the best hyperparameters found");
  auto options = std::make_shared<StudyOptions>();
  add_study_options(*command, *options);
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_study(*options));
      const base::Json summary = api::summary_json(*open.study);
      if (summary["best"].empty()) {
        context.exit_code = 3;
        fmt::print(stderr, "{}: no trial has finished with a value yet; see sterlet ls {}\n", open.study->spec().name,
                   open.study->spec().name);
        return {};
      }
      if (context.json) {
        print(base::json_line({{"version", 1}, {"best", summary["best"]}}));
        return {};
      }
      for (const base::Json& best : summary["best"]) {
        print(fmt::format("trial {} with {} {}", best["number"].dump(), open.study->spec().objectives.front().metric,
                          values_text(best["values"])));
        const std::string sure = api::assurance_text(*open.study, best["number"].get<std::int64_t>());
        if (!sure.empty()) print("  " + sure);
        print("  " + params_text(best["params"]));
        const std::string interval = interval_text(*open.study, best["number"].get<std::int64_t>());
        if (!interval.empty()) print("  " + interval);
      }
      return {};
    });
  });
}

void add_top(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("top", "watch a study live, from any terminal");
  struct Options {
    StudyOptions study;
    bool once = false;
  };
  auto options = std::make_shared<Options>();
  add_study_options(*command, options->study);
  command->add_flag("--once", options->once, "print it once");
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_study(options->study));
      const bool terminal = isatty(STDOUT_FILENO) != 0;
      std::ptrdiff_t lines = 0;
      while (true) {
        STERLET_PASS(open.study->refresh());
        const std::string block = live_block(*open.study, base::system_clock(), {.colour = terminal});
        fmt::print("{}{}", lines > 0 ? fmt::format("\x1b[{}A\x1b[J", lines) : std::string(), block);
        std::fflush(stdout);
        lines = std::count(block.begin(), block.end(), '\n');
        bool is_running = false;
        for (const auto& record : open.study->records()) is_running |= record.state == storage::State::kRunning;
        if (options->once || !terminal || !is_running) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
      }
    });
  });
}

void add_logs(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("logs", "what a trial's program printed");
  struct Options {
    StudyOptions study;
    std::vector<std::string> words;
    bool errors = false;
  };
  auto options = std::make_shared<Options>();
  add_trial_arguments(*command, options->study, options->words);
  command->add_flag("--stderr", options->errors, "only what went to stderr");
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const auto number, split_words(options->words, options->study));
      STERLET_TRY(const OpenStudy open, open_study(options->study));
      if (!number) {
        return base::fail(base::ErrorCode::kInvalidArgument, "no trial was named",
                          "give its number, as in sterlet logs 3");
      }
      STERLET_TRY(const std::int64_t trial, read_trial(*open.study, *number));
      const int attempt_number = open.study->records()[static_cast<std::size_t>(trial)].attempt;
      const auto folder = std::filesystem::absolute(open.storage_path).parent_path() / "sterlet-trials" /
                          open.study->spec().name / std::to_string(trial);
      for (const char* stream : {"stdout", "stderr"}) {
        if (options->errors && std::string_view(stream) == "stdout") continue;
        std::ifstream file(folder / fmt::format("{}-{}.log", stream, attempt_number));
        if (file && file.peek() != std::ifstream::traits_type::eof()) std::cout << file.rdbuf();
      }
      std::cout.flush();
      return {};
    });
  });
}

}  // namespace sterlet::cli
