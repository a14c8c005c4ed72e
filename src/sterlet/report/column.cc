#include "sterlet/report/column.h"

#include <algorithm>

#include "sterlet/report/json_text.h"

namespace sterlet::report {

void Column::set(std::size_t row, const nlohmann::json& value) {
  if (value.is_null()) return;
  cells_.resize(row + 1);
  Cell& cell = cells_[row];
  if (choices_.is_array()) {
    cell.kind = Kind::kInteger;
    cell.integer = choice_index(value);
  } else if (value.is_number_integer()) {
    cell.kind = Kind::kInteger;
    cell.integer = value.get<std::int64_t>();
  } else if (value.is_number_float()) {
    cell.kind = Kind::kNumber;
    cell.number = value.get<double>();
  } else {
    cell.kind = Kind::kOther;
    cell.integer = static_cast<std::int64_t>(others_.size());
    others_.push_back(value);
  }
}

void Column::write(std::string& out, std::size_t row, int digits) const {
  const Cell cell = row < cells_.size() ? cells_[row] : Cell{};
  switch (cell.kind) {
    case Kind::kNull:
      out += "null";
      return;
    case Kind::kInteger:
      out += std::to_string(cell.integer);
      return;
    case Kind::kNumber:
      append_number(out, cell.number, digits);
      return;
    case Kind::kOther:
      append_json(out, others_[static_cast<std::size_t>(cell.integer)]);
      return;
  }
}

std::optional<std::pair<double, double>> Column::range() const {
  std::optional<std::pair<double, double>> range;
  if (choices_.is_array()) return range;
  for (const Cell& cell : cells_) {
    if (cell.kind != Kind::kInteger && cell.kind != Kind::kNumber) continue;
    const double value = cell.kind == Kind::kInteger ? static_cast<double>(cell.integer) : cell.number;
    if (!range) range = std::pair(value, value);
    range->first = std::min(range->first, value);
    range->second = std::max(range->second, value);
  }
  return range;
}

// A choice that the space does not list (any more) is added.
std::int64_t Column::choice_index(const nlohmann::json& value) {
  for (std::size_t index = 0; index < choices_.size(); ++index) {
    const nlohmann::json& choice = choices_[index];
    const bool may_equal = choice.type() == value.type() || (choice.is_number() && value.is_number());
    if (may_equal && choice == value) return static_cast<std::int64_t>(index);
  }
  choices_.push_back(value);
  return static_cast<std::int64_t>(choices_.size()) - 1;
}

}  // namespace sterlet::report
