#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace sterlet::report {

/// The values of one parameter, or of one objective, by row: 16 bytes each.
class Column final {
 public:
  /// A column whose values stand in `choices` holds their indices; null: as they are.
  explicit Column(nlohmann::json choices = nullptr) : choices_(std::move(choices)) {}

  /// The value of a row; rows that are left out are null.
  void set(std::size_t row, const nlohmann::json& value);
  /// Writes the value of a row; a number that is not whole with so many digits (0: all).
  void write(std::string& out, std::size_t row, int digits) const;
  /// Those it was made with, and what else came.
  const nlohmann::json& choices() const { return choices_; }
  /// The least and the largest number, of a column without choices; nothing: it has none.
  std::optional<std::pair<double, double>> range() const;

 private:
  enum class Kind : std::uint8_t { kNull, kInteger, kNumber, kOther };
  struct Cell {
    Kind kind = Kind::kNull;
    union {
      std::int64_t integer = 0;  // Or the index of what it is among the others.
      double number;
    };
  };
  std::int64_t choice_index(const nlohmann::json& value);

  nlohmann::json choices_;
  std::vector<Cell> cells_;
  std::vector<nlohmann::json> others_;
};

}  // namespace sterlet::report
