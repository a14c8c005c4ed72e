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

/// What a display says of a run at its start.
struct RunFacts {
  int workers = 1;
  std::string storage;        ///< Its file; empty: the run is kept in memory alone.
  std::string trials_folder;  ///< Where the trials' output lies.
};

std::unique_ptr<Display> make_display(Progress progress, const Context& context, const study::Study& study,
                                      RunFacts facts);

}  // namespace sterlet::cli
