#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sterlet/error.hpp"

namespace sterlet {

/// A choice, a default, or an option of an algorithm.
using Scalar = std::variant<bool, std::int64_t, double, std::string>;

/// Values by the names of hyperparameters, in the order of their declaration. What a sampler gives has those alone whose
/// `when` holds; a repeated hyperparameter has a list.
class Params final {
 public:
  using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<Scalar>>;
  using Entry = std::pair<std::string, Value>;

  Params() = default;
  /// Params{{"rate", 0.01}, {"layers", 3}, {"optimizer", "sgd"}}. Of a name that comes twice, the last one counts.
  Params(std::initializer_list<Entry> entries);

  /// Sets a value, in the place of an earlier one of that name.
  Params& set(std::string name, Value value);
  /// Null where there is none of that name; valid until the next change.
  const Value* find(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept { return find(name) != nullptr; }

  /// The value of that name. Errors: kNotFound names the nearest; kInvalidArgument where it is of another type. An
  /// integer is a number, too, and a single number is a list of one.
  Result<double> number(std::string_view name) const;
  Result<std::int64_t> integer(std::string_view name) const;
  Result<bool> flag(std::string_view name) const;
  Result<std::string> text(std::string_view name) const;
  Result<std::vector<double>> numbers(std::string_view name) const;

  std::size_t size() const noexcept { return entries_.size(); }
  bool empty() const noexcept { return entries_.empty(); }
  std::vector<Entry>::const_iterator begin() const noexcept { return entries_.begin(); }
  std::vector<Entry>::const_iterator end() const noexcept { return entries_.end(); }
  friend bool operator==(const Params& a, const Params& b) { return a.entries_ == b.entries_; }
  friend bool operator!=(const Params& a, const Params& b) { return !(a == b); }

 private:
  friend struct ParamsDoor;
  std::vector<Entry> entries_;
};

/// A sampler or a pruner by its name, with its options: "random", or {"tpe", {{"startup_trials", 20}}}. docs/samplers.md
/// and docs/pruners.md list them.
struct Algorithm {
  std::string name;
  std::map<std::string, Scalar> options = {};

  Algorithm(std::string its_name,
            std::map<std::string, Scalar> its_options = {})  // NOLINT(google-explicit-constructor)
      : name(std::move(its_name)), options(std::move(its_options)) {}
  Algorithm(const char* its_name) : name(its_name) {}  // NOLINT(google-explicit-constructor)
};

}  // namespace sterlet
