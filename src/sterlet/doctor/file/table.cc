#include <algorithm>
#include <array>

#include "sterlet/doctor/edit.h"
#include "sterlet/doctor/file/rules.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"

namespace sterlet::doctor {

namespace {

base::Result<studyfile::StudyFile, std::vector<base::Error>> parse(const std::string& text, const std::string& path,
                                                                   const std::string& folder) {
  auto file = studyfile::parse_study_text(study::strategies(), text, path, folder);
  if (!file) return file;
  if (const auto valid = study::Study::validate(*file); !valid) {
    return base::fail(std::vector<base::Error>{valid.error().at(path)});
  }
  return file;
}

}  // namespace

std::span<const RuleRow> rules() {
  static constexpr std::array<RuleRow, 9> kTable{{
      {"scale", "a range over several orders of magnitude, drawn evenly on a linear scale", &find_scale},
      {"averages", "the beta of a moving average near 1, not on reverse_log", &find_averages},
      {"ordinal", "choices that have an order, as a categorical", &find_ordinal},
      {"bounds", "a range too narrow to find anything in, or wider than makes sense", &find_bounds},
      {"memory", "batches that do not fit the memory of a trial", &find_memory},
      {"grid", "a grid, of whose trials most repeat values", &find_grid},
      {"defaults", "epsilon or Adam's betas searched, which are best left at their defaults", &find_defaults},
      {"noise", "a seed that is searched: the best is the luckiest", &find_seeds},
      {"budget", "more parameters than the budget can tell apart", &find_budget},
  }};
  return kTable;
}

base::Result<std::vector<Finding>, std::vector<base::Error>> examine_file(const std::string& text,
                                                                          const std::string& path,
                                                                          const std::string& folder,
                                                                          std::int64_t memory_bytes) {
  const auto file = parse(text, path, folder);
  if (!file) return base::fail(file.error());
  const auto root = studyfile::parse_yaml(text);
  STERLET_CHECK(root.has_value(), "what was read as a study file is YAML");
  const FileView view(*file, *root, path, memory_bytes);
  std::vector<Finding> findings;
  for (const RuleRow& row : rules()) {
    for (Finding& finding : row.find(view)) {
      finding.kind = row.kind;
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

Healed heal_file(const std::string& text, const std::string& path, const std::string& folder,
                 const std::vector<Finding>& findings) {
  Healed out{.text = text};
  for (const Finding& finding : findings) {
    std::optional<std::string> changed = finding.edits.empty() ? std::nullopt : std::optional(out.text);
    for (const Edit& edit : finding.edits) {
      if (changed) changed = apply_edit(*changed, edit);
    }
    if (changed && parse(*changed, path, folder)) {
      out.text = std::move(*changed);
      out.healed.push_back(finding);
    } else {
      out.left.push_back(finding);
    }
  }
  return out;
}

}  // namespace sterlet::doctor
