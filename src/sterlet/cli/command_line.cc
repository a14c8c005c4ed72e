#include "sterlet/cli/command_line.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/run/command.h"
#include "sterlet/run/launch.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/study/seeds.h"

namespace sterlet::cli {

namespace {

std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

bool is_in_command(const std::vector<std::string>& command, const std::string& name) {
  const std::string place = "${" + name + "}";
  return std::any_of(command.begin(), command.end(),
                     [&](const std::string& word) { return word.find(place) != std::string::npos; });
}

}  // namespace

std::string shell_text(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + quoted(word);
  return text;
}

base::Result<TrialCommand> command_of(const OpenStudy& open, std::int64_t trial) {
  const study::Study& study = *open.study;
  const studyfile::StudySpec& spec = study.spec();
  if (spec.command.empty()) {
    return base::fail(base::ErrorCode::kBadStudyFile, "the study has no command",
                      fmt::format("see its parameters with sterlet show {} {}", spec.name, trial), spec.name);
  }
  const base::Json params = study.view(trial).params;
  const std::string folder = run::trials_folder(open.trials_home, study.stored());
  TrialCommand command;
  command.text =
      shell_text(run::expand_command(spec.command, params,
                                     {.trial = trial,
                                      .seed = run::trial_seed(study::seed_of(study, trial), trial),
                                      .checkpoint_folder = run::checkpoints_folder(folder, trial).string()}));
  std::error_code ignored;
  if (!spec.folder.empty() && !std::filesystem::equivalent(spec.folder, ".", ignored))
    command.text = fmt::format("cd {} && {}", quoted(spec.folder), command.text);
  for (const auto& [name, value] : params.items()) {
    if (!is_in_command(spec.command, name)) command.not_in_command.push_back(name);
  }
  return command;
}

}  // namespace sterlet::cli
