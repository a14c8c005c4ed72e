#pragma once

#include <optional>
#include <string>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Which interval the parameters of a member of a population are of, and where the others are; empty for other trials.
std::string interval_text(const study::Study& study, std::int64_t trial);

/// Prints how a population's members were trained, interval by interval; of one trial, or of all.
base::Result<void> show_population(const Context& context, const OpenStudy& open, std::optional<std::int64_t> trial);

/// The schedule of a trial (none: of the best) as the text of a file.
base::Result<std::string> schedule_text(const OpenStudy& open, std::optional<std::int64_t> trial);

/// Prints what each seed came to, with mean and spread.
void print_replay(const Context& context, const study::Study& study);

}  // namespace sterlet::cli
