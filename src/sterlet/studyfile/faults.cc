#include "sterlet/studyfile/faults.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"

namespace sterlet::studyfile {

namespace {
constexpr std::size_t kFaultsMax = 100;
constexpr std::size_t kShownLengthMax = 60;
}  // namespace

void Faults::add(Mark mark, std::string what, std::string next) {
  std::string where = mark.line > 0 ? fmt::format("{}:{}:{}", path_, mark.line, mark.column) : path_;
  faults_.push_back({mark,
                     {.code = base::ErrorCode::kBadStudyFile,
                      .where = std::move(where),
                      .what = std::move(what),
                      .next = std::move(next)}});
}

std::vector<base::Error> Faults::take() {
  std::stable_sort(faults_.begin(), faults_.end(), [](const Placed& a, const Placed& b) {
    return std::pair(a.mark.line, a.mark.column) < std::pair(b.mark.line, b.mark.column);
  });
  std::vector<base::Error> errors;
  for (Placed& fault : faults_) {
    if (errors.size() == kFaultsMax) break;
    errors.push_back(std::move(fault.error));
  }
  faults_.clear();
  return errors;
}

std::string clipped(std::string_view text) {
  std::string whole = base::printable(text);
  if (whole.size() <= kShownLengthMax) return whole;
  return std::string(base::first_bytes(whole, kShownLengthMax)) + "...";
}

std::string shown(const YamlNode& node) {
  if (node.is_map()) return "a map";
  if (node.is_list()) return "a list";
  if (node.is_null()) return "nothing";
  return node.quoted ? "\"" + clipped(node.text) + "\"" : clipped(node.text);
}

}  // namespace sterlet::studyfile
