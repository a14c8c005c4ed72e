// init, check, version, completion: what needs no storage.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

void add_init(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("init", "write a commented study file to start from");
  struct Options {
    std::string preset = "mlp";
    std::string output;
    bool schema = false;
  };
  auto options = std::make_shared<Options>();
  command->add_option("PRESET", options->preset,
                      "one of " + fmt::format("{}", fmt::join(studyfile::preset_names(), ", ")));
  command->add_option("--output,-o", options->output, "file to write; an existing one is left alone (default: stdout)");
  command->add_flag("--schema", options->schema, "print the JSON Schema of study files instead, for your editor");
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      std::string text = studyfile::study_schema().dump(2) + "\n";
      if (!options->schema) {
        STERLET_TRY(text, studyfile::starter_study(options->preset));
      }
      if (options->output.empty()) {
        fmt::print("{}", text);
        return {};
      }
      if (std::filesystem::exists(options->output)) {
        return base::fail(base::ErrorCode::kConflict, "there is such a file already", "choose another name",
                          options->output);
      }
      std::ofstream file(options->output);
      file << text;
      file.close();
      if (!file)
        return base::fail(base::ErrorCode::kDisk, "the file could not be written", "look at its folder",
                          options->output);
      return {};
    });
  });
}

void add_check(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("check", "say whether a study file is right, and all that is wrong with it");
  auto path = std::make_shared<std::string>();
  command->add_option("FILE", *path, "the study file")->required();
  command->callback([&context, path] {
    auto file = studyfile::read_study_file(*path);
    if (!file) return fail(context, file.error());
    // A sampler may refuse what the file says, for example a grid of more points than the budget.
    const auto sampler = samplers::make(file->spec.sampler.name, file->space, file->spec.sampler.options,
                                        {.trial_budget = file->spec.budget.trials});
    if (!sampler) return fail(context, sampler.error().at(*path));
    if (context.json) return print(base::json_line(studyfile::json_from_spec(file->spec)));
    if (!context.quiet) {
      print(fmt::format("{}: study '{}' is right: {} parameters, {} dimensions", *path, file->spec.name,
                        file->space.parameters().size(), file->space.dimensions().size()));
    }
  });
}

void add_version(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("version", "print the version");
  command->callback([&context] {
    const base::Json json{{"version", STERLET_VERSION}, {"schema", storage::schema_version()}, {"protocol", 1}};
    print(context.json ? base::json_line(json) : fmt::format("sterlet {}", STERLET_VERSION));
  });
}

void add_completion(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("completion", "print a completion script: eval \"$(sterlet completion bash)\"");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&context, shell] {
    std::string names, cases, fish;
    for (const CLI::App* sub : context.app->get_subcommands([](const CLI::App*) { return true; })) {
      names += (names.empty() ? "" : " ") + sub->get_name();
      std::string flags;
      for (const CLI::Option* option : sub->get_options()) {
        for (const std::string& flag : option->get_lnames()) {
          flags += (flags.empty() ? "--" : " --") + flag;
          fish += fmt::format("complete -c sterlet -n '__fish_seen_subcommand_from {}' -l {}\n", sub->get_name(), flag);
        }
      }
      cases += fmt::format("    {}) words=\"{}\" ;;\n", sub->get_name(), flags);
      std::string about = sub->get_description();
      std::replace(about.begin(), about.end(), '\'', '`');
      fish += fmt::format("complete -c sterlet -n __fish_use_subcommand -a {} -d '{}'\n", sub->get_name(), about);
    }
    if (*shell == "fish") return print(fish);
    if (*shell == "zsh") print("autoload -U +X bashcompinit && bashcompinit");
    print(
        fmt::format("_sterlet() {{\n  local words=\"{}\"\n  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
                    "  [ \"$COMP_CWORD\" = 1 ] && words=\"{}\"\n"
                    "  COMPREPLY=($(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\") "
                    "$(compgen -f -- \"${{COMP_WORDS[COMP_CWORD]}}\"))\n}}\ncomplete -F _sterlet sterlet",
                    names, cases, names));
  });
}

}  // namespace sterlet::cli
