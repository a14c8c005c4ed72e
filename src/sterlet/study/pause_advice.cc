#include "sterlet/study/pause_advice.h"

namespace sterlet::study {

std::string_view what_to_do(Pause pause) {
  switch (pause) {
    case Pause::kTrials:
    case Pause::kTime:
      return "raise the budget, or end here";
    case Pause::kSpace:
      return "widen the space, allow duplicates, or end here";
    case Pause::kFailures:
      return "see why they fail; failures_max in the study file says how many may";
    case Pause::kAmended:
      return "open the study again";
    case Pause::kUnstarted:
      return "mend the command, then start it again";
    case Pause::kNone:
    case Pause::kTarget:
    case Pause::kRequested:
    case Pause::kAgain:
    case Pause::kTrained:
    case Pause::kUnfit:
      return "end here";
  }
  return "end here";
}

}  // namespace sterlet::study
