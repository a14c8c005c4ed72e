#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  auto shell = std::make_shared<std::string>();
  command.add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command.callback([&context, shell] {
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
    if (*shell == "fish") return context.out.text(fish + "\n");
    if (*shell == "zsh") context.out.line("autoload -U +X bashcompinit && bashcompinit");
    context.out.text(
        fmt::format("_sterlet() {{\n  local words=\"{}\"\n  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
                    "  [ \"$COMP_CWORD\" = 1 ] && words=\"{}\"\n"
                    "  COMPREPLY=($(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\") "
                    "$(compgen -f -- \"${{COMP_WORDS[COMP_CWORD]}}\"))\n}}\ncomplete -F _sterlet sterlet\n",
                    names, cases, names));
  });
}

}  // namespace

const Command completion_command{"completion", "print a completion script: eval \"$(sterlet completion bash)\"",
                                 "sterlet completion bash > ~/.local/share/bash-completion/completions/sterlet", add};

}  // namespace sterlet::cli
