#include <CLI/CLI.hpp>
#include <string_view>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

// The scripts know nothing of commands: they ask `sterlet complete` each time, which knows the options and the storage.

// Bash hands over the line, since its words are cut at '=' and ':', and replaces only what follows the last of them.
constexpr std::string_view kBash = R"sh(_sterlet() {
  local line=${COMP_LINE:0:COMP_POINT} word about rest
  local typed=${line##*[[:blank:]]} cut=
  [[ $typed == *=* && $COMP_WORDBREAKS == *=* ]] && cut=${typed%"${typed##*=}"}
  COMPREPLY=()
  while IFS=$'\t' read -r word about; do
    case $word in
      :files | :studyfiles)
        compopt -o filenames 2>/dev/null
        while IFS= read -r rest; do
          [[ $word == :studyfiles && ! -d $rest && $rest != *.yaml && $rest != *.yml && $rest != *.json ]] && continue
          COMPREPLY+=("$rest")
        done < <(compgen -f -- "${typed#"$cut"}")
        ;;
      "$typed"*)
        COMPREPLY+=("${word#"$cut"}")
        [[ $word == *= ]] && compopt -o nospace 2>/dev/null
        ;;
    esac
  done < <("$1" complete --line "$line" 2>/dev/null)
}
complete -F _sterlet sterlet
)sh";

constexpr std::string_view kZsh = R"sh(#compdef sterlet
_sterlet() {
  local line word about files
  local -a plain plain_about open open_about
  while IFS=$'\t' read -r word about; do
    case $word in
      :*) files=$word ;;
      *=) open+=("$word"); open_about+=("$word${about:+  -- $about}") ;;
      *) plain+=("$word"); plain_about+=("$word${about:+  -- $about}") ;;
    esac
  done < <("${(Q)words[1]}" complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
  (( $#plain )) && compadd -l -d plain_about -- "${plain[@]}"
  (( $#open )) && compadd -l -S '' -d open_about -- "${open[@]}"
  [[ -n $files && $PREFIX == -*=* ]] && compset -P '*='
  [[ $files == :files ]] && _files
  [[ $files == :studyfiles ]] && _files -g '*.(yaml|yml|json)'
  return 0
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
if [[ $funcstack[1] == _sterlet ]]; then _sterlet "$@"; else compdef _sterlet sterlet; fi
)sh";

constexpr std::string_view kFish = R"sh(function __sterlet_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program complete -- $words "$typed" 2>/dev/null)
        switch $line
            case ':files*' ':studyfiles*'
                set -l before (string match -r -- '^-.*=' "$typed")
                for path in (__fish_complete_path (string replace -r -- '^-.*=' '' "$typed"))
                    if string match -q -- ':files*' $line; or string match -qr -- '(/|\.ya?ml|\.json)(\t|$)' $path
                        echo "$before$path"
                    end
                end
            case '*'
                echo $line
        end
    end
end
complete -c sterlet -f -a '(__sterlet_complete)'
)sh";

void add(CLI::App& command, Context& context) {
  auto shell = std::make_shared<std::string>();
  command.add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command.footer(
      "bash: eval \"$(sterlet completion bash)\" in ~/.bashrc\n"
      "zsh:  eval \"$(sterlet completion zsh)\" in ~/.zshrc, or as _sterlet in a folder of fpath\n"
      "fish: sterlet completion fish > ~/.config/fish/completions/sterlet.fish");
  command.callback([&context, shell] { context.out.text(*shell == "bash" ? kBash : *shell == "zsh" ? kZsh : kFish); });
}

}  // namespace

const Command completion_command{"completion", "print a completion script: eval \"$(sterlet completion bash)\"",
                                 "sterlet completion bash > ~/.local/share/bash-completion/completions/sterlet", add};

}  // namespace sterlet::cli
