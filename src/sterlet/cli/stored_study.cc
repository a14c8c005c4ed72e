#include "sterlet/cli/stored_study.h"

#include <array>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/upkeep.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

base::Result<StoredStudy> open_at_rest(const Context& context, const StudyOptions& options) {
  std::string name = options.study, folder = ".";
  if (is_study_file(name)) {
    auto file = studyfile::read_study_file(study::strategies(), name);
    if (!file) return base::fail(file.error().front());
    name = file->spec.name;
    folder = file->spec.folder;
  }
  STERLET_TRY(const std::string path, storage_path(options.storage, folder));
  StoredStudy stored;
  STERLET_TRY(stored.storage, context.parts.open_storage(path, {.must_exist = true}));
  auto record = study::find_stored(*stored.storage, name);
  if (!record) return base::fail(record.error().at(path));
  stored.record = std::move(*record);
  study::SessionWatch watch(context.parts.clock);
  STERLET_PASS(study::check_at_rest(*stored.storage, stored.record, watch));
  stored.home = context.parts.trials_home(path);
  stored.trials_folder = run::trials_folder(stored.home, stored.record);
  return stored;
}

std::string text_of(const run::FolderContents& contents) {
  constexpr std::array<const char*, 5> kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto amount = static_cast<double>(contents.bytes);
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < kUnits.size(); ++unit) amount /= 1024;
  return fmt::format("{}, {:.3g} {}", base::count_text(contents.files, "file"), amount, kUnits[unit]);
}

}  // namespace sterlet::cli
