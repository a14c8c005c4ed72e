#pragma once

#include <map>
#include <string>

namespace sterlet::babysit {

/// How a curve answers to nudges, learned from the tries of this model. For each parameter
///   gain = a d + b d phase + noise,
/// with d the step on the parameter's unit axis, phase in [0, 1] the share of the training that is over, and gain the
/// fall of log(objective) over a window against the unchanged branch. (a, b) have a normal prior, so that the posterior
/// is in closed form (Bishop: Pattern recognition and machine learning, section 3.3).
/// The prior knows one thing: late in a training a lower learning rate gains, for the noise that it keeps up settles.
class ResponseModel final {
 public:
  struct Try {
    std::string name;
    double step = 0;
    double phase = 0;
    double gain = 0;
    double noise = 0;  ///< Standard deviation of the gain; at least 2% are taken.
  };
  struct Forecast {
    double mean = 0, sd = 0;
  };

  /// `rate`: the parameter that is the learning rate.
  explicit ResponseModel(std::string rate) : rate_(std::move(rate)) {}
  /// What is not finite counts as the worst that was ever seen of a try that could be compared.
  void add(const Try& made);
  /// Gain to expect. Cost O(1).
  Forecast forecast(const std::string& name, double step, double phase) const;

 private:
  /// Sums over the tries, in units of the noise's variance.
  struct Sums {
    double dd = 0, dp = 0, pp = 0, dy = 0, py = 0;
  };
  std::string rate_;
  std::map<std::string, Sums> sums_;
};

}  // namespace sterlet::babysit
