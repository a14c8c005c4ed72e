#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

/// What a change of a study file takes.
enum class Weight {
  kTaken,      ///< Nothing: it holds for what is run from now on.
  kAmendment,  ///< That somebody asks for it: it says anew what is searched, or for what.
  kNewStudy,   ///< Another study: the one that is stored could not go on with it.
};
std::string_view text_of(Weight weight);

/// A key of a study file whose value is another than the stored one.
struct Difference {
  std::string key;     ///< "command", "params.learning_rate.high".
  base::Json was, is;  ///< Null: it is not there.
  Weight weight = Weight::kTaken;
  std::string meaning;  ///< A clause; may be empty.
};

/// In the order of the file: what `is` says otherwise than `was`, in a study whose next trial is `next_trial`. How long
/// and how wide it runs counts; in which folder does not.
std::vector<Difference> find_differences(const studyfile::StudySpec& was, const studyfile::StudySpec& is,
                                         std::int64_t next_trial);

/// What opening a study file would change of the study of that name.
struct Comparison {
  std::vector<Difference> differences;  ///< Empty: none, or there is no such study yet.
  std::int64_t trials = 0;              ///< That the study has.
  std::int64_t outside = 0;             ///< Of them, those that nothing would be learned from; see Formerly.

  /// The first difference of that weight; null: there is none.
  const Difference* find(Weight weight) const;
};

/// Compares a study file with what is stored. Cost: one pass over the trials, where space or objectives differ.
base::Result<Comparison> compare(storage::Storage& storage, const studyfile::StudyFile& file);

/// Why a file is not taken as it is: kBadStudyFile with the first difference that needs more; nothing: it is.
/// `is_asked`: whether somebody asked for an amendment.
base::Result<void> check_consent(const Comparison& comparison, const std::string& study, bool is_asked);

}  // namespace sterlet::study
