#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/doctor/file/file_view.h"
#include "sterlet/doctor/finding.h"

namespace sterlet::doctor {

using Rule = std::vector<Finding> (*)(const FileView& view);

// One kind of finding each, in the file of that name.
std::vector<Finding> find_scale(const FileView& view);
std::vector<Finding> find_averages(const FileView& view);
std::vector<Finding> find_grid(const FileView& view);
std::vector<Finding> find_budget(const FileView& view);
std::vector<Finding> find_bounds(const FileView& view);
std::vector<Finding> find_ordinal(const FileView& view);
std::vector<Finding> find_defaults(const FileView& view);
std::vector<Finding> find_memory(const FileView& view);
std::vector<Finding> find_seeds(const FileView& view);

/// From which high / low on a linear scale is wrong, by what the parameter is; 0: it is right however wide.
double log_ratio_of(const space::Parameter& parameter);

/// One kind of finding that a study file can have.
struct RuleRow {
  std::string_view kind;
  std::string_view summary;  ///< For docs/doctor.md.
  Rule find;
};
/// All of them, in the order in which findings are said.
std::span<const RuleRow> rules();

/// A study file's text, examined. Errors: all that check would say of it.
/// `memory_bytes` of the machine, 0 where it is not known.
base::Result<std::vector<Finding>, std::vector<base::Error>> examine_file(const std::string& text,
                                                                          const std::string& path,
                                                                          const std::string& folder,
                                                                          std::int64_t memory_bytes);

/// A study file's text with what findings propose in it, all else byte for byte as it was.
struct Healed {
  std::string text;
  std::vector<Finding> healed;  ///< Those that are in it.
  std::vector<Finding> left;    ///< Those without a patch, or whose patch the text has no room for or check refuses.
};
Healed heal_file(const std::string& text, const std::string& path, const std::string& folder,
                 const std::vector<Finding>& findings);

}  // namespace sterlet::doctor
