#pragma once

#include "sterlet.hpp"
#include "data.h"
#include "settings.h"

namespace sterlet::trainer {

/// Trains to the end of the last epoch, or until Sterlet asks for an end; reports, checkpoints and takes live changes
/// on the way. Prints a line a report on stdout and sentences about what went wrong on stderr. Returns the process's
/// exit code: 0 done or ended on request, 1 failed, 143 ended by SIGTERM after a checkpoint.
int train(const Settings& settings, const Dataset& dataset, Trial& trial);

}  // namespace sterlet::trainer
