#pragma once

#include <array>
#include <string_view>

#include "sterlet/space/expression_node.h"

namespace sterlet::space {

/// The functions and operators of expressions, as they are written.
struct FunctionRow {
  std::string_view name;
  Function function;
  bool takes_list;
  bool takes_many;
};
inline constexpr std::array<FunctionRow, 12> kFunctions{{{"abs", Function::kAbs, false, false},
                                                         {"sqrt", Function::kSqrt, false, false},
                                                         {"exp", Function::kExp, false, false},
                                                         {"log", Function::kLog, false, false},
                                                         {"log10", Function::kLog10, false, false},
                                                         {"log2", Function::kLog2, false, false},
                                                         {"floor", Function::kFloor, false, false},
                                                         {"ceil", Function::kCeil, false, false},
                                                         {"min", Function::kMin, true, true},
                                                         {"max", Function::kMax, true, true},
                                                         {"sum", Function::kSum, true, false},
                                                         {"len", Function::kLen, true, false}}};

struct OperatorRow {
  std::string_view text;
  Operation operation;
  int precedence;  // Larger binds tighter.
};
// Longer texts first where one begins another.
inline constexpr std::array<OperatorRow, 17> kOperators{{{"||", Operation::kOr, 1},
                                                         {"or", Operation::kOr, 1},
                                                         {"&&", Operation::kAnd, 2},
                                                         {"and", Operation::kAnd, 2},
                                                         {"==", Operation::kEqual, 4},
                                                         {"!=", Operation::kUnequal, 4},
                                                         {"<=", Operation::kLessEqual, 4},
                                                         {">=", Operation::kGreaterEqual, 4},
                                                         {"<", Operation::kLess, 4},
                                                         {">", Operation::kGreater, 4},
                                                         {"in", Operation::kIn, 4},
                                                         {"**", Operation::kPower, 8},
                                                         {"+", Operation::kAdd, 5},
                                                         {"-", Operation::kSubtract, 5},
                                                         {"*", Operation::kMultiply, 6},
                                                         {"/", Operation::kDivide, 6},
                                                         {"%", Operation::kModulo, 6}}};
inline constexpr int kNotPrecedence = 3;
inline constexpr int kNegatePrecedence = 7;

}  // namespace sterlet::space
