// set, undo, branch, pause: what can be wanted of a running model.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/babysit/change.h"
#include "sterlet/babysit/mailbox.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/babysit.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

struct ChangeOptions {
  StudyOptions study;
  std::vector<std::string> words;
  std::string note;
  std::optional<std::int64_t> trial;
  double wait_seconds = 60;
};

void add_change_options(CLI::App& command, ChangeOptions& options) {
  command.add_option("--storage", options.study.storage, "file with the studies (default: ./sterlet.db)");
  command.add_option("--trial", options.trial, "which model, where several were raised (default: the one that runs)");
  command.add_option("--wait", options.wait_seconds, "seconds to wait for the program's answer (default: 60)")
      ->check(CLI::NonNegativeNumber);
}

// [STUDY] name=value ...
void split_study(ChangeOptions& options) {
  if (options.words.empty() || options.words.front().find('=') != std::string::npos) return;
  options.study.study = options.words.front();
  options.words.erase(options.words.begin());
}

base::Result<babysit::Found> find(const ChangeOptions& options, const OpenStudy& open) {
  STERLET_TRY(auto found, babysit::find_model(*open.study, *open.storage, base::system_clock(), options.trial));
  if (found) return *found;
  return base::fail(base::ErrorCode::kConflict, "no model is being babysat in this study",
                    "start one with sterlet babysit", open.study->spec().name);
}

base::Result<void> send(Context& context, const OpenStudy& open, const babysit::Found& found,
                        const ChangeOptions& options, const std::string& kind, base::Json body) {
  body["seen"] = found.last_change;
  body["seen_undo_ms"] = found.last_undo_ms;
  if (!options.note.empty()) body["note"] = options.note;
  STERLET_TRY(base::Json answer,
              babysit::ask(*open.storage, *open.study, found, kind, body, options.wait_seconds, base::system_clock()));
  if (context.json) {
    answer["version"] = 1;
    print(base::json_line(answer));
  } else if (!context.quiet) {
    print(answer["sentence"].get<std::string>());
  }
  return {};
}

}  // namespace

base::Result<bool> tell_model(Context& context, const OpenStudy& open, const std::string& kind) {
  STERLET_TRY(const auto found, babysit::find_model(*open.study, *open.storage, base::system_clock(), std::nullopt));
  if (!found || !found->is_running || (kind == "resume" && !found->model.paused)) return false;
  STERLET_PASS(send(context, open, *found, {}, kind, base::Json::object()));
  return true;
}

void add_set(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("set", "change hyperparameters of the model that trains, checkpoint first");
  auto options = std::make_shared<ChangeOptions>();
  command->add_option("WORDS", options->words, "[STUDY] NAME=VALUE, NAME*=FACTOR or NAME/=DIVISOR ...")->required();
  command->add_option("--note", options->note, "why, for the logbook");
  add_change_options(*command, *options);
  command->footer(
      "Only parameters that the study calls live can be changed, within their bounds. sterlet undo goes back exactly.\n"
      "Example: sterlet set learning_rate=0.02 'momentum*=1.05' --note 'the curve has been flat since step 30'");
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      split_study(*options);
      if (options->words.empty()) {
        return base::fail(base::ErrorCode::kInvalidArgument, "no change is given",
                          "write it as sterlet set learning_rate=0.02");
      }
      STERLET_TRY(const auto changes, babysit::parse_changes(options->words));
      STERLET_TRY(const OpenStudy open, open_study(options->study));
      STERLET_TRY(const babysit::Found found, find(*options, open));
      STERLET_TRY(const babysit::Tree tree, babysit::load_tree(*open.storage, open.study->storage_id(), found.model));
      // Checked here too, so that a mistake is told at once, also where nobody raises the model now.
      STERLET_PASS(
          babysit::resolve_changes(changes, open.study->space(), babysit::params_of(tree, found.model.active)));
      if (found.is_running && found.model.live && !found.model.restores) {
        fmt::print(stderr, "note: this program cannot go back to a checkpoint, so the change cannot be undone\n");
      }
      return send(context, open, found, *options, "set", {{"changes", babysit::json_from_changes(changes)}});
    });
  });
}

void add_undo(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("undo", "take the last live change back: the model as it was before, exactly");
  auto options = std::make_shared<ChangeOptions>();
  command->add_option("STUDY", options->study.study, "a study file, or a study's name");
  command->add_option("--note", options->note, "why, for the logbook");
  add_change_options(*command, *options);
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_study(options->study));
      STERLET_TRY(const babysit::Found found, find(*options, open));
      return send(context, open, found, *options, "undo", base::Json::object());
    });
  });
}

void add_branch(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("branch", "train on from an earlier checkpoint, with other hyperparameters");
  struct Options : ChangeOptions {
    std::int64_t at = 0;
    std::string from;
  };
  auto options = std::make_shared<Options>();
  command->add_option("WORDS", options->words,
                      "[STUDY] NAME=VALUE, NAME*=FACTOR or NAME/=DIVISOR ...; none: as it was");
  command->add_option("--at", options->at, "step of the checkpoint")->required();
  command->add_option("--from", options->from, "branch of the checkpoint (default: the line that is trained)");
  command->add_option("--note", options->note, "why, for the logbook");
  add_change_options(*command, *options);
  command->footer("Example: sterlet branch --at 40 learning_rate=0.005   what if I had lowered it there?");
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      split_study(*options);
      STERLET_TRY(const auto changes, babysit::parse_changes(options->words));
      STERLET_TRY(const OpenStudy open, open_study(options->study));
      STERLET_TRY(const babysit::Found found, find(*options, open));
      base::Json body{{"at", options->at}, {"changes", babysit::json_from_changes(changes)}};
      if (!options->from.empty()) body["from"] = options->from;
      return send(context, open, found, *options, "branch", std::move(body));
    });
  });
}

void add_pause(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("pause", "hold the model that is babysat, after a checkpoint; resume lets it go on");
  auto options = std::make_shared<ChangeOptions>();
  command->add_option("STUDY", options->study.study, "a study file, or a study's name");
  add_change_options(*command, *options);
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_study(options->study));
      STERLET_TRY(const babysit::Found found, find(*options, open));
      return send(context, open, found, *options, "pause", base::Json::object());
    });
  });
}

}  // namespace sterlet::cli
