#include "sterlet/studyfile/staleness.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/studyfile/faults.h"
#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/values.h"
#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

const std::vector<std::string>& retest_areas() {
  static const std::vector<std::string> kAreas{"data",    "code", "packages", "machine",
                                               "command", "env",  "output",   "sterlet"};
  return kAreas;
}

base::Json read_context(const YamlNode& root, Faults& faults) {
  struct Row {
    const char* key;
    const char* example;
  };
  base::Json context = base::Json::object();
  const YamlNode* node = root.find("context");
  if (node == nullptr) return context;
  constexpr const char* kExample = "context: {files: [train.py, data/], env: [CUDA_VISIBLE_DEVICES]}";
  if (!Values(faults, "").is_map(*node, "context", kExample)) return context;
  const Values values(faults, "context");
  values.check_keys(*node, key_names(context_keys()));
  for (const Row& row : {Row{"files", "files: [train.py, data/]"}, Row{"command", "command: [sh, versions.sh]"},
                         Row{"env", "env: [CUDA_VISIBLE_DEVICES]"}}) {
    const YamlNode* list = node->find(row.key);
    if (list == nullptr) continue;
    if (const auto texts = values.texts(*list, row.key, row.example)) context[row.key] = *texts;
  }
  return context;
}

RetestPolicy read_retest(const YamlNode& root, Faults& faults) {
  RetestPolicy policy;
  const YamlNode* node = root.find("retest");
  if (node == nullptr) return policy;
  if (!Values(faults, "").is_map(*node, "retest", "retest: {after: 30d, on: [data, code]}")) return policy;
  const Values values(faults, "retest");
  values.check_keys(*node, key_names(retest_keys()));
  if (const YamlNode* after = node->find("after")) policy.after_seconds = values.duration(*after, "after");
  const YamlNode* on = node->find("on");
  if (on == nullptr) return policy;
  const auto words = values.texts(*on, "on", "on: [data, code]");
  if (!words) return policy;
  for (std::size_t i = 0; i < words->size(); ++i) {
    const std::string& word = (*words)[i];
    const auto& areas = retest_areas();
    if (std::find(areas.begin(), areas.end(), word) == areas.end()) {
      values.fault(on->items[i].mark, fmt::format("on cannot be '{}'", clipped(word)), base::suggest_name(word, areas));
    } else if (std::find(policy.on.begin(), policy.on.end(), word) == policy.on.end()) {
      policy.on.push_back(word);
    }
  }
  return policy;
}

base::Json json_from_retest(const RetestPolicy& policy) {
  base::Json json = base::Json::object();
  if (policy.after_seconds) json["after"] = *policy.after_seconds;
  if (!policy.on.empty()) json["on"] = policy.on;
  return json;
}

}  // namespace sterlet::studyfile
