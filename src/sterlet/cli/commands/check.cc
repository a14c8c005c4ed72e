#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/study_doctor.h"
#include "sterlet/cli/warning.h"
#include "sterlet/exec/local/child.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/advice.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

// The program as a trial would start it; nothing where a parameter chooses it.
base::Result<void> check_program(const studyfile::StudySpec& spec) {
  if (spec.command.empty()) return {};
  std::vector<std::string> words;
  for (const std::string& word : spec.command) {
    if (word.find("${") != std::string::npos) break;
    words.push_back(word);
  }
  if (words.empty()) return {};
  base::prepend_to_path(base::program_folder());
  const auto fault =
      exec::why_not_startable({.argv = words, .folder = spec.folder, .environment = exec::with_our_environment({})});
  if (fault) return base::fail(base::ErrorCode::kNotFound, fmt::format("command: {}", *fault));
  return {};
}

std::string summary(const studyfile::StudyFile& file) {
  std::string objectives;
  for (const studyfile::Objective& objective : file.spec.objectives) {
    objectives += fmt::format("{}{} ({})", objectives.empty() ? "" : ", ", objective.metric, describe(objective));
  }
  return fmt::format("study '{}' is valid: {}; {}, {}", file.spec.name, objectives,
                     base::count_text(file.space.parameters().size(), "parameter"),
                     base::count_text(file.space.dimensions().size(), "dimension"));
}

// What the doctor says of a file that is valid.
std::vector<doctor::Finding> findings_of(const std::string& path) {
  const auto text = read_study_text(path);
  auto findings = text ? examine_study_file(path, *text) : base::fail(std::vector<base::Error>{});
  return findings ? std::move(*findings) : std::vector<doctor::Finding>();
}

// A wrong scale is most often a slip, and costs most of the trials: so that check says it, too.
void warn_of_scales(const Context& context, const std::string& path, const std::vector<doctor::Finding>& findings) {
  for (const doctor::Finding& finding : findings) {
    if (finding.kind != "scale") continue;
    const std::size_t next = finding.says.rfind("; ");  // What is wrong; what to do.
    warn(context, path, {.what = finding.says.substr(0, next), .next = finding.says.substr(next + 2)});
  }
}

void add(CLI::App& command, Context& context) {
  auto path = std::make_shared<std::string>();
  command.add_option("FILE", *path, "the study file")->required();
  command.callback([&context, path] {
    auto file = studyfile::read_study_file(study::strategies(), *path);
    if (!file) return fail(context, file.error());
    if (const auto valid = study::Study::validate(*file); !valid) return fail(context, valid.error().at(*path));
    for (const base::Error& advice : studyfile::advise(file->spec)) warn(context, *path, advice);
    const auto findings = findings_of(*path);
    warn_of_scales(context, *path, findings);
    if (const auto found = check_program(file->spec); !found) return fail(context, found.error().at(*path));
    if (context.json) return context.out.json(studyfile::json_from_spec(file->spec));
    if (!context.quiet) {
      context.out.line(fmt::format("{}: {}", *path, summary(*file)));
      context.out.line(fmt::format("{}: {} by sterlet doctor", *path, base::count_text(findings.size(), "finding")));
    }
  });
}

}  // namespace

const Command check_command{"check", "say whether a study file is valid, and all that is wrong with it",
                            "sterlet check study.yaml", add};

}  // namespace sterlet::cli
