#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/label_words.h"
#include "sterlet/cli/trial_argument.h"

namespace sterlet::cli {

namespace {

struct NoteOptions {
  StudyOptions study;
  std::vector<std::string> words;
};

void print(const Context& context, const study::Study& study) {
  base::Json list = base::Json::array();
  std::vector<std::vector<std::string>> rows;
  std::vector<study::Labels::Place> places{std::nullopt};
  for (const std::int64_t trial : study.shown_trials()) places.emplace_back(trial);
  for (const study::Labels::Place& place : places) {
    for (const storage::NoteRecord& note : study.labels().notes_of(place)) {
      const std::string at = base::timestamp_text(note.created_ms);
      rows.push_back({place ? fmt::format("trial {}", *place) : "study", at, note.who, note.text});
      list.push_back(
          {{"trial", place ? base::Json(*place) : base::Json()}, {"at", at}, {"who", note.who}, {"text", note.text}});
    }
  }
  if (context.json) return context.out.json({{"version", 1}, {"study", study.spec().name}, {"notes", list}});
  context.out.table(rows);
}

base::Result<void> note(Context& context, NoteOptions& options) {
  STERLET_TRY(const LabelWords words, split_label_words(context, options.words, options.study));
  if (words.others.empty() && words.trials.empty()) {
    STERLET_TRY(const OpenStudy open, open_to_look(context, options.study));
    print(context, *open.study);
    return {};
  }
  if (words.others.size() != 1 || words.trials.size() > 1) {
    return base::fail(
        base::ErrorCode::kInvalidArgument,
        words.others.empty() ? "the note's text is missing" : "a note is one text, of one trial or the study",
        "write it in quotes, as in sterlet note mlp 17 \"the best without dropout\"");
  }
  STERLET_TRY(const OpenStudy open, open_study(context, options.study));
  study::Labels::Place place;
  if (!words.trials.empty()) {
    STERLET_TRY(place, check_trial(*open.study, words.trials.front()));
  }
  STERLET_PASS(open.study->labels().note(place, words.others.front(), context.parts.environment("USER")));
  if (!context.quiet && !context.json) {
    context.out.line(fmt::format("noted of {}", place ? fmt::format("trial {} of {}", *place, open.study->spec().name)
                                                      : open.study->spec().name));
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<NoteOptions>();
  command
      .add_option("WORDS", options->words, "what is to be noted, of a trial or of the study; without, notes are listed")
      ->option_text("[STUDY] [TRIAL] [TEXT]");
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command.callback([&context, options] { attempt(context, [&] { return note(context, *options); }); });
}

}  // namespace

const Command note_command{"note", "write a note about a study or a trial, or list them",
                           "sterlet note mlp 17 \"the best without dropout\"", add};

}  // namespace sterlet::cli
