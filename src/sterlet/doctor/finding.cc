#include "sterlet/doctor/finding.h"

#include <algorithm>

namespace sterlet::doctor {

namespace {

base::Json patch_of(const std::vector<Edit>& edits) {
  base::Json patch = base::Json::object();
  const bool is_of_one = std::all_of(edits.begin(), edits.end(),
                                     [&](const Edit& edit) { return edit.parameter == edits.front().parameter; });
  for (const Edit& edit : edits) {
    if (is_of_one || edit.parameter.empty()) {
      patch[edit.key] = edit.value;
    } else {
      patch["params"][edit.parameter][edit.key] = edit.value;
    }
  }
  return patch;
}

}  // namespace

base::Json findings_json(const std::vector<Finding>& findings) {
  base::Json list = base::Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"kind", finding.kind},
                    {"about", finding.about},
                    {"at", finding.at},
                    {"says", finding.says},
                    {"because", finding.because},
                    {"patch", patch_of(finding.edits)},
                    {"confidence", base::json_number(finding.confidence)}});
  }
  return {{"version", 1}, {"findings", std::move(list)}};
}

}  // namespace sterlet::doctor
