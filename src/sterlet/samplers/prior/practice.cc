#include "sterlet/samplers/prior/practice.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sterlet/samplers/prior/practice_table.h"
#include "sterlet/space/name_words.h"

namespace sterlet::samplers {

namespace {

using space::Parameter;
using Words = std::vector<std::string>;

constexpr double kSpread = 0.25;    // Of what falls off beside a usual range, in widths of the range that is given.
constexpr double kLasting = 10;     // Trials after which the pull has fallen to a quarter.
constexpr double kWhole = 0.9;      // A usual range that has so much of the given one says nothing.
constexpr std::size_t kModels = 2;  // Names that tell of more kinds of models than this tell of none.
constexpr int kHalvings = 40;
// Mean numbers of dimensions up to which it says nothing, and from which on all: where few are searched, the first
// trials tell as much as names do (docs/decisions/0010-practice.md).
constexpr double kFew = 7, kMany = 12;
constexpr std::uint64_t kDraws = 64;

bool fits(const Words& words, std::string_view sought) {
  if (sought.starts_with('=')) return words == space::words_of(sought.substr(1));
  return space::has_words(words, sought);
}

// The kinds of models that names tell of, by the condition under which the names are there.
class Models final {
 public:
  explicit Models(const space::Space& space) {
    for (const Parameter& parameter : space.parameters()) {
      std::set<Model>& told = told_[parameter.when];
      for (const Words& words : {space::words_of(parameter.name), space::words_of(parameter.when)}) {
        for (const ModelCue& cue : model_cues()) {
          if (fits(words, cue.words)) told.insert(cue.model);
        }
      }
    }
  }

  Model of(const Parameter& parameter) const {
    const std::set<Model>* told = &told_.at(parameter.when);
    const auto always = told_.find("");
    if (told->empty() && always != told_.end()) told = &always->second;
    return told->empty() || told->size() > kModels ? Model::kAny : *told->begin();  // In the order of their rows.
  }

 private:
  std::map<std::string, std::set<Model>> told_;
};

const UsualRange* range_of(const Parameter& parameter, Model model) {
  const Words words = space::words_of(parameter.name);
  for (const std::string_view other : words_of_others()) {
    if (fits(words, other)) return nullptr;
  }
  for (const UsualRange& row : usual_ranges()) {
    if ((row.model == Model::kAny || row.model == model) && fits(words, row.words)) return &row;
  }
  return nullptr;
}

// Where on [0, 1] the values begin for which `holds`, which is so from there on.
template <typename Holds>
double begin_of(const space::Axis& axis, const Holds& holds) {
  if (holds(axis.value(0))) return 0;
  double without = 0, with = 1;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (without + with) / 2;
    (holds(axis.value(middle)) ? with : without) = middle;
  }
  return with;
}

std::optional<PriorPull> pull_of_number(const Parameter& parameter, const space::Axis& axis, const UsualRange& row) {
  PriorPull pull{.low = 2.0 / 3, .high = 1, .spread = kSpread};
  if (!row.is_upper_third()) {
    if (row.high < parameter.low || row.low > parameter.high) return std::nullopt;
    pull.low = begin_of(axis, [&](double value) { return value >= row.low; });
    pull.high = begin_of(axis, [&](double value) { return value > row.high; });
    if (!(pull.low < pull.high)) return std::nullopt;  // Values in steps, of which none is usual.
  }
  return pull.high - pull.low > kWhole ? std::nullopt : std::optional(pull);
}

std::optional<PriorPull> pull_of_choice(const Parameter& parameter) {
  PriorPull pull;
  double sum = 0;
  bool is_any = false;
  for (const space::Scalar& choice : parameter.choices) {
    std::string text = space::text_of(choice);
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::span<const UsualChoice> rows = usual_choices();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const UsualChoice& r) { return r.choice == text; });
    is_any = is_any || row != rows.end();
    pull.shares.push_back(row == rows.end() ? 1 : row->times);
    sum += pull.shares.back();
  }
  for (double& share : pull.shares) share /= sum;
  return is_any ? std::optional(pull) : std::nullopt;
}

PriorBump bump_of(const space::Space& space) {
  const Models models(space);
  PriorBump bump;
  for (std::size_t d = 0; d < space.dimensions().size(); ++d) {
    const Parameter& parameter = space.parameters()[space.dimensions()[d].parameter];
    std::optional<PriorPull> pull;
    if (parameter.kind == space::Kind::kCategorical) {
      pull = pull_of_choice(parameter);
    } else if (space::is_numeric(parameter)) {
      const UsualRange* row = range_of(parameter, models.of(parameter));
      if (row != nullptr) pull = pull_of_number(parameter, space.axis(d), *row);
    }
    if (!pull) continue;
    pull->dimension = d;
    bump.pulls.push_back(*std::move(pull));
  }
  return bump;
}

// How many dimensions a setting has, on average over the space.
double mean_dimensions(const space::Space& space) {
  std::size_t active = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const space::Point point = space.draw({.trial = i});
    for (std::size_t d = 0; d < space.dimensions().size(); ++d) {
      active += !std::isnan(point.values[d]) && space.axis(d).value(0) != space.axis(d).value(1) ? 1 : 0;
    }
  }
  return static_cast<double>(active) / kDraws;
}

}  // namespace

std::optional<ActivePrior> prior_of_practice(const space::Space& space, double weight) {
  const double dimensions = mean_dimensions(space);
  weight *= std::clamp((dimensions - kFew) / (kMany - kFew), 0.0, 1.0);
  PriorBump bump = weight > 0 ? bump_of(space) : PriorBump();
  if (bump.pulls.empty()) return std::nullopt;
  return ActivePrior{.prior = Prior({std::move(bump)}), .weight = weight, .lasting = kLasting, .is_of_practice = true};
}

}  // namespace sterlet::samplers
