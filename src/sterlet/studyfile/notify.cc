#include "sterlet/studyfile/notify.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/studyfile/faults.h"
#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/values.h"
#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

namespace {

constexpr std::array<std::string_view, 3> kNames{"best", "end", "failed"};
constexpr std::array<Occasion, 3> kAll{Occasion::kBest, Occasion::kEnd, Occasion::kFailed};

}  // namespace

std::string_view text_of(Occasion occasion) { return kNames[static_cast<std::size_t>(occasion)]; }

bool Notify::is_wanted(Occasion occasion) const {
  return !command.empty() && std::find(on.begin(), on.end(), occasion) != on.end();
}

Notify read_notify(const YamlNode& root, Faults& faults) {
  constexpr const char* kExample = "notify: {command: [sh, tell.sh], on: [best, end, failed]}";
  const YamlNode* node = root.find("notify");
  if (node == nullptr) return {};
  if (!Values(faults, "").is_map(*node, "notify", kExample)) return {};
  const Values values(faults, "notify");
  values.check_keys(*node, key_names(notify_keys()));
  Notify notify;
  const YamlNode* command = node->find("command");
  if (command == nullptr) {
    values.fault(node->mark, "command is missing, the program that tells people", fmt::format("write {}", kExample));
    return {};
  }
  if (const auto words = values.texts(*command, "command", "command: [sh, tell.sh]")) notify.command = *words;
  if (!notify.command.empty() && notify.command.front().empty())
    values.fault(command->mark, "command begins with an empty word", "name the program to run");
  notify.on.assign(kAll.begin(), kAll.end());
  const YamlNode* on = node->find("on");
  if (on == nullptr) return notify;
  const auto words = values.texts(*on, "on", "on: [best, end]");
  if (!words) return notify;
  notify.on.clear();
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  for (std::size_t i = 0; i < words->size(); ++i) {
    const auto name = std::find(kNames.begin(), kNames.end(), (*words)[i]);
    if (name == kNames.end()) {
      values.fault(on->items[i].mark, fmt::format("on cannot be '{}'", clipped((*words)[i])),
                   base::suggest_name((*words)[i], names));
      continue;
    }
    const Occasion occasion = kAll[static_cast<std::size_t>(name - kNames.begin())];
    if (!notify.is_wanted(occasion)) notify.on.push_back(occasion);
  }
  return notify;
}

base::Json json_from_notify(const Notify& notify) {
  base::Json on = base::Json::array();
  for (const Occasion occasion : notify.on) on.push_back(text_of(occasion));
  return {{"command", notify.command}, {"on", on}};
}

}  // namespace sterlet::studyfile
