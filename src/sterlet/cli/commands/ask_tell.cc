#include <CLI/CLI.hpp>
#include <unistd.h>

#include <fmt/format.h>

#include "sterlet/api/ask_tell.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/session.h"
#include "sterlet/exec/session.h"
#include "sterlet/studyfile/strategies.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    std::optional<std::uint64_t> seed;
  };
  auto options = std::make_shared<Options>();
  command.add_option("STUDY", options->study.study, "the study file")->required();
  command.add_option("--storage", options->study.storage, "file to keep it in (default: in memory)");
  add_amend_option(command, options->study);
  command.add_option("--seed", options->seed, "seed, in place of the study file's");
  command.footer("Operations: ask, tell, report, add, enqueue, best; one answer a line, a refusal as {\"error\":..}.");
  command.callback([&context, options] {
    auto file = studyfile::read_study_file(options->study.study);
    if (!file) return fail(context, file.error());
    if (options->seed) file->spec.seed = options->seed;
    attempt(context, [&]() -> base::Result<void> {
      if (!studyfile::strategy_of(file->spec).is_driven) {
        return base::fail(base::ErrorCode::kConflict,
                          fmt::format("its strategy is {}, which runs programs by itself", file->spec.strategy.name),
                          fmt::format("run sterlet tune {}", options->study.study), options->study.study);
      }
      std::unique_ptr<storage::Storage> storage;
      if (!options->study.storage.empty()) {
        STERLET_TRY(const std::string path, storage_path(options->study.storage, "."));
        STERLET_TRY(storage, context.parts.open_storage(path, {}));
      }
      api::Pipe pipe{.in = STDIN_FILENO, .out = STDOUT_FILENO};
      if (storage) pipe.session = session_record(context, exec::new_session());
      const study::Study::Options study_options{.storage = storage.get(),
                                                .clock = &context.parts.clock,
                                                .session = pipe.session ? pipe.session->id : std::string(),
                                                .is_timed = false};
      if (storage) {
        STERLET_TRY(const auto study, open_file_in(context, *storage, std::move(*file), options->study, study_options));
        return api::answer_lines(*study, context.parts.clock, pipe);
      }
      const auto study = study::Study::open(std::move(*file), study_options);
      if (!study) return base::fail(study.error().at(options->study.study));
      return api::answer_lines(**study, context.parts.clock, pipe);
    });
  });
}

}  // namespace

const Command ask_tell_command{
    "ask-tell", "serve a study to another program: JSON Lines on stdin and stdout",
    R"(printf '{"op":"ask"}\n{"op":"tell","id":0,"value":0.2}\n' | sterlet ask-tell study.yaml)", add};

}  // namespace sterlet::cli
