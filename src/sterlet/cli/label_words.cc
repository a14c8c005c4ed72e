#include "sterlet/cli/label_words.h"

#include "sterlet/base/text.h"

namespace sterlet::cli {

namespace {

base::Result<bool> is_study(const Context& context, const std::string& word, const StudyOptions& options) {
  if (is_study_file(word)) return true;
  STERLET_TRY(const std::string path, storage_path(options.storage, "."));
  STERLET_TRY(const auto storage, context.parts.open_storage(path, {.must_exist = true, .only_read = true}));
  STERLET_TRY(const auto found, storage->find_study(word));
  return found.has_value();
}

}  // namespace

base::Result<LabelWords> split_label_words(const Context& context, std::vector<std::string> words,
                                           StudyOptions& options) {
  LabelWords split;
  if (!words.empty() && !base::parse_integer(words.front())) {
    STERLET_TRY(const bool names_study, is_study(context, words.front(), options));
    if (names_study) {
      options.study = words.front();
      words.erase(words.begin());
    }
  }
  for (std::string& word : words) {
    const auto number = split.others.empty() ? base::parse_integer(word) : std::nullopt;
    if (number) {
      split.trials.push_back(*number);
    } else {
      split.others.push_back(std::move(word));
    }
  }
  return split;
}

}  // namespace sterlet::cli
