// Gradient descent with momentum on the Rosenbrock valley, reporting through Sterlet's C++ client.

#include <cmath>
#include <cstdio>

#include "sterlet.hpp"

int main() {
  sterlet::Trial trial;
  const double learning_rate = trial.get("learning_rate", 0.001);
  const double momentum = trial.get("momentum", 0.5);
  const int steps = 200;

  double x = -1.2, y = 1;
  double speed_x = 0, speed_y = 0;
  const auto height = [&] { return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x); };
  for (int step = 1; step <= steps; ++step) {
    const double slope_x = -2 * (1 - x) - 400 * x * (y - x * x);
    const double slope_y = 200 * (y - x * x);
    speed_x = momentum * speed_x - learning_rate * slope_x;
    speed_y = momentum * speed_y - learning_rate * slope_y;
    x += speed_x;
    y += speed_y;
    if (!std::isfinite(height())) {
      trial.failed("the descent left the valley for infinity at step " + std::to_string(step));
      return 1;
    }
    if (step % 20 != 0) continue;
    std::printf("step %d height=%g\n", step, height());
    trial.report(step, {{"height", height()}});
    if (trial.should_stop()) return 0;
  }
  trial.finish(height());
}
