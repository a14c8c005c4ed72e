#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "data.h"
#include "settings.h"

namespace sterlet::trainer {

/// All that a step of the optimizer changes; with the position in the data it makes a training repeatable to the bit.
struct NetworkState {
  std::vector<float> weights;  ///< All layers, one after the other.
  std::vector<float> average;  ///< sgd: momentum buffer; adam: average of the gradients.
  std::vector<float> square;   ///< adam: average of the squared gradients; else empty.
  double beta1_power = 1;      ///< adam: product of the beta1 of all steps so far, for the bias correction.
  double beta2_power = 1;
  std::vector<std::uint8_t> chance;  ///< State of libtorch's random generator, which dropout draws from.
};

struct Evaluation {
  double loss = 0;
  double error = 0;  ///< Share of wrong classes; or root mean squared error in the target's own units.
};

/// A network with its optimizer. The only part that knows libtorch, kept behind a pointer because its headers take many
/// seconds to compile.
class Network final {
 public:
  /// With new weights drawn from settings.seed. Uses settings.threads threads, and one when that is 1 even in the
  /// libraries underneath: only then is a training repeatable to the bit.
  Network(const Settings& settings, const Dataset& dataset);
  ~Network();

  /// One step of the optimizer on the named training rows, each with the label of the row at the same place in `labels`
  /// (the same rows, but for labels that are bad on purpose); the mean loss before it.
  double step(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> labels, const LiveSettings& live,
              double learning_rate);

  /// Mean loss and error over all rows, without dropout.
  Evaluation evaluate(const Rows& rows);

  NetworkState state() const;
  /// False where the state is of another network; nothing is changed then.
  bool restore(const NetworkState& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sterlet::trainer
