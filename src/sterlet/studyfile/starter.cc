#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/studyfile/presets.h"
#include "sterlet/studyfile/starter_text.h"
#include "sterlet/studyfile/study_file.h"

// What `sterlet init` writes is printed from the preset's table, so that the two cannot drift apart. The preset's
// parameters are shown as comments: the file stays short to read, and each line is ready to be changed.

namespace sterlet::studyfile {

namespace {

constexpr int kStarterTier = 3;  // What the file that is written searches, and its command passes.

std::string condition_text(const PresetParameter& row) {
  if (row.depends_on.empty()) return {};
  if (row.depends_for.size() == 1) return fmt::format(", when: {} == \"{}\"", row.depends_on, row.depends_for.front());
  return fmt::format(", when: '{} in [\"{}\"]'", row.depends_on, fmt::join(row.depends_for, "\", \""));
}

std::string command_text(const Preset& preset) {
  std::vector<std::string> words = preset.command;
  if (words.front() != "sterlet-train") {
    for (const PresetParameter& row : preset.parameters) {
      if (row.parameter.tier <= kStarterTier) words.push_back(fmt::format("\"--{0}=${{{0}}}\"", row.parameter.name));
    }
  }
  return fmt::format("command: [{}]", fmt::join(words, ", "));
}

}  // namespace

base::Result<std::string> starter_study(std::string_view preset_name) {
  const std::vector<Preset> presets = make_presets();
  const auto found =
      std::find_if(presets.begin(), presets.end(), [&](const Preset& preset) { return preset.name == preset_name; });
  if (found == presets.end()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("unknown preset '{}'", base::printable(preset_name)),
                      base::suggest_name(preset_name, preset_names()));
  }
  const Preset& preset = *found;
  const bool is_built_in = preset.command.front() == "sterlet-train";
  std::string text = fmt::format(
      "# A Sterlet study. Check it with: sterlet check FILE; run it with: sterlet tune FILE\n"
      "study: {}\n\n"
      "# What is better: a metric that each trial reports, and its direction.\n"
      "objective: {{metric: val_error, direction: minimize}}\n\n",
      preset.name);
  text += is_built_in
              ? "# How one trial runs. No shell is involved; the built-in trainer reads its parameters by itself.\n"
              : "# How one trial runs. No shell is involved; ${name} becomes the parameter's value.\n";
  text += command_text(preset) + "\n\n";
  text +=
      "# Where its metrics come from: the trial channel (a Sterlet client reports them),\n"
      "# or, for a program that knows nothing of Sterlet, lines of its stdout.\n"
      "metrics: {from: channel}\n"
      "# metrics: {from: stdout, pattern: 'epoch (?<step>\\d+) val_error=(?<val_error>\\S+)'}\n\n";
  text += fmt::format(
      "# What is tuned: {}.\n"
      "preset: {}\n"
      "# Tier 1 matters most. tier<=2 searches less and finds sooner; tier<=4 searches everything.\n"
      "tune: tier<={}\n"
      "# The preset's parameters. To change one, take its line out of the comment, under params:, and keep\n"
      "# only the keys that differ.\n"
      "# params:\n",
      preset.summary, preset.name, kStarterTier);
  for (const PresetParameter& row : preset.parameters) {
    text += fmt::format("#   {}: {}\n", row.parameter.name, declaration_text(row.parameter, condition_text(row)));
  }
  text +=
      "\n# When it is enough, whichever comes first. `target: 0.1` would stop at the first trial that good.\n"
      "budget: {trials: 60, time: 1h}\n\n"
      "# Trials that run at once; auto looks at the machine's cores.\n"
      "workers: auto\n\n"
      "# How points are chosen: auto picks by the study; docs/samplers.md has the others.\n"
      "sampler: auto\n\n"
      "# Whether hopeless trials end early, where they report as they go; docs/pruners.md.\n"
      "# pruner: auto\n\n"
      "# Noisy results: the settings that may be the best are run again with other seeds; docs/noise.md.\n"
      "# repeats: {at_most: 10}\n\n"
      "# Instead of many trials one model, raised live, or a population; docs/babysit.md, docs/population.md.\n"
      "# strategy: babysit\n"
      "# strategy: {name: pbt, population: 8, interval: 2, steps: 20}\n\n"
      "# The same seed gives the same suggestions.\n"
      "seed: 7\n\n"
      "# What one trial may use at most.\n"
      "# resources: {cpu: 1, memory: 2GiB, time: 10m}\n\n"
      "# What the results depend on: when it changes, they are worth a new test.\n"
      "# context: {files: [train.py, data/], command: [git, rev-parse, HEAD]}\n";
  return text;
}

}  // namespace sterlet::studyfile
