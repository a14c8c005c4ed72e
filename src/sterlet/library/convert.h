#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/params.hpp"
#include "sterlet/sampler.hpp"
#include "sterlet/space.hpp"
#include "sterlet/space/space.h"
#include "sterlet/study.hpp"
#include "sterlet/studyfile/spec.h"

namespace sterlet {

/// The insides of public values.
struct ParamsDoor {
  static std::vector<Params::Entry>& entries(Params& params) { return params.entries_; }
};

struct Space::Parts {
  std::vector<space::Parameter> parameters;
  std::vector<std::string> constraints;
};

struct SpaceDoor {
  /// Null: it is empty.
  static const Space::Parts* parts(const Space& space) { return space.parts_.get(); }
  static Space& add(Space& space, space::Parameter parameter) {
    if (!space.parts_) space.parts_ = std::make_unique<Space::Parts>();
    space.parts_->parameters.push_back(std::move(parameter));
    return space;
  }
};

}  // namespace sterlet

namespace sterlet::library {

/// A point's values by name. Cost O(d).
Params params_of(const space::Space& space, const space::Point& point);
/// Of an object of values by name.
Params params_from_json(const base::Json& json);
base::Json json_of(const Params& params);
base::Json json_of(const Scalar& scalar);
/// {"name": "tpe", "startup_trials": 20}, as a study file writes it.
base::Json json_of(const Algorithm& algorithm);

/// What is wrong, with where: the parameter's name, or "constraint 1".
base::Error fault_error(const space::Fault& fault);
/// Checks it. Errors: kInvalidArgument with the first fault.
base::Result<space::Space> checked_space(const Space& space);
studyfile::Direction direction_of(Direction direction);

}  // namespace sterlet::library
