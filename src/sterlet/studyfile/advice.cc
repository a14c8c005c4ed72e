#include "sterlet/studyfile/advice.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/studyfile/command.h"

namespace sterlet::studyfile {

namespace {

constexpr std::string_view kBuiltIn = "sterlet-train";  // Reads its parameters by itself.

bool is_searched(const space::Parameter& parameter) {
  return space::is_numeric(parameter) ? parameter.low < parameter.high : parameter.choices.size() > 1;
}

bool is_built_in(const std::string& program) { return program.substr(program.rfind('/') + 1) == kBuiltIn; }

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
  const std::string program = spec.command.front().substr(spec.command.front().rfind('/') + 1);
  const bool is_known = std::any_of(kLanguages.begin(), kLanguages.end(),
                                    [&](const Language& language) { return reads(program, language); });
  for (const Language& language : kLanguages) {
    if (!is_known || !spec.command[1].ends_with(language.ending) || reads(program, language)) continue;
    advice.push_back(
        {.what = fmt::format("{} is given {}, by its name a {} script", program, spec.command[1], language.name),
         .next = fmt::format("begin the command with {}", language.usual)});
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
  advise_on_interpreter(spec, advice);
  return advice;
}

std::vector<base::Error> advise(const StudySpec& spec) {
  std::vector<base::Error> advice = advise_on_command(spec);
  advise_on_reach(spec, advice);
  return advice;
}

}  // namespace sterlet::studyfile
