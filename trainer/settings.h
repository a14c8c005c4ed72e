#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet.hpp"

namespace sterlet::trainer {

/// The hyperparameters a running training takes live, as base values: the decay still applies on top.
struct LiveSettings {
  double learning_rate = 0.01;
  double momentum = 0.9;
  double weight_decay = 0;
  double dropout = 0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  bool operator==(const LiveSettings&) const = default;
};

/// One live hyperparameter: where it is kept and which values make sense.
struct LiveField {
  const char* name;
  double LiveSettings::*member;
  double low;
  bool low_included;
  double high;  ///< Never included.
  const char* range;
  const char* help;
};
const std::vector<LiveField>& live_fields();

/// Steps `first` to `last`, both included; none by default.
struct StepRange {
  std::int64_t first = 1;
  std::int64_t last = 0;
  bool contains(std::int64_t step) const { return first <= step && step <= last; }
};

/// Everything a training depends on besides its data. Defaults are the presets' defaults.
struct Settings {
  std::string model = "mlp";  ///< mlp or cnn
  LiveSettings live;
  int batch_size = 64;
  int layers = 2;
  std::vector<int> units = {64};    ///< mlp: one a layer, or one for all.
  std::vector<int> filters = {16};  ///< cnn: one a layer, or one for all.
  int kernel_size = 3;
  std::string activation = "relu";
  std::string optimizer = "sgd";
  std::string decay = "none";
  double decay_rate = 0.1;
  int epochs = 10;
  std::int64_t seed = 0;

  std::string data = "fashion-mnist";
  std::string data_dir = "/usr/share/datasets/fashion-mnist";
  std::string target;         ///< CSV: the column to predict; empty: the last one.
  std::string task = "auto";  ///< CSV: classification, regression, or auto.
  int train_rows = 0;         ///< 0: all.
  int report_every = 0;       ///< Optimizer steps; 0: once an epoch.
  int checkpoint_every = 1;   ///< Epochs; 0: only when asked.
  int threads = 1;
  bool test = false;
  std::string bad_labels;  ///< "FROM-TO", steps from 1; empty: none.
  StepRange bad_steps;     ///< The same, once complete() has read it.
};

/// Puts the hyperparameters Sterlet chose over the settings. Unknown names are returned: they may be meant for the
/// command line only. Throws std::runtime_error (from the client) where a value has another type.
std::vector<std::string> apply_params(const Trial& trial, Settings& settings);

/// Makes units and filters one value a layer, where lists decide `layers` unless it was given, reads bad_labels, and
/// checks all ranges.
/// A sentence for each fault; none when all is well.
std::vector<std::string> complete(Settings& settings, bool layers_given);

/// Why a live value cannot be used; nullopt when it can.
std::optional<std::string> live_fault(const LiveField& field, const LiveSettings& settings);

/// What cannot differ between a checkpoint and the training that goes on from it, as text.
std::string structure(const Settings& settings);

/// Share of the learning rate that is left after `progress` (0 to 1) of the training. At the end it is decay_rate,
/// whatever the kind: `step` takes its square root at one half and the rest at three quarters, `exponential` is
/// decay_rate^progress, `cosine` is decay_rate + (1 - decay_rate) (1 + cos(pi progress)) / 2, `none` is 1.
double decay_factor(const Settings& settings, double progress);

}  // namespace sterlet::trainer
