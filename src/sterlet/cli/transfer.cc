#include "sterlet/cli/transfer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/transfer_trials.h"
#include "sterlet/doctor/file/file_view.h"
#include "sterlet/space/axis.h"
#include "sterlet/study/study.h"

namespace sterlet::cli {

namespace {

using analysis::SizeLaw;
using base::ErrorCode;
using base::Result;
using space::Parameter;
using space::Scale;

// Powers of a size that best values go by, as far as is usual: where a model gets wider, a learning rate falls with Adam
// and its like, whose steps do not know how large a gradient is, and stays with SGD; others may do anything.
constexpr double kPowerSpread = 0.4, kSpreadOfKnown = 0.3;
constexpr int kDigits = 4;  // Of a prediction.
constexpr double kRateByWidth = -0.2, kAdamByWidth = -0.35, kSgdByWidth = 0;

struct Transferred {
  Parameter parameter;
  std::optional<SizeLaw> law;
  std::optional<analysis::NextSize> next;
};

std::string verdict_text(SizeLaw::Verdict verdict) {
  switch (verdict) {
    case SizeLaw::Verdict::kStays:
      return "stays";
    case SizeLaw::Verdict::kMoves:
      return "moves";
    case SizeLaw::Verdict::kUnclear:
      return "unclear";
  }
  return "";
}

// Three digits, and no power of ten where it needs none: 1020 for 1024.3.
double rounded(double value, int digits = 3) {
  return base::parse_number(fmt::format("{:.{}g}", value, digits)).value_or(value);
}
std::string figure(double value) { return base::figure_text(rounded(value)); }

// As the parameter can have it.
double next_size(const Sizes& sizes, double size) {
  return sizes.parameter.kind == space::Kind::kInt ? std::round(size) : rounded(size);
}

base::Json json_estimate(const analysis::Estimate& estimate) {
  return {{"value", base::json_number(estimate.value)},
          {"low", base::json_number(estimate.low)},
          {"high", base::json_number(estimate.high)}};
}

// The predicted value, where the parameter has it.
analysis::Estimate values_at_target(const Transferred& result) {
  const auto value = [&](double place) { return value_at(place, result.parameter.scale); };
  const analysis::Estimate& places = result.law->target;
  return {.value = value(places.value), .low = value(places.low), .high = value(places.high)};
}

base::Json json_of(const Transferred& result, const Sizes& sizes) {
  base::Json json{{"param", result.parameter.name},
                  {"verdict", result.law ? verdict_text(result.law->verdict) : "unclear"}};
  json["at"] = base::Json::array();
  if (!result.law) return json;
  for (const analysis::BestPlace& best : result.law->best) {
    json["at"].push_back({{"size", base::json_number(best.size)},
                          {"best", base::json_number(value_at(best.place, result.parameter.scale))},
                          {"at_edge", best.at_edge}});
  }
  json["power"] = json_estimate(result.law->b);
  json["predicted"] = json_estimate(values_at_target(result));
  if (result.next) {
    json["next"] = {{"size", base::json_number(next_size(sizes, result.next->size))},
                    {"seconds", base::json_number(result.next->cost)},
                    {"error_now", base::json_number(result.next->error_now)},
                    {"error_then", base::json_number(result.next->error_then)}};
  }
  return json;
}

void print(Context& context, const Transferred& result, const Sizes& sizes, double target) {
  const std::string& name = result.parameter.name;
  if (!result.law) {
    return context.out.line(fmt::format("{}: too few trials were successful to say where it is best", name));
  }
  std::vector<std::string> at;
  for (const analysis::BestPlace& best : result.law->best) {
    at.push_back(fmt::format("{} at {}{}{}", figure(value_at(best.place, result.parameter.scale)),
                             at.empty() ? sizes.word + " " : "", base::figure_text(best.size),
                             best.at_edge ? " (the end of its range)" : ""));
  }
  context.out.line(fmt::format("{}: best {}", name, fmt::join(at, ", ")));
  const analysis::Estimate there = values_at_target(result), &power = result.law->b;
  const std::string predicted = fmt::format("at {} {} it is {} ({} to {})", sizes.word, base::figure_text(target),
                                            figure(there.value), figure(there.low), figure(there.high));
  const std::string by = fmt::format("{}^{:.2f} ({:.2f} to {:.2f})", sizes.word, power.value, power.low, power.high);
  const bool is_power = result.parameter.scale == Scale::kLog;
  const std::string law = is_power ? " by " + by : std::string();
  switch (result.law->verdict) {
    case SizeLaw::Verdict::kStays:
      context.out.line(fmt::format("{}: stays; {}", name, predicted));
      break;
    case SizeLaw::Verdict::kMoves:
      context.out.line(fmt::format("{}: moves{}; {}", name, law, predicted));
      break;
    case SizeLaw::Verdict::kUnclear:
      context.out.line(
          fmt::format("{}: whether it stays or moves{} is not clear yet; if it goes on so, {}", name, law, predicted));
      break;
  }
  if (result.next && !context.quiet) {
    context.out.line(fmt::format("next: {} {}, about {} a trial, would narrow that most for its time, by {:.0f}%",
                                 sizes.word, base::figure_text(next_size(sizes, result.next->size)),
                                 base::duration_text(std::round(result.next->cost)),
                                 100 * (1 - result.next->error_then / result.next->error_now)));
  }
}

// As a value the parameter can have.
base::Json prediction(const std::vector<Transferred>& results, const studyfile::StudyFile& file, const Sizes& sizes,
                      double target) {
  base::Json params = base::Json::object();
  for (const Transferred& result : results) {
    if (!result.law) continue;
    const space::Axis axis(result.parameter);
    const double value =
        std::clamp(rounded(values_at_target(result).value, kDigits), result.parameter.low, result.parameter.high);
    params[result.parameter.name] = result.parameter.kind == space::Kind::kInt
                                        ? base::Json(static_cast<std::int64_t>(std::round(value)))
                                        : base::Json(result.parameter.step ? axis.value(axis.unit(value)) : value);
  }
  const Parameter& size = sizes.parameter;
  if (size.low < size.high) params[size.name] = json_of_size(size, target, count_elements(file.space, size));
  return params;
}

// The intervals of the prediction, as a hint has them; nothing of what was not found.
base::Json hint_of(const std::vector<Transferred>& results, const base::Json& prediction, const Sizes& sizes) {
  base::Json params = prediction;
  // Of a repeated parameter a hint is of every element.
  if (auto size = params.find(sizes.parameter.name); size != params.end() && size->is_array()) {
    *size = base::Json(size->front());
  }
  for (const Transferred& result : results) {
    if (!result.law) continue;
    const analysis::Estimate there = values_at_target(result);
    const Parameter& parameter = result.parameter;
    double low = std::clamp(rounded(there.low, kDigits), parameter.low, parameter.high);
    double high = std::clamp(rounded(there.high, kDigits), parameter.low, parameter.high);
    if (parameter.kind == space::Kind::kInt) low = std::round(low), high = std::round(high);
    if (low < high) params[parameter.name] = {base::json_number(low), base::json_number(high)};
  }
  return params;
}

// The prediction becomes the study's next point, or pulls its next suggestions.
Result<void> hand_over(Context& context, studyfile::StudyFile file, const TransferOptions& options,
                       const base::Json& params, const base::Json& hint) {
  const std::string name = file.spec.name;
  STERLET_TRY(const OpenStudy open, open_study_of(context, std::move(file), options.study, {}));
  if (options.is_enqueued) STERLET_PASS(open.study->enqueue(params));
  if (options.is_prior) {
    STERLET_TRY([[maybe_unused]] const study::PriorRecord prior, open.study->hint(hint, 1));
  }
  if (context.quiet || context.json) return {};
  if (options.is_enqueued) context.err.line(fmt::format("{}: enqueued {}", name, params.dump()));
  if (options.is_prior) context.err.line(fmt::format("{}: a hint from now on: {}", name, hint.dump()));
  return {};
}

// By what the command, or a parameter of one value, says of the optimizer.
struct Power {
  double mean, spread;
};
Power rate_by_width(const studyfile::StudySpec& spec) {
  std::string said;
  for (const std::string& word : spec.command) said += " " + word;
  for (const Parameter& parameter : spec.parameters) {
    if (parameter.choices.size() == 1) said += " " + space::text_of(parameter.choices.front());
  }
  const bool is_adam = doctor::has_any(said, {"adam", "adamw", "nadam", "radam", "lion", "rmsprop", "adagrad"});
  const bool is_sgd = doctor::has_any(said, {"sgd"});
  if (is_adam == is_sgd) return {kRateByWidth, kPowerSpread};
  return {is_adam ? kAdamByWidth : kSgdByWidth, kSpreadOfKnown};
}

analysis::SizeLawOptions law_options(const studyfile::StudySpec& spec, const Parameter& parameter,
                                     const std::string& size) {
  analysis::SizeLawOptions options{.seed = spec.seed.value_or(0)};
  if (parameter.scale == Scale::kLinear) return options;
  const bool is_width = std::any_of(spec.sizes.begin(), spec.sizes.end(), [&](const studyfile::SizeParameter& each) {
    return each.parameter == size && each.size == studyfile::Size::kWidth;
  });
  options.power_spread = kPowerSpread;
  if (is_width && doctor::role_of(parameter) == doctor::Role::kLearningRate) {
    const Power power = rate_by_width(spec);
    options.power_usual = power.mean;
    options.power_spread = power.spread;
  }
  return options;
}

}  // namespace

Result<void> plan_transfer(Context& context, studyfile::StudyFile file, const TransferOptions& options) {
  STERLET_TRY(const Sizes sizes, read_sizes(file.spec, options.sizes));
  if (!(options.target > 0)) {
    return base::fail(ErrorCode::kInvalidArgument, "--transfer needs the size that is meant", "add --to 1024",
                      file.spec.name);
  }
  if (file.spec.command.empty()) {
    return base::fail(ErrorCode::kBadStudyFile, "the study has no command to run", "add command: [python3, train.py]",
                      file.spec.name);
  }
  STERLET_PASS(check_size(file.spec, sizes.parameter, options.target));
  if (options.is_enqueued || options.is_prior) STERLET_PASS(check_study_has(file, sizes, options.target));
  std::vector<std::string> missing;
  STERLET_TRY(const std::vector<Parameter> parameters, tried_parameters(file, sizes, missing));
  if (!context.quiet && !context.json) {
    for (const std::string& name : missing) {
      context.err.line(fmt::format("{}: {} does not exist at the defaults and is left out", file.spec.name, name));
    }
    std::vector<std::string> names;
    for (const Parameter& parameter : parameters) names.push_back(parameter.name);
    context.err.line(fmt::format("{}: up to {} trials: {} at {} values, {} at {}, beside the study", file.spec.name,
                                 most_trials(parameters.size(), sizes, options.points), fmt::join(names, ", "),
                                 2 * options.points - 1, sizes.word, fmt::join(sizes.values, ", ")));
    context.err.flush();
  }
  STERLET_TRY(const TransferTrials trials, try_sizes(context, file, sizes, parameters, options));
  if (trials.successful == 0) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("no trial of the transfer was successful: {}", trials.reason),
                      "mend it, and try again", file.spec.name);
  }
  std::vector<Transferred> results;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::vector<analysis::SizeTrials>& tried = trials.of[i];
    Transferred result{.parameter = parameters[i],
                       .law = analysis::fit_size_law(tried, options.target,
                                                     law_options(file.spec, parameters[i], sizes.parameter.name))};
    if (result.law) result.next = analysis::next_size(*result.law, tried, options.target);
    results.push_back(std::move(result));
  }
  const base::Json params = prediction(results, file, sizes, options.target);
  const base::Json hint = hint_of(results, params, sizes);
  if (context.json) {
    base::Json json{{"version", 1},
                    {"study", file.spec.name},
                    {"size", sizes.parameter.name},
                    {"to", base::json_number(options.target)},
                    {"trials", trials.count},
                    {"params", base::Json::array()},
                    {"enqueue", params},
                    {"hint", hint}};
    for (const Transferred& result : results) json["params"].push_back(json_of(result, sizes));
    context.out.json(json);
  } else {
    for (const Transferred& result : results) print(context, result, sizes, options.target);
  }
  if (!options.is_enqueued && !options.is_prior) return {};
  return hand_over(context, std::move(file), options, params, hint);
}

}  // namespace sterlet::cli
