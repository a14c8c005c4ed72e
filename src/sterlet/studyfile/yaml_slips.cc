#include "sterlet/studyfile/yaml_slips.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::studyfile {

namespace {

constexpr std::string_view kKeyCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

// A line without its comment and with blanks in the place of what stands in quotes, and how many brackets are open then.
struct Bare {
  std::string text;
  std::optional<std::size_t> comment;
  int brackets = 0;
};

Bare bare_of(std::string_view line) {
  Bare bare{.text = std::string(line)};
  char quote = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    const bool after_blank = at == 0 || std::string_view(" [{,:").find(line[at - 1]) != std::string_view::npos;
    if (quote != 0) {
      bare.text[at] = ' ';
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') && after_blank) {
      quote = c;
      bare.text[at] = ' ';
    } else if (c == '#' && after_blank && at > 0) {
      bare.comment = at;
      bare.text.resize(at);
      return bare;
    } else if (c == '[' || c == '{') {
      ++bare.brackets;
    } else if (c == ']' || c == '}') {
      --bare.brackets;
    }
  }
  return bare;
}

// Where a pattern without quotes stands in a line that means something else to YAML.
std::optional<Slip> bare_pattern(std::string_view line) {
  constexpr std::string_view kKey = "pattern: ";
  const std::size_t key = line.find(kKey);
  if (key == std::string_view::npos) return std::nullopt;
  const std::size_t begin = key + kKey.size();
  const std::string_view rest = line.substr(begin);
  if (rest.find_first_of("\"'") != std::string_view::npos) return std::nullopt;
  constexpr std::array<std::string_view, 5> kMeaning = {": ", " #", ",", "[", "{"};
  const bool has_meaning = std::any_of(kMeaning.begin(), kMeaning.end(), [&](std::string_view text) {
    return rest.find(text) != std::string_view::npos;
  });
  if (!has_meaning) return std::nullopt;
  return Slip{begin, "the pattern has characters that mean something in YAML",
              "put it in single quotes, as in pattern: 'loss: (?<loss>\\S+)'"};
}

// ${lr} within a list in brackets: the brace begins a map.
std::optional<Slip> bare_placeholder(std::string_view line, const Bare& bare) {
  const std::size_t at = bare.text.find("${");
  const std::size_t list = bare.text.find('[');
  if (at == std::string::npos || list > at) return std::nullopt;
  const std::size_t begin = bare.text.find_last_of("[,", at) + 1;
  const std::size_t close = std::min(bare.text.find('}', at), bare.text.size());
  const std::size_t end = std::min(bare.text.find_first_of(",]", close), bare.text.size());
  std::string_view word = line.substr(begin, end - begin);
  word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
  return Slip{at, "a brace means something in YAML, so that ${...} needs quotes in a list",
              fmt::format("write \"{}\"", base::printable(word.substr(0, word.find_last_not_of(' ') + 1)))};
}

std::optional<Slip> comment_in_list(const Bare& bare) {
  if (!bare.comment || bare.brackets <= 0) return std::nullopt;
  return Slip{*bare.comment, "a # after a blank begins a comment, so that the list ends before here",
              "put the word in quotes, or close the bracket before the comment"};
}

// study = mlp
std::optional<Slip> equals_sign(std::string_view line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t end = line.find_first_not_of(kKeyCharacters, begin);
  if (end == std::string_view::npos || end == begin) return std::nullopt;
  const std::size_t sign = line.find_first_not_of(' ', end);
  if (sign == std::string_view::npos || line[sign] != '=') return std::nullopt;
  const std::size_t value = std::min(line.find_first_not_of(' ', sign + 1), line.size());
  return Slip{sign, "a key is followed by a colon, not by =",
              fmt::format("write {}: {}", line.substr(begin, end - begin), base::printable(line.substr(value)))};
}

// study:mlp, or with the colon of another script.
std::optional<Slip> no_space_after_colon(std::string_view line) {
  constexpr std::string_view kWideColon = "\xEF\xBC\x9A";
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t colon = line.find_first_not_of(kKeyCharacters, begin);
  if (colon == std::string_view::npos || colon == begin) return std::nullopt;
  if (line.substr(colon).starts_with(kWideColon)) {
    return Slip{colon, "this is not the colon that ends a key, but a wide one",
                fmt::format("write {}:", line.substr(begin, colon - begin))};
  }
  if (line[colon] != ':' || colon + 1 == line.size()) return std::nullopt;
  if (line[colon + 1] == ' ' || line[colon + 1] == '/' || line[colon + 1] == ':') return std::nullopt;
  const std::string_view value = line.substr(colon + 1, line.find(' ', colon) - colon - 1);
  return Slip{colon, "no space follows this colon, so that it ends no key",
              fmt::format("write {}: {}", base::printable(line.substr(begin, colon - begin)), base::printable(value))};
}

}  // namespace

std::optional<Slip> find_slip_in(std::string_view line, bool is_near) {
  if (line.starts_with("```") || line.starts_with("~~~"))
    return Slip{0, "this line is Markdown, around the text of a file", "remove it"};
  const Bare bare = bare_of(line);
  auto slip = bare_pattern(line);
  if (!slip) slip = bare_placeholder(line, bare);
  if (!slip && is_near) slip = comment_in_list(bare);
  if (!slip && is_near) slip = equals_sign(line);
  if (!slip) slip = no_space_after_colon(line);
  return slip;
}

}  // namespace sterlet::studyfile
