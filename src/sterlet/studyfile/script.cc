#include "sterlet/studyfile/script.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/text.h"
#include "sterlet/space/parameter.h"
#include "sterlet/studyfile/direction.h"
#include "sterlet/studyfile/guess.h"
#include "sterlet/studyfile/help_options.h"
#include "sterlet/studyfile/printed_metric.h"
#include "sterlet/studyfile/source_options.h"
#include "sterlet/studyfile/starter_text.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::studyfile {

namespace {

constexpr std::size_t kColumns = 116;

// A hyperparameter and where it comes from.
struct Found {
  space::Parameter parameter;
  std::string source;  // "--lr 0.1"
};

// A command line while it is read.
struct Reading {
  std::vector<std::string> command;  // With ${name} where a parameter stands.
  std::vector<Found> parameters;
  std::vector<std::string> left_alone;
  std::set<std::string> flags;  // Those that the command line names.
};

std::string unused_name(const Reading& reading, std::string name) {
  const auto is_taken = [&](const std::string& wanted) {
    return std::any_of(reading.parameters.begin(), reading.parameters.end(),
                       [&](const Found& found) { return found.parameter.name == wanted; });
  };
  std::string unused = name;
  for (int count = 2; is_taken(unused); ++count) unused = fmt::format("{}_{}", name, count);
  return unused;
}

// Makes a parameter of the value, if it is one; the word for it in the command.
std::optional<std::string> take_value(Reading& reading, std::string_view name, std::string_view value,
                                      std::string source) {
  if (is_left_alone(name)) {
    reading.left_alone.push_back(std::move(source));
    return std::nullopt;
  }
  auto parameter = guess_parameter(name, value);
  if (!parameter) return std::nullopt;
  parameter->name = unused_name(reading, parameter->name);
  reading.parameters.push_back({.parameter = std::move(*parameter), .source = std::move(source)});
  return "${" + reading.parameters.back().parameter.name + "}";
}

bool is_flag(std::string_view word) { return word.size() > 1 && word.front() == '-' && !base::parse_number(word); }

std::string_view without_dashes(std::string_view flag) {
  flag.remove_prefix(std::min(flag.find_first_not_of('-'), flag.size()));
  return flag;
}

// --name=value, or of Hydra name=value. False where it is neither.
bool take_assignment(Reading& reading, const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  const std::string flag = word.substr(0, equals);
  reading.flags.insert(flag);
  const auto value = take_value(reading, without_dashes(flag), std::string_view(word).substr(equals + 1), word);
  reading.command.push_back(value ? flag + "=" + *value : word);
  return true;
}

constexpr auto kLaunchers = std::to_array<std::string_view>(
    {"accelerate", "bash",    "conda",   "deepspeed", "env",      "horovodrun", "julia",   "mpiexec",
     "mpirun",     "nice",    "numactl", "perl",      "pipenv",   "poetry",     "Rscript", "sh",
     "srun",       "taskset", "time",    "timeout",   "torchrun", "uv",         "xvfb-run"});
constexpr auto kScriptEndings = std::to_array<std::string_view>({".py", ".R", ".jl", ".pl", ".sh", ".lua", ".rb"});

// Where the program stands that is tuned: the script, or the module behind -m, that a launcher or an interpreter is given;
// 0: it is the first word.
std::size_t program_place(const std::vector<std::string>& words) {
  const std::string first = words.front().substr(words.front().rfind('/') + 1);
  const bool is_launcher =
      first.starts_with("python") || std::find(kLaunchers.begin(), kLaunchers.end(), first) != kLaunchers.end();
  if (!is_launcher) return 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-m" && i + 1 < words.size()) return i + 1;
    const bool is_script = !is_flag(words[i]) && std::any_of(kScriptEndings.begin(), kScriptEndings.end(),
                                                             [&](auto ending) { return words[i].ends_with(ending); });
    if (is_script) return i;
  }
  return 0;
}

void read_words(Reading& reading, const std::vector<std::string>& words) {
  std::string flag;  // Whose values follow.
  int argument = 0;
  const std::size_t program = program_place(words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (i <= program) {
      reading.command.push_back(word);
    } else if (is_flag(word) || word.find('=') != std::string::npos) {
      flag = word;
      if (take_assignment(reading, word)) {
        flag.clear();
      } else {
        reading.flags.insert(word);
        reading.command.push_back(word);
      }
    } else {
      const bool is_argument = flag.empty();
      const std::string name =
          is_argument ? fmt::format("argument_{}", argument + 1) : std::string(without_dashes(flag));
      const auto value = take_value(reading, name, word, is_argument ? word : flag + " " + word);
      if (value && is_argument) ++argument;
      reading.command.push_back(value.value_or(word));
      if (!value) flag.clear();  // A flag's values are alike: after a text, what follows is not its.
    }
  }
}

std::optional<std::string> take_choice(Reading& reading, const HelpOption& option, std::string source) {
  if (option.choices.empty() || std::count(option.choices.begin(), option.choices.end(), option.value) == 0)
    return std::nullopt;
  space::Parameter parameter;
  parameter.name = unused_name(reading, parameter_name(without_dashes(option.flag)));
  parameter.kind = space::Kind::kCategorical;
  parameter.choices.assign(option.choices.begin(), option.choices.end());
  parameter.defaults = {option.value};
  parameter.tier = 3;
  reading.parameters.push_back({.parameter = parameter, .source = std::move(source)});
  return "${" + parameter.name + "}";
}

void read_options(Reading& reading, const std::vector<HelpOption>& options) {
  for (const HelpOption& option : options) {
    if (option.value.empty() || !reading.flags.insert(option.flag).second) continue;
    const std::string_view name = without_dashes(option.flag);
    const std::string source = fmt::format("{}{}{}", option.flag, option.is_assignment ? "=" : " ", option.value);
    auto value = is_left_alone(name) ? std::nullopt : take_choice(reading, option, source);
    if (!value) value = take_value(reading, name, option.value, source);
    if (!value) continue;
    if (option.is_assignment) {
      reading.command.push_back(option.flag + "=" + *value);
    } else {
      reading.command.push_back(option.flag);
      reading.command.push_back(*value);
    }
  }
}

// train of python3 src/train.py: the first word that is a file with an ending, else the program.
std::string study_name(const std::vector<std::string>& words) {
  const auto stem = [](std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
    return path.substr(0, path.rfind('.') == 0 ? path.size() : path.rfind('.'));
  };
  const std::size_t program = program_place(words);
  std::string_view chosen = words[program];
  const bool is_module = program > 0 && words[program - 1] == "-m";
  if (is_module) chosen.remove_prefix(chosen.rfind('.') + 1);
  for (std::size_t i = 1; program == 0 && i < words.size() && !is_flag(words[i]); ++i) {
    if (words[i].find('=') != std::string::npos || stem(words[i]).size() == words[i].size() ||
        base::parse_number(words[i]))
      continue;
    chosen = words[i];
    break;
  }
  std::string name;
  for (const char c : stem(chosen).substr(0, 60)) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    name += is_plain ? c : '-';
  }
  return name.empty() || base::parse_number(name) ? "script" : name;
}

std::string command_text(const std::vector<std::string>& words) {
  std::string text = "command: [";
  std::size_t column = text.size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = yaml_word(words[i]) + (i + 1 < words.size() ? ", " : "]");
    if (column + word.size() > kColumns) {
      text.pop_back();
      text += "\n          ";
      column = 10;
    }
    column += word.size();
    text += word;
  }
  return text + "\n";
}

std::string parameters_text(const std::vector<Found>& parameters) {
  std::vector<std::string> lines;
  std::size_t width = 0;
  for (const Found& found : parameters) {
    lines.push_back(fmt::format("  {}: {}", yaml_word(found.parameter.name), declaration_text(found.parameter)));
    width = std::max(width, lines.back().size());
  }
  std::string text = "params:\n";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += fmt::format("{:<{}}  # LOOK: from {}\n", lines[i], std::min<std::size_t>(width, 90),
                        base::printable(parameters[i].source));
  }
  return text;
}

constexpr std::string_view kHead =
    "# A Sterlet study, made from a command line. What is marked LOOK is a guess: change what does not fit.\n"
    "# Then check it with: sterlet check FILE; and run it with: sterlet tune FILE\n";
constexpr std::string_view kChannel =
    "\n# Where it comes from: the program reports it through Sterlet's client.\n"
    "metrics: {from: channel}\n";
constexpr std::string_view kStdout =
    "\n# LOOK: where it comes from: lines that the program prints, such as \"step 3 loss=0.21\" or \"loss: 0.21\".\n"
    "# With a group (?<step>\\d+) it is a curve, and hopeless trials can end early. A program that reports through\n"
    "# Sterlet's client (sterlet client python > sterlet.py) has metrics: {from: channel}.\n";
constexpr std::string_view kCommand =
    "\n# How one trial runs. No shell is involved; ${name} becomes the parameter's value.\n";
constexpr std::string_view kTail =
    "\n# When it is enough, whichever comes first.\n"
    "budget: {trials: 50, time: 1h}\n"
    "\n# Trials that run at once; auto looks at the machine's cores.\n"
    "workers: auto\n"
    "\n# The same seed gives the same suggestions.\n"
    "seed: 7\n";

// The objective and the metrics, as far as the program's source tells them.
std::string metrics_text(const Script& script) {
  const auto found = script.reports ? find_reported_metric(script.source) : find_printed_metric(script.source);
  std::string text = "\n";
  if (found) {
    constexpr std::size_t kShown = 90;
    const std::string line =
        base::printable(found->line.size() > kShown ? found->line.substr(0, kShown) + " ..." : found->line);
    text += fmt::format(
        "# LOOK: what tells how good a trial is, and whether less or more of it is better. The program has\n"
        "#   {}\n",
        line);
  } else {
    text += fmt::format(
        "# LOOK: WRITE HERE what tells how good a trial is, and whether less or more of it is better: \"loss\" is only "
        "an\n"
        "# example, for nothing was found that the program {}.\n",
        script.reports ? "reports" : "prints");
  }
  const std::string name = found ? found->name : "loss";
  const bool is_larger_better = is_larger_better_by_name(name);
  text += fmt::format("objective: {{metric: {}, direction: {}}}\n", yaml_word(name),
                      is_larger_better ? "maximize" : "minimize");
  if (script.reports) return text.append(kChannel);
  text += kStdout;
  return text + fmt::format("metrics: {{from: stdout, pattern: '{}'}}\n",
                            found ? found->pattern : "loss[=: ]+(?<loss>[-+.\\w]+)");
}

// A word as it is, in a study's command: ${ there begins a parameter's name, and $${ stands for it.
std::string literal(std::string_view word) {
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word.substr(i, 2) == "${" && (i == 0 || word[i - 1] != '$')) text += '$';
    text += word[i];
  }
  return text;
}

// The options of the help, with the defaults that the help leaves out and the source has. Without a help: those of the
// source, where the command line names no number.
std::vector<HelpOption> options_of(const Script& script, bool is_without_numbers) {
  const std::vector<HelpOption> declared = read_source(script.source);
  if (script.help.empty()) return is_without_numbers ? declared : std::vector<HelpOption>();
  std::vector<HelpOption> options = read_help(script.help);
  for (HelpOption& option : options) {
    if (!option.value.empty()) continue;
    const auto found = std::find_if(declared.begin(), declared.end(),
                                    [&](const HelpOption& each) { return each.flag == option.flag; });
    if (found == declared.end()) continue;
    option.value = found->value;
    if (option.choices.empty()) option.choices = found->choices;
  }
  return options;
}

base::Error nothing_to_tune(const Script& script) {
  std::string words = base::printable(fmt::format("{}", fmt::join(script.words, " ")));
  if (script.help.empty()) {
    return {.code = base::ErrorCode::kInvalidArgument,
            .where = "",
            .what = fmt::format("there is no number to tune in '{}'", words),
            .next =
                "give its options with their values (sterlet init script -- python train.py --lr 0.1), or end with "
                "--help to have its options read"};
  }
  return {.code = base::ErrorCode::kInvalidArgument,
          .where = "",
          .what = fmt::format("the help of '{}' tells of no option with a number as its default", words),
          .next = "give its options with their values: sterlet init script -- python train.py --lr 0.1"};
}

}  // namespace

base::Result<std::string> script_study(const Strategies& strategies, const Script& script) {
  if (script.words.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument, "no command line is given",
                      "write it behind two dashes: sterlet init script -- python train.py --lr 0.1");
  }
  Reading reading;
  std::vector<std::string> words;
  for (const std::string& word : script.words) words.push_back(literal(word));
  read_words(reading, words);
  read_options(reading, options_of(script, reading.parameters.empty()));
  if (reading.parameters.empty()) return base::fail(nothing_to_tune(script));

  std::string text{kHead};
  text += fmt::format("study: {}\n", yaml_word(study_name(script.words)));
  text += metrics_text(script);
  text += kCommand;
  text += command_text(reading.command);
  text += "\n# What is tuned: the default is what the command line had, the range a guess around it.\n";
  text += parameters_text(reading.parameters);
  if (!reading.left_alone.empty()) {
    text += fmt::format("# Left as they are: {}\n",
                        base::printable(fmt::format("{}", fmt::join(reading.left_alone, ", "))));
  }
  text += kTail;
  // What a study file does not take is told here and not at the first run.
  if (const auto study = parse_study_text(strategies, text, "study", "."); !study) {
    return base::fail(base::ErrorCode::kInvalidArgument, study.error().front().what, study.error().front().next);
  }
  return text;
}

}  // namespace sterlet::studyfile
