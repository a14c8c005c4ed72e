#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;

// Below so many trials a parameter a search hardly beats its first points; few parameters are no burden.
constexpr std::size_t kTrialsAParameter = 5;
constexpr std::size_t kParametersMin = 4;
constexpr std::size_t kHardlyAnyTrials = 2;  // A parameter, of three.

struct Ranked {
  const Parameter* parameter;
  int tier;
};

// What practice would take; nothing where it has no opinion, or the range does not hold it.
std::optional<double> usual_value(const Parameter& parameter) {
  std::optional<double> value;
  if (role_of(parameter) == Role::kEpsilon) value = 1e-8;
  if (role_of(parameter) == Role::kAverage) value = parameter.name.back() == '2' ? 0.999 : 0.9;
  if (value && (*value < parameter.low || *value > parameter.high || parameter.step)) return std::nullopt;
  return value;
}

// At what to fix it: its default, else the usual value, else the middle of its range; the first of its choices.
std::optional<base::Json> fixed_value(const Parameter& parameter) {
  if (parameter.defaults.size() == 1) return space::json_from_scalar(parameter.defaults.front());
  if (!parameter.defaults.empty()) return std::nullopt;
  if (!space::is_numeric(parameter)) return space::json_from_scalar(parameter.choices.front());
  if (const auto usual = usual_value(parameter)) return base::Json(*usual);
  Parameter plain = parameter;
  plain.zero = 0;
  const double middle = space::Axis(plain).value(0.5);
  if (parameter.kind == space::Kind::kInt) {
    // Of batch sizes and widths a power of two is near enough.
    const double power = std::exp2(std::round(std::log2(std::max(1.0, middle))));
    const bool is_even =
        parameter.scale == space::Scale::kLog && !parameter.step && power >= parameter.low && power <= parameter.high;
    return base::Json(static_cast<std::int64_t>(is_even ? power : middle));
  }
  const double short_middle = base::parse_number(fmt::format("{:.2g}", middle)).value_or(middle);
  const bool is_kept = !parameter.step && short_middle >= parameter.low && short_middle <= parameter.high;
  return base::Json(is_kept ? short_middle : middle);
}

bool says_tune(const FileView& view, const std::string& parameter) {
  const studyfile::YamlNode* node = view.declaration(parameter);
  return node != nullptr && node->find("tune") != nullptr;
}

// One line of the file where that says it, else a line a parameter.
std::vector<Edit> edits_for(const FileView& view, const std::vector<Ranked>& kept, const std::vector<Ranked>& fixed) {
  const int tier = kept.back().tier;
  const bool by_tier = std::all_of(fixed.begin(), fixed.end(), [&](const Ranked& each) {
    return each.parameter->tier > tier && each.parameter->defaults.size() == 1 &&
           !says_tune(view, each.parameter->name);
  });
  const bool kept_by_tier =
      std::all_of(kept.begin(), kept.end(), [&](const Ranked& each) { return each.parameter->tier <= tier; });
  const studyfile::YamlNode* tune = view.key("tune");
  if (by_tier && kept_by_tier && (tune == nullptr || tune->is_scalar())) {
    return {{"", "tune", fmt::format("tier<={}", tier)}};
  }
  std::vector<Edit> edits;
  for (const Ranked& each : fixed) {
    edits.push_back({each.parameter->name, "tune", false});
    if (!each.parameter->defaults.empty()) continue;
    if (const auto value = fixed_value(*each.parameter)) edits.push_back({each.parameter->name, "default", *value});
  }
  return edits;
}

}  // namespace

std::vector<Finding> find_budget(const FileView& view) {
  if (!view.is_searched() || !view.spec().budget.trials || view.spec().strategy.name != "parallel") return {};
  // Runs of a setting that is repeated are one trial of it.
  const studyfile::Repeats& repeats = view.spec().repeats;
  const std::int64_t runs = repeats.is_on() && !repeats.race ? repeats.at_most : 1;
  const auto trials = static_cast<std::size_t>(std::max<std::int64_t>(1, *view.spec().budget.trials / runs));
  std::vector<Ranked> ranked;
  for (const Parameter* parameter : view.searched()) {
    ranked.push_back({parameter, tier_of(*parameter, view.declaration(parameter->name))});
  }
  const std::size_t needed = ranked.size() >= kParametersMin ? kTrialsAParameter : kHardlyAnyTrials;
  if (ranked.size() < 3 || trials >= needed * ranked.size()) return {};
  // The last of the lowest tier goes first, as long as there are more than the budget can tell apart.
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.tier < b.tier; });
  const std::size_t affordable = std::max<std::size_t>(1, trials / kTrialsAParameter);
  std::size_t keep = affordable;
  // A tier is kept or fixed whole where that leaves something, so that no parameter is favoured by its place.
  while (keep > 1 && ranked[keep].tier == ranked[keep - 1].tier) --keep;
  if (ranked[keep].tier == ranked[keep - 1].tier) keep = affordable;
  const std::vector<Ranked> kept(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(keep));
  const std::vector<Ranked> fixed(ranked.begin() + static_cast<std::ptrdiff_t>(keep), ranked.end());
  std::vector<std::string> about, texts;
  base::Json values = base::Json::object();
  for (auto each = fixed.rbegin(); each != fixed.rend(); ++each) {
    about.push_back(each->parameter->name);
    const auto value = fixed_value(*each->parameter);
    if (value) values[each->parameter->name] = *value;
    const std::string shown = !value               ? std::string("its default")
                              : value->is_number() ? base::number_text(value->get<double>())
                              : value->is_string() ? value->get<std::string>()
                                                   : value->dump();
    texts.push_back(fmt::format("{} at {}", each->parameter->name, shown));
  }
  const bool is_cut = texts.size() > 6;
  if (is_cut) texts.resize(6);
  return {{.about = std::move(about),
           .at = view.place("budget"),
           .says = fmt::format("{} too few for {} parameters, {} of which they can tell apart; fix first {}{}",
                               runs > 1 ? fmt::format("{} settings, {} runs each, are", trials, runs)
                                        : fmt::format("{} trials are", trials),
                               ranked.size(), affordable, fmt::join(texts, ", "), is_cut ? " and so on" : ""),
           .because = {{"trials", trials},
                       {"parameters", ranked.size()},
                       {"trials_a_parameter", kTrialsAParameter},
                       {"keep", keep},
                       {"at", std::move(values)}},
           .edits = edits_for(view, kept, fixed),
           .confidence = 0.9}};
}

}  // namespace sterlet::doctor
