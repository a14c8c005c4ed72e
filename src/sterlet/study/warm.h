#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/study/study.h"

namespace sterlet::study {

/// What an older study gives to a new one.
struct WarmStart {
  base::Json body;                ///< Of the prior's document: source, good settings in the terms of the new space.
  std::vector<base::Json> first;  ///< The old best, or the middle and ends of a front, to be tried first.
  std::vector<std::string> says;  ///< Where the studies differ, and what that means: sentences.
};

/// Carries the good trials of a study over: parameters are the same by name, values stay what they are, whatever the
/// scale; one outside the new range goes to its edge and counts half. `storage`: where the old study lies, as it is told.
/// The weight is the rank correlation of its last retest, where there is one.
/// `seed`: the new study's. Errors    kInvalidArgument where the objectives differ, no parameter is common, or the old
/// study is the new one; kNotFound where it has no trial with a value.
base::Result<WarmStart> warm_start(const Study& from, const studyfile::StudySpec& to, const space::Space& space,
                                   std::uint64_t seed, const std::string& storage);

/// The good trials of a study, best first: 15% of the complete ones with a value, at least 3 and at most 20; of several
/// objectives the front first. Of a setting that ran several times the first run.
std::vector<std::size_t> good_trials(const Study& from);

/// Gives `to` that start: records the prior, and enqueues what is tried first. Done already, by the study's name and
/// storage, it changes nothing and says so. In one transaction. Returns what is to be told. Errors: as warm_start().
base::Result<std::vector<std::string>> start_warm(const Study& from, Study& to, const std::string& storage);

}  // namespace sterlet::study
