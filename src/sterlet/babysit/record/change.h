#pragma once

#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"
#include "sterlet/storage/live.h"

namespace sterlet::babysit {

/// One wished change: learning_rate=0.02, momentum*=1.05 or learning_rate/=3.
struct Change {
  std::string name;
  enum class Op { kSet, kMultiply, kDivide } op = Op::kSet;
  base::Json value;
};

/// Reads NAME=VALUE, NAME*=FACTOR and NAME/=DIVISOR. Errors: kInvalidArgument, naming the word.
base::Result<std::vector<Change>> parse_changes(const std::vector<std::string>& words);

base::Json json_from_changes(const std::vector<Change>& changes);
base::Result<std::vector<Change>> changes_from_json(const base::Json& json);

/// The values that the changes come to in a model with these hyperparameters: those that differ only.
/// Errors: kInvalidArgument for a parameter that does not exist (with the nearest name), is not `live`, is not active
/// in this model, or a value out of its bounds or against a constraint; kConflict where nothing would change.
base::Result<base::Json> resolve_changes(const std::vector<Change>& changes, const space::Space& space,
                                         const base::Json& params);

/// {"learning_rate":0.02} with {"learning_rate":0.01} as "learning_rate from 0.01 to 0.02".
std::string change_text(const base::Json& set, const base::Json& was);
/// The same of a change that was made.
std::string change_text(const storage::InterventionRecord& made);
/// What taking it back comes to: "learning_rate 0.05 back to 0.01".
std::string back_text(const storage::InterventionRecord& made);
/// A probability, for people: "p = 0.93", "p > 0.99", "p < 0.01".
std::string probability_text(double probability);
/// Who made it: the name of a person, "autopilot" or "guard".
std::string author_text(const storage::InterventionRecord& made);
/// "learning_rate 0.02, momentum 0.9", numbers as base::figure_text.
std::string settings_text(const base::Json& params);
/// "learning_rate=0.02 momentum=0.9".
std::string settings_words(const base::Json& params);

}  // namespace sterlet::babysit
