#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"

namespace sterlet::base {

/// What an option's value is.
enum class OptionKind {
  kWhole,   ///< A whole number from `low` to `high`.
  kNumber,  ///< A number from `low` to `high`.
  kFlag,    ///< true or false.
  kWord,    ///< One of `words`.
  kChoice,  ///< Another row, by name or as {name: ..., ...}; its owner reads and checks it.
};

/// One option of an algorithm, said once: reading, checks, help, the printed pages and the JSON Schema come from it.
/// Made by `option(...)` from a field of the algorithm's options, whose default is the option's.
struct Option {
  std::string name;
  std::string summary;
  OptionKind kind = OptionKind::kNumber;
  Json default_value;        ///< Null: there is none.
  bool required = false;     ///< Must be given. Otherwise null may be given where there is no default.
  double low = 0, high = 0;  ///< Allowed range of a number, both ends included.
  std::vector<std::string> words;
  std::string schema;  ///< Of a choice: where the JSON Schema of a study file says what may be chosen.

  std::function<void(void* options, const Json& value)> set;  ///< Writes the field; null: the owner reads it itself.
  const std::type_info* owner = nullptr;                      ///< Type of the options that `set` writes to.
};

/// A number: option("sigma", &CmaesOptions::sigma, 0.001, 1, "first spread, in widths of the ranges").
template <typename Options, typename Value>
Option option(std::string name, Value Options::*field, double low, double high, std::string summary) {
  constexpr bool kMayLack = std::same_as<Value, std::optional<double>>;
  static_assert(kMayLack || std::same_as<Value, double> || std::same_as<Value, std::int64_t>);
  Option made{.name = std::move(name),
              .summary = std::move(summary),
              .kind = std::same_as<Value, std::int64_t> ? OptionKind::kWhole : OptionKind::kNumber,
              .low = low,
              .high = high};
  if constexpr (!kMayLack) made.default_value = Options{}.*field;
  made.set = [field](void* options, const Json& value) {
    Value& into = static_cast<Options*>(options)->*field;
    if constexpr (kMayLack) {
      if (value.is_null()) {
        into.reset();
      } else {
        into = value.template get<double>();
      }
    } else {
      into = value.template get<Value>();
    }
  };
  made.owner = &typeid(Options);
  return made;
}

/// True or false.
template <typename Options>
Option option(std::string name, bool Options::*field, std::string summary) {
  return {.name = std::move(name),
          .summary = std::move(summary),
          .kind = OptionKind::kFlag,
          .default_value = Options{}.*field,
          .set = [field](void* options,
                         const Json& value) { static_cast<Options*>(options)->*field = value.template get<bool>(); },
          .owner = &typeid(Options)};
}

/// One of some words.
template <typename Options>
Option option(std::string name, std::string Options::*field, std::vector<std::string> words, std::string summary) {
  return {
      .name = std::move(name),
      .summary = std::move(summary),
      .kind = OptionKind::kWord,
      .default_value = Options{}.*field,
      .words = std::move(words),
      .set = [field](void* options,
                     const Json& value) { static_cast<Options*>(options)->*field = value.template get<std::string>(); },
      .owner = &typeid(Options)};
}

/// Another row's name and options, which `read_options` leaves alone. `schema`: its JSON Schema's address.
Option choice_option(std::string name, std::string otherwise, std::string schema, std::string summary);

/// The same option, which has no default and must be given.
Option required(Option option);

/// What is wrong with `value`, in words ("it is a whole number from 1 to 10"); empty if it fits. Choices always fit.
std::string objection(const Option& option, const Json& value);

/// Whether `values` is an object of known options in their ranges. `owner` names whose they are in messages
/// ("sampler grid"), `example` is a choice written out ("{name: grid, points: 3}"). Whether required options are there
/// is another question: see missing_option.
/// Errors: kInvalidArgument; an unknown name gets the nearest.
Result<void> check_options(const std::string& owner, std::span<const Option> options, const Json& values,
                           std::string_view example);

/// The first required option that is not among the values.
const Option* missing_option(std::span<const Option> options, const Json& values);

/// Writes checked values into an object of type `type`.
void set_options(std::span<const Option> options, const Json& values, const std::type_info& type, void* into);

/// The options of checked values, each that is not named at its default.
template <typename Options>
Options read_options(std::span<const Option> options, const Json& values) {
  Options read;
  set_options(options, values, typeid(Options), &read);
  return read;
}

/// The JSON Schema of a value of the option, with its summary and default.
Json option_schema(const Option& option);

/// The JSON Schema of a row written as a map: {name: NAME, option: value, ...} and nothing else.
Json row_schema(std::string_view name, std::string_view summary, std::span<const Option> options);

/// A row's section of a printed page, in Markdown: what it does, its source, a table of its options.
std::string row_section(std::string_view name, std::string_view summary, std::string_view source,
                        std::span<const Option> options);

}  // namespace sterlet::base
