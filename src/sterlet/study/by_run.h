#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"
#include "sterlet/study/claims.h"
#include "sterlet/study/ledger.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

/// A space that grows as programs name what they search. Each call but follow() is a transaction.
class ByRun final {
 public:
  /// Borrows all for its life. `prepare` makes the parts of the study anew that were made for the spec.
  ByRun(studyfile::StudySpec& spec, space::Space& space, Ledger& ledger, Claims& claims,
        std::function<base::Result<void>()> prepare)
      : spec_(spec), space_(space), ledger_(ledger), claims_(claims), prepare_(std::move(prepare)) {}

  /// Parameters that a program names as it runs: each joins the space, and earlier trials do not have it. `params`:
  /// declarations by name, as in a study file; one of a known name replaces it, with the same kind and scale, choices
  /// that stay, and bounds that do not shrink. Errors: kInvalidArgument where a declaration is wrong; kConflict where
  /// trials are compared by their points (repeats, or duplicates other than `allow`).
  base::Result<void> join(const base::Json& params);
  /// Takes in the parameters that another process has added, where trials that have them could not be read; whether it
  /// did.
  base::Result<bool> follow();
  /// Gives a running trial the parameters that its program really took; those that are not named are absent.
  base::Result<void> correct(std::int64_t trial, int attempt, const base::Json& params);
  /// As Claims::enqueue_freely.
  base::Result<void> enqueue(const base::Json& params, const std::string& note);

 private:
  base::Result<void> adopt(studyfile::StudyFile file);

  studyfile::StudySpec& spec_;
  space::Space& space_;
  Ledger& ledger_;
  Claims& claims_;
  std::function<base::Result<void>()> prepare_;
};

}  // namespace sterlet::study
