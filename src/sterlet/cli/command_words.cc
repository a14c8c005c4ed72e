#include "sterlet/cli/command_words.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/studyfile/schema.h"

namespace sterlet::cli {

namespace {

struct Word {
  std::string_view theirs, ours;
};
constexpr std::array kWords{
    Word{"delete", "rm"},
    Word{"remove", "rm"},
    Word{"list", "ls"},
    Word{"studies", "ls --studies"},
    Word{"trials", "ls"},
    Word{"optimize", "tune"},
    Word{"start", "tune"},
    Word{"search", "tune"},
    Word{"continue", "resume"},
    Word{"watch", "top"},
    Word{"dashboard", "top, or sterlet report"},
    Word{"ui", "top, or sterlet report"},
    Word{"import", "add"},
    Word{"copy", "cp"},
    Word{"clone", "cp"},
    Word{"move", "rename"},
    Word{"mv", "rename"},
    Word{"kill", "stop"},
    Word{"cancel", "stop"},
    Word{"validate", "check"},
    Word{"lint", "check"},
    Word{"create", "init"},
    Word{"new", "init"},
    Word{"train", "run, or sterlet babysit"},
    Word{"info", "show, or sterlet status"},
};

}  // namespace

std::string command_advice(std::string_view word, const std::vector<std::string>& names) {
  const auto* const known =
      std::find_if(kWords.begin(), kWords.end(), [&](const Word& each) { return each.theirs == word; });
  if (known != kWords.end()) return fmt::format("write sterlet {}", known->ours);
  const auto keys = studyfile::key_names(studyfile::study_keys());
  if (std::find(keys.begin(), keys.end(), word) != keys.end())
    return fmt::format("{} is a key of the study file: see docs/study-file.md", word);
  const auto near = base::nearest_name(word, names);
  return near ? fmt::format("did you mean '{}'?", *near) : "see sterlet --help";
}

}  // namespace sterlet::cli
