#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  auto path = std::make_shared<std::string>();
  command.add_option("FILE", *path, "the study file")->required();
  command.callback([&context, path] {
    auto file = studyfile::read_study_file(*path);
    if (!file) return fail(context, file.error());
    if (const auto valid = study::Study::validate(*file); !valid) return fail(context, valid.error().at(*path));
    if (context.json) return context.out.json(studyfile::json_from_spec(file->spec));
    if (!context.quiet) {
      context.out.line(fmt::format("{}: study '{}' is valid: {} parameters, {} dimensions", *path, file->spec.name,
                                   file->space.parameters().size(), file->space.dimensions().size()));
    }
  });
}

}  // namespace

const Command check_command{"check", "say whether a study file is valid, and all that is wrong with it",
                            "sterlet check study.yaml", add};

}  // namespace sterlet::cli
