#pragma once

#include <memory>

#include "sterlet/babysit/supervisor.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/progress.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::cli {

/// Shows on stderr how a model is babysat: rich keeps two lines up to date below what is said (step, steps a second,
/// the objective with its curve, the live values, what is being tried or watched), plain writes what is said, json both
/// as one object a line, none nothing. What it prints cannot fail the run, see Printer.
class BabysitDisplay : public babysit::Observer {
 public:
  /// The run is over: shows how it stands.
  virtual void ended() {}
};

std::unique_ptr<BabysitDisplay> make_babysit_display(Progress progress, const Context& context,
                                                     const studyfile::StudySpec& spec);

}  // namespace sterlet::cli
