#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/rng.h"

/// Programs as a plan meets them, without running them: what a training takes and comes to, by its parameters. Three sets: the
/// kinds of bench/plan_kinds.py, those by which the plan's constants were chosen, and those that were held back.
namespace plan_kinds {

enum class Set { kKnown, kChosenBy, kHeldBack };

struct Training {
  int steps = 20;
  double step_seconds = 0.05, start_seconds = 0.15, loss = 0;
  bool tells_steps = true;        ///< As a program does that announces them.
  bool reports = true;            ///< Else it tells its value at its end alone.
  std::optional<int> fails_at{};  ///< After this step.
  double noise = 0;               ///< Of its loss.
};

class Params final {
 public:
  explicit Params(const sterlet::base::Json& json) : json_(json) {}
  double operator[](const char* name) const { return json_.at(name).get<double>(); }
  std::string text(const char* name) const { return json_.at(name).get<std::string>(); }
  bool has(const char* name) const { return json_.contains(name); }

 private:
  const sterlet::base::Json& json_;
};

struct Kind {
  Set set;
  const char* name;
  const char* params;
  std::function<Training(const Params&, sterlet::base::RandomStream&)> train;
};

inline double square(double x) { return x * x; }
inline double off(const Params& p, const char* name, double best) { return std::fabs(std::log10(p[name] / best)); }

#define STERLET_X "  x: {type: float, low: 0, high: 1, default: 0.5}\n"
#define STERLET_RATE "  rate: {type: float, low: 1e-4, high: 1, scale: log, default: 0.01}\n"

inline std::vector<Kind> kinds() {
  using Chance = sterlet::base::RandomStream;
  const auto bowl = [](const Params& p) { return 0.1 + square(p["x"] - 0.3); };
  std::vector<Kind> out;
  const auto known = [&](const char* name, const char* params, auto train) {
    out.push_back({Set::kKnown, name, params, train});
  };
  known("equal", STERLET_X, [=](const Params& p, Chance&) { return Training{.loss = bowl(p)}; });
  known("batch, smaller is better", STERLET_X "  batch: {type: int, low: 16, high: 256, scale: log, default: 64}\n",
        [=](const Params& p, Chance&) {
          return Training{.steps = std::max(4, static_cast<int>(2560 / p["batch"])),
                          .step_seconds = 0.025,
                          .loss = bowl(p) + 0.1 * std::log2(p["batch"] / 16)};
        });
  known("batch, not told", STERLET_X "  batch: {type: int, low: 16, high: 256, scale: log, default: 64}\n",
        [=](const Params& p, Chance&) {
          return Training{.steps = std::max(4, static_cast<int>(2560 / p["batch"])),
                          .step_seconds = 0.025,
                          .loss = bowl(p) + 0.1 * std::fabs(std::log2(p["batch"] / 64)),
                          .tells_steps = false};
        });
  known("layers and units",
        STERLET_X
        "  layers: {type: int, low: 1, high: 6, default: 2}\n"
        "  units: {type: int, low: 32, high: 512, scale: log, default: 128}\n",
        [=](const Params& p, Chance&) {
          return Training{.step_seconds = 0.004 + 0.00012 * p["layers"] * p["units"],
                          .loss = bowl(p) + 0.3 / p["layers"] + 3 / p["units"]};
        });
  known("layers and units squared",
        STERLET_X
        "  layers: {type: int, low: 1, high: 6, default: 2}\n"
        "  units: {type: int, low: 32, high: 256, scale: log, default: 64}\n",
        [=](const Params& p, Chance&) {
          return Training{.step_seconds = 0.01 + 1e-6 * p["layers"] * square(p["units"]),
                          .loss = bowl(p) + 0.3 / p["layers"] + 3 / p["units"]};
        });
  known("epochs", STERLET_X "  epochs: {type: int, low: 5, high: 60, default: 20}\n", [=](const Params& p, Chance&) {
    return Training{.steps = static_cast<int>(p["epochs"]), .step_seconds = 0.04, .loss = bowl(p) + 1 / p["epochs"]};
  });
  known("trees, told at the end",
        STERLET_X
        "  trees: {type: int, low: 20, high: 1000, scale: log, default: 100}\n"
        "  rate: {type: float, low: 1e-3, high: 1, scale: log, default: 0.1}\n",
        [=](const Params& p, Chance&) {
          return Training{.steps = 1,
                          .step_seconds = 0.003 * p["trees"],
                          .loss = bowl(p) + 0.1 * std::fabs(std::log(p["trees"] * p["rate"] / 10)),
                          .reports = false};
        });
  known("slow start", STERLET_X,
        [=](const Params& p, Chance&) { return Training{.steps = 10, .start_seconds = 2.65, .loss = bowl(p)}; });
  known("memory", STERLET_X "  width: {type: int, low: 1, high: 8, default: 4}\n", [=](const Params& p, Chance&) {
    return Training{.steps = 10, .step_seconds = 0.02 * p["width"], .loss = bowl(p) + 0.2 / p["width"]};
  });
  known("at random", STERLET_X, [=](const Params& p, Chance& chance) {
    return Training{.step_seconds = 0.05 * std::exp(0.7 * chance.normal()), .loss = bowl(p)};
  });
  known("early failures", STERLET_X "  rate: {type: float, low: 1e-4, high: 10, scale: log, default: 0.01}\n",
        [=](const Params& p, Chance&) {
          if (p["rate"] > 0.3) return Training{.steps = 2, .loss = 9, .fails_at = 2};
          return Training{.steps = 30, .loss = bowl(p) + 0.1 * std::fabs(std::log10(p["rate"]) + 1)};
        });
  known("stops itself", STERLET_X "  rate: {type: float, low: 1e-3, high: 1, scale: log, default: 0.03}\n",
        [=](const Params& p, Chance&) {
          return Training{.steps = static_cast<int>(8 + 2 / std::sqrt(p["rate"])),
                          .step_seconds = 0.04,
                          .loss = bowl(p) + 0.1 * std::fabs(std::log10(p["rate"]) + 1.5),
                          .tells_steps = false};
        });

  const auto chosen_by = [&](const char* name, const char* params, auto train) {
    out.push_back({Set::kChosenBy, name, params, train});
  };
  chosen_by("width squared, noise",
            STERLET_RATE
            "  width: {type: int, low: 64, high: 512, scale: log, default: 128}\n"
            "  layers: {type: int, low: 1, high: 8, default: 2}\n"
            "  dropout: {type: float, low: 0, high: 0.6, default: 0.1}\n",
            [](const Params& p, Chance& chance) {
              return Training{.step_seconds = 0.01 + 3e-7 * p["layers"] * square(p["width"]),
                              .loss = 0.5 + 0.2 * square(off(p, "rate", 0.003)) + 10 / p["width"] + 0.1 / p["layers"] +
                                      0.1 * square(p["dropout"] - 0.2),
                              .noise = 0.02 * chance.normal()};
            });
  chosen_by("a step by the batch, best inside",
            STERLET_RATE "  batch: {type: int, low: 16, high: 512, scale: log, default: 64}\n",
            [](const Params& p, Chance&) {
              return Training{.step_seconds = 0.01 + 0.0003 * p["batch"],
                              .loss = 0.3 + 0.1 * square(off(p, "rate", 0.01 * p["batch"] / 64)) +
                                      0.05 * square(std::log2(p["batch"] / 100))};
            });
  chosen_by("trees and depth, at the end",
            "  trees: {type: int, low: 50, high: 800, scale: log, default: 200}\n"
            "  depth: {type: int, low: 2, high: 10, default: 4}\n"
            "  rate: {type: float, low: 0.005, high: 0.5, scale: log, default: 0.1}\n"
            "  subsample: {type: float, low: 0.3, high: 1, default: 1}\n",
            [](const Params& p, Chance&) {
              return Training{.steps = 1,
                              .step_seconds = 0.0008 * p["trees"] * p["depth"] * (0.3 + 0.7 * p["subsample"]),
                              .loss = 0.2 + 0.03 * square(std::log(p["trees"] * p["rate"] / 15)) +
                                      0.01 * square(p["depth"] - 6) + 0.05 * square(p["subsample"] - 0.8),
                              .reports = false};
            });
  chosen_by("a choice of models", STERLET_RATE "  model: {choices: [small, large, middle], default: small}\n",
            [](const Params& p, Chance&) {
              const std::string model = p.text("model");
              return Training{.step_seconds = model == "small"    ? 0.02
                                              : model == "middle" ? 0.06
                                                                  : 0.16,
                              .loss = (model == "small"    ? 0.5
                                       : model == "middle" ? 0.3
                                                           : 0.35) +
                                      0.1 * square(off(p, "rate", 0.01))};
            });
  chosen_by("epochs, best inside",
            STERLET_RATE
            "  epochs: {type: int, low: 5, high: 100, default: 20}\n"
            "  decay: {type: float, low: 1e-6, high: 1e-1, scale: log, default: 1e-4}\n",
            [](const Params& p, Chance&) {
              return Training{.steps = static_cast<int>(p["epochs"]),
                              .step_seconds = 0.02,
                              .loss = 0.3 + 0.1 * square(off(p, "rate", 0.02)) + 0.0001 * square(p["epochs"] - 45) +
                                      0.01 * square(off(p, "decay", 1e-3))};
            });
  chosen_by("units, small is better",
            STERLET_RATE "  units: {type: int, low: 16, high: 1024, scale: log, default: 256}\n",
            [](const Params& p, Chance&) {
              return Training{.step_seconds = 0.005 + 0.0002 * p["units"],
                              .loss = 0.3 + 0.1 * square(off(p, "rate", 0.01)) + 0.1 * off(p, "units", 24)};
            });
  chosen_by("units of no matter",
            STERLET_RATE
            "  units: {type: int, low: 16, high: 1024, scale: log, default: 128}\n"
            "  momentum: {type: float, low: 0.5, high: 0.99, scale: reverse_log, default: 0.9}\n",
            [](const Params& p, Chance& chance) {
              return Training{.step_seconds = 0.005 + 0.0002 * p["units"],
                              .loss = 0.3 + 0.1 * square(off(p, "rate", 0.01)) + 0.1 * square(p["momentum"] - 0.9),
                              .noise = 0.01 * chance.normal()};
            });
  chosen_by("six numbers, one of which takes time",
            STERLET_RATE
            "  a: {type: float, low: 0, high: 1, default: 0.5}\n  b: {type: float, low: 0, high: 1, default: 0.5}\n"
            "  c: {type: float, low: 0, high: 1, default: 0.5}\n  d: {type: float, low: 0, high: 1, default: 0.5}\n"
            "  blocks: {type: int, low: 1, high: 12, default: 3}\n",
            [](const Params& p, Chance&) {
              return Training{.step_seconds = 0.01 + 0.012 * p["blocks"],
                              .loss = 0.3 + 0.05 * square(off(p, "rate", 0.003)) + 0.2 * square(p["a"] - 0.2) +
                                      0.1 * square(p["b"] - 0.7) + 0.3 / p["blocks"]};
            });
  chosen_by("channels and kernel, maximised badly",
            STERLET_RATE
            "  channels: {type: int, low: 8, high: 128, scale: log, default: 16}\n"
            "  kernel: {choices: [3, 5, 7], default: 3}\n",
            [](const Params& p, Chance& chance) {
              return Training{
                  .steps = 15,
                  .step_seconds = 0.02 + 6e-6 * p["channels"] * square(p["kernel"]) * 15,
                  .start_seconds = 0.6,
                  .loss = 0.4 + 0.1 * square(off(p, "rate", 0.01)) + 1.5 / p["channels"] - 0.01 * (p["kernel"] == 5),
                  .noise = 0.01 * chance.normal()};
            });
  chosen_by(
      "neighbours, told at the end",
      "  neighbours: {type: int, low: 1, high: 100, scale: log, default: 5}\n"
      "  power: {type: float, low: 1, high: 5, default: 2}\n  leaf: {type: int, low: 10, high: 100, default: 30}\n",
      [](const Params& p, Chance& chance) {
        return Training{.steps = 1,
                        .step_seconds = 0.6 + 0.004 * p["neighbours"],
                        .loss = 0.2 + 0.05 * square(off(p, "neighbours", 8)) + 0.01 * square(p["power"] - 1.5),
                        .reports = false,
                        .noise = 0.004 * chance.normal()};
      });
  chosen_by("steps by a share of the data", STERLET_RATE "  share: {type: float, low: 0.05, high: 1, default: 0.5}\n",
            [](const Params& p, Chance&) {
              return Training{.steps = std::max(3, static_cast<int>(40 * p["share"])),
                              .loss = 0.2 + 0.1 * square(off(p, "rate", 0.01)) + 0.1 * std::pow(p["share"], -0.5)};
            });
  chosen_by("diverges, wide",
            "  rate: {type: float, low: 1e-5, high: 10, scale: log, default: 0.01}\n"
            "  hidden: {type: int, low: 16, high: 512, scale: log, default: 64}\n",
            [](const Params& p, Chance&) {
              Training one{.step_seconds = 0.02 + 0.0003 * p["hidden"],
                           .loss = 0.2 + 0.1 * square(off(p, "rate", 0.05)) + 2 / p["hidden"]};
              if (p["rate"] > 1) one.fails_at = 1;
              return one;
            });

  const auto held_back = [&](const char* name, const char* params, auto train) {
    out.push_back({Set::kHeldBack, name, params, train});
  };
  held_back("heads, width and depth",
            STERLET_RATE
            "  width: {type: int, low: 32, high: 256, step: 32, default: 64}\n"
            "  depth: {type: int, low: 1, high: 6, default: 2}\n"
            "  heads: {choices: [1, 2, 4, 8], default: 2}\n"
            "  warmup: {type: int, low: 0, high: 100, default: 10}\n",
            [](const Params& p, Chance& chance) {
              return Training{
                  .steps = 25,
                  .step_seconds = 0.01 + p["depth"] * (1e-4 * p["width"] + 4e-7 * square(p["width"])),
                  .start_seconds = 0.4,
                  .loss = 1 + 0.2 * square(off(p, "rate", 0.001)) + 0.5 * std::pow(p["width"] * p["depth"], -0.4),
                  .noise = 0.01 * chance.normal()};
            });
  held_back("batch and epochs",
            STERLET_RATE
            "  batch: {choices: [16, 32, 64, 128, 256], default: 64}\n"
            "  epochs: {type: int, low: 2, high: 20, scale: log, default: 5}\n",
            [](const Params& p, Chance& chance) {
              return Training{.steps = static_cast<int>(p["epochs"]),
                              .step_seconds = 0.02 + 8 / p["batch"],
                              .loss = 0.1 + 0.1 * square(off(p, "rate", 0.002 * p["batch"] / 64)) + 0.3 / p["epochs"] +
                                      0.0003 * p["batch"],
                              .noise = 0.01 * chance.normal()};
            });
  held_back("components, told at the end",
            "  components: {type: int, low: 2, high: 200, default: 20}\n"
            "  c: {type: float, low: 1e-3, high: 1e3, scale: log, default: 1}\n",
            [](const Params& p, Chance&) {
              return Training{.steps = 1,
                              .step_seconds = 0.2 + 0.01 * p["components"] + 0.2 * std::log10(1 + p["c"]),
                              .loss = 0.1 + 0.02 * square(off(p, "c", 10)) + 0.05 * square(off(p, "components", 90)),
                              .reports = false};
            });
  held_back("model by a choice, with its own number",
            "  model: {choices: [linear, forest], default: linear}\n"
            "  trees: {type: int, low: 10, high: 500, scale: log, default: 100, when: model == \"forest\"}\n"
            "  l2: {type: float, low: 1e-6, high: 1, scale: log, default: 1e-3, when: model == \"linear\"}\n",
            [](const Params& p, Chance&) {
              if (p.text("model") == "linear") {
                return Training{.steps = 10, .step_seconds = 0.03, .loss = 0.4 + 0.01 * square(off(p, "l2", 1e-2))};
              }
              return Training{.steps = 10, .step_seconds = 0.01 + 0.0008 * p["trees"], .loss = 0.25 + 1 / p["trees"]};
            });
  held_back("a search over time that does not matter",
            STERLET_RATE "  workers: {type: int, low: 1, high: 8, default: 2}\n", [](const Params& p, Chance& chance) {
              return Training{.step_seconds = 0.02 + 0.15 / p["workers"],
                              .loss = 0.3 + 0.1 * square(off(p, "rate", 0.03)),
                              .noise = 0.005 * chance.normal()};
            });
  held_back("hidden of three layers",
            STERLET_RATE
            "  h1: {type: int, low: 16, high: 256, scale: log, default: 64}\n"
            "  h2: {type: int, low: 16, high: 256, scale: log, default: 64}\n"
            "  h3: {type: int, low: 16, high: 256, scale: log, default: 64}\n",
            [](const Params& p, Chance& chance) {
              return Training{
                  .step_seconds = 0.01 + 4e-6 * (p["h1"] * p["h2"] + p["h2"] * p["h3"] + 50 * p["h1"]),
                  .loss = 0.3 + 0.1 * square(off(p, "rate", 0.01)) + 1 / p["h1"] + 0.5 / p["h2"] + 0.2 / p["h3"],
                  .noise = 0.005 * chance.normal()};
            });
  held_back("a simulation by its resolution",
            "  cells: {type: int, low: 10, high: 80, default: 20}\n  k: {type: float, low: 0.1, high: 10, scale: log, "
            "default: 1}\n"
            "  damping: {type: float, low: 0, high: 1, default: 0.2}\n",
            [](const Params& p, Chance&) {
              return Training{.steps = 12,
                              .step_seconds = 1e-4 * square(p["cells"]),
                              .loss = square(off(p, "k", 3)) + square(p["damping"] - 0.6) + 2 / p["cells"]};
            });
  held_back("iterations of a boosting, reported",
            "  rounds: {type: int, low: 20, high: 300, default: 100}\n  eta: {type: float, low: 0.01, high: 0.5, "
            "scale: log, default: 0.1}\n"
            "  depth: {type: int, low: 2, high: 12, default: 6}\n  lambda: {type: float, low: 0.01, high: 10, scale: "
            "log, default: 1}\n",
            [](const Params& p, Chance& chance) {
              return Training{.steps = static_cast<int>(p["rounds"]),
                              .step_seconds = 0.001 + 0.0008 * p["depth"],
                              .loss = 0.1 + 0.02 * square(std::log(p["rounds"] * p["eta"] / 12)) +
                                      0.002 * square(p["depth"] - 5) + 0.005 * square(off(p, "lambda", 1)),
                              .tells_steps = false,
                              .noise = 0.003 * chance.normal()};
            });
  held_back("equal, five numbers",
            STERLET_RATE
            "  a: {type: float, low: 0, high: 1, default: 0.5}\n  b: {type: float, low: 0, high: 1, default: 0.5}\n"
            "  c: {choices: [relu, tanh, gelu], default: relu}\n",
            [](const Params& p, Chance& chance) {
              return Training{.steps = 30,
                              .step_seconds = 0.03 * std::exp(0.1 * chance.normal()),
                              .start_seconds = 0.8,
                              .loss = 0.3 + 0.1 * square(off(p, "rate", 0.01)) + 0.2 * square(p["a"] - 0.4)};
            });
  held_back("length of a sequence, longer is better to a point",
            STERLET_RATE
            "  length: {type: int, low: 16, high: 512, scale: log, default: 64}\n"
            "  units: {type: int, low: 16, high: 128, default: 32}\n",
            [](const Params& p, Chance& chance) {
              return Training{.step_seconds = 0.01 + 6e-6 * p["length"] * p["units"],
                              .loss = 0.5 + 0.1 * square(off(p, "rate", 0.005)) +
                                      0.2 * square(std::log10(p["length"] / 150)) + 1 / p["units"],
                              .noise = 0.01 * chance.normal()};
            });
  return out;
}

#undef STERLET_X
#undef STERLET_RATE

}  // namespace plan_kinds
