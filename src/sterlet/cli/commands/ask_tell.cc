#include <CLI/CLI.hpp>
#include <unistd.h>

#include <functional>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "sterlet/api/ask_tell.h"
#include "sterlet/base/file.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/session.h"
#include "sterlet/cli/staleness.h"
#include "sterlet/cli/usage_words.h"
#include "sterlet/cli/warm_start.h"
#include "sterlet/exec/session.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

struct Options {
  StudyOptions study;
  WarmOptions warm;
  std::optional<std::uint64_t> seed;
  bool is_growing = false;
  bool is_timed = false;
};

using ReadFile = base::Result<studyfile::StudyFile, std::vector<base::Error>>;

// A study as a program writes it, whose parameters join as they appear.
ReadFile read_growing(const std::string& path) {
  const auto text = base::read_whole(path);
  if (!text) return base::fail(std::vector<base::Error>{text.error()});
  const auto json = base::parse_json(*text);
  if (!json) return base::fail(std::vector<base::Error>{json.error().at(path)});
  auto file = studyfile::study_from_json(study::strategies(), *json);
  if (!file) return base::fail(std::vector<base::Error>{file.error().at(path)});
  return std::move(*file);
}

base::Result<void> check_driven(const studyfile::StudySpec& spec, const std::string& study) {
  if (study::strategy_of(spec).is_driven) return {};
  return base::fail(base::ErrorCode::kConflict,
                    fmt::format("its strategy is {}, which runs programs by itself", spec.strategy.name),
                    fmt::format("run sterlet tune {}", study), study);
}

base::Result<void> check_new(storage::Storage& storage, const std::string& name) {
  STERLET_TRY(const auto known, storage.find_study(name));
  if (!known) return {};
  return base::fail(base::ErrorCode::kConflict, fmt::format("the study '{}' is in the storage already", name),
                    "open it by its name, or give the new one another");
}

base::Result<void> serve(
    Context& context, const Options& options, storage::Storage* storage, const std::vector<OpenStudy>& older,
    const std::function<base::Result<std::unique_ptr<study::Study>>(const study::Study::Options& study_options)>&
        open) {
  api::Pipe pipe{.in = STDIN_FILENO, .out = STDOUT_FILENO};
  if (storage != nullptr) pipe.mailbox = &storage->mailbox();
  if (storage != nullptr) pipe.session = session_record(context, exec::new_session());
  auto study = open({.storage = storage,
                     .clock = &context.parts.clock,
                     .session = pipe.session ? pipe.session->id : std::string(),
                     .is_timed = options.is_timed});
  if (!study) return base::fail(study.error().at(options.study.study));
  STERLET_PASS(check_driven((*study)->spec(), options.study.study));
  std::string own_storage;
  if (storage != nullptr) {
    STERLET_TRY(own_storage, storage_path(options.study.storage, "."));
    if (!(*study)->spec().command.empty() || (*study)->spec().context.contains("files")) {
      pipe.context = context_options(context, own_storage);
    }
  }
  STERLET_PASS(start_warm(context, older, **study, own_storage));
  return api::answer_lines(**study, context.parts.clock, pipe);
}

base::Result<void> serve_existing(Context& context, const Options& options) {
  STERLET_TRY(const std::string path, storage_path(options.study.storage, "."));
  STERLET_TRY(const auto storage, context.parts.open_storage(path, {.must_exist = true}));
  STERLET_TRY(const auto older, open_older(context, options.warm, path));
  return serve(context, options, storage.get(), older, [&](const study::Study::Options& study_options) {
    return study::Study::open_existing(options.study.study, study_options);
  });
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  command.add_option("STUDY", options->study.study, "the study file; with --storage also the name of a study in it")
      ->required();
  command.add_option("--storage", options->study.storage, "file to keep it in (default: in memory)");
  add_amend_option(command, options->study);
  add_warm_options(command, options->warm);
  add_seed_option(command, options->seed, "seed, in place of the study file's");
  command.add_flag("--growing", options->is_growing,
                   "STUDY is a new study as JSON, whose parameters may all be still to come");
  command.add_flag("--timed", options->is_timed, "a trial takes from its ask to its tell: sampler auto goes by that");
  command.footer("Operations: docs/ask-tell.md lists them; one answer a line, a refusal as {\"error\":..}.");
  command.callback([&context, options] {
    if (!options->study.storage.empty() && !is_study_file(options->study.study)) {
      return attempt(context, [&] { return serve_existing(context, *options); });
    }
    auto file = options->is_growing ? read_growing(options->study.study)
                                    : studyfile::read_study_file(study::strategies(), options->study.study);
    if (!file) return fail(context, file.error());
    if (options->seed) file->spec.seed = options->seed;
    attempt(context, [&]() -> base::Result<void> {
      STERLET_PASS(check_driven(file->spec, options->study.study));  // Before a storage is made for it.
      std::unique_ptr<storage::Storage> storage;
      std::string own_storage;
      if (!options->study.storage.empty()) {
        STERLET_TRY(own_storage, storage_path(options->study.storage, "."));
      }
      STERLET_TRY(const auto older, open_older(context, options->warm, own_storage));
      STERLET_PASS(check_older(older, *file, own_storage));
      if (!own_storage.empty()) {
        STERLET_TRY(storage, context.parts.open_storage(own_storage, {}));
        if (options->is_growing) STERLET_PASS(check_new(*storage, file->spec.name));
      }
      return serve(context, *options, storage.get(), older, [&](const study::Study::Options& study_options) {
        if (!storage) return study::Study::open(std::move(*file), study_options);
        return open_file_in(context, *storage, std::move(*file), options->study, study_options);
      });
    });
  });
}

}  // namespace

const Command ask_tell_command{
    "ask-tell", "serve a study to another program: JSON Lines on stdin and stdout",
    R"(printf '{"op":"ask"}\n{"op":"tell","id":0,"value":0.2}\n' | sterlet ask-tell study.yaml)", add};

}  // namespace sterlet::cli
