#include "sterlet/studyfile/advice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/figure.h"
#include "sterlet/studyfile/command.h"
#include "sterlet/studyfile/direction.h"

namespace sterlet::studyfile {

namespace {

constexpr std::string_view kBuiltIn = "sterlet-train";  // Reads its parameters by itself.

bool is_searched(const space::Parameter& parameter) {
  return space::is_numeric(parameter) ? parameter.low < parameter.high : parameter.choices.size() > 1;
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_built_in(const std::string& program) { return base_name(program) == kBuiltIn; }

// Words that a shell acts on, where they stand alone.
constexpr std::array<std::string_view, 16> kShellWords{"|",  "||", "&&", "&",  ";",    ">",    ">>",  "<",
                                                       "<<", "2>", "1>", "&>", "2>&1", "1>&2", "2>>", "|&"};

bool is_word_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// How a parameter is named in a word in another tool's way, as {x}, {{x}}, $x, %x%, <x>; empty: it is not.
std::string foreign_name(const std::string& word, const std::string& name) {
  for (const auto& [before, after] :
       {std::pair("{{", "}}"), std::pair("{", "}"), std::pair("%", "%"), std::pair("<", ">")}) {
    const std::string text = before + name + after;
    const std::size_t at = word.find(text);
    if (at != std::string::npos && (at == 0 || word[at - 1] != '$')) return text;
  }
  const std::string text = "$" + name;
  const std::size_t at = word.find(text);
  if (at == std::string::npos) return {};
  const std::size_t end = at + text.size();
  return end < word.size() && is_word_part(word[end]) ? std::string() : text;
}

// Names that the command has in another tool's way, and not in ours.
std::vector<std::pair<std::string, std::string>> foreign_names(const StudySpec& spec) {
  const std::vector<std::string> named = parameters_in(spec.command);
  std::vector<std::pair<std::string, std::string>> found;
  for (const space::Parameter& parameter : spec.parameters) {
    if (std::find(named.begin(), named.end(), parameter.name) != named.end()) continue;
    for (const std::string& word : spec.command) {
      const std::string text = foreign_name(word, parameter.name);
      if (text.empty()) continue;
      found.emplace_back(parameter.name, text);
      break;
    }
  }
  return found;
}

void advise_on_names(const StudySpec& spec, std::vector<base::Error>& advice) {
  for (const auto& [name, text] : foreign_names(spec)) {
    advice.push_back({.what = fmt::format("the command has {}, which its program gets as it stands", text),
                      .next = fmt::format("a parameter's value is written ${{{}}}", name)});
  }
}

void advise_on_shell(const StudySpec& spec, std::vector<base::Error>& advice) {
  for (const std::string& word : spec.command) {
    if (std::find(kShellWords.begin(), kShellWords.end(), word) == kShellWords.end()) continue;
    advice.push_back({.what = fmt::format("no shell reads the command, so its program gets '{}' as an argument", word),
                      .next = "give the whole line to a shell, as in command: [sh, -c, 'python3 train.py | tee log']"});
    return;
  }
}

void advise_on_quotes(const StudySpec& spec, std::vector<base::Error>& advice) {
  for (const std::string& word : spec.command) {
    for (const char* quote : {"\u201C", "\u201D", "\u201E", "\u2018", "\u2019"}) {
      if (!word.starts_with(quote) && !word.ends_with(quote)) continue;
      advice.push_back(
          {.what = fmt::format("a word of the command has a typographic quote ({}), which quotes nothing", quote),
           .next = "write \" or '"});
      return;
    }
  }
}

// Whether the command gives a shell a line to read: then what a shell does is done.
bool has_shell(const StudySpec& spec) {
  constexpr std::array<std::string_view, 5> kShells{"sh", "bash", "zsh", "dash", "ksh"};
  const bool is_shell = std::any_of(spec.command.begin(), spec.command.end(), [&](const std::string& word) {
    return std::find(kShells.begin(), kShells.end(), base_name(word)) != kShells.end();
  });
  return is_shell && std::any_of(spec.command.begin(), spec.command.end(), [](const std::string& word) {
           return word.starts_with('-') && !word.starts_with("--") && word.ends_with('c');
         });
}

// A variable ($HOME, $1) or what a command prints ($(nproc), `nproc`) as a shell would fill it in; empty: there is none.
std::string shell_expansion(const std::string& word) {
  if (word.find('`') != std::string::npos) return word;
  for (std::size_t at = 0; (at = word.find('$', at)) != std::string::npos; ++at) {
    if (at + 1 == word.size() || (at > 0 && word[at - 1] == '$')) continue;
    const char next = word[at + 1];
    if (next == '(' || next == '_' || (next >= 'A' && next <= 'Z')) return word;
  }
  return {};
}

void advise_on_expansions(const StudySpec& spec, std::vector<base::Error>& advice) {
  if (has_shell(spec)) return;
  const auto foreign = foreign_names(spec);
  for (std::size_t i = 1; i < spec.command.size(); ++i) {
    const std::string& word = spec.command[i];
    const std::string value = word.substr(word.starts_with("--") ? word.find('=') + 1 : 0);
    if (value.starts_with("~/")) {
      advice.push_back({.what = fmt::format("only shells know what ~ is, so the program gets {} as it stands", word),
                        .next = "write the whole path"});
      return;
    }
    const bool is_said = std::any_of(foreign.begin(), foreign.end(),
                                     [&](const auto& one) { return word.find(one.second) != std::string::npos; });
    if (is_said || shell_expansion(word).empty()) continue;
    advice.push_back({.what = fmt::format("no shell reads the command, so its program gets {} as it stands", word),
                      .next = "write what it stands for, or give the whole line to a shell, as in command: [sh, -c, "
                              "'exec python3 train.py --data $HOME/data']"});
    return;
  }
}

// Quotes within quotes: "'${x}'".
void advise_on_inner_quotes(const StudySpec& spec, std::vector<base::Error>& advice) {
  for (const std::string& word : spec.command) {
    const bool is_quoted =
        word.size() > 2 && (word.front() == '"' || word.front() == '\'') && word.back() == word.front();
    if (!is_quoted || has_shell(spec)) continue;
    advice.push_back({.what = fmt::format("no shell takes off the quotes of {}, so its program gets them, too", word),
                      .next = fmt::format("write \"{}\"", word.substr(1, word.size() - 2))});
    return;
  }
}

// What runs the program elsewhere, with an environment of its own.
void advise_on_containers(const StudySpec& spec, std::vector<base::Error>& advice) {
  constexpr std::array<std::string_view, 4> kElsewhere{"docker", "podman", "nerdctl", "ssh"};
  if (spec.command.empty()) return;
  const std::string program = base_name(spec.command.front());
  if (std::find(kElsewhere.begin(), kElsewhere.end(), program) == kElsewhere.end()) return;
  const auto is_detached = [](const std::string& word) { return word == "-d" || word == "--detach"; };
  if (program != "ssh" && std::any_of(spec.command.begin(), spec.command.end(), is_detached)) {
    advice.push_back({.what = fmt::format("{} with -d starts the program and does not wait for it", program),
                      .next = "leave -d out"});
  }
  const bool is_handed = std::any_of(spec.command.begin(), spec.command.end(), [](const std::string& word) {
    return word.find("STERLET_CHANNEL") != std::string::npos;
  });
  if (!spec.metrics.pattern.empty() || is_handed) return;
  advice.push_back(
      {.what = fmt::format("{} does not hand on STERLET_CHANNEL, so no client can report from there", program),
       .next = fmt::format("let the program print its metrics, and read them by metrics: {{from: stdout, pattern: "
                           "'{0}=(?<{0}>\\S+)'}}",
                           spec.objectives.empty() ? "loss" : spec.objectives.front().metric)});
}

// A step that does not lead from low to high.
void advise_on_steps(const StudySpec& spec, std::vector<base::Error>& advice) {
  for (const space::Parameter& parameter : spec.parameters) {
    if (!space::is_numeric(parameter) || !parameter.step || !(*parameter.step > 0)) continue;
    const double count = (parameter.high - parameter.low) / *parameter.step;
    const double whole = std::floor(count + 1e-9);
    if (count - whole < 1e-6) continue;
    const std::string last = base::figure_text(parameter.low + whole * *parameter.step);
    advice.push_back({.what = fmt::format("{}: steps of {} from {} end at {}, so that its high of {} is never tried",
                                          parameter.name, base::figure_text(*parameter.step),
                                          base::figure_text(parameter.low), last, base::figure_text(parameter.high)),
                      .next = fmt::format("write high: {}, or a step that divides the range", last)});
  }
}

struct Language {
  std::string_view ending, name, interpreters, usual;
};
constexpr std::array kLanguages{
    Language{".py", "Python", "python", "python3"}, Language{".sh", "shell", "sh bash zsh dash ksh", "sh"},
    Language{".R", "R", "Rscript R", "Rscript"},    Language{".jl", "Julia", "julia", "julia"},
    Language{".pl", "Perl", "perl", "perl"},
};

bool reads(std::string_view program, const Language& language) {
  for (std::size_t at = 0; at < language.interpreters.size();) {
    const std::size_t end = std::min(language.interpreters.find(' ', at), language.interpreters.size());
    const std::string_view name = language.interpreters.substr(at, end - at);
    const std::string_view rest = program.starts_with(name) ? program.substr(name.size()) : std::string_view("-");
    if (rest.find_first_not_of("0123456789.") == std::string_view::npos) return true;
    at = end + 1;
  }
  return false;
}

// A script that is given to the interpreter of another language.
void advise_on_interpreter(const StudySpec& spec, std::vector<base::Error>& advice) {
  if (spec.command.size() < 2 || spec.command[1].starts_with('-')) return;
  const std::string program = base_name(spec.command.front());
  const bool is_known = std::any_of(kLanguages.begin(), kLanguages.end(),
                                    [&](const Language& language) { return reads(program, language); });
  for (const Language& language : kLanguages) {
    if (!is_known || !spec.command[1].ends_with(language.ending) || reads(program, language)) continue;
    advice.push_back({.what = fmt::format("{} is given {}, by its name {} {} script", program, spec.command[1],
                                          language.name == "R" ? "an" : "a", language.name),
                      .next = fmt::format("begin the command with {}", language.usual)});
  }
}

void advise_on_direction(const StudySpec& spec, std::vector<base::Error>& advice) {
  for (const Objective& objective : spec.objectives) {
    const bool is_maximized = objective.direction == Direction::kMaximize;
    const bool is_odd =
        is_maximized ? is_smaller_better_by_name(objective.metric) : is_larger_better_by_name(objective.metric);
    if (!is_odd) continue;
    advice.push_back(
        {.what = fmt::format("{} is {}, though by its name a {} value seems better", objective.metric,
                             is_maximized ? "maximized" : "minimized", is_maximized ? "smaller" : "larger"),
         .next = fmt::format("write direction: {}, unless that is meant", is_maximized ? "minimize" : "maximize")});
  }
}

void advise_on_reach(const StudySpec& spec, std::vector<base::Error>& advice) {
  if (spec.command.empty() || is_built_in(spec.command.front())) return;
  const auto foreign = foreign_names(spec);
  const std::vector<std::string> named = parameters_in(spec.command);
  std::vector<std::string> unnamed;
  bool is_any_named = false;
  for (const space::Parameter& parameter : spec.parameters) {
    const bool is_named = std::find(named.begin(), named.end(), parameter.name) != named.end();
    is_any_named = is_any_named || is_named;
    const bool is_said =
        std::any_of(foreign.begin(), foreign.end(), [&](const auto& one) { return one.first == parameter.name; });
    if (!is_named && !is_said && is_searched(parameter)) unnamed.push_back(parameter.name);
  }
  if (unnamed.empty()) return;
  const std::string names = fmt::format("{}", fmt::join(unnamed, ", "));
  const std::string verb = unnamed.size() == 1 ? "is" : "are";
  const std::string example = fmt::format("\"--{0}=${{{0}}}\"", unnamed.front());
  if (!spec.metrics.pattern.empty()) {
    advice.push_back(
        {.what =
             fmt::format("{} {} searched, but the command does not pass {}, and a program whose metrics are read from "
                         "its stdout has no client to read {} with",
                         names, verb, unnamed.size() == 1 ? "it" : "them", unnamed.size() == 1 ? "it" : "them"),
         .next = fmt::format("write {} into the command, unless the program reads the file that STERLET_PARAMS names",
                             example)});
  } else if (is_any_named) {
    advice.push_back({.what = fmt::format("{} {} searched, but the command passes only other parameters", names, verb),
                      .next = fmt::format("write {} into the command, unless the program asks a client for {}", example,
                                          unnamed.size() == 1 ? "it" : "them")});
  }
}

}  // namespace

std::vector<base::Error> advise_on_command(const StudySpec& spec) {
  std::vector<base::Error> advice;
  advise_on_quotes(spec, advice);
  advise_on_names(spec, advice);
  advise_on_shell(spec, advice);
  advise_on_expansions(spec, advice);
  advise_on_inner_quotes(spec, advice);
  advise_on_containers(spec, advice);
  advise_on_interpreter(spec, advice);
  return advice;
}

std::vector<base::Error> advise(const StudySpec& spec) {
  std::vector<base::Error> advice;
  advise_on_direction(spec, advice);
  for (base::Error& word : advise_on_command(spec)) advice.push_back(std::move(word));
  advise_on_reach(spec, advice);
  advise_on_steps(spec, advice);
  return advice;
}

}  // namespace sterlet::studyfile
