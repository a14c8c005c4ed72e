#include "sterlet/studyfile/command.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/pattern.h"
#include "sterlet/base/text.h"
#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/values.h"

namespace sterlet::studyfile {

namespace {

// Of the environment, by its capitals.
bool is_variable(const std::string& name) {
  return name.size() > 2 && name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
}

void check_placeholders(const Values& top, const YamlNode& word, const std::vector<std::string>& parameters) {
  std::vector<std::string> known = parameters;
  for (const char* name : {"trial", "seed", "checkpoint_dir"}) known.emplace_back(name);
  std::size_t at = 0;
  while ((at = word.text.find("${", at)) != std::string::npos) {
    if (at > 0 && word.text[at - 1] == '$') {  // $${ stands for ${ itself.
      at += 2;
      continue;
    }
    const std::size_t end = word.text.find('}', at);
    if (end == std::string::npos) {
      top.fault(word.mark, fmt::format("command: a ${{ is not closed in '{}'", clipped(word.text)),
                "write it as in ${learning_rate}");
      return;
    }
    const std::string name = word.text.substr(at + 2, end - at - 2);
    at = end;
    // Where params has faults, a name may be missing only for them.
    if (parameters.empty() || std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = base::suggest_name(name, known);
    top.fault(word.mark, fmt::format("command: ${{{}}} is not a parameter", clipped(name)),
              is_variable(name) && !near.starts_with("did")
                  ? fmt::format("write $${{{}}} for a variable that a shell reads", clipped(name))
              : near.empty() ? "name one of params"
                             : near);
  }
}

// A command line as the list that it should be; where a shell is needed to read it, as what a shell is given.
std::string words_of_line(const std::string& line) {
  constexpr std::size_t kLengthMax = 200;
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./=@%^~";
  if (line.size() > kLengthMax || line.find('\n') != std::string::npos) return "python3, train.py";
  std::string bare = line;  // Without what Sterlet fills in.
  for (std::size_t at = 0; (at = bare.find("${", at)) != std::string::npos;) {
    bare.erase(at, bare.find('}', at) == std::string::npos ? 2 : bare.find('}', at) - at + 1);
  }
  if (bare.find_first_of("|&;<>$`*?()\"'\\{}!#") != std::string::npos) {
    std::string script;
    for (const char c : line) script += c == '\'' ? std::string("''") : std::string(1, c);
    return fmt::format("sh, -c, '{}'", base::printable(script));
  }
  std::string words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t begin = line.find_first_not_of(" \t", at);
    if (begin == std::string::npos) break;
    at = std::min(line.find_first_of(" \t", begin), line.size());
    const std::string word = line.substr(begin, at - begin);
    const bool is_plain = word.find_first_not_of(kPlain) == std::string::npos && word.find_first_of("%@") != 0;
    words += (words.empty() ? "" : ", ") + (is_plain ? word : fmt::format("\"{}\"", base::printable(word)));
  }
  return words.empty() ? "python3, train.py" : words;
}

std::string read_pattern(const Values& values, const YamlNode& node, const std::vector<Objective>& objectives) {
  const auto text = values.text(node, "pattern");
  if (!text) return {};
  const auto pattern = base::MetricPattern::make(*text);
  if (!pattern) {
    values.fault(node.mark, pattern.error().what, pattern.error().next);
    return {};
  }
  const std::vector<std::string> names = pattern->metrics();
  for (const Objective& objective : objectives) {
    if (objective.metric.empty() || std::count(names.begin(), names.end(), objective.metric) > 0) continue;
    const bool is_negated =
        objective.metric.starts_with('-') && std::count(names.begin(), names.end(), objective.metric.substr(1)) > 0;
    values.fault(node.mark,
                 fmt::format("the pattern has no group '{}', which the objective needs (found {})",
                             clipped(objective.metric), fmt::join(names, ", ")),
                 is_negated
                     ? fmt::format("a metric has no sign: write objective: {{metric: {}, direction: maximize}}, or "
                                   "minimize",
                                   clipped(objective.metric.substr(1)))
                     : fmt::format("name the group (?<{}>...)", clipped(objective.metric)));
  }
  return *text;
}

}  // namespace

std::vector<std::string> read_command(const YamlNode& root, Faults& faults,
                                      const std::vector<std::string>& parameters) {
  const Values top(faults, "");
  const YamlNode* node = root.find("command");
  if (node == nullptr) return {};
  if (node->is_scalar() && !node->is_null()) {
    top.fault(node->mark, "command must be a list of words, since no shell is involved",
              fmt::format("write [{}]", words_of_line(node->text)));
    return {};
  }
  const auto words = top.texts(*node, "command", "command: [python3, train.py]");
  if (!words) return {};
  if (words->front().empty()) {
    top.fault(node->items.front().mark, "command begins with an empty word", "name the program to run");
  }
  for (const YamlNode& word : node->items) check_placeholders(top, word, parameters);
  return *words;
}

std::vector<std::string> parameters_in(const std::vector<std::string>& command) {
  std::vector<std::string> names;
  for (const std::string& word : command) {
    for (std::size_t at = 0; (at = word.find("${", at)) != std::string::npos; at += 2) {
      const std::size_t end = word.find('}', at);
      if ((at > 0 && word[at - 1] == '$') || end == std::string::npos) continue;
      std::string name = word.substr(at + 2, end - at - 2);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
  }
  return names;
}

MetricsSource read_metrics(const YamlNode& root, Faults& faults, const std::vector<Objective>& objectives) {
  const YamlNode* node = root.find("metrics");
  if (node == nullptr) return {};
  const Values values(faults, "metrics");
  const YamlNode* from = node;
  const YamlNode* pattern = nullptr;
  if (!node->is_scalar()) {
    if (!Values(faults, "").is_map(*node, "metrics", "metrics: {from: channel}")) return {};
    values.check_keys(*node, key_names(metrics_keys()));
    from = node->find("from");
    pattern = node->find("pattern");
  }
  std::string word = pattern != nullptr ? "stdout" : "channel";
  if (from != nullptr) {
    const auto said = values.word(*from, "source", {"channel", "stdout"});
    if (!said) return {};
    word = *said;
  }
  if (word == "channel") {
    if (pattern != nullptr) {
      values.fault(pattern->mark, "a pattern reads stdout, not the channel",
                   "write from: stdout, or remove the pattern");
    }
    return {};
  }
  if (pattern == nullptr) {
    values.fault(node->mark, "from: stdout needs a pattern that finds the metrics in a line",
                 "add pattern: 'val_error=(?<val_error>\\S+)'");
    return {};
  }
  return {.pattern = read_pattern(values, *pattern, objectives)};
}

}  // namespace sterlet::studyfile
