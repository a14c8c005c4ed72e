#include "sterlet/space/name_words.h"

#include <algorithm>
#include <cctype>

namespace sterlet::space {

namespace {

bool is_word(std::string_view word, std::string_view wanted) {
  if (word == wanted) return true;
  const std::size_t last = word.find_last_not_of("0123456789");
  return last != std::string_view::npos && last > 0 && word.substr(0, last + 1) == wanted;
}

}  // namespace

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool begins = std::isupper(c) != 0 && i > 0 && std::islower(static_cast<unsigned char>(name[i - 1])) != 0;
    if (std::isalnum(c) == 0 || begins) words.emplace_back();
    if (std::isalnum(c) != 0) words.back() += static_cast<char>(std::tolower(c));
  }
  std::erase(words, "");
  return words;
}

bool has_words(const std::vector<std::string>& words, std::string_view sought) {
  const std::vector<std::string> wanted = words_of(sought);
  return std::search(words.begin(), words.end(), wanted.begin(), wanted.end(), is_word) != words.end();
}

bool has_words(std::string_view name, std::string_view sought) { return has_words(words_of(name), sought); }

}  // namespace sterlet::space
