#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/label_words.h"
#include "sterlet/cli/trial_argument.h"

namespace sterlet::cli {

namespace {

struct TagOptions {
  StudyOptions study;
  std::vector<std::string> words;
  bool remove = false;
};

void print(const Context& context, const study::Study& study) {
  base::Json list = base::Json::array();
  std::vector<std::vector<std::string>> rows;
  std::vector<study::Labels::Place> places{std::nullopt};
  for (const std::int64_t trial : study.shown_trials()) places.emplace_back(trial);
  for (const study::Labels::Place& place : places) {
    const auto& tags = study.labels().tags_of(place);
    if (tags.empty()) continue;
    rows.push_back({place ? fmt::format("trial {}", *place) : "study", fmt::format("{}", fmt::join(tags, " "))});
    list.push_back({{"trial", place ? base::Json(*place) : base::Json()}, {"tags", tags}});
  }
  if (context.json) return context.out.json({{"version", 1}, {"study", study.spec().name}, {"tags", list}});
  context.out.table(rows);
}

base::Result<void> tag(Context& context, TagOptions& options) {
  STERLET_TRY(const LabelWords words, split_label_words(context, options.words, options.study));
  if (words.others.empty()) {
    if (!words.trials.empty() || options.remove) {
      return base::fail(base::ErrorCode::kInvalidArgument, "it is not said which tag",
                        "name one, as in sterlet tag mlp 17 baseline");
    }
    STERLET_TRY(const OpenStudy open, open_to_look(context, options.study));
    print(context, *open.study);
    return {};
  }
  STERLET_TRY(const OpenStudy open, open_study(context, options.study));
  study::Study& study = *open.study;
  std::vector<study::Labels::Place> places;
  for (const std::int64_t trial : words.trials) {
    STERLET_TRY(const std::int64_t number, check_trial(study, trial));
    places.emplace_back(number);
  }
  if (places.empty()) places.emplace_back(std::nullopt);
  STERLET_TRY(auto transaction, study.begin());
  for (const study::Labels::Place& place : places) {
    for (const std::string& word : words.others) STERLET_PASS(study.labels().tag(place, word, !options.remove));
  }
  STERLET_PASS(transaction.commit());
  if (!context.quiet && !context.json) {
    const std::string what = words.trials.empty()
                                 ? study.spec().name
                                 : fmt::format("{} {} of {}", words.trials.size() == 1 ? "trial" : "trials",
                                               fmt::join(words.trials, ", "), study.spec().name);
    context.out.line(fmt::format("{} {} tagged {}", what,
                                 options.remove ? (words.trials.size() > 1 ? "are no longer" : "is no longer")
                                                : (words.trials.size() > 1 ? "are" : "is"),
                                 fmt::join(words.others, " ")));
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<TagOptions>();
  command.add_option("WORDS", options->words, "tags for trials or for the study; without, tags are listed")
      ->option_text("[STUDY] [TRIAL ...] [TAG ...]");
  command.add_flag("--remove", options->remove, "take the tags away");
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command.footer(
      "A tag is one word. sterlet ls STUDY --tag TAG and sterlet export --tag TAG give the trials that have it.");
  command.callback([&context, options] { attempt(context, [&] { return tag(context, *options); }); });
}

}  // namespace

const Command tag_command{"tag", "give trials or a study tags, by which they are found",
                          "sterlet tag mlp 17 18 baseline", add};

}  // namespace sterlet::cli
