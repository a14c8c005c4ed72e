#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/context/difference.h"
#include "sterlet/study/documents.h"
#include "sterlet/study/study.h"

namespace sterlet::retest {

/// The context that results of a study were found in.
struct Reference {
  std::optional<study::Document> context;  ///< Nothing: none was taken.
  std::string of;                          ///< "trial 12", "the retest of 2026-11-29".
};
/// Of the last verdict that confirmed the study where it is later than the best trial's, else of the best trial, else the
/// last one taken. Errors: kDisk.
base::Result<Reference> reference_of(const study::Study& study, storage::Storage& storage);

/// How far the results of a study can be relied on.
struct Staleness {
  double age_days = 0;            ///< Since the last confirmation: the end of a trial, or a verdict that held.
  std::int64_t confirmed_ms = 0;  ///< 0: never.
  std::string confirmed_by;       ///< "trial 17", "a retest".
  bool is_clock_back = false;     ///< The last confirmation lies in the future of this clock.
  std::string of;                 ///< What is compared with today, see Reference; empty: no context was taken.
  std::vector<context::Change> changed;
  std::vector<std::string> problems;  ///< What could not be looked at today, in sentences.
  double risk = 0;                    ///< See context::risk_of(); 1 after a verdict "rusted".
  std::vector<std::string> stale;  ///< Why it counts as stale by the study's policy, in sentences; empty: it does not.
  std::optional<study::Document> verdict;  ///< The last one.
};

/// The policy that holds: the study's, with 90 days, and changes of data and code, for what it leaves open.
studyfile::RetestPolicy policy_of(const studyfile::StudySpec& spec);

/// `now` is the context of today, `now_ms` the wall clock. Errors: kDisk.
base::Result<Staleness> staleness_of(const study::Study& study, storage::Storage& storage, const base::Json& now,
                                     std::int64_t now_ms);

/// {"study", "age_days", "confirmed", "changed": [...], "stale", "why", "risk", "verdict", "problems"}.
base::Json json_of(const Staleness& staleness, const std::string& study);

}  // namespace sterlet::retest
