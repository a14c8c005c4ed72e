#include "sterlet/doctor/file/file_view.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/space/axis.h"
#include "sterlet/space/name_words.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::doctor {

namespace {

struct Named {
  Role role;
  std::string_view words;  // All of these, in this order, somewhere in the name.
};

// The first that fits counts.
constexpr std::array<Named, 107> kNames{{
    {Role::kLabel, "seed"},
    {Role::kLabel, "fold"},
    {Role::kLabel, "id"},
    {Role::kLabel, "index"},
    {Role::kLabel, "random state"},
    {Role::kLabel, "year"},
    {Role::kLabel, "device"},
    {Role::kLabel, "version"},
    {Role::kUnknown, "gain"},
    {Role::kShare, "exploration"},
    {Role::kShare, "clip epsilon"},
    {Role::kShare, "clip eps"},
    {Role::kShare, "greedy"},
    {Role::kAverage, "gae lambda"},
    {Role::kAverage, "td lambda"},
    {Role::kAverage, "trace decay"},
    {Role::kAverage, "discount"},
    {Role::kAverage, "ema decay"},
    {Role::kAverage, "decay ema"},
    {Role::kAverage, "ema"},
    {Role::kAverage, "polyak"},
    {Role::kAverage, "average decay"},
    {Role::kAverage, "averaging"},
    {Role::kAverage, "momentum"},
    {Role::kAverage, "beta"},
    {Role::kAverage, "beta1"},
    {Role::kAverage, "beta2"},
    {Role::kAverage, "betas"},
    {Role::kAverage, "b1"},
    {Role::kAverage, "b2"},
    {Role::kAverage, "rho"},
    {Role::kEpsilon, "epsilon"},
    {Role::kEpsilon, "eps"},
    {Role::kSteps, "warmup"},
    {Role::kSteps, "epochs"},
    {Role::kSteps, "epoch"},
    {Role::kSteps, "steps"},
    {Role::kSteps, "iterations"},
    {Role::kSteps, "iters"},
    {Role::kSteps, "patience"},
    {Role::kRegularizer, "weight decay"},
    {Role::kShare, "decay rate"},
    {Role::kShare, "rate decay"},
    {Role::kShare, "rate factor"},
    {Role::kShare, "rate gamma"},
    {Role::kShare, "lr decay"},
    {Role::kShare, "lr factor"},
    {Role::kShare, "lr gamma"},
    {Role::kShare, "lr step"},
    {Role::kShare, "lr patience"},
    {Role::kShare, "subsample"},
    {Role::kShare, "colsample"},
    {Role::kShare, "fraction"},
    {Role::kShare, "ratio"},
    {Role::kShare, "share"},
    {Role::kShare, "prob"},
    {Role::kShare, "probability"},
    {Role::kShare, "smoothing"},
    {Role::kShare, "mixup"},
    {Role::kShare, "cutmix"},
    {Role::kShare, "quantile"},
    {Role::kShare, "percentile"},
    {Role::kShare, "threshold"},
    {Role::kShare, "split"},
    {Role::kShare, "angle"},
    {Role::kLearningRate, "learning rate"},
    {Role::kLearningRate, "learningrate"},
    {Role::kLearningRate, "learn rate"},
    {Role::kLearningRate, "lrate"},
    {Role::kLearningRate, "lr"},
    {Role::kLearningRate, "eta"},
    {Role::kLearningRate, "step size"},
    {Role::kLearningRate, "stepsize"},
    {Role::kDropout, "dropout"},
    {Role::kDropout, "drop"},
    {Role::kRegularizer, "wd"},
    {Role::kRegularizer, "l1"},
    {Role::kRegularizer, "l2"},
    {Role::kRegularizer, "lambda"},
    {Role::kRegularizer, "reg"},
    {Role::kRegularizer, "regularization"},
    {Role::kRegularizer, "regularisation"},
    {Role::kRegularizer, "regularizer"},
    {Role::kRegularizer, "regulariser"},
    {Role::kRegularizer, "ridge"},
    {Role::kRegularizer, "lasso"},
    {Role::kRegularizer, "alpha"},
    {Role::kBatchSize, "batch size"},
    {Role::kBatchSize, "batchsize"},
    {Role::kBatchSize, "batch"},
    {Role::kBatchSize, "minibatch"},
    {Role::kBatchSize, "bs"},
    {Role::kLayers, "hidden layers"},
    {Role::kUnits, "units"},
    {Role::kUnits, "hidden"},
    {Role::kUnits, "neurons"},
    {Role::kUnits, "width"},
    {Role::kUnits, "filters"},
    {Role::kUnits, "channels"},
    {Role::kUnits, "nodes"},
    {Role::kUnits, "dim"},
    {Role::kUnits, "dims"},
    {Role::kUnits, "d model"},
    {Role::kUnits, "d ff"},
    {Role::kLayers, "layers"},
    {Role::kLayers, "depth"},
}};

// C is how little a linear or a kernel model is regularised; elsewhere the third of some, or degrees.
bool is_inverse_regularizer(const std::vector<std::string>& words) {
  if (words.empty() || words.back() != "c") return false;
  return words.size() == 1 || std::any_of(words.begin(), words.end(), [](std::string_view word) {
           static constexpr std::array<std::string_view, 11> kModels{
               "svm", "svc", "svr", "logistic", "logreg", "regress", "linear", "classif", "clf", "model", "estimator"};
           return word == "lr" || std::any_of(kModels.begin(), kModels.end(), [&](std::string_view model) {
                    return word.find(model) != std::string_view::npos;
                  });
         });
}

// lr_layer_decay and lr_power say how a rate changes, lr_mult multiplies another one.
Role role_of_rate(std::string_view name) {
  if (ends_with_any(name, {"decay", "power", "exponent", "gamma", "factor"})) return Role::kShare;
  return ends_with_any(name, {"mult", "multiplier", "scale"}) ? Role::kUnknown : Role::kLearningRate;
}

// Its name is used for weights between two terms, for lengths, and for what decays, too.
bool has_other_meanings(std::string_view regularizer) {
  const std::vector<std::string> words = space::words_of(regularizer);
  const bool is_plain = has_any(regularizer, {"alpha", "lambda"}) || words.size() == 1;
  return is_plain && !has_any(regularizer, {"weight decay", "wd", "reg", "regularization", "regularisation",
                                            "regularizer", "regulariser", "ridge", "lasso"});
}

// Its ends stand alike from 0 and 1, or both are no small shares of 1.
bool is_weight(const space::Parameter& parameter) {
  if (parameter.kind != space::Kind::kFloat || parameter.scale == space::Scale::kLog) return false;
  constexpr double kNotSmall = 0.05, kSame = 1e-9;
  if (!(parameter.low > 0) || parameter.high > 1) return false;
  return parameter.low > kNotSmall || std::abs(parameter.low - (1 - parameter.high)) < kSame;
}

constexpr double kEpsilonMost = 0.01, kEpsilonLeast = 1e-4;
constexpr double kMultiplierMost = 16;
constexpr double kNearOne = 0.9;

}  // namespace

bool has_any(std::string_view name, std::initializer_list<std::string_view> sought) {
  const std::vector<std::string> words = space::words_of(name);
  return std::any_of(sought.begin(), sought.end(),
                     [&](std::string_view each) { return space::has_words(words, each); });
}

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> sought) {
  const std::vector<std::string> words = space::words_of(name);
  return !words.empty() && std::find(sought.begin(), sought.end(), words.back()) != sought.end();
}

std::optional<std::vector<double>> numbers_of(const space::Parameter& parameter) {
  if (space::is_numeric(parameter)) return std::vector<double>{parameter.low, parameter.high};
  std::vector<double> numbers;
  for (const space::Scalar& choice : parameter.choices) {
    const auto* text = std::get_if<std::string>(&choice);
    const auto number =
        text != nullptr ? base::parse_number(*text) : base::number_from_json(space::json_from_scalar(choice));
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

namespace {

// What is given as its distance to 1, or as the share that is taken anew: an average's beta the other way round.
bool is_complement(std::string_view name) { return has_any(name, {"one minus", "1 minus", "complement", "tau"}); }

}  // namespace

Role role_of(std::string_view name) {
  const std::vector<std::string> words = space::words_of(name);
  if (is_inverse_regularizer(words)) return Role::kRegularizer;
  const auto found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Named& row) { return space::has_words(words, row.words); });
  if (found == kNames.end() || (found->role == Role::kAverage && is_complement(name))) return Role::kUnknown;
  return found->role == Role::kLearningRate ? role_of_rate(name) : found->role;
}

Role role_of(const space::Parameter& parameter) {
  const Role role = role_of(parameter.name);
  const bool is_counted = role == Role::kLearningRate || role == Role::kAverage;
  if (is_counted && parameter.kind == space::Kind::kInt) return Role::kSteps;
  if (role == Role::kRegularizer && has_other_meanings(parameter.name) && is_weight(parameter)) {
    return parameter.low >= kNearOne ? Role::kUnknown : Role::kShare;
  }
  // How many are dropped, or when, or in percent.
  if (role == Role::kDropout && space::is_numeric(parameter)) {
    const bool is_count = parameter.kind == space::Kind::kInt || has_any(parameter.name, {"percent", "pct"}) ||
                          !has_any(parameter.name, {"dropout"});
    if (is_count && parameter.high > 1) return Role::kUnknown;
  }
  // A width or depth in fractions is a length, or multiplies another one.
  if (parameter.kind == space::Kind::kFloat) {
    if (role == Role::kUnits || role == Role::kLayers) return Role::kUnknown;
    if (role == Role::kBatchSize && parameter.high <= kMultiplierMost) return Role::kUnknown;
  }
  if (role != Role::kEpsilon) return role;
  const auto numbers = numbers_of(parameter);
  if (!numbers || numbers->empty()) return Role::kUnknown;
  const auto [least, most] = std::minmax_element(numbers->begin(), numbers->end());
  return *most <= kEpsilonMost || (*least > 0 && *least < kEpsilonLeast) ? role : Role::kUnknown;
}

bool is_sure_average(std::string_view name) {
  if (is_complement(name)) return false;
  return has_any(name, {"momentum", "ema", "polyak", "averaging", "average decay", "gae lambda", "td lambda",
                        "trace decay", "discount"}) ||
         is_adam_beta(name);
}

bool is_weight_decay(std::string_view name) {
  return role_of(name) == Role::kRegularizer && has_any(name, {"weight decay", "wd", "l1", "l2"});
}

bool is_adam_beta(std::string_view name) {
  return !is_complement(name) && has_any(name, {"beta1", "beta2", "beta 1", "beta 2", "b1", "b2", "betas"});
}

int tier_of(const space::Parameter& parameter, const studyfile::YamlNode* declaration) {
  if (parameter.tier != 2 || (declaration != nullptr && declaration->find("tier") != nullptr)) return parameter.tier;
  switch (role_of(parameter)) {
    case Role::kLearningRate:
      return 1;
    case Role::kEpsilon:
      return 4;
    case Role::kAverage:
      return is_adam_beta(parameter.name) ? 4 : 2;
    case Role::kLayers:
    case Role::kRegularizer:
    case Role::kDropout:
      return 3;
    case Role::kUnknown:
    case Role::kBatchSize:
    case Role::kUnits:
    case Role::kShare:
    case Role::kSteps:
    case Role::kLabel:
      return 2;
  }
  return 2;
}

bool FileView::is_searched() const {
  const studyfile::StrategyRow& strategy = study::strategy_of(spec());
  return strategy.is_tuned && !strategy.is_one_point;
}

std::vector<const space::Parameter*> FileView::searched() const {
  std::vector<const space::Parameter*> parameters;
  for (const space::Parameter& parameter : space().parameters()) {
    const bool has_range = space::is_numeric(parameter) ? parameter.low < parameter.high : parameter.choices.size() > 1;
    if (has_range) parameters.push_back(&parameter);
  }
  return parameters;
}

const studyfile::YamlNode* FileView::declaration(std::string_view parameter) const {
  const studyfile::YamlNode* params = root_.find("params");
  if (params == nullptr || !params->is_map()) return nullptr;
  const studyfile::YamlNode* node = params->find(parameter);
  return node != nullptr && node->is_map() ? node : nullptr;
}

std::string FileView::at(studyfile::Mark mark) const { return fmt::format("{}:{}:{}", path_, mark.line, mark.column); }

std::string FileView::place(std::string_view parameter, std::string_view key) const {
  if (const studyfile::YamlNode* node = declaration(parameter)) {
    if (const studyfile::YamlNode* value = node->find(key)) return at(value->mark);
    const studyfile::YamlNode* params = root_.find("params");
    for (const studyfile::YamlEntry& entry : params->entries) {
      if (entry.key == parameter) return at(entry.key_mark);
    }
  }
  return place("preset");
}

std::string FileView::place(std::string_view key) const {
  const studyfile::YamlNode* node = root_.find(key);
  return at(node != nullptr ? node->mark : root_.mark);
}

double share_within(const space::Parameter& parameter, double low, double high) {
  space::Parameter continuous = parameter;
  continuous.kind = space::Kind::kFloat;
  continuous.step.reset();
  continuous.zero = 0;
  const space::Axis axis(continuous);
  return axis.unit(std::min(high, parameter.high)) - axis.unit(std::max(low, parameter.low));
}

}  // namespace sterlet::doctor
