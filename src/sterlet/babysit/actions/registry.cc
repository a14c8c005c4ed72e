#include "sterlet/babysit/actions/registry.h"

#include <algorithm>

#include "sterlet/babysit/actions/advice.h"
#include "sterlet/babysit/actions/branch.h"
#include "sterlet/babysit/actions/control.h"
#include "sterlet/babysit/actions/decide.h"
#include "sterlet/babysit/actions/mark.h"
#include "sterlet/babysit/actions/pause.h"
#include "sterlet/babysit/actions/probe.h"
#include "sterlet/babysit/actions/resume.h"
#include "sterlet/babysit/actions/roll_back.h"
#include "sterlet/babysit/actions/set.h"
#include "sterlet/babysit/actions/stop.h"
#include "sterlet/babysit/actions/try.h"
#include "sterlet/babysit/actions/undo.h"

namespace sterlet::babysit {

namespace {

constexpr ActionRow kRows[] = {
    {.kind = kSetKind, .make = &make_set},
    {.kind = kUndoKind, .make = &make_undo},
    {.kind = "branch", .make = &make_branch},
    {.kind = kPauseKind, .make = &make_pause},
    {.kind = "resume", .make = &make_resume},
    {.kind = kStopKind, .make = &make_stop},
    {.kind = kRollBackKind, .is_own = true, .make = &make_roll_back},
    {.kind = kProbeKind, .is_own = true, .make = &make_probe},
    {.kind = "mark", .is_own = true, .make = &make_mark},
    {.kind = "try", .is_own = true, .make = &make_try},
    {.kind = "control", .is_own = true, .make = &make_control},
    {.kind = "decide", .is_own = true, .make = &make_decide},
    {.kind = "advice", .is_own = true, .make = &make_advice},
};

}  // namespace

std::span<const ActionRow> action_rows() { return kRows; }

const ActionRow* find_action(std::string_view kind, bool is_own) {
  const auto row = std::find_if(std::begin(kRows), std::end(kRows),
                                [&](const ActionRow& each) { return each.kind == kind && (is_own || !each.is_own); });
  return row == std::end(kRows) ? nullptr : row;
}

}  // namespace sterlet::babysit
