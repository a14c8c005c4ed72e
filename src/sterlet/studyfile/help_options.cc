#include "sterlet/studyfile/help_options.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace sterlet::studyfile {

namespace {

constexpr std::string_view kBlank = " \t\r";
constexpr std::size_t kOptionsMax = 500;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::size_t indent_of(std::string_view line) {
  const std::size_t first = line.find_first_not_of(kBlank);
  return first == std::string_view::npos ? line.size() : first;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool begins_option(std::string_view line) {
  const std::string_view text = trimmed(line);
  if (text.size() < 2 || text.front() != '-') return false;
  const char next = text.starts_with("--") ? (text.size() > 2 ? text[2] : ' ') : text[1];
  return std::isalpha(static_cast<unsigned char>(next)) != 0;
}

// "{sgd,adam}", "[sgd|adam]", "possible values: sgd, adam]".
std::vector<std::string> list_between(std::string_view text, std::string_view open, char close, char separator) {
  const std::size_t start = text.find(open);
  if (start == std::string_view::npos) return {};
  const std::size_t from = start + open.size();
  const std::size_t end = text.find(close, from);
  if (end == std::string_view::npos) return {};
  std::vector<std::string> items;
  std::string_view list = text.substr(from, end - from);
  while (true) {
    const std::size_t at = std::min(list.find(separator), list.size());
    const std::string_view item = trimmed(list.substr(0, at));
    if (item.empty() || item.find(' ') != std::string_view::npos) return {};
    items.emplace_back(item);
    if (at == list.size()) break;
    list.remove_prefix(at + 1);
  }
  return items.size() > 1 ? items : std::vector<std::string>();
}

std::string unquoted(std::string_view value) {
  if (value.size() > 1 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
    value = value.substr(1, value.size() - 2);
  return std::string(value);
}

// What follows the last "default": "(default: 0.1)", "[default: 0.1]", "(default 0.1)", "Default is 0.1.".
std::string default_in(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::string_view kWord = "default";
  std::size_t at = lower.rfind(kWord);
  if (at == std::string::npos) return {};
  at += kWord.size();
  if (at < lower.size() && lower[at] == 's') ++at;
  std::string_view rest = text.substr(at);
  const auto skip = [&](std::string_view characters) {
    rest.remove_prefix(std::min(rest.find_first_not_of(characters), rest.size()));
  };
  skip(" \t:=");
  for (const std::string_view filler : {"value ", "is ", "to "}) {
    if (rest.starts_with(filler)) rest.remove_prefix(filler.size());
  }
  skip(" \t:=");
  std::string_view value = rest.substr(0, rest.find_first_of(" \t)],;"));
  if (value.ends_with('.')) value.remove_suffix(1);
  return unquoted(value);
}

// CLI11 writes the default in brackets behind the type: --lr FLOAT [0.1].
std::string bracketed_default(std::string_view spec) {
  const std::size_t open = spec.rfind(" [");
  if (open == std::string_view::npos || !spec.ends_with(']')) return {};
  const std::string_view value = spec.substr(open + 2, spec.size() - open - 3);
  return value.find_first_of(" |") == std::string_view::npos ? unquoted(value) : std::string();
}

// The flags of "-b N, --batch-size N": the first long one, else the first. Nothing where it takes no value.
std::optional<std::string> flag_in(std::string_view spec) {
  std::string found;
  bool takes_value = false;
  while (!spec.empty()) {
    const std::size_t end = std::min({spec.find(", "), spec.find(",-"), spec.size()});
    const std::string_view piece = trimmed(spec.substr(0, end));
    spec.remove_prefix(std::min(end + 1, spec.size()));
    const std::size_t stop = std::min(piece.find_first_of(" =[<"), piece.size());
    takes_value = takes_value || stop < piece.size();
    const std::string_view flag = piece.substr(0, stop);
    if (!flag.starts_with('-')) continue;
    if (found.empty() || (!found.starts_with("--") && flag.starts_with("--"))) found = flag;
  }
  if (found.empty() || !takes_value) return std::nullopt;
  return found;
}

std::optional<HelpOption> option_of(std::string_view spec, const std::string& about) {
  const auto flag = flag_in(spec);
  if (!flag) return std::nullopt;
  HelpOption option{.flag = *flag};
  option.choices = list_between(spec, "{", '}', ',');
  if (option.choices.empty()) option.choices = list_between(spec, "[", ']', '|');
  if (option.choices.empty()) option.choices = list_between(about, "possible values: ", ']', ',');
  option.value = default_in(about);
  if (option.value.empty()) option.value = bracketed_default(spec);
  return option;
}

std::vector<HelpOption> read_options(const std::vector<std::string_view>& lines) {
  std::vector<HelpOption> options;
  for (std::size_t i = 0; i < lines.size() && options.size() < kOptionsMax;) {
    if (!begins_option(lines[i])) {
      ++i;
      continue;
    }
    const std::size_t indent = indent_of(lines[i]);
    const std::string_view text = trimmed(lines[i]);
    const std::size_t gap = std::min({text.find("  "), text.find('\t'), text.size()});
    std::string about(trimmed(text.substr(gap)));
    for (++i;
         i < lines.size() && indent_of(lines[i]) > indent && !trimmed(lines[i]).empty() && !begins_option(lines[i]);
         ++i) {
      about += " " + std::string(trimmed(lines[i]));
    }
    if (auto option = option_of(text.substr(0, gap), about)) options.push_back(std::move(*option));
  }
  return options;
}

// The configuration of a Hydra program: YAML whose keys make paths.
std::vector<HelpOption> read_configuration(const std::vector<std::string_view>& lines, std::size_t from) {
  std::vector<HelpOption> options;
  std::vector<std::pair<std::size_t, std::string>> path;  // Indent and key of each level.
  for (std::size_t i = from; i < lines.size() && options.size() < kOptionsMax; ++i) {
    const std::string_view text = trimmed(lines[i]);
    if (text.empty()) continue;
    const std::size_t colon = text.find(':');
    const bool is_entry = colon != std::string_view::npos && colon > 0 &&
                          text.substr(0, colon).find_first_of(" \"'") == std::string_view::npos &&
                          (colon + 1 == text.size() || text[colon + 1] == ' ');
    if (!is_entry) {
      if (text.front() == '-' || text.front() == '#') continue;  // An element of a list, or a comment.
      break;
    }
    const std::size_t indent = indent_of(lines[i]);
    while (!path.empty() && path.back().first >= indent) path.pop_back();
    path.emplace_back(indent, std::string(text.substr(0, colon)));
    const std::string_view value = trimmed(text.substr(colon + 1));
    if (value.empty() || value.front() == '$' || value.front() == '[' || value.front() == '{') continue;
    std::string name;
    for (const auto& [_, key] : path) name += (name.empty() ? "" : ".") + key;
    options.push_back({.flag = name, .is_assignment = true, .value = unquoted(value), .choices = {}});
  }
  return options;
}

}  // namespace

std::vector<HelpOption> read_help(std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find("Override anything in the config") != std::string_view::npos)
      return read_configuration(lines, i + 1);
  }
  return read_options(lines);
}

}  // namespace sterlet::studyfile
