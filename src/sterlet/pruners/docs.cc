#include "sterlet/pruners/docs.h"

#include "sterlet/base/options.h"
#include "sterlet/pruners/registry.h"

namespace sterlet::pruners {

std::string docs_page() {
  std::string text =
      "# Pruners\n\n"
      "Printed from the table in `src/sterlet/pruners`; `scripts/test --update-golden` prints it again.\n"
      "In a study file: `pruner: NAME`, or with options `pruner: {name: NAME, option: value}`. `auto` is `curve`, and\n"
      "`none` for a study of several objectives. What happens to a pruned trial, and when pruning pays:\n"
      "[pruning](pruning.md).\n\n";
  for (const Row& row : registry()) text += base::row_section(row.name, row.summary, row.source, row.options);
  text.pop_back();
  return text;
}

}  // namespace sterlet::pruners
