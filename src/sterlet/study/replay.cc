#include "sterlet/study/replay.h"

#include <utility>

#include <fmt/format.h>

#include "sterlet/base/checksum.h"
#include "sterlet/base/json.h"

namespace sterlet::study {

namespace {

constexpr std::size_t kNameDigits = 8;           // Of the schedule's checksum, in the study's name.
constexpr std::uint64_t kSeedShift = 1'000'003;  // To a seed that no search of the same file uses.
constexpr std::uint64_t kSeedMask = 0x7FFFFFFF;

}  // namespace

base::Result<void> make_replay(studyfile::StudyFile& file, const std::string& schedule_path, std::int64_t seeds) {
  STERLET_TRY(studyfile::Schedule schedule, studyfile::read_schedule(schedule_path));
  return make_replay(file, std::move(schedule), schedule_path, seeds);
}

base::Result<void> make_replay(studyfile::StudyFile& file, studyfile::Schedule schedule, const std::string& source,
                               std::int64_t seeds) {
  if (const auto fits = studyfile::check_schedule(schedule, file.space); !fits) {
    return base::fail(base::Error(fits.error()).at(fmt::format("{}: {}", source, fits.error().where)));
  }
  // What the schedule leaves open at its start has the study's defaults.
  base::Json start = base::Json::object();
  if (const auto defaults = file.space.defaults()) start = file.space.to_json(*defaults);
  start = schedule.values_at(0, std::move(start));
  if (const auto whole = file.space.from_json(start); !whole) {
    return base::fail(base::Error(whole.error()).at(fmt::format("{}: the schedule at step 0", source)));
  }
  if (schedule.entries.empty() || schedule.entries.front().step != 0) {
    schedule.entries.insert(schedule.entries.begin(), studyfile::Schedule::Entry{});
  }
  schedule.entries.front().set = start;
  studyfile::StudySpec& spec = file.spec;
  const base::Json json = studyfile::json_from_schedule(schedule);
  base::Checksum checksum;
  checksum.add(base::json_line(json));
  // Another schedule is another study; the same one goes on where it was left.
  spec.name = fmt::format("{}-replay-{}", spec.name, checksum.text().substr(0, kNameDigits));
  spec.strategy = {.name = "replay", .options = {{"schedule", json["schedule"]}}};
  spec.budget = {.trials = seeds};
  spec.sampler = {.name = "random"};
  spec.pruner = {.name = "none"};
  spec.duplicates = studyfile::Duplicates::kAllow;
  spec.defaults_first = false;
  spec.repeats = {};
  spec.enqueue.clear();
  // Seeds of its own: on those of the search its result would tell nothing new.
  if (spec.seed) *spec.seed = (*spec.seed + kSeedShift) & kSeedMask;
  return {};
}

}  // namespace sterlet::study
