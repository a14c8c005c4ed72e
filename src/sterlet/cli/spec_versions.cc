#include "sterlet/cli/spec_versions.h"

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/differences.h"
#include "sterlet/study/difference.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::cli {

namespace {

void print(const Context& context, const storage::SpecVersion& version,
           const std::vector<study::Difference>& differences) {
  context.out.line(fmt::format("version {}, from trial {} on, {}", version.version, version.first_trial,
                               base::timestamp_text(version.created_ms)));
  for (const study::Difference& difference : differences) context.out.line("  " + difference_text(difference));
}

}  // namespace

base::Result<void> show_spec(const Context& context, const OpenStudy& open) {
  base::Json list = base::Json::array();
  std::optional<studyfile::StudySpec> before;
  for (const storage::SpecVersion& version : open.study->spec_versions()) {
    STERLET_TRY(const base::Json json, base::parse_json(version.spec));
    STERLET_TRY(studyfile::StudyFile file, studyfile::study_from_json(study::strategies(), json));
    const auto differences =
        before ? study::find_differences(*before, file.spec, version.first_trial) : std::vector<study::Difference>();
    if (!context.json) print(context, version, differences);
    list.push_back({{"version", version.version},
                    {"first_trial", version.first_trial},
                    {"created", base::timestamp_text(version.created_ms)},
                    {"changed", differences_json(differences)},
                    {"spec", json}});
    before = std::move(file.spec);
  }
  if (context.json) {
    context.out.json({{"version", 1}, {"study", open.study->spec().name}, {"specs", std::move(list)}});
    return {};
  }
  context.out.line("the study file it follows now, as JSON:");
  context.out.line(base::json_line(studyfile::json_from_spec(open.study->spec())));
  return {};
}

}  // namespace sterlet::cli
