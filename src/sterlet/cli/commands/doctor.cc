#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/file.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/study_doctor.h"
#include "sterlet/doctor/file/rules.h"
#include "sterlet/doctor/trials/amendment.h"
#include "sterlet/doctor/trials/rules.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::cli {

namespace {

using doctor::Finding;

struct Options {
  StudyOptions study;
  bool fix = false, check = false, apply = false;
};

std::string line_of(const Finding& finding, std::string_view before = "") {
  return fmt::format("{}{}{}{} [{}]", finding.at, finding.at.empty() ? "" : ": ", before, finding.says, finding.kind);
}

// What is left is printed; `fixed` is in the file.
void print(Context& context, const std::string& of, const std::vector<Finding>& left, const std::vector<Finding>& fixed,
           bool is_file, bool is_fixing) {
  if (context.json) {
    base::Json json = doctor::findings_json(left);
    if (is_fixing) json[is_file ? "fixed" : "applied"] = doctor::findings_json(fixed)["findings"];
    return context.out.json(json);
  }
  for (const Finding& finding : fixed) {
    context.out.line(line_of(finding, is_file ? "fixed: " : "applied: "));
  }
  for (const Finding& finding : left) context.out.line(line_of(finding));
  if (context.quiet) return;
  const auto patches = std::count_if(left.begin(), left.end(), [](const Finding& each) { return !each.edits.empty(); });
  std::string end = fmt::format("{}: {}", of, base::count_text(left.size(), "finding"));
  const auto applicable = std::count_if(left.begin(), left.end(), doctor::is_applicable);
  if (is_file && !is_fixing && patches > 0) end += fmt::format("; --fix writes {} of them into the file", patches);
  if (is_file && is_fixing && patches > 0) {
    end += fmt::format("; {} could not be written, as the file has no room for {} (an alias, a text of several lines)",
                       patches, patches == 1 ? "it" : "them");
  }
  if (!is_file && !is_fixing && applicable > 0)
    end += fmt::format("; --apply amends the study by {} of them", applicable);
  context.err.line(end);
}

void examine_file(Context& context, const Options& options) {
  const std::string& path = options.study.study;
  // The reader says what is wrong with a file that it cannot read, is too long, or is no study.
  if (const auto file = studyfile::read_study_file(study::strategies(), path); !file)
    return fail(context, file.error());
  const auto text = read_study_text(path);
  if (!text) return fail(context, text.error());
  auto findings = examine_study_file(path, *text);
  if (!findings) return fail(context, findings.error());
  std::vector<Finding> fixed;
  if (options.fix) {
    doctor::Healed healed = doctor::heal_file(*text, path, folder_of_study(path), *findings);
    if (!healed.healed.empty()) {
      if (const auto written = base::write_whole(path, healed.text); !written) return fail(context, written.error());
    }
    *findings = std::move(healed.left);
    fixed = std::move(healed.healed);
  }
  print(context, path, *findings, fixed, true, options.fix);
  if (options.check && !findings->empty()) context.exit_code = 1;
}

// Changes the stored study by the findings' patches.
base::Result<void> apply(Context& context, const OpenStudy& open, const std::vector<Finding>& findings) {
  STERLET_TRY(studyfile::StudyFile file, doctor::amended(*open.study, findings));
  STERLET_TRY(const auto changed,
              study::Study::open(std::move(file), {.storage = open.storage.get(), .clock = &context.parts.clock},
                                 study::Amend::kYes));
  if (!context.quiet && !context.json) {
    context.err.line(fmt::format("{}: from trial {} on; its file does not say so yet, see sterlet show {} --spec",
                                 changed->spec().name, changed->records().size(), changed->spec().name));
  }
  return {};
}

base::Result<void> examine_study(Context& context, const Options& options) {
  if (options.fix) {
    return base::fail(base::ErrorCode::kInvalidArgument, "--fix is for a study file",
                      "name the file, as in sterlet doctor study.yaml --fix, or amend the study with --apply");
  }
  STERLET_TRY(const OpenStudy open,
              options.apply ? open_study(context, options.study) : open_to_look(context, options.study));
  std::vector<Finding> findings = doctor::examine_trials(*open.study), applied;
  if (options.apply) {
    const auto rest = std::stable_partition(findings.begin(), findings.end(), doctor::is_applicable);
    applied.assign(findings.begin(), rest);
    findings.erase(findings.begin(), rest);
  }
  if (!applied.empty()) STERLET_PASS(apply(context, open, applied));
  print(context, open.study->spec().name, findings, applied, false, options.apply);
  if (options.check && !findings.empty()) context.exit_code = 1;
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  add_study_options(command, options->study);
  command.add_flag("--fix", options->fix, "write what can be patched into the file; all else stays byte for byte");
  command.add_flag("--apply", options->apply, "amend the stored study: its trials stay, and count as far as they fit");
  command.add_flag("--check", options->check, "exit with 1 where there are findings");
  command.footer(
      "A study file is examined before it runs, a study by name through its trials. Each finding says where, what, "
      "why\n"
      "and its kind; docs/doctor.md explains the kinds.");
  command.callback([&context, options] {
    if (is_study_file(options->study.study)) {
      if (!options->apply) return examine_file(context, *options);
      return fail(context, {.code = base::ErrorCode::kInvalidArgument,
                            .where = options->study.study,
                            .what = "--apply amends a study that is stored",
                            .next = "name the study, or change the file with --fix"});
    }
    attempt(context, [&] { return examine_study(context, *options); });
  });
}

}  // namespace

const Command doctor_command{"doctor", "what a good practitioner would say of a study file, or of a study's trials",
                             "sterlet doctor study.yaml --fix", add};

}  // namespace sterlet::cli
