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

constexpr std::size_t kSizesMax = 20;
// Powers of a size that best values go by, as far as is usual: where a model gets wider, a learning rate falls with Adam
// and its like, whose steps do not know how large a gradient is, and stays with SGD; others may do anything.
constexpr double kPowerSpread = 0.4, kSpreadOfKnown = 0.3;
constexpr double kRateByWidth = -0.2, kAdamByWidth = -0.35, kSgdByWidth = 0;

Result<Sizes> read_sizes(const studyfile::StudySpec& spec, const std::string& text) {
  const std::size_t equals = text.find('=');
  Sizes sizes{.word = text.substr(0, equals)};
  std::vector<std::string> names;
  for (const Parameter& parameter : spec.parameters) {
    if (space::is_numeric(parameter) && parameter.repeat.empty()) names.push_back(parameter.name);
    if (parameter.name == sizes.word) sizes.parameter = parameter.name;
  }
  for (const studyfile::SizeParameter& each : spec.sizes) {
    if (studyfile::text_of(each.size) == sizes.word) sizes.parameter = each.parameter;
    names.emplace_back(studyfile::text_of(each.size));
  }
  if (std::find(names.begin(), names.end(), sizes.parameter) == names.end()) {
    const std::string near = base::suggest_name(sizes.word, names);
    return base::fail(
        ErrorCode::kInvalidArgument,
        fmt::format("no parameter says scale_of: {0}, and none is the number '{0}'", base::printable(sizes.word)),
        near.empty() ? "add scale_of: width to the parameter that makes the model larger" : near, spec.name);
  }
  for (std::size_t at = equals; at != std::string::npos && at < text.size();) {
    const std::size_t comma = text.find(',', at + 1);
    const auto value = base::parse_number(text.substr(at + 1, comma - at - 1));
    if (!value || !(*value > 0) || !std::isfinite(*value)) {
      return base::fail(ErrorCode::kInvalidArgument, fmt::format("--transfer cannot be '{}'", base::printable(text)),
                        "write it as width=32,64,128");
    }
    sizes.values.push_back(*value);
    at = comma;
  }
  std::sort(sizes.values.begin(), sizes.values.end());
  sizes.values.erase(std::unique(sizes.values.begin(), sizes.values.end()), sizes.values.end());
  if (sizes.values.size() < 2 || sizes.values.size() > kSizesMax) {
    return base::fail(
        ErrorCode::kInvalidArgument,
        fmt::format("--transfer needs 2 to {} different sizes (found {})", kSizesMax, sizes.values.size()),
        "write it as width=32,64,128");
  }
  return sizes;
}

std::vector<Parameter> first_tier(const studyfile::StudySpec& spec, const std::string& size) {
  std::vector<Parameter> parameters;
  for (const Parameter& parameter : spec.parameters) {
    const bool is_tried = space::is_numeric(parameter) && parameter.low < parameter.high && parameter.repeat.empty() &&
                          parameter.name != size && parameter.tier == 1;
    if (is_tried) parameters.push_back(parameter);
  }
  return parameters;
}

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

base::Json json_of(const Transferred& result) {
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
    json["next"] = {{"size", base::json_number(std::round(result.next->size))},
                    {"seconds", base::json_number(result.next->cost)},
                    {"error_now", base::json_number(result.next->error_now)},
                    {"error_then", base::json_number(result.next->error_then)}};
  }
  return json;
}

std::string figure(double value) { return fmt::format("{:.3g}", value); }

void print(Context& context, const Transferred& result, const Sizes& sizes, double target) {
  const std::string& name = result.parameter.name;
  if (!result.law) {
    return context.out.line(fmt::format("{}: too few trials were successful to say where it is best", name));
  }
  std::vector<std::string> at;
  for (const analysis::BestPlace& best : result.law->best) {
    at.push_back(fmt::format("{} at {}{}", figure(value_at(best.place, result.parameter.scale)), figure(best.size),
                             best.at_edge ? " (the end of its range)" : ""));
  }
  context.out.line(fmt::format("{}: best {}", name, fmt::join(at, ", ")));
  const analysis::Estimate there = values_at_target(result), &power = result.law->b;
  const std::string predicted = fmt::format("at {} {} it is {} ({} to {})", sizes.word, figure(target),
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
                                 sizes.word, figure(std::round(result.next->size)),
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
    const double value = std::clamp(values_at_target(result).value, result.parameter.low, result.parameter.high);
    params[result.parameter.name] = result.parameter.kind == space::Kind::kInt
                                        ? base::Json(static_cast<std::int64_t>(std::round(value)))
                                        : base::Json(axis.value(axis.unit(value)));
  }
  const auto index = file.space.find_parameter(sizes.parameter);
  const Parameter& size = file.spec.parameters[*index];
  if (size.low < size.high) {
    params[size.name] =
        size.kind == space::Kind::kInt ? base::Json(static_cast<std::int64_t>(target)) : base::Json(target);
  }
  return params;
}

// The intervals of the prediction, as a hint has them; nothing of what was not found.
base::Json hint_of(const std::vector<Transferred>& results, const base::Json& prediction) {
  base::Json params = prediction;
  for (const Transferred& result : results) {
    if (!result.law) continue;
    const analysis::Estimate there = values_at_target(result);
    const Parameter& parameter = result.parameter;
    double low = std::clamp(there.low, parameter.low, parameter.high);
    double high = std::clamp(there.high, parameter.low, parameter.high);
    if (parameter.kind == space::Kind::kInt) low = std::round(low), high = std::round(high);
    if (low < high) params[parameter.name] = {base::json_number(low), base::json_number(high)};
  }
  return params;
}

// The prediction becomes the study's next point, or pulls its next suggestions.
Result<void> hand_over(Context& context, studyfile::StudyFile file, const TransferOptions& options,
                       const std::vector<Transferred>& results, const base::Json& params) {
  const std::string name = file.spec.name;
  const base::Json hint = hint_of(results, params);
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
  const std::vector<Parameter> parameters = first_tier(file.spec, sizes.parameter);
  if (parameters.empty()) {
    return base::fail(ErrorCode::kInvalidArgument, "no number of tier 1 is searched, so there is nothing to carry over",
                      "add tier: 1 to the learning rate", file.spec.name);
  }
  if (!(options.target > 0)) {
    return base::fail(ErrorCode::kInvalidArgument, "--transfer needs the size that is meant", "add --to 1024",
                      file.spec.name);
  }
  if (file.spec.command.empty()) {
    return base::fail(ErrorCode::kBadStudyFile, "the study has no command to run", "add command: [python3, train.py]",
                      file.spec.name);
  }
  if (!context.quiet && !context.json) {
    std::vector<std::string> names;
    for (const Parameter& parameter : parameters) names.push_back(parameter.name);
    context.err.line(
        fmt::format("{}: up to {} trials: {} at {} values, {} at {}, beside the study", file.spec.name,
                    parameters.size() * sizes.values.size() * static_cast<std::size_t>(2 * options.points - 1),
                    fmt::join(names, ", "), 2 * options.points - 1, sizes.word, fmt::join(sizes.values, ", ")));
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
    Transferred result{
        .parameter = parameters[i],
        .law = analysis::fit_size_law(tried, options.target, law_options(file.spec, parameters[i], sizes.parameter))};
    if (result.law) result.next = analysis::next_size(*result.law, tried, options.target);
    results.push_back(std::move(result));
  }
  const base::Json params = prediction(results, file, sizes, options.target);
  if (context.json) {
    base::Json json{{"version", 1},
                    {"study", file.spec.name},
                    {"size", sizes.parameter},
                    {"to", base::json_number(options.target)},
                    {"trials", trials.count},
                    {"params", base::Json::array()},
                    {"enqueue", params},
                    {"hint", hint_of(results, params)}};
    for (const Transferred& result : results) json["params"].push_back(json_of(result));
    context.out.json(json);
  } else {
    for (const Transferred& result : results) print(context, result, sizes, options.target);
  }
  if (!options.is_enqueued && !options.is_prior) return {};
  return hand_over(context, std::move(file), options, results, params);
}

}  // namespace sterlet::cli
