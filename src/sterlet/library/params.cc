#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/library/convert.h"
#include "sterlet/library/guard.h"

namespace sterlet {

namespace {

Error no_such_name(const Params& params, std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [known, value] : params) names.push_back(known);
  return library::public_error({.code = base::ErrorCode::kNotFound,
                                .what = fmt::format("there is no parameter '{}' in this point", base::printable(name)),
                                .next = names.empty() ? std::string() : base::suggest_name(name, names)});
}

Error wrong_type(std::string_view name, std::string_view wanted, const Params::Value& value) {
  Params one;
  one.set("value", value);
  return library::public_error(
      {.code = base::ErrorCode::kInvalidArgument,
       .where = std::string(name),
       .what = fmt::format("it is {} (found {})", wanted, base::json_line(library::json_of(one)["value"]))});
}

std::optional<double> number_in(const Scalar& scalar) {
  if (const auto* number = std::get_if<double>(&scalar)) return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&scalar)) return static_cast<double>(*whole);
  return std::nullopt;
}

std::optional<double> number_in(const Params::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return std::nullopt;
}

template <typename T>
Result<T> held(const Params& params, std::string_view name, std::string_view wanted) {
  const Params::Value* value = params.find(name);
  if (value == nullptr) return no_such_name(params, name);
  if (const T* found = std::get_if<T>(value)) return *found;
  return wrong_type(name, wanted, *value);
}

}  // namespace

Params::Params(std::initializer_list<Entry> entries) {
  entries_.reserve(entries.size());
  for (const Entry& entry : entries) set(entry.first, entry.second);
}

Params& Params::set(std::string name, Value value) {
  for (auto& [known, its_value] : entries_) {
    if (known != name) continue;
    its_value = std::move(value);
    return *this;
  }
  entries_.emplace_back(std::move(name), std::move(value));
  return *this;
}

const Params::Value* Params::find(std::string_view name) const noexcept {
  for (const auto& [known, value] : entries_) {
    if (known == name) return &value;
  }
  return nullptr;
}

Result<double> Params::number(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return no_such_name(*this, name);
  if (const auto number = number_in(*value)) return *number;
  return wrong_type(name, "no number", *value);
}

Result<std::int64_t> Params::integer(std::string_view name) const {
  return held<std::int64_t>(*this, name, "no integer");
}
Result<bool> Params::flag(std::string_view name) const { return held<bool>(*this, name, "neither true nor false"); }
Result<std::string> Params::text(std::string_view name) const { return held<std::string>(*this, name, "no text"); }

Result<std::vector<double>> Params::numbers(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return no_such_name(*this, name);
  if (const auto number = number_in(*value)) return std::vector<double>{*number};
  std::vector<double> numbers;
  const auto* list = std::get_if<std::vector<Scalar>>(value);
  if (list == nullptr) return wrong_type(name, "no list of numbers", *value);
  for (const Scalar& scalar : *list) {
    const auto number = number_in(scalar);
    if (!number) return wrong_type(name, "no list of numbers", *value);
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace sterlet
