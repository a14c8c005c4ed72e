#include "sterlet/studyfile/presets.h"

namespace sterlet::studyfile {

namespace {

using space::Kind;
using space::Parameter;
using space::Scalar;
using space::Scale;

PresetParameter numeric(std::string name, Kind kind, double low, double high, Scale scale, Scalar value, int tier) {
  PresetParameter row;
  row.parameter.name = std::move(name);
  row.parameter.kind = kind;
  row.parameter.low = low;
  row.parameter.high = high;
  row.parameter.scale = scale;
  row.parameter.defaults = {std::move(value)};
  row.parameter.tier = tier;
  return row;
}

PresetParameter number(std::string name, double low, double high, Scale scale, double value, int tier) {
  return numeric(std::move(name), Kind::kFloat, low, high, scale, Scalar(value), tier);
}

PresetParameter count(std::string name, double low, double high, Scale scale, std::int64_t value, int tier) {
  return numeric(std::move(name), Kind::kInt, low, high, scale, Scalar(value), tier);
}

PresetParameter live(PresetParameter row) {
  row.parameter.live = true;
  return row;
}

PresetParameter learning_rate() { return live(number("learning_rate", 1e-4, 1, Scale::kLog, 0.01, 1)); }
PresetParameter momentum() { return live(number("momentum", 0.9, 0.999, Scale::kReverseLog, 0.9, 2)); }

PresetParameter one_a_layer(PresetParameter row) {
  row.parameter.repeat = "layers";
  return row;
}

PresetParameter choice(std::string name, const std::vector<std::string>& choices, int tier) {
  PresetParameter row;
  row.parameter.name = std::move(name);
  row.parameter.kind = Kind::kCategorical;
  row.parameter.choices.assign(choices.begin(), choices.end());
  row.parameter.defaults = {Scalar(choices.front())};
  row.parameter.tier = tier;
  return row;
}

PresetParameter only_for(PresetParameter row, std::string parameter, std::vector<std::string> choices) {
  row.depends_on = std::move(parameter);
  row.depends_for = std::move(choices);
  return row;
}

PresetParameter weight_decay() {
  PresetParameter row = number("weight_decay", 1e-6, 1e-2, Scale::kLog, 0.0, 3);
  row.parameter.zero = 0.1;
  return row;
}

std::vector<PresetParameter> adam_averages() {
  return {number("beta1", 0.5, 0.99, Scale::kReverseLog, 0.9, 4),
          number("beta2", 0.9, 0.9999, Scale::kReverseLog, 0.999, 4),
          number("epsilon", 1e-10, 1e-4, Scale::kLog, 1e-8, 4)};
}

std::vector<PresetParameter> decay() {
  return {choice("decay", {"none", "step", "exponential", "cosine"}, 3),
          only_for(number("decay_rate", 1e-3, 1, Scale::kLog, 0.1, 3), "decay", {"step", "exponential", "cosine"})};
}

void append(std::vector<PresetParameter>& rows, std::vector<PresetParameter> more) {
  rows.insert(rows.end(), more.begin(), more.end());
}

// What both built-in networks share: how they are trained.
std::vector<PresetParameter> training() {
  std::vector<PresetParameter> rows{choice("optimizer", {"sgd", "adam"}, 3), learning_rate(),
                                    only_for(momentum(), "optimizer", {"sgd"}),
                                    count("batch_size", 16, 512, Scale::kLog, 64, 2)};
  for (PresetParameter& row : adam_averages()) rows.push_back(only_for(std::move(row), "optimizer", {"adam"}));
  return rows;
}

Preset mlp() {
  Preset preset{.name = "mlp",
                .summary = "a multi-layer perceptron, trained by SGD with momentum or by Adam",
                .command = {"sterlet-train", "mlp", "--data", "fashion-mnist"},
                .parameters = training()};
  append(preset.parameters,
         {count("layers", 1, 4, Scale::kLinear, 2, 3), one_a_layer(count("units", 16, 256, Scale::kLog, 64, 2)),
          choice("activation", {"relu", "tanh", "gelu", "sigmoid"}, 3),
          number("dropout", 0, 0.5, Scale::kLinear, 0.0, 3), weight_decay()});
  append(preset.parameters, decay());
  return preset;
}

Preset cnn() {
  Preset preset{.name = "cnn",
                .summary = "a small convolutional network, trained by SGD with momentum or by Adam",
                .command = {"sterlet-train", "cnn", "--data", "fashion-mnist"},
                .parameters = training()};
  append(preset.parameters,
         {count("layers", 1, 3, Scale::kLinear, 2, 3), one_a_layer(count("filters", 8, 64, Scale::kLog, 16, 2))});
  PresetParameter kernel = count("kernel_size", 3, 5, Scale::kLinear, 3, 3);
  kernel.parameter.step = 2;
  append(preset.parameters, {kernel, choice("activation", {"relu", "tanh", "gelu", "sigmoid"}, 3),
                             number("dropout", 0, 0.5, Scale::kLinear, 0.0, 3), weight_decay()});
  append(preset.parameters, decay());
  return preset;
}

Preset sgd() {
  Preset preset{
      .name = "sgd",
      .summary = "stochastic gradient descent with momentum, for a program of your own",
      .command = {"python3", "train.py"},
      .parameters = {learning_rate(), momentum(), count("batch_size", 16, 512, Scale::kLog, 64, 2), weight_decay()}};
  append(preset.parameters, decay());
  return preset;
}

Preset adam() {
  const PresetParameter rate = live(number("learning_rate", 1e-5, 0.1, Scale::kLog, 0.001, 1));
  Preset preset{.name = "adam",
                .summary = "Adam, for a program of your own",
                .command = {"python3", "train.py"},
                .parameters = {rate, count("batch_size", 16, 512, Scale::kLog, 64, 2), weight_decay()}};
  append(preset.parameters, decay());
  append(preset.parameters, adam_averages());
  return preset;
}

Preset xgboost() {
  Preset preset{
      .name = "xgboost",
      .summary = "gradient-boosted trees, in XGBoost's own words",
      .command = {"python3", "train.py"},
      .parameters = {
          number("learning_rate", 0.005, 0.5, Scale::kLog, 0.3, 1), count("max_depth", 2, 12, Scale::kLinear, 6, 2),
          number("min_child_weight", 0.5, 50, Scale::kLog, 1.0, 2), number("subsample", 0.4, 1, Scale::kLinear, 1.0, 2),
          number("colsample_bytree", 0.3, 1, Scale::kLinear, 1.0, 2),
          count("n_estimators", 50, 2000, Scale::kLog, 100, 3), number("reg_lambda", 1e-3, 100, Scale::kLog, 1.0, 3),
          number("reg_alpha", 1e-6, 10, Scale::kLog, 0.0, 3), number("gamma", 1e-4, 10, Scale::kLog, 0.0, 4)}};
  for (PresetParameter& row : preset.parameters) {
    if (row.parameter.name == "reg_alpha" || row.parameter.name == "gamma") row.parameter.zero = 0.1;
  }
  return preset;
}

}  // namespace

std::vector<Preset> make_presets() { return {mlp(), cnn(), sgd(), adam(), xgboost()}; }

}  // namespace sterlet::studyfile
