#include "sterlet/cli/next_trial.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "sterlet/study/sessions.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

using base::Result;

Result<OpenStudy> open_or_begin(const Context& context, const StudyOptions& options) {
  if (!is_study_file(options.study)) return open_study(context, options);
  auto file = studyfile::read_study_file(study::strategies(), options.study);
  if (!file) return base::fail(file.error().front());
  STERLET_TRY(const std::string path, storage_path(options.storage, file->spec.folder));
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    STERLET_TRY(const auto storage, context.parts.open_storage(path, {.must_exist = true, .only_read = true}));
    STERLET_TRY(const auto stored, storage->find_study(file->spec.name));
    if (stored) return open_study(context, options);
  }
  return open_study_of(context, std::move(*file), options, {});
}

Result<std::string> next_trial_text(const Context& context, const OpenStudy& open, std::string_view does) {
  const study::Study& study = *open.study;
  const std::string& name = study.spec().name;
  const study::Pause standing = study.standing();
  if (standing == study::Pause::kTrials) {
    return fmt::format("; but {}: sterlet resume {} --trials {} {}", study::text_of(standing), name,
                       study.records().size() + 1, does);
  }
  if (standing != study::Pause::kNone) return fmt::format("; but {}", study::text_of(standing));
  study::SessionWatch watch(context.parts.clock);
  STERLET_TRY(const auto at_work, study::sessions_at_work(*open.storage, study.storage_id(), watch));
  if (!at_work.empty() || study.spec().command.empty()) return std::string();
  return fmt::format("; nothing runs it now: sterlet resume {}", name);
}

}  // namespace sterlet::cli
