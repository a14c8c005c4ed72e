#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "network.h"
#include "result.h"
#include "settings.h"

namespace sterlet::trainer {

/// Where a training stands between two steps of its optimizer.
struct Progress {
  std::int64_t step = 0;     ///< Optimizer steps done.
  int epoch = 0;             ///< Epochs completed.
  std::int64_t skipped = 0;  ///< Optimizer steps' worth of data left out: the order is at step + skipped.
  std::int64_t seed = 0;     ///< Of the data order.
  double loss_sum = 0;       ///< Since the last report.
  std::int64_t loss_count = 0;
  std::int64_t reported_step = 0;    ///< `step` of the last report.
  std::optional<double> best_error;  ///< Smallest val_error so far.
  LiveSettings given;                ///< Hyperparameters the training began with ...
  LiveSettings now;                  ///< ... and those it uses after live changes.
  bool operator==(const Progress&) const = default;
};

struct Checkpoint {
  std::string structure;  ///< See structure() in settings.h.
  Progress progress;
  NetworkState network;
};

/// Writes beside `path`, syncs to disk and renames, so that a checkpoint is there whole or not at all.
[[nodiscard]] std::optional<Error> write_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// The checkpoint at `path`; an error where it is missing, damaged, or of another version.
Result<Checkpoint> read_checkpoint(const std::string& path);

}  // namespace sterlet::trainer
