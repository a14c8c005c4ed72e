#include "sterlet/cli/complete.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/words.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

using Files = Completion::Files;
using Word = Completion::Word;

constexpr std::size_t kTrialsMax = 200;  // The newest: nobody reads a longer list.
constexpr std::size_t kAboutMax = 60;

std::string about_text(const std::string& text) {
  const std::string line = text.substr(0, text.find('\n'));
  return line.size() <= kAboutMax ? line : line.substr(0, line.rfind(' ', kAboutMax)) + " ...";
}

// A command line so far: the command, and what stands behind it.
struct Line {
  const CLI::App* command = nullptr;
  const CLI::Option* awaiting = nullptr;  // An option whose value is typed now.
  std::vector<std::string> positionals;
  std::map<std::string, std::string> values;  // Of options that were given one.
  bool is_past_dashes = false;                // Behind "--" all words are arguments.
};

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

const CLI::Option* find_option(const CLI::App& app, const CLI::App* command, const std::string& name) {
  const CLI::Option* found = command == nullptr ? nullptr : command->get_option_no_throw(name);
  return found != nullptr ? found : app.get_option_no_throw(name);
}

const CLI::App* find_command(const CLI::App& app, const std::string& name) {
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->get_name() == name) return sub;
  }
  return nullptr;
}

Line read_line(const CLI::App& app, const std::vector<std::string>& words) {
  Line line;
  for (const std::string& word : words) {
    if (line.awaiting != nullptr) {
      if (!line.awaiting->get_lnames().empty()) line.values[line.awaiting->get_lnames().front()] = word;
      line.awaiting = nullptr;
    } else if (word == "--") {
      line.is_past_dashes = true;
    } else if (word.size() > 1 && word.front() == '-' && !line.is_past_dashes && !base::parse_number(word)) {
      const auto equals = word.find('=');
      const CLI::Option* option = find_option(app, line.command, word.substr(0, equals));
      if (option == nullptr || !takes_value(*option)) continue;
      if (equals == std::string::npos) {
        line.awaiting = option;
      } else if (!option->get_lnames().empty()) {
        line.values[option->get_lnames().front()] = word.substr(equals + 1);
      }
    } else if (line.command == nullptr) {
      line.command = find_command(app, word);
      if (line.command == nullptr) return line;
    } else {
      line.positionals.push_back(word);
    }
  }
  return line;
}

void add_commands_to(Completion& completion, const CLI::App& app) {
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_group().empty()) completion.words.push_back({sub->get_name(), about_text(sub->get_description())});
  }
}

void add_options_of(Completion& completion, const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    for (const std::string& name : option->get_lnames())
      completion.words.push_back({"--" + name, about_text(option->get_description())});
  }
}

// The values that a check allows: "TEXT:{jsonl,json,csv}".
std::vector<std::string> allowed_values(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const auto open = type.find('{'), close = type.find('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

// What the storage knows, opened when first asked for.
class Stored final {
 public:
  Stored(const Context& context, const Line& line) : context_(context) {
    const auto storage = line.values.find("storage");
    if (storage != line.values.end()) options_.storage = storage->second;
    if (line.positionals.empty()) return;
    const std::string& first = line.positionals.front();
    if (first.find('=') == std::string::npos && !base::parse_integer(first)) options_.study = first;
  }

  void add_studies(Completion& completion) const {
    const auto path = storage_path(options_.storage, ".");
    if (!path) return;
    const auto storage = context_.parts.open_storage(*path, {.must_exist = true, .only_read = true});
    if (!storage) return;
    const auto studies = (*storage)->list_studies();
    if (!studies) return;
    for (const storage::StudyRecord& record : *studies) completion.words.push_back({record.name, "study"});
  }

  void add_trials(Completion& completion, const std::string& typed) {
    if (!open()) return;
    const study::Study& study = *study_->study;
    const std::vector<std::int64_t> trials = study.shown_trials();
    std::size_t count = 0;
    for (auto trial = trials.rbegin(); trial != trials.rend() && count < kTrialsMax; ++trial) {
      std::string number = std::to_string(*trial);
      if (!number.starts_with(typed)) continue;
      ++count;
      const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(*trial)];
      std::string about(storage::text_of(record.state));
      if (!record.values.empty()) about += " " + short_values_text(record.values);
      completion.words.push_back({std::move(number), std::move(about)});
    }
  }

  void add_parameters(Completion& completion, bool only_live) {
    if (!open()) return;
    for (const space::Parameter& parameter : study_->study->space().parameters()) {
      if (only_live && !parameter.live) continue;
      if (space::is_numeric(parameter)) {
        completion.words.push_back(
            {parameter.name + "=",
             fmt::format("{} to {}", base::short_number_text(parameter.low), base::short_number_text(parameter.high))});
        continue;
      }
      for (const space::Scalar& choice : parameter.choices)
        completion.words.push_back({parameter.name + "=" + space::text_of(choice), ""});
    }
  }

  void add_parameter_names(Completion& completion) {
    if (!open()) return;
    for (const space::Parameter& parameter : study_->study->space().parameters())
      completion.words.push_back({parameter.name, "parameter"});
  }

 private:
  bool open() {
    if (!is_tried_) {
      is_tried_ = true;
      if (auto opened = open_to_look(context_, options_)) study_ = std::move(*opened);
    }
    return study_.has_value();
  }

  const Context& context_;
  StudyOptions options_;
  bool is_tried_ = false;
  std::optional<OpenStudy> study_;
};

void add_values_of(Completion& completion, const CLI::Option& option, const std::string& prefix,
                   const std::string& typed, Stored& stored) {
  for (const std::string& value : allowed_values(option)) completion.words.push_back({value, ""});
  const std::string name = option.get_lnames().empty() ? std::string() : option.get_lnames().front();
  if (name == "storage" || name == "output" || name == "replay") completion.files = Files::kAll;
  if (name == "trial") stored.add_trials(completion, typed);
  if (name == "sort" || name == "columns") {
    for (const char* column : {"value", "number", "time"}) completion.words.push_back({column, ""});
    stored.add_parameter_names(completion);
  }
  if (name == "state") {
    for (const auto state : {storage::State::kRunning, storage::State::kComplete, storage::State::kPruned,
                             storage::State::kFailed, storage::State::kLost, storage::State::kCancelled})
      completion.words.push_back({std::string(storage::text_of(state)), ""});
  }
  for (Word& word : completion.words) word.text.insert(0, prefix);
}

// The positional argument that comes next: the last one takes all that follow.
const CLI::Option* next_positional(const CLI::App& command, std::size_t given) {
  const CLI::Option* found = nullptr;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    found = option;
    const auto takes = static_cast<std::size_t>(std::max(1, option->get_items_expected_max()));
    if (given < takes) return found;
    given -= takes;
  }
  return nullptr;
}

// By what the help calls it: [STUDY] TRIAL, NAME=VALUE, PRESET.
void add_arguments(Completion& completion, const CLI::App& app, const CLI::App& command, const CLI::Option& option,
                   const Line& line, const std::string& typed, Stored& stored) {
  const std::string text =
      fmt::format("{} {} {}", option.get_name(true), option.get_option_text(), option.get_description());
  const auto says = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  const bool is_first = line.positionals.empty();
  for (const std::string& value : allowed_values(option)) completion.words.push_back({value, ""});
  if (says("PRESET")) {
    for (const std::string& name : studyfile::preset_names()) completion.words.push_back({name, "preset"});
    completion.words.push_back({"script", "from a command line of yours"});
  }
  if (says("COMMAND")) add_commands_to(completion, app);
  if (says("study file") && is_first) completion.files = Files::kStudyFiles;
  if (says("STUDY") && is_first && (says("name") || !says("study file"))) stored.add_studies(completion);
  if (says("TRIAL")) stored.add_trials(completion, typed);
  if (says("or best, or last")) {
    completion.words.push_back({"best", "the best trial"});
    completion.words.push_back({"last", "the trial that began last"});
  }
  if (says("NAME=VALUE") && !says("METRICS")) {
    stored.add_parameters(completion, command.get_name() == "set" || command.get_name() == "branch");
  }
  if ((says("FILE") && !says("study file")) || says("PROGRAM")) completion.files = Files::kAll;
}

}  // namespace

Completion complete(const Context& context, const std::vector<std::string>& words) {
  Completion completion;
  if (words.empty()) return completion;
  const CLI::App& app = *context.app;
  const std::string& typed = words.back();
  const Line line = read_line(app, {words.begin(), words.end() - 1});
  Stored stored(context, line);
  if (line.awaiting != nullptr) {
    add_values_of(completion, *line.awaiting, "", typed, stored);
    return completion;
  }
  if (typed.starts_with('-') && !line.is_past_dashes) {
    const auto equals = typed.find('=');
    const CLI::Option* option =
        equals == std::string::npos ? nullptr : find_option(app, line.command, typed.substr(0, equals));
    if (option != nullptr) {
      add_values_of(completion, *option, typed.substr(0, equals + 1), typed.substr(equals + 1), stored);
      return completion;
    }
    if (line.command != nullptr) add_options_of(completion, *line.command);
    add_options_of(completion, app);
    return completion;
  }
  if (line.command == nullptr) {
    const bool is_unknown =
        std::any_of(words.begin(), words.end() - 1, [](const std::string& word) { return !word.starts_with('-'); });
    if (!is_unknown) add_commands_to(completion, app);
    return completion;
  }
  if (const CLI::Option* option = next_positional(*line.command, line.positionals.size())) {
    add_arguments(completion, app, *line.command, *option, line, typed, stored);
  }
  return completion;
}

std::vector<std::string> split_line(std::string_view line) {
  std::vector<std::string> words(1);
  char quote = 0;
  bool has_word = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      has_word = true;
    } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      words.back() += line[++i];
      has_word = true;
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (has_word) words.emplace_back();
      has_word = false;
    } else {
      words.back() += c;
      has_word = true;
    }
  }
  words.erase(words.begin());
  return words;
}

}  // namespace sterlet::cli
