#pragma once

#include <memory>
#include <string>

#include "sterlet/babysit/supervisor.h"
#include "sterlet/base/clock.h"
#include "sterlet/cli/display.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::cli {

/// Shows on stderr how a model is raised, in the way chosen: rich keeps two lines up to date below what is said (step,
/// steps a second, the objective with its curve, the live values, what is being tried or watched), plain writes what is
/// said, json both as one object a line, none nothing.
std::unique_ptr<babysit::Observer> make_babysit_display(Progress progress, const studyfile::StudySpec& spec,
                                                        const base::Clock& clock);

}  // namespace sterlet::cli
