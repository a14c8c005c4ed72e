#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/space/parameter.h"

namespace sterlet::space {

/// A formula over parameters, as in `when: optimizer == "sgd" && layers > 2` or `batch_size * layers <= 1024`.
///
/// Grammar   || or, && and, ! not, == != < <= > >= in [..], + - * / % **, parentheses; numbers, "strings", 'strings',
///           true, false; a parameter's name, name[i] for one element of a repeated one; abs, sqrt, exp, log, log10,
///           log2, floor, ceil, min, max (numbers or one repeated parameter), sum, len (one repeated parameter).
/// Choices   a parameter whose choices are all numbers is a number, all booleans a condition, else a text.
/// Absent    a parameter that is not active has no value, nor has what is computed from it. `absent && false` is false,
///           `absent || true` is true, all else with an absent part is absent.
/// Cost      O(length of the text).
class Expression final {
 public:
  /// Gives the raw value of parameter `index`, several if it is repeated, none where it is not active. Raw: the number
  /// of a float or int, the index of a choice. The span must live until the evaluation ends.
  using Lookup = std::function<std::span<const double>(std::size_t index)>;

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
