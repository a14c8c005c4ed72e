#include "sterlet/cli/change.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

namespace sterlet::cli {

void add_change_options(CLI::App& command, ChangeOptions& options) {
  command.add_option("--storage", options.study.storage, "file with the studies (default: ./sterlet.db)");
  command.add_option("--trial", options.trial, "which model, where several were babysat (default: the one that runs)");
  command.add_option("--wait", options.wait_seconds, "seconds to wait for the program's answer (default: 60)")
      ->check(CLI::NonNegativeNumber);
}

void split_study(ChangeOptions& options) {
  if (options.words.empty() || options.words.front().find('=') != std::string::npos) return;
  options.study.study = options.words.front();
  options.words.erase(options.words.begin());
}

base::Result<babysit::Found> find_model(const Context& context, const ChangeOptions& options, const OpenStudy& open) {
  STERLET_TRY(auto found, babysit::find_model(*open.study, *open.storage, context.parts.clock, options.trial));
  if (found) return *found;
  return base::fail(base::ErrorCode::kConflict, "no model is being babysat in this study",
                    "start one with sterlet babysit", open.study->spec().name);
}

base::Result<void> ask_model(Context& context, const OpenStudy& open, const babysit::Found& found,
                             const ChangeOptions& options, const std::string& kind, base::Json body) {
  body["seen"] = found.last_change;
  body["seen_undo_ms"] = found.last_undo_ms;
  if (!options.note.empty()) body["note"] = options.note;
  STERLET_TRY(base::Json answer,
              babysit::ask(*open.storage, *open.study, found, kind, body, options.wait_seconds, context.parts.clock));
  if (context.json) {
    answer["version"] = 1;
    context.out.json(answer);
  } else if (!context.quiet) {
    context.out.line(answer["sentence"].get<std::string>());
  }
  return {};
}

base::Result<bool> tell_model(Context& context, const OpenStudy& open, const std::string& kind) {
  STERLET_TRY(const auto found, babysit::find_model(*open.study, *open.storage, context.parts.clock, std::nullopt));
  if (!found || !found->is_running || (kind == "resume" && !found->model.paused)) return false;
  STERLET_PASS(ask_model(context, open, *found, {}, kind, base::Json::object()));
  return true;
}

}  // namespace sterlet::cli
