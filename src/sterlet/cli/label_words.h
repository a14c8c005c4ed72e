#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// The words [STUDY] [TRIAL ...] WORD ... of commands that label trials. The first word is the study where it is a study
/// file or the name of a stored study; whole numbers are trials.
struct LabelWords {
  std::vector<std::int64_t> trials;
  std::vector<std::string> others;
};
base::Result<LabelWords> split_label_words(const Context& context, std::vector<std::string> words,
                                           StudyOptions& options);

}  // namespace sterlet::cli
