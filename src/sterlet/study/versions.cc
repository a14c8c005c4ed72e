#include "sterlet/study/versions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sterlet/study/seeds.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;
using storage::State;

constexpr const char* kRestore = "restore it from a copy, or name another file with --storage";

// Whether a value of one is a value of the other, if with another sign perhaps.
bool is_same_quantity(studyfile::Objective a, const studyfile::Objective& b) {
  a.direction = b.direction;
  return a == b;
}

}  // namespace

void Versions::replace(std::vector<storage::SpecVersion> rows, const std::string& own_spec) {
  rows_ = std::move(rows);
  if (std::exchange(is_found_, true) || rows_.empty()) return;
  const auto own = std::find_if(rows_.rbegin(), rows_.rend(), [&](const auto& row) { return row.spec == own_spec; });
  own_ = own == rows_.rend() ? rows_.back().version : own->version;
}

Result<const Versions::Other*> Versions::other(int version) const {
  if (version == own_) return nullptr;
  if (const auto known = others_.find(version); known != others_.end()) {
    return known->second ? &*known->second : nullptr;
  }
  const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const auto& one) { return one.version == version; });
  if (row == rows_.end()) {
    return base::fail(ErrorCode::kDisk,
                      fmt::format("version {} of the study's spec is missing in the storage", version), kRestore);
  }
  STERLET_TRY(const base::Json json, base::parse_json(row->spec));
  STERLET_TRY(studyfile::StudyFile file, studyfile::study_from_json(strategies(), json));
  space::Translation translation(file.space, space_);
  const bool has_same_objectives = file.spec.objectives == spec_.objectives;
  std::optional<Other>& made = others_[version];
  const auto seed = seed_of_version(rows_, version);
  const bool has_same_seed = !seed || !spec_.seed || *seed == *spec_.seed;
  if (translation.is_identity() && has_same_objectives && has_same_seed) return nullptr;
  std::vector<std::optional<std::size_t>> sources;
  for (const studyfile::Objective& objective : spec_.objectives) {
    const auto& then = file.spec.objectives;
    const auto same = std::find_if(then.begin(), then.end(),
                                   [&](const studyfile::Objective& one) { return is_same_quantity(one, objective); });
    sources.push_back(same == then.end() ? std::nullopt : std::optional(static_cast<std::size_t>(same - then.begin())));
  }
  made = Other{.file = std::move(file),
               .translation = std::move(translation),
               .sources = std::move(sources),
               .has_same_objectives = has_same_objectives};
  return &*made;
}

std::int64_t Versions::objective_since() const {
  std::int64_t since = 0;
  for (const storage::SpecVersion& row : rows_) {
    if (row.version > own_) break;
    // A version that cannot be read has been refused where its trials are; one without trials matters to nobody.
    const auto then = other(row.version);
    const bool is_other = then && *then != nullptr && (*then)->sources.front() != 0U;
    if (!is_other) continue;
    const auto next =
        std::find_if(rows_.begin(), rows_.end(), [&](const auto& later) { return later.version == row.version + 1; });
    if (next != rows_.end()) since = next->seq;
  }
  return since;
}

// What a trial came to, in our objectives; an objective that was none then has what the trial reported of it last. False
// where that is nothing.
Result<bool> Versions::carry_values(const Other& other, storage::Storage& storage, std::int64_t study,
                                    storage::TrialRecord& record) const {
  if (other.has_same_objectives || record.values.empty()) return true;
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> values(spec_.objectives.size(), kNone);
  std::vector<storage::ReportRecord> reports;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (const auto source = other.sources[i]) {
      if (*source < record.values.size()) values[i] = record.values[*source];
      continue;
    }
    for (int attempt = record.attempt; attempt > 0 && reports.empty(); --attempt) {
      STERLET_TRY(reports, storage.load_reports(study, record.number, attempt));
    }
    for (const storage::ReportRecord& report : reports) {
      if (report.metric == spec_.objectives[i].metric) values[i] = report.value;
    }
  }
  record.values = values;
  return std::none_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}

// A row of our version that was written when it had fewer parameters lacks the later ones. Nothing: it does not fit.
Result<std::optional<space::Point>> Versions::own_point(const storage::TrialRow& row) const {
  auto point = space_.from_text(row.point);
  if (point) return point;
  const std::size_t dimensions = space_.dimensions().size();
  std::size_t count = row.point.empty() && dimensions == 0 ? 0 : 1;
  count += static_cast<std::size_t>(std::count(row.point.begin(), row.point.end(), ','));
  if (count > dimensions) {
    has_grown_elsewhere_ = true;
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("trial {} has parameters that joined the study since it was opened here", row.record.number),
        "run the same command again");
  }
  if (count == dimensions) return std::optional<space::Point>();
  return space_.from_text(row.point + std::string(dimensions - count, ','));
}

Result<Seen> Versions::see(storage::Storage& storage, std::int64_t study, storage::TrialRow& row) const {
  const auto refuse = [&](std::string_view what) {
    return base::fail(ErrorCode::kDisk,
                      fmt::format("trial {} in the storage does not fit the study's {}", row.record.number, what),
                      kRestore);
  };
  const auto origin = space::origin_from_text(row.origin);
  if (!origin) return refuse("space");
  STERLET_TRY(const Other* then, other(row.spec_version));
  if (then == nullptr) {
    STERLET_TRY(auto own, own_point(row));
    if (!own) return refuse("space");
    return Seen{.point = std::move(*own), .origin = *origin};
  }
  auto point = then->file.space.from_text(row.point);
  if (!point) return refuse("space");
  Seen seen{.origin = space::Origin::kAdded,
            .formerly = Formerly{.version = row.spec_version,
                                 .point = row.point,
                                 .origin = *origin,
                                 .values = row.record.values,
                                 .has_other_objective = then->sources.front() != 0U}};
  STERLET_TRY(const bool is_known, carry_values(*then, storage, study, row.record));
  if (!is_known) row.record.values.clear();
  auto there = then->translation(*point);
  seen.formerly->is_outside = !there || !is_known;
  if (seen.formerly->is_outside) {
    there = space::Point{std::vector<double>(space_.dimensions().size(), std::numeric_limits<double>::quiet_NaN())};
  }
  seen.point = std::move(*there);
  return seen;
}

base::Json Versions::params_of(const Formerly& formerly) const {
  const auto then = other(formerly.version);
  const space::Space& space = then && *then != nullptr ? (*then)->file.space : space_;
  const auto point = space.from_text(formerly.point);
  return point ? space.to_json(*point) : base::Json::object();
}

}  // namespace sterlet::study
