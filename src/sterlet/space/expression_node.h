#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/space/expression.h"

// The tree that expression_parser builds and expression.cc evaluates; nobody else includes this.

namespace sterlet::space {

enum class Operation {
  kLiteral,
  kParameter,
  kElement,
  kNegate,
  kNot,
  kOr,
  kAnd,
  kEqual,
  kUnequal,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
  kCall
};

enum class Function { kAbs, kSqrt, kExp, kLog, kLog10, kLog2, kFloor, kCeil, kMin, kMax, kSum, kLen };

/// What a part of an expression evaluates to. Numbers, and booleans as 0 or 1, are `number`.
struct Operand {
  enum class Type { kAbsent, kBool, kNumber, kText, kList };
  Type type = Type::kAbsent;
  double number = 0;
  std::string_view text;
};

struct Expression::Node {
  Operation operation = Operation::kLiteral;
  Function function = Function::kAbs;
  Operand::Type type = Operand::Type::kNumber;  // What it evaluates to when present.
  Operand literal;
  std::string literal_text;  // Owns what literal.text views.
  std::size_t parameter = 0;
  std::size_t element = 0;
  std::size_t column = 1;
  std::vector<Operand> choices;           // Of a categorical or ordinal parameter: what its raw indexes stand for.
  std::vector<std::string> choice_texts;  // Owns what they view.
  std::vector<std::unique_ptr<Node>> parts;
};

}  // namespace sterlet::space
