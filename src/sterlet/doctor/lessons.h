#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sterlet/analysis/trial_table.h"
#include "sterlet/base/json.h"
#include "sterlet/doctor/importance.h"

namespace sterlet::doctor {

/// What one study measured of one parameter; as it is kept.
struct Measured {
  std::string study;
  std::string parameter;
  int tier = 2;              ///< That the study gave it.
  double relative = 0;       ///< Its share of the variance, the largest of the study being 1 ...
  double low = 0, high = 0;  ///< ... with the ends of its interval.
};

/// The parameters of a study that were measured, with their shares; none where there was not enough data, or one parameter.
std::vector<Measured> measured_of(const std::string& study, const Importance& importance);
/// Written and read: {"trials":60,"parameters":[{"param":"units","tier":2,"relative":0.5,"low":0.4,"high":0.6}]}. What is
/// not of that form is left out.
base::Json json_from_measured(const std::vector<Measured>& measured, std::size_t trials);
std::vector<Measured> measured_from_json(const std::string& study, const base::Json& json);

/// What the studies of a project say of one parameter together.
struct Lesson {
  std::string parameter;
  int tier = 2;                 ///< That the last study gave it.
  int learned = 2;              ///< That its share would give it, see tier_for().
  std::size_t studies = 0;      ///< That measured it.
  analysis::Estimate relative;  ///< Geometric mean of the shares relative to the largest, with the mean interval.
  bool is_proposed = false;  ///< The tier should be another: the interval leaves out the one it has, and two thirds of
                             ///< the studies agree on which side of it the parameter lies.
  std::string says;          ///< "units: tier 2 -> 1 for this project (3 studies)"; where it is proposed.
};

/// The tier of a parameter with that share of the variance relative to the largest. Tiers 1 to 4 weigh 1, 0.4, 0.12 and
/// 0.03 in `sterlet practices`, their variances the squares; the bounds are the geometric middles: 0.4, 0.048, 0.0036.
int tier_for(double relative);

/// By parameter; the largest share first.
std::vector<Lesson> learn(const std::vector<Measured>& measured);

/// The document of `sterlet lessons --json`.
base::Json lessons_json(const std::vector<Lesson>& lessons, std::size_t studies);

}  // namespace sterlet::doctor
