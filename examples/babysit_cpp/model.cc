// Logistic regression on generated points, by hand, that can be changed, taken back and branched while it trains.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "sterlet.hpp"

namespace {

constexpr int kDimensions = 6;
constexpr int kBatch = 50;

using Weights = std::array<double, kDimensions>;

struct Point {
  Weights x{};
  double label = 0;
};

double uniform(std::mt19937_64& chance) { return static_cast<double>(chance() >> 11) * 0x1p-53; }

// Twelve uniform numbers make a normal one, near enough.
double normal(std::mt19937_64& chance) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += uniform(chance);
  return sum;
}

std::vector<Point> make_points(int count, std::mt19937_64& chance) {
  Weights direction{};
  for (double& value : direction) value = normal(chance);
  std::vector<Point> points(static_cast<std::size_t>(count));
  for (Point& point : points) {
    double side = 0.5 * normal(chance);
    for (std::size_t i = 0; i < kDimensions; ++i) {
      point.x[i] = normal(chance);
      side += direction[i] * point.x[i];
    }
    point.label = side > 0 ? 1 : 0;
  }
  return points;
}

double probability(const Weights& weights, const Point& point) {
  double score = 0;
  for (std::size_t i = 0; i < kDimensions; ++i) score += weights[i] * point.x[i];
  return 1 / (1 + std::exp(-std::clamp(score, -30.0, 30.0)));
}

/// All that the next step depends on: weights, the momentum's average, the random numbers, and how far it is.
struct Model {
  Weights weights{}, speed{};
  std::uint64_t seed = 1;
  unsigned long long drawn = 0;  ///< Of the random numbers; the generator is put there again.
  int step = 0;
  std::mt19937_64 chance;

  void begin(std::uint64_t with_seed) {
    seed = with_seed;
    chance.seed(seed);
  }

  /// False where the file cannot be written. Written to another name first: what Sterlet is told of must be whole.
  bool save(const std::string& path) const {
    std::FILE* file = std::fopen((path + ".part").c_str(), "w");
    if (file == nullptr) return false;
    std::fprintf(file, "%llu %llu %d\n", static_cast<unsigned long long>(seed), drawn, step);
    for (std::size_t i = 0; i < kDimensions; ++i) std::fprintf(file, "%a %a\n", weights[i], speed[i]);
    const bool written = std::fflush(file) == 0 && fsync(fileno(file)) == 0;
    return std::fclose(file) == 0 && written && std::rename((path + ".part").c_str(), path.c_str()) == 0;
  }

  bool load(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "r");
    if (file == nullptr) return false;
    Model there;
    unsigned long long its_seed = 0;
    bool whole = std::fscanf(file, "%llu %llu %d", &its_seed, &there.drawn, &there.step) == 3;
    for (std::size_t i = 0; i < kDimensions; ++i) {
      whole = whole && std::fscanf(file, "%la %la", &there.weights[i], &there.speed[i]) == 2;
    }
    std::fclose(file);
    if (!whole) return false;
    there.begin(its_seed);
    there.chance.discard(there.drawn);
    *this = there;
    return true;
  }

  void train(const std::vector<Point>& points, std::size_t count, double learning_rate, double momentum) {
    Weights gradient{};
    for (int i = 0; i < kBatch; ++i) {
      const Point& point = points[chance() % count];
      ++drawn;
      const double slope = probability(weights, point) - point.label;
      for (std::size_t k = 0; k < kDimensions; ++k) gradient[k] += slope * point.x[k] / kBatch;
    }
    for (std::size_t k = 0; k < kDimensions; ++k) {
      speed[k] = momentum * speed[k] - learning_rate * gradient[k];
      weights[k] += speed[k];
    }
    ++step;
  }
};

}  // namespace

int main() {
  sterlet::TrialOptions can;
  can.live = true;      // It reads poll() between steps,
  can.restores = true;  // and goes back to a checkpoint when it is asked to.
  sterlet::Trial trial(can);
  double learning_rate = trial.get("learning_rate", 0.01), momentum = trial.get("momentum", 0.9);
  const int steps = trial.get("steps", 300);

  constexpr std::size_t kTrained = 900;
  std::mt19937_64 data(1);
  const std::vector<Point> points = make_points(1200, data);
  Model model;
  model.begin(static_cast<std::uint64_t>(trial.seed(1)));
  if (!trial.resume_path().empty() && !model.load(trial.resume_path())) {
    trial.failed("the checkpoint " + trial.resume_path() + " cannot be read");
    return 1;
  }
  int saved = 0;
  while (model.step < steps && !trial.should_stop()) {
    for (const sterlet::Message& message : trial.poll()) {
      if (message.kind == sterlet::Message::Kind::kCheckpoint) {
        const std::string name = "step-" + std::to_string(model.step) + "-" + std::to_string(trial.attempt()) + "-" +
                                 std::to_string(++saved);
        if (model.save(trial.checkpoint_dir() + "/" + name)) {
          trial.checkpointed(model.step, name);
        } else {
          trial.refused_checkpoint("it cannot be written");
        }
      } else if (message.kind == sterlet::Message::Kind::kRestore) {
        if (!model.load(message.path)) {
          trial.refused_restore(message.path, "it cannot be read");
          continue;
        }
        trial.restored(model.step, message.path);
      }
      if (message.values.empty()) continue;  // Of a set, or of a restore.
      for (const auto& [name, value] : message.values) {
        if (name == "learning_rate") learning_rate = value.number().value_or(learning_rate);
        if (name == "momentum") momentum = value.number().value_or(momentum);
      }
      trial.applied(model.step, message.values);
    }
    model.train(points, kTrained, learning_rate, momentum);
    double loss = 0;
    for (std::size_t i = kTrained; i < points.size(); ++i) {
      const double right =
          points[i].label > 0 ? probability(model.weights, points[i]) : 1 - probability(model.weights, points[i]);
      loss -= std::log(std::max(1e-12, right)) / static_cast<double>(points.size() - kTrained);
    }
    trial.report(model.step, {{"val_loss", loss}, {"learning_rate", learning_rate}});
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // So that there is time to watch it.
  }
}
