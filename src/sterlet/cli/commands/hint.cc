#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/next_trial.h"
#include "sterlet/cli/prior_words.h"

namespace sterlet::cli {

namespace {

struct HintOptions {
  StudyOptions study;
  std::vector<std::string> words;
  double weight = 1;
  bool is_list = false;
  std::optional<std::int64_t> forgotten;
};

base::Result<void> list(const Context& context, const StudyOptions& options) {
  STERLET_TRY(const OpenStudy open, open_to_look(context, options));
  const auto& priors = open.study->priors().list();
  if (context.json) {
    context.out.json({{"version", 1}, {"study", open.study->spec().name}, {"priors", priors_json(priors)}});
    return {};
  }
  for (const std::string& line : prior_lines(priors)) context.out.line(line);
  if (priors.empty() && !context.quiet) {
    context.out.line(fmt::format("{} has no hint and no warm start", open.study->spec().name));
  }
  return {};
}

base::Result<void> hint(const Context& context, HintOptions& options) {
  std::vector<std::string> words = options.words;
  if (!words.empty() && words.front().find('=') == std::string::npos) {
    options.study.study = words.front();
    words.erase(words.begin());
  }
  if (words.empty() && !options.forgotten) return list(context, options.study);
  if (!words.empty() && (options.forgotten || options.is_list)) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("'{}' goes neither with --list nor with --forget", base::printable(words.front())),
                      "give a hint, or one of them");
  }
  STERLET_TRY(const base::Json params, parse_hint(words));
  STERLET_TRY(const OpenStudy open,
              options.forgotten ? open_study(context, options.study) : open_or_begin(context, options.study));
  const std::string& name = open.study->spec().name;
  STERLET_TRY(const study::PriorRecord prior, options.forgotten ? open.study->forget_prior(*options.forgotten)
                                                                : open.study->hint(params, options.weight));
  if (context.json) {
    base::Json json = study::json_of(prior);
    json["version"] = 1;
    json["study"] = name;
    context.out.json(json);
  } else if (!context.quiet) {
    const std::string text = base::printable(prior.text());
    if (options.forgotten) {
      context.out.line(fmt::format("{} does not follow {} any more", name, text));
      return {};
    }
    STERLET_TRY(const std::string when, next_trial_text(context, open, "goes on"));
    context.out.line(fmt::format("{} follows {} from trial {} on{}", name, text, prior.since, when));
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<HintOptions>();
  command.add_option("HINT", options->words, "where good values are expected; without one, hints are listed")
      ->option_text("[STUDY] NAME=LOW..HIGH|VALUE|CHOICE,CHOICE ...");
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command.add_option("--weight", options->weight, "how many times as strongly as usual it holds (default: 1)");
  command.add_flag("--list", options->is_list, "all hints and warm starts, and what became of them");
  command.add_option("--forget", options->forgotten, "do not follow the one with this number any more");
  command.footer(
      "A hint pulls the next suggestions towards it, less with every trial; results that speak against it end it.\n"
      "docs/warm.md says how.");
  command.callback([&context, options] { attempt(context, [&] { return hint(context, *options); }); });
}

}  // namespace

const Command hint_command{"hint", "tell a study where good values are expected, also while it runs",
                           "sterlet hint mlp learning_rate=0.01..0.03 --weight 3", add};

}  // namespace sterlet::cli
