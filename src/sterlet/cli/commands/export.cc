#include <CLI/CLI.hpp>
#include <functional>

#include <fmt/format.h>

#include "sterlet/api/documents.h"
#include "sterlet/api/results_table.h"
#include "sterlet/base/file.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/population.h"

namespace sterlet::cli {

namespace {

// What would begin a formula in a spreadsheet is made text of by a quote before it.
std::string csv_cell(const std::string& text) {
  constexpr std::string_view kFormula = "=+-@\t\r";
  std::string cell = base::printable_lines(text);
  if (!cell.empty() && kFormula.find(cell.front()) != std::string_view::npos && !base::parse_number(cell))
    cell.insert(cell.begin(), '\'');
  if (cell.find_first_of(",\"\n\r") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string format_of(const std::string& output) {
  for (const char* format : {"csv", "json"}) {
    if (output.ends_with(std::string(".") + format)) return format;
  }
  return "jsonl";
}

// Whoever names a table of another kind would get JSON Lines in it.
base::Result<void> check_ending(const std::string& output) {
  for (const char* ending :
       {".parquet", ".xlsx", ".xls", ".tsv", ".yaml", ".yml", ".html", ".feather", ".pkl", ".db"}) {
    if (!output.ends_with(ending)) continue;
    return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("trials are not written as {}", ending),
                      "name it .csv, .json or .jsonl, or add --format csv", base::printable(output));
  }
  return {};
}

// Hands the study's text to `write`, piece by piece; false from it ends the work.
base::Result<void> export_study(const OpenStudy& open, const std::string& format, const std::string& tag,
                                const std::function<bool(std::string_view)>& write) {
  if (format == "csv") {
    STERLET_TRY(const api::Table table, api::trial_table(*open.study, *open.storage, tag));
    const auto row_text = [](const std::vector<std::string>& row) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : ",") + csv_cell(row[i]);
      return line + "\n";
    };
    bool goes_on = write(row_text(table.columns));
    for (std::size_t i = 0; i < table.rows.size() && goes_on; ++i) goes_on = write(row_text(table.rows[i]));
    return {};
  }
  const auto write_json = [&](std::string_view piece) { return write(base::printable_json(piece)); };
  if (format == "json") {
    STERLET_PASS(api::write_document(*open.study, *open.storage, write_json, tag));
    write("\n");
    return {};
  }
  for (const std::int64_t trial : open.study->shown_trials(tag)) {
    STERLET_PASS(api::write_trial(*open.study, *open.storage, trial, write_json));
    if (!write("\n")) break;
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    std::string format;
    std::string output, tag;
    bool schedule = false;
    std::optional<std::int64_t> trial;
  };
  auto options = std::make_shared<Options>();
  add_study_options(command, options->study);
  command
      .add_option("--format,-f", options->format, "jsonl, json or csv (default: by the output's ending, else jsonl)")
      ->check(CLI::IsMember({"jsonl", "json", "csv"}));
  command.add_option("--output,-o", options->output, "file to write (default: stdout)");
  command.add_option("--tag", options->tag, "only trials that have this tag");
  command.add_flag("--schedule", options->schedule,
                   "instead: the best trial's hyperparameters by step, for sterlet tune --replay");
  command.add_option("--trial", options->trial, "with --schedule: of this trial")
      ->needs(command.get_option("--schedule"));
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      if (options->format.empty() && !options->schedule) {
        STERLET_PASS(check_ending(options->output));
        options->format = format_of(options->output);
      }
      STERLET_TRY(const OpenStudy open, open_to_look(context, options->study));
      if (options->schedule) {
        STERLET_TRY(const std::string text, schedule_text(open, options->trial));
        if (!options->output.empty()) return base::write_whole(options->output, text);
        context.out.text(text);
        return {};
      }
      if (options->output.empty()) {
        return export_study(open, options->format, options->tag, [&](std::string_view text) {
          context.out.raw(text);
          return context.out.failure() == 0;
        });
      }
      std::string whole;
      STERLET_PASS(export_study(open, options->format, options->tag, [&](std::string_view text) {
        whole += text;
        return true;
      }));
      return base::write_whole(options->output, whole);
    });
  });
}

}  // namespace

const Command export_command{"export", "write all trials: JSON Lines, JSON or CSV",
                             "sterlet export mlp --format csv -o trials.csv", add};

}  // namespace sterlet::cli
