#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/records.h"

namespace sterlet::api {

/// What an argument of an operation may be.
enum class ArgumentType {
  kInteger,
  kNumber,   ///< NaN and infinities as base::json_number writes them.
  kNumbers,  ///< A list of those.
  kText,
  kState,    ///< How a trial ended: complete, failed, pruned, cancelled.
  kPoint,    ///< Values by parameter; the study's space says what is right.
  kMetrics,  ///< Numbers by name.
  kCurve,    ///< [[step, number], ...], at least one.
  kFlag,
  kDeclarations,  ///< Parameters by name, each as a study file declares it.
};
/// "a whole number".
std::string_view text_of(ArgumentType type);

struct Argument {
  std::string_view name;
  ArgumentType type;
  std::string_view summary;
  std::string_view advice = {};  ///< What to do where it is missing; empty: it may be left out.

  bool is_required() const { return !advice.empty(); }
};

/// How a trial ended, by its word.
std::optional<storage::State> state_of(const base::Json& word);

/// Checks the arguments of an operation by those that it knows. Errors    kInvalidArgument for an unknown, missing or
/// wrong argument.
base::Result<void> check(std::string_view operation, std::span<const Argument> known, const base::Json& arguments);

}  // namespace sterlet::api
