#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/history.h"
#include "sterlet/space/translation.h"
#include "sterlet/storage/storage.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

/// What a trial of another version of the spec was, in the terms of that version.
struct Formerly {
  int version = 1;
  std::string point;  ///< Space::text_of, in that version's space.
  space::Origin origin = space::Origin::kRandom;
  std::vector<double> values;  ///< One an objective of that version.
  /// The present space has no such point, or nothing is known of a present objective: the trial is kept and shown, and
  /// nothing is learned from it.
  bool is_outside = false;
  /// The present first objective is another quantity: curves and forecasts of then say nothing of it.
  bool has_other_objective = false;
};

/// A stored trial as the present spec sees it; its record's values are in the present terms, too.
struct Seen {
  space::Point point;  ///< Of one outside: no dimension has a value.
  space::Origin origin = space::Origin::kRandom;
  std::optional<Formerly> formerly;  ///< Nothing: no change of the spec concerns it.
};

/// The versions of a study's spec, and how trials of each look to the one that we work with.
///
/// To samplers a trial from before a change of space, objectives or seed is one that was evaluated elsewhere (kAdded):
/// what they learn from, but no step of a sequence of their own, which begins anew.
class Versions final {
 public:
  /// Those of the present spec and space; borrows both for its life.
  Versions(const studyfile::StudySpec& spec, const space::Space& space) : spec_(spec), space_(space) {}

  /// Takes in what is stored. The first time ours is found among them, by its text: the latest where none is equal.
  void replace(std::vector<storage::SpecVersion> rows, const std::string& own_spec);
  /// The space has gained or lost parameters at its end: what was derived from it does not hold.
  void forget() {
    others_.clear();
    has_grown_elsewhere_ = false;
  }
  /// Whether another process has given our version parameters that we do not know: see() failed for that.
  bool has_grown_elsewhere() const { return has_grown_elsewhere_; }
  /// By number; empty without a storage.
  const std::vector<storage::SpecVersion>& rows() const { return rows_; }
  int own() const { return own_; }
  /// Whether somebody has changed the spec since.
  bool is_outdated() const { return !rows_.empty() && rows_.back().version > own_; }
  /// Events and reports up to this number are from before the present first objective was the first one; 0: none is.
  std::int64_t objective_since() const;

  /// Brings a row that was read into our terms. Errors: kDisk where it does not fit its version.
  base::Result<Seen> see(storage::Storage& storage, std::int64_t study, storage::TrialRow& row) const;
  /// A trial's parameters as its program got them.
  base::Json params_of(const Formerly& formerly) const;

 private:
  struct Other {
    studyfile::StudyFile file;
    space::Translation translation;
    std::vector<std::optional<std::size_t>> sources;  // One an objective of ours: which one it was then.
    bool has_same_objectives = false;
  };
  base::Result<const Other*> other(int version) const;
  base::Result<std::optional<space::Point>> own_point(const storage::TrialRow& row) const;
  base::Result<bool> carry_values(const Other& other, storage::Storage& storage, std::int64_t study,
                                  storage::TrialRecord& record) const;

  const studyfile::StudySpec& spec_;
  const space::Space& space_;
  std::vector<storage::SpecVersion> rows_;
  int own_ = 1;
  bool is_found_ = false;
  mutable bool has_grown_elsewhere_ = false;
  mutable std::map<int, std::optional<Other>> others_;  // As they are needed; nothing: it differs in nothing of this.
};

}  // namespace sterlet::study
