#include "settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

namespace sterlet::trainer {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kLayersMax = 64;
constexpr int kWidthMax = 1 << 16;

std::vector<int> get_widths(const Trial& trial, const std::string& name, const std::vector<int>& otherwise) {
  std::vector<int> widths;
  if (!trial.has(name)) return otherwise;
  for (const double width : trial.get_list(name, {otherwise.begin(), otherwise.end()})) {
    if (std::floor(width) != width || std::abs(width) > kWidthMax)
      throw std::runtime_error(fmt::format(
          "STERLET_PARAMS: {} must be integers (found {}); change its type in the study file", name, width));
    widths.push_back(static_cast<int>(width));
  }
  return widths;
}

std::optional<StepRange> read_steps(const std::string& text) {
  StepRange steps;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, steps.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto last = std::from_chars(first.ptr + 1, end, steps.last);
  if (last.ec != std::errc() || last.ptr != end || steps.first < 1 || steps.last < steps.first) return std::nullopt;
  return steps;
}

std::optional<std::string> choice_fault(const char* name, const std::string& found, std::vector<std::string> choices) {
  if (std::find(choices.begin(), choices.end(), found) != choices.end()) return std::nullopt;
  return fmt::format("{} must be one of {} (found '{}')", name, fmt::join(choices, ", "), found);
}

}  // namespace

const std::vector<LiveField>& live_fields() {
  static const std::vector<LiveField> fields = {
      {"learning_rate", &LiveSettings::learning_rate, 0, false, kInfinity, "above 0", "step size of the optimizer"},
      {"momentum", &LiveSettings::momentum, 0, true, 1, "at least 0 and below 1", "sgd: momentum"},
      {"weight_decay", &LiveSettings::weight_decay, 0, true, kInfinity, "at least 0", "L2 penalty on the weights"},
      {"dropout", &LiveSettings::dropout, 0, true, 1, "at least 0 and below 1", "share of units left out in training"},
      {"beta1", &LiveSettings::beta1, 0, true, 1, "at least 0 and below 1", "adam: decay of the gradient's average"},
      {"beta2", &LiveSettings::beta2, 0, true, 1, "at least 0 and below 1", "adam: decay of the square's average"},
      {"epsilon", &LiveSettings::epsilon, 0, false, kInfinity, "above 0", "adam: added to the denominator"},
  };
  return fields;
}

std::vector<std::string> apply_params(const Trial& trial, Settings& settings) {
  std::set<std::string> known;
  const auto take = [&](const char* name, auto& value) {
    if (trial.has(name)) value = trial.get(name, value);  // What the study leaves out comes from the flags.
    known.insert(name);
  };
  for (const LiveField& field : live_fields()) take(field.name, settings.live.*field.member);
  take("batch_size", settings.batch_size);
  take("layers", settings.layers);
  take("kernel_size", settings.kernel_size);
  take("activation", settings.activation);
  take("optimizer", settings.optimizer);
  take("decay", settings.decay);
  take("decay_rate", settings.decay_rate);
  take("epochs", settings.epochs);
  take("train_rows", settings.train_rows);
  settings.units = get_widths(trial, "units", settings.units);
  settings.filters = get_widths(trial, "filters", settings.filters);
  known.insert({"units", "filters"});
  std::vector<std::string> unknown;
  for (const auto& [name, value] : trial.params())
    if (!known.count(name)) unknown.push_back(name);
  return unknown;
}

std::optional<std::string> live_fault(const LiveField& field, const LiveSettings& settings) {
  const double value = settings.*field.member;
  const bool inside = (field.low_included ? value >= field.low : value > field.low) && value < field.high;
  if (inside) return std::nullopt;
  return fmt::format("{} must be {} (found {})", field.name, field.range, value);
}

std::vector<std::string> complete(Settings& settings, bool layers_given) {
  std::vector<std::string> faults;
  const auto at_least = [&faults](const char* name, int value, int low) {
    if (value < low) faults.push_back(fmt::format("{} must be at least {} (found {})", name, low, value));
  };
  const auto note = [&faults](std::optional<std::string> fault) {
    if (fault) faults.push_back(*fault);
  };
  for (const LiveField& field : live_fields()) note(live_fault(field, settings.live));
  if (!(settings.decay_rate > 0 && settings.decay_rate <= 1))
    faults.push_back(fmt::format("decay_rate must be above 0 and at most 1 (found {})", settings.decay_rate));
  note(choice_fault("activation", settings.activation, {"relu", "tanh", "gelu", "sigmoid"}));
  note(choice_fault("optimizer", settings.optimizer, {"sgd", "adam"}));
  note(choice_fault("decay", settings.decay, {"none", "step", "exponential", "cosine"}));
  at_least("batch_size", settings.batch_size, 1);
  at_least("epochs", settings.epochs, 1);
  at_least("train_rows", settings.train_rows, 0);
  at_least("kernel_size", settings.kernel_size, 1);
  if (!settings.bad_labels.empty()) {
    const auto steps = read_steps(settings.bad_labels);
    if (!steps)
      faults.push_back(
          fmt::format("--bad-labels must be two steps as FROM-TO, from 1 and in order, such as 400-439 (found '{}')",
                      settings.bad_labels));
    settings.bad_steps = steps.value_or(StepRange{});
  }
  if (settings.kernel_size % 2 == 0)
    faults.push_back(fmt::format("kernel_size must be odd (found {}), so that it has a middle", settings.kernel_size));

  const bool is_cnn = settings.model == "cnn";
  const char* name = is_cnn ? "filters" : "units";
  std::vector<int>& widths = is_cnn ? settings.filters : settings.units;
  if (widths.size() > 1 && !layers_given) settings.layers = static_cast<int>(widths.size());
  at_least("layers", settings.layers, 1);
  if (settings.layers > kLayersMax)
    faults.push_back(fmt::format("layers must be at most {} (found {})", kLayersMax, settings.layers));
  if (!faults.empty()) return faults;
  if (widths.size() == 1) widths.resize(static_cast<std::size_t>(settings.layers), widths[0]);
  if (widths.size() != static_cast<std::size_t>(settings.layers))
    faults.push_back(fmt::format("{} has {} values ({}) for {} layers; give one a layer, or one for all", name,
                                 widths.size(), fmt::join(widths, ","), settings.layers));
  for (const int width : widths)
    if (width < 1 || width > kWidthMax)
      faults.push_back(fmt::format("{} must be between 1 and {} (found {})", name, kWidthMax, width));
  return faults;
}

std::string structure(const Settings& settings) {
  const bool is_cnn = settings.model == "cnn";
  return fmt::format(
      "{} {}={}{} activation={} optimizer={} batch_size={} decay={} decay_rate={} seed={} train_rows={}",
      settings.model, is_cnn ? "filters" : "units", fmt::join(is_cnn ? settings.filters : settings.units, ","),
      is_cnn ? fmt::format(" kernel_size={}", settings.kernel_size) : "", settings.activation, settings.optimizer,
      settings.batch_size, settings.decay, settings.decay_rate, settings.seed, settings.train_rows);
}

double decay_factor(const Settings& settings, double progress) {
  if (settings.decay == "step")
    return progress < 0.5 ? 1 : progress < 0.75 ? std::sqrt(settings.decay_rate) : settings.decay_rate;
  if (settings.decay == "exponential") return std::pow(settings.decay_rate, progress);
  if (settings.decay == "cosine")
    return settings.decay_rate + (1 - settings.decay_rate) * (1 + std::cos(std::numbers::pi * progress)) / 2;
  return 1;
}

}  // namespace sterlet::trainer
