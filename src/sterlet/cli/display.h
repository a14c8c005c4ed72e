#pragma once

#include <memory>

#include "sterlet/cli/context.h"
#include "sterlet/cli/progress.h"
#include "sterlet/run/runner.h"
#include "sterlet/study/study.h"

namespace sterlet::cli {

/// Shows a run on stderr. What it prints cannot fail the run, see Printer.
class Display : public run::Observer {
 public:
  /// The run is over: shows how it stands.
  virtual void ended() {}
};

std::unique_ptr<Display> make_display(Progress progress, const Context& context, const study::Study& study,
                                      int workers);

}  // namespace sterlet::cli
