#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/run/runner.h"
#include "sterlet/study/study.h"

namespace sterlet::cli {

enum class Progress { kRich, kPlain, kJson, kNone };

/// From --progress; empty means rich on a terminal, else plain.
base::Result<Progress> choose_progress(const std::string& text, bool quiet);

/// Cuts a line at a column, counting UTF-8 characters as one and colour codes as none.
std::string cut_to_columns(const std::string& line, int columns);
/// Of the terminal that stderr is; 80 where it is none.
int terminal_columns();

/// The block of lines that shows a study live: bar, best with its age, rate and ETA, workers and failures, newest
/// trials. `width` in columns, >= 20; with `colour` ANSI colours are used.
struct Frame {
  int width = 80;
  bool colour = false;
  int workers = 0;
};
std::string live_block(const study::Study& study, const base::Clock& clock, const Frame& frame);

/// Shows a run on stderr in the way chosen.
std::unique_ptr<run::Observer> make_display(Progress progress, const study::Study& study, const base::Clock& clock,
                                            int workers);

}  // namespace sterlet::cli
