#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"

namespace sterlet::base {

/// One option of an algorithm, as help, checks and the schema need it.
struct Option {
  std::string name;
  std::string summary;
  Json default_value;  ///< A number, true or false; null: a number that has none; text: the owner checks it itself.
  double low = 0, high = 0;  ///< Allowed range of a number, both ends included.
};

/// Whether `values` is an object of known options in their ranges. `owner` names whose they are in messages
/// ("sampler grid"), `example` is a choice written out ("{name: grid, points: 3}").
/// Errors: kInvalidArgument; an unknown name gets the nearest.
Result<void> check_options(const std::string& owner, std::span<const Option> options, const Json& values,
                           std::string_view example);

}  // namespace sterlet::base
