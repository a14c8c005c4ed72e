// enqueue, ask-tell, export, report: data in and out.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/babysit.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/population.h"
#include "sterlet/exec/channel/sender.h"
#include "sterlet/exec/session.h"
#include "sterlet/report/html.h"
#include "sterlet/api/ask_tell.h"
#include "sterlet/api/export.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

// Written beside and renamed, so that there is never half a file.
base::Result<void> write_whole(const std::string& path, const std::string& text) {
  const std::string beside = path + ".part";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(beside, path, failed);
  if (file && !failed) return {};
  std::filesystem::remove(beside, failed);
  return base::fail(base::ErrorCode::kDisk, "the file could not be written", "look at its folder and the disk's space",
                    path);
}

namespace {

constexpr int kShouldStop = 10;

// A word as a study file would read it: a number, true, false, a JSON list, else text.
base::Json value_of_word(const std::string& word) {
  if (const auto integer = base::parse_integer(word)) return *integer;
  if (const auto number = base::parse_number(word)) return base::json_number(*number);
  if (word == "true" || word == "false") return word == "true";
  if (!word.empty() && word.front() == '[') {
    if (const auto list = base::parse_json(word)) return *list;
  }
  return word;
}

base::Result<base::Json> read_settings(const std::vector<std::string>& words) {
  base::Json settings = base::Json::object();
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("'{}' is not name=value", base::printable(word)),
                        "write it as learning_rate=0.01");
    }
    settings[word.substr(0, equals)] = value_of_word(word.substr(equals + 1));
  }
  return settings;
}

// Whether the trial's agenda has it end at this step, or had before.
bool is_stop_due(const std::optional<std::int64_t>& step) {
  const char* path = std::getenv("STERLET_AGENDA");
  if (path == nullptr || !step) return false;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto message = base::parse_json(line);
    if (message && message->is_object() && message->contains("stop") && message->value("at", std::int64_t{0}) <= *step)
      return true;
  }
  return false;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

base::Result<void> export_study(const OpenStudy& open, const std::string& format, std::ostream& out) {
  if (format == "csv") {
    const api::Table table = api::trial_table(*open.study);
    const auto write = [&](const std::vector<std::string>& row) {
      for (std::size_t i = 0; i < row.size(); ++i) out << (i == 0 ? "" : ",") << csv_cell(row[i]);
      out << "\n";
    };
    write(table.columns);
    for (const auto& row : table.rows) write(row);
    return {};
  }
  if (format == "json") {
    STERLET_TRY(const base::Json document, api::study_document(*open.study, *open.storage));
    out << base::json_line(document) << "\n";
    return {};
  }
  for (std::size_t i = 0; i < open.study->records().size(); ++i) {
    STERLET_TRY(const base::Json trial, api::trial_json(*open.study, *open.storage, static_cast<std::int64_t>(i)));
    out << base::json_line(trial) << "\n";
  }
  return {};
}

}  // namespace

void add_enqueue(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("enqueue", "put a configuration at the head of what is tried next");
  struct Options {
    StudyOptions study;
    std::vector<std::string> settings;
  };
  auto options = std::make_shared<Options>();
  command->add_option("POINT", options->settings, "parameters left out are filled in")
      ->option_text("[STUDY] NAME=VALUE ...")
      ->required();
  command->add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      std::vector<std::string> words = options->settings;
      if (words.front().find('=') == std::string::npos) {
        options->study.study = words.front();
        words.erase(words.begin());
      }
      STERLET_TRY(const base::Json params, read_settings(words));
      STERLET_TRY(const OpenStudy open, open_study(options->study));
      STERLET_PASS(open.study->enqueue(params));
      if (!context.quiet) print(fmt::format("{} tries {} next", open.study->spec().name, params_text(params)));
      return {};
    });
  });
}

void add_ask_tell(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("ask-tell", "serve a study to another program: JSON Lines on stdin and stdout");
  struct Options {
    StudyOptions study;
    std::optional<std::uint64_t> seed;
  };
  auto options = std::make_shared<Options>();
  command->add_option("STUDY", options->study.study, "the study file")->required();
  command->add_option("--storage", options->study.storage, "file to keep it in (default: in memory)");
  command->add_option("--seed", options->seed, "seed, in place of the study file's");
  command->footer(
      "Operations: ask, tell, report, add, enqueue, best; one answer a line, a refusal as {\"error\":..}.\n"
      R"(Example: printf '{"op":"ask"}\n{"op":"tell","id":0,"value":0.2}\n' | sterlet ask-tell study.yaml)");
  command->callback([&context, options] {
    auto file = studyfile::read_study_file(options->study.study);
    if (!file) return fail(context, file.error());
    if (options->seed) file->spec.seed = options->seed;
    attempt(context, [&]() -> base::Result<void> {
      if (file->spec.strategy == studyfile::Strategy::kPbt) {
        return base::fail(base::ErrorCode::kConflict, "its strategy is pbt, which runs programs by itself",
                          fmt::format("run sterlet tune {}", options->study.study), options->study.study);
      }
      std::unique_ptr<storage::Storage> storage;
      if (!options->study.storage.empty()) {
        STERLET_TRY(const std::string path, storage_path(options->study.storage, "."));
        STERLET_TRY(storage, storage::open_sqlite(path, {}));
      }
      api::Pipe pipe{.in = STDIN_FILENO, .out = STDOUT_FILENO};
      if (storage) pipe.session = session_record(exec::new_session());
      STERLET_TRY(const auto study,
                  study::Study::open(std::move(*file), {.storage = storage.get(),
                                                        .session = pipe.session ? pipe.session->id : std::string(),
                                                        .is_timed = false}));
      return api::answer_lines(*study, base::system_clock(), pipe);
    });
  });
}

void add_export(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("export", "write all trials: JSON Lines, JSON or CSV");
  struct Options {
    StudyOptions study;
    std::string format = "jsonl";
    std::string output;
    bool schedule = false;
    std::optional<std::int64_t> trial;
  };
  auto options = std::make_shared<Options>();
  add_study_options(*command, options->study);
  command->add_option("--format,-f", options->format, "jsonl, json or csv")
      ->check(CLI::IsMember({"jsonl", "json", "csv"}));
  command->add_option("--output,-o", options->output, "file to write (default: stdout)");
  command->add_flag("--schedule", options->schedule,
                    "instead: the best trial's hyperparameters by step, for sterlet tune --replay");
  command->add_option("--trial", options->trial, "with --schedule: of this trial")
      ->needs(command->get_option("--schedule"));
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_study(options->study));
      if (options->schedule) {
        STERLET_TRY(const std::string text, schedule_text(open, options->trial));
        if (!options->output.empty()) return write_whole(options->output, text);
        fmt::print("{}", text);
        return {};
      }
      if (options->output.empty()) {
        STERLET_PASS(export_study(open, options->format, std::cout));
        std::cout.flush();
        return {};
      }
      std::ostringstream text;
      STERLET_PASS(export_study(open, options->format, text));
      return write_whole(options->output, text.str());
    });
  });
}

void add_report(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("report", "the study as one HTML page; inside a trial: report metrics to Sterlet");
  struct Options {
    StudyOptions study;
    std::vector<std::string> words;
    std::string output = "report.html";
    std::optional<std::int64_t> step;
    std::vector<double> values;
    std::string checkpoint;
  };
  auto options = std::make_shared<Options>();
  command->add_option("STUDY_OR_METRICS", options->words, "a study (file or name), or metrics of the running trial")
      ->option_text("[STUDY | NAME=VALUE ...]");
  command->add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command->add_option("--output,-o", options->output, "page to write (default: report.html)");
  command->add_option("--step", options->step, "inside a trial: epoch or step of the metrics (default: the next)");
  command->add_option("--value", options->values, "inside a trial: the final value of the objective");
  command
      ->add_option("--checkpoint", options->checkpoint,
                   "inside a trial: a checkpoint of --step, complete on disk; relative to $STERLET_CHECKPOINT_DIR")
      ->needs(command->get_option("--step"));
  command->footer(
      "Inside a trial's script: sterlet report --step 3 val_error=0.2 || exit 0\n"
      "It exits with 10 when the trial should stop, and does nothing where no Sterlet runs the script.");
  command->callback([&context, options] {
    const bool in_trial = !options->values.empty() || options->step.has_value() ||
                          (!options->words.empty() && options->words.front().find('=') != std::string::npos);
    attempt(context, [&]() -> base::Result<void> {
      if (!in_trial) {
        if (!options->words.empty()) options->study.study = options->words.front();
        STERLET_TRY(const OpenStudy open, open_study(options->study));
        STERLET_TRY(const base::Json document, api::study_document(*open.study, *open.storage));
        STERLET_PASS(write_whole(options->output, report::render_html(document)));
        if (!context.quiet) print(fmt::format("{} written", options->output));
        return {};
      }
      const char* channel = std::getenv("STERLET_CHANNEL");
      STERLET_TRY(const base::Json metrics, read_settings(options->words));
      for (const auto& [name, value] : metrics.items()) {
        if (!base::number_from_json(value)) {
          return base::fail(base::ErrorCode::kInvalidArgument,
                            fmt::format("{} must be a number (found {})", name, value.dump()), "report numbers only");
        }
      }
      if (channel == nullptr || *channel == '\0') return {};
      base::Json answer;
      if (!metrics.empty()) {
        base::Json report{{"metrics", metrics}};
        if (options->step) report["step"] = *options->step;
        STERLET_TRY(answer, exec::send_to_channel(channel, {{"report", report}, {"ack", true}}, true));
        if (answer.contains("error"))
          return base::fail(base::ErrorCode::kInvalidArgument, answer["error"].get<std::string>());
      }
      if (!options->checkpoint.empty()) {
        const base::Json made{{"step", *options->step}, {"path", options->checkpoint}};
        STERLET_TRY(const base::Json ignored, exec::send_to_channel(channel, {{"checkpoint", made}}, true));
      }
      if (!options->values.empty()) {
        base::Json values = base::Json::array();
        for (const double value : options->values) values.push_back(base::json_number(value));
        STERLET_TRY(const base::Json ignored, exec::send_to_channel(channel, {{"values", values}}, false));
      }
      const bool prune = answer.contains("ack") && answer["ack"].value("prune", false);
      if (prune || answer.contains("stop") || answer.contains("prune") || is_stop_due(options->step))
        context.exit_code = kShouldStop;
      return {};
    });
  });
}

}  // namespace sterlet::cli
