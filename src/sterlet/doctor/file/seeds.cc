#include <fmt/format.h>

#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

// The best of some seeds is the luckiest; the next training has another.
std::vector<Finding> find_seeds(const FileView& view) {
  std::vector<Finding> findings;
  if (!view.is_searched()) return findings;
  for (const space::Parameter* parameter : view.searched()) {
    if (!has_any(parameter->name, {"seed", "random state"})) continue;
    findings.push_back(
        {.about = {parameter->name},
         .at = view.place(parameter->name, "type"),
         .says = fmt::format("{}: the best of some seeds is the luckiest one, and says nothing of the "
                             "next training; take it out, pass the program ${{seed}}, and use repeats: 3",
                             parameter->name),
         .because = {{"type", "seed"}},
         .confidence = 0.9});
  }
  return findings;
}

}  // namespace sterlet::doctor
