#include "sterlet/cli/transfer_sizes.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"

namespace sterlet::cli {

namespace {

using base::ErrorCode;
using base::Result;
using space::Parameter;

constexpr std::size_t kSizesMax = 20;
constexpr double kIntMost = 1e12;  // As for a parameter of a study file.

// By its name, else by what its scale_of says.
Result<Parameter> find_parameter(const studyfile::StudySpec& spec, const std::string& word) {
  std::vector<std::string> names, of_word;
  for (const studyfile::SizeParameter& each : spec.sizes) {
    names.emplace_back(studyfile::text_of(each.size));
    if (names.back() == word) of_word.push_back(each.parameter);
  }
  if (of_word.size() > 1) {
    return base::fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} parameters say scale_of: {} ({})", of_word.size(), word, fmt::join(of_word, ", ")),
        fmt::format("name the one that is meant, as in --transfer {}=32,64,128", of_word.front()), spec.name);
  }
  const std::string& name = of_word.empty() ? word : of_word.front();
  for (const Parameter& parameter : spec.parameters) {
    if (!space::is_numeric(parameter)) continue;
    if (parameter.name == name) return parameter;
    names.push_back(parameter.name);
  }
  const std::string near = base::suggest_name(word, names);
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("no parameter says scale_of: {0}, and none is the number '{0}'", base::printable(word)),
                    near.empty() ? "add scale_of: width to the parameter that makes the model larger" : near,
                    spec.name);
}

}  // namespace

Result<void> check_size(const studyfile::StudySpec& spec, const Parameter& parameter, double size) {
  if (parameter.kind != space::Kind::kInt || (size == std::round(size) && size <= kIntMost)) return {};
  return base::fail(
      ErrorCode::kInvalidArgument,
      fmt::format("{} is a whole number of at most 1e12, and cannot be {}", parameter.name, base::figure_text(size)),
      "name a size that it can have", spec.name);
}

Result<Sizes> read_sizes(const studyfile::StudySpec& spec, const std::string& text) {
  const std::size_t equals = text.find('=');
  Sizes sizes{.parameter = {}, .word = text.substr(0, equals), .values = {}};
  STERLET_TRY(sizes.parameter, find_parameter(spec, sizes.word));
  for (std::size_t at = equals; at != std::string::npos && at < text.size();) {
    const std::size_t comma = text.find(',', at + 1);
    const auto value = base::parse_number(text.substr(at + 1, comma - at - 1));
    if (!value || !(*value > 0) || !std::isfinite(*value)) {
      return base::fail(ErrorCode::kInvalidArgument, fmt::format("--transfer cannot be '{}'", base::printable(text)),
                        "write it as width=32,64,128");
    }
    STERLET_PASS(check_size(spec, sizes.parameter, *value));
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

base::Json json_of_size(const Parameter& parameter, double size, std::size_t count) {
  const base::Json one =
      parameter.kind == space::Kind::kInt ? base::Json(static_cast<std::int64_t>(std::round(size))) : base::Json(size);
  if (parameter.repeat.empty()) return one;
  return base::Json(std::vector<base::Json>(count, one));
}

std::size_t count_elements(const space::Space& space, const Parameter& parameter) {
  const auto defaults = space.defaults();
  if (parameter.repeat.empty() || !defaults) return 1;
  const base::Json params = space.to_json(*defaults);
  const auto found = params.find(parameter.name);
  return found != params.end() && found->is_array() ? found->size() : 1;
}

Result<std::vector<Parameter>> tried_parameters(const studyfile::StudyFile& file, const Sizes& sizes,
                                                std::vector<std::string>& missing) {
  const auto defaults = file.space.defaults();
  if (!defaults) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a transfer keeps all else at its defaults, and not all have one, or these break a constraint",
                      "add a default to each parameter", file.spec.name);
  }
  const base::Json at_defaults = file.space.to_json(*defaults);
  if (!at_defaults.contains(sizes.parameter.name)) {
    return base::fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} does not exist at the defaults, by its when: {}", sizes.parameter.name, sizes.parameter.when),
        "choose defaults at which it does", file.spec.name);
  }
  std::vector<Parameter> parameters;
  std::string when;
  for (const Parameter& parameter : file.spec.parameters) {
    const bool is_tried = space::is_numeric(parameter) && parameter.low < parameter.high && parameter.repeat.empty() &&
                          parameter.name != sizes.parameter.name && parameter.tier == 1;
    if (!is_tried) continue;
    if (at_defaults.contains(parameter.name)) {
      parameters.push_back(parameter);
      continue;
    }
    missing.push_back(parameter.name);
    when = parameter.when;
  }
  if (!parameters.empty()) return parameters;
  if (missing.empty()) {
    return base::fail(ErrorCode::kInvalidArgument, "no number of tier 1 is searched, so there is nothing to carry over",
                      "add tier: 1 to the learning rate", file.spec.name);
  }
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} does not exist at the defaults, by its when: {}", missing.front(), when),
                    "choose defaults at which it does", file.spec.name);
}

Result<void> check_study_has(const studyfile::StudyFile& file, const Sizes& sizes, double target) {
  const Parameter& parameter = sizes.parameter;
  const bool is_fixed = parameter.low >= parameter.high;
  const std::size_t count = count_elements(file.space, parameter);
  const bool is_there =
      is_fixed ? target == parameter.low
               : target >= parameter.low && target <= parameter.high &&
                     file.space.check_partial({{parameter.name, json_of_size(parameter, target, count)}}).has_value();
  if (is_there) return {};
  const std::string range =
      is_fixed ? fmt::format("is always {}", base::figure_text(parameter.low))
               : fmt::format("goes from {} to {}", base::figure_text(parameter.low), base::figure_text(parameter.high));
  return base::fail(
      ErrorCode::kInvalidArgument,
      fmt::format("the study cannot try {} = {}, since it {} there", parameter.name, base::figure_text(target), range),
      "let its range hold the size that --to names, or leave out --enqueue and --prior", file.spec.name);
}

}  // namespace sterlet::cli
