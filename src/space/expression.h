#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/space/parameter.h"

namespace sterlet::space {

/// A formula over parameters, as in `when: optimizer == "sgd" && layers > 2` or `batch_size * layers <= 1024`.
///
/// Grammar   || or, && and, ! not, == != < <= > >= in [..], + - * / % **, parentheses; numbers, "strings", 'strings',
/// true,
///           false; a parameter's name, name[i] for one element of a repeated one; abs, sqrt, exp, log, log10, log2,
///           floor, ceil, min, max (numbers or one repeated parameter), sum, len (one repeated parameter).
/// Absent    a parameter that is not active has no value, nor has what is computed from it. `absent && false` is false,
///           `absent || true` is true, all else with an absent part is absent.
/// Cost      O(length of the text).
class Expression final {
 public:
  /// One parameter's present value. Numbers, booleans as 0 or 1, and indexes of choices are `number`.
  struct Operand {
    enum class Type { kAbsent, kBool, kNumber, kText, kList };
    Type type = Type::kAbsent;
    double number = 0;
    std::string_view text;
    std::span<const double> list;
  };
  /// Gives the value of parameter `index`; what its views point to must outlive the evaluation.
  using Lookup = std::function<Operand(std::size_t index)>;

  /// Errors: kInvalidArgument, `what` naming the column within the text; unknown names get the nearest parameter;
  /// a text compared with a choice that does not exist, or with a number; a result that is no truth value.
  static base::Result<Expression> parse(std::string_view text, std::span<const Parameter> parameters);

  /// True, false, or absent.
  std::optional<bool> evaluate(const Lookup& lookup) const;
  /// Indexes of the parameters that occur, ascending, each once.
  const std::vector<std::size_t>& uses() const { return uses_; }
  const std::string& text() const { return text_; }

  struct Node;

 private:
  std::string text_;
  std::vector<std::size_t> uses_;
  std::shared_ptr<const Node> root_;  // Shared: expressions are immutable and copied with their space.
};

}  // namespace sterlet::space
