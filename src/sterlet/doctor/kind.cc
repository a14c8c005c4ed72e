#include "sterlet/doctor/kind.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace sterlet::doctor {

namespace {

constexpr std::string_view kTag = "kind:";
constexpr std::array<std::string_view, 7> kScripts{".py", ".sh", ".jl", ".R", ".r", ".lua", ".ipynb"};

bool is_script(const std::string& word) {
  return std::any_of(kScripts.begin(), kScripts.end(), [&](std::string_view end) { return word.ends_with(end); });
}

// A word that says what a program is to do: no option, no value that changes, no file.
bool is_task(const std::string& word) { return !word.empty() && word.find_first_of("-${}./=") == std::string::npos; }

}  // namespace

std::string kind_of(const std::vector<std::string>& tags, std::span<const std::string> command) {
  for (const std::string& tag : tags) {
    if (tag.starts_with(kTag) && tag.size() > kTag.size()) return tag.substr(kTag.size());
  }
  if (command.empty()) return {};
  const auto module = std::find(command.begin(), command.end(), "-m");
  if (module != command.end() && module + 1 != command.end()) return *(module + 1);
  const auto script = std::find_if(command.begin(), command.end(), is_script);
  const std::string& program = script == command.end() ? command.front() : *script;
  std::string kind = std::filesystem::path(program).filename().string();
  if (script == command.end() && command.size() > 1 && is_task(command[1])) kind += " " + command[1];
  return kind;
}

}  // namespace sterlet::doctor
