#pragma once

#include <memory>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/study/strategies/strategy.h"

namespace sterlet::study {

/// Trains a population, whose worst members go on from checkpoints of the best with hyperparameters near theirs
/// (population::next_moves). Needs a storage.
///
/// A member is a trial, and each interval of it a turn: one attempt, from the checkpoint of a turn before to its own.
/// The decisions after an interval are stored as the turns that follow, all in one transaction, before any of them
/// begins: whatever is killed, a turn is there or not, and one that was lost is trained again from where it began.
///
/// Spent are the checkpoints of intervals that are settled, but for the newest of each member and what copies begin
/// from. They are to be taken after a sync; who deletes them looks where they lie.
base::Result<std::unique_ptr<Strategy>> make_pbt(const Parts& parts);
/// Whether a study file is fit for it.
std::vector<base::Error> check_pbt(const studyfile::StudySpec& spec, const space::Space& space);
base::Json pbt_schema();

}  // namespace sterlet::study
