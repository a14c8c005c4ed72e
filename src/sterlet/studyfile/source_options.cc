#include "sterlet/studyfile/source_options.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <utility>

namespace sterlet::studyfile {

namespace {

constexpr std::size_t kCallMax =
    800;  // Bytes from an option's name to the end of its call; a longer one is no such call.

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_quote(char c) { return c == '"' || c == '\''; }

// The rest of the call in which a name stands, up to the bracket that closes it.
std::string_view rest_of_call(std::string_view text) {
  int depth = 0;
  char quote = '\0';
  for (std::size_t i = 0; i < std::min(text.size(), kCallMax); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (is_quote(c)) {
      quote = c;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      // c("-l", "--lr") of R closes before the call does.
      if (--depth < -1 || (depth < 0 && (i + 1 >= text.size() || text[i + 1] != ','))) return text.substr(0, i);
    }
  }
  return {};
}

// What stands after `name=` or `name:` in a call; empty where it is not there.
std::string_view argument(std::string_view call, std::string_view name) {
  for (std::size_t at = 0; (at = call.find(name, at)) != std::string_view::npos; at += name.size()) {
    if (at > 0 && (is_word(call[at - 1]) || is_quote(call[at - 1]))) continue;
    std::string_view rest = call.substr(at + name.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.empty() || (rest.front() != '=' && rest.front() != ':')) continue;
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" >"), rest.size()));
    return rest;
  }
  return {};
}

// A number, a word in quotes or a true; nothing for an expression.
std::optional<std::string> literal_at(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (is_quote(text.front())) {
    const std::size_t end = text.find(text.front(), 1);
    if (end == std::string_view::npos || end == 1) return std::nullopt;
    return std::string(text.substr(1, end - 1));
  }
  const std::size_t end = std::min(text.find_first_of(",) \n\r\t]}"), text.size());
  std::string word(text.substr(0, end));
  if (word.size() > 1 && word.ends_with('L')) word.pop_back();  // A whole number of R.
  if (word == "TRUE" || word == "FALSE") return std::string(word == "TRUE" ? "true" : "false");
  const bool is_value = word == "True" || word == "False" || word == "true" || word == "false" ||
                        (!word.empty() && word.find_first_not_of("+-.0123456789eE") == std::string::npos);
  return is_value ? std::optional(std::move(word)) : std::nullopt;
}

std::vector<std::string> literals_in(std::string_view list) {
  std::vector<std::string> values;
  if (list.empty() || (list.front() != '[' && list.front() != '(')) return values;
  const std::size_t end = std::min(list.find_first_of("])"), list.size());
  list = list.substr(1, end - 1);
  while (!list.empty()) {
    list.remove_prefix(std::min(list.find_first_not_of(" ,\n\r\t"), list.size()));
    const auto value = literal_at(list);
    if (!value) break;
    values.push_back(*value);
    list.remove_prefix(std::min(list.find(','), list.size()));
  }
  return values;
}

}  // namespace

std::vector<HelpOption> read_source(std::string_view source) {
  std::vector<HelpOption> options;
  for (std::size_t at = 0; (at = source.find("--", at)) != std::string_view::npos; at += 2) {
    if (at == 0 || !is_quote(source[at - 1])) continue;
    const std::size_t end = source.find(source[at - 1], at);
    if (end == std::string_view::npos) break;
    std::string flag(source.substr(at, end - at));
    flag = flag.substr(0, flag.find('/'));  // --fast/--slow of click.
    const bool is_name = flag.size() > 2 && std::all_of(flag.begin() + 2, flag.end(),
                                                        [](char c) { return is_word(c) || c == '-' || c == '.'; });
    const bool is_known =
        std::any_of(options.begin(), options.end(), [&](const HelpOption& option) { return option.flag == flag; });
    if (!is_name || is_known) continue;
    const std::string_view call = rest_of_call(source.substr(end + 1));
    const auto value = literal_at(argument(call, "default"));
    if (!value) continue;
    options.push_back({.flag = flag, .value = *value, .choices = literals_in(argument(call, "choices"))});
  }
  return options;
}

}  // namespace sterlet::studyfile
