#include "sterlet/space/expression.h"

#include <algorithm>
#include <cmath>

#include "sterlet/space/expression_parser.h"

namespace sterlet::space {

namespace {

using Type = Operand::Type;
using Node = Expression::Node;
using NodePtr = std::unique_ptr<Node>;

Operand absent() { return {}; }
Operand boolean(bool value) { return {.type = Type::kBool, .number = value ? 1.0 : 0.0}; }
Operand number(double value) { return {.type = Type::kNumber, .number = value}; }

bool equal(const Operand& a, const Operand& b) {
  return a.type == Type::kText ? a.text == b.text : a.number == b.number;
}

Operand call(Function function, std::span<const double> values) {
  const double first = values.empty() ? 0 : values[0];
  switch (function) {
    case Function::kAbs:
      return number(std::fabs(first));
    case Function::kSqrt:
      return number(std::sqrt(first));
    case Function::kExp:
      return number(std::exp(first));
    case Function::kLog:
      return number(std::log(first));
    case Function::kLog10:
      return number(std::log10(first));
    case Function::kLog2:
      return number(std::log2(first));
    case Function::kFloor:
      return number(std::floor(first));
    case Function::kCeil:
      return number(std::ceil(first));
    case Function::kMin:
      return values.empty() ? absent() : number(*std::min_element(values.begin(), values.end()));
    case Function::kMax:
      return values.empty() ? absent() : number(*std::max_element(values.begin(), values.end()));
    case Function::kSum: {
      double sum = 0;
      for (const double value : values) sum += value;
      return number(sum);
    }
    case Function::kLen:
      return number(static_cast<double>(values.size()));
  }
  return absent();
}

Operand resolve(const Node& node, double raw) {
  return node.choices.empty() ? number(raw) : node.choices[static_cast<std::size_t>(raw)];
}

Operand evaluate_node(const Node& node, const Expression::Lookup& lookup);

Operand evaluate_call(const Node& node, const Expression::Lookup& lookup) {
  if (node.parts.size() == 1 && node.parts[0]->type == Type::kList) {
    const Node& list = *node.parts[0];
    const std::span<const double> raw = lookup(list.parameter);
    if (raw.empty()) return absent();
    if (list.choices.empty()) return call(node.function, raw);
    std::vector<double> numbers;
    for (const double index : raw) numbers.push_back(resolve(list, index).number);
    return call(node.function, numbers);
  }
  std::vector<double> values;
  for (const NodePtr& part : node.parts) {
    const Operand value = evaluate_node(*part, lookup);
    if (value.type == Type::kAbsent) return absent();
    values.push_back(value.number);
  }
  return call(node.function, values);
}

// Kleene's three values: what is certain whatever the absent part would be, is certain.
Operand evaluate_logic(const Node& node, const Expression::Lookup& lookup) {
  const double decisive = node.operation == Operation::kOr ? 1 : 0;
  const Operand left = evaluate_node(*node.parts[0], lookup);
  if (left.type != Type::kAbsent && left.number == decisive) return left;
  const Operand right = evaluate_node(*node.parts[1], lookup);
  if (right.type != Type::kAbsent && right.number == decisive) return right;
  return left.type == Type::kAbsent || right.type == Type::kAbsent ? absent() : right;
}

Operand evaluate_arithmetic(Operation operation, const Operand& a, const Operand& b) {
  switch (operation) {
    case Operation::kEqual:
      return boolean(equal(a, b));
    case Operation::kUnequal:
      return boolean(!equal(a, b));
    case Operation::kLess:
      return boolean(a.number < b.number);
    case Operation::kLessEqual:
      return boolean(a.number <= b.number);
    case Operation::kGreater:
      return boolean(a.number > b.number);
    case Operation::kGreaterEqual:
      return boolean(a.number >= b.number);
    case Operation::kAdd:
      return number(a.number + b.number);
    case Operation::kSubtract:
      return number(a.number - b.number);
    case Operation::kMultiply:
      return number(a.number * b.number);
    case Operation::kDivide:
      return number(a.number / b.number);
    case Operation::kModulo:
      return number(std::fmod(a.number, b.number));
    case Operation::kPower:
      return number(std::pow(a.number, b.number));
    case Operation::kLiteral:
    case Operation::kParameter:
    case Operation::kElement:
    case Operation::kNegate:
    case Operation::kNot:
    case Operation::kOr:
    case Operation::kAnd:
    case Operation::kIn:
    case Operation::kCall:
      break;
  }
  return absent();
}

// Like a chain of == joined by ||, so that an absent entry decides nothing.
Operand evaluate_in(const Node& list, const Operand& wanted, const Expression::Lookup& lookup) {
  bool has_absent = false;
  for (const NodePtr& part : list.parts) {
    const Operand value = evaluate_node(*part, lookup);
    if (value.type == Type::kAbsent) {
      has_absent = true;
    } else if (equal(wanted, value)) {
      return boolean(true);
    }
  }
  return has_absent ? absent() : boolean(false);
}

Operand evaluate_node(const Node& node, const Expression::Lookup& lookup) {
  if (node.operation == Operation::kLiteral) return node.literal;
  if (node.operation == Operation::kParameter || node.operation == Operation::kElement) {
    const std::span<const double> raw = lookup(node.parameter);
    return node.element < raw.size() ? resolve(node, raw[node.element]) : absent();
  }
  if (node.operation == Operation::kCall) return evaluate_call(node, lookup);
  if (node.operation == Operation::kOr || node.operation == Operation::kAnd) return evaluate_logic(node, lookup);
  const Operand left = evaluate_node(*node.parts[0], lookup);
  if (left.type == Type::kAbsent) return absent();
  if (node.operation == Operation::kNot) return boolean(left.number == 0);
  if (node.operation == Operation::kNegate) return number(-left.number);
  if (node.operation == Operation::kIn) return evaluate_in(*node.parts[1], left, lookup);
  const Operand right = evaluate_node(*node.parts[1], lookup);
  return right.type == Type::kAbsent ? absent() : evaluate_arithmetic(node.operation, left, right);
}

}  // namespace

base::Result<Expression> Expression::parse(std::string_view text, std::span<const Parameter> parameters) {
  STERLET_TRY(ParsedExpression parsed, parse_expression(text, parameters));
  Expression expression;
  expression.text_ = text;
  expression.uses_ = std::move(parsed.uses);
  expression.root_ = std::move(parsed.root);
  return expression;
}

std::optional<bool> Expression::evaluate(const Lookup& lookup) const {
  const Operand result = evaluate_node(*root_, lookup);
  if (result.type == Type::kAbsent) return std::nullopt;
  return result.number != 0;
}

}  // namespace sterlet::space
