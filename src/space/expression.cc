#include "sterlet/space/expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"

// A Pratt parser over a dozen operators: expressions name choices and repeated parameters, which the packaged formula
// libraries (numbers only) cannot check, and messages must point into the user's text.

namespace sterlet::space {

using Operand = Expression::Operand;
using Type = Operand::Type;

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

struct Expression::Node {
  Operation operation = Operation::kLiteral;
  Function function = Function::kAbs;
  Type type = Type::kNumber;  // What it evaluates to when present.
  Operand literal;
  std::string literal_text;  // Owns what literal.text views.
  std::size_t parameter = 0;
  std::size_t element = 0;
  std::size_t column = 1;
  std::vector<std::unique_ptr<Node>> parts;
};

namespace {

using Node = Expression::Node;
using NodePtr = std::unique_ptr<Node>;

constexpr int kDepthMax = 64;
constexpr std::size_t kLengthMax = 4096;

struct FunctionRow {
  std::string_view name;
  Function function;
  bool takes_list;
  bool takes_many;
};
constexpr std::array<FunctionRow, 12> kFunctions{{{"abs", Function::kAbs, false, false},
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
constexpr std::array<OperatorRow, 17> kOperators{{{"||", Operation::kOr, 1},
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
constexpr int kNotPrecedence = 3;
constexpr int kNegatePrecedence = 7;

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Parser final {
 public:
  Parser(std::string_view text, std::span<const Parameter> parameters) : text_(text), parameters_(parameters) {}

  base::Result<NodePtr> parse_all() {
    if (text_.size() > kLengthMax) {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("the expression is longer than {} characters", kLengthMax), "shorten it");
    }
    STERLET_TRY(NodePtr root, parse_binary(0, 0));
    skip_space();
    if (at_ < text_.size()) {
      return error_at(at_, fmt::format("'{}' is not expected here", base::printable(text_.substr(at_, 8))),
                      rest_hint());
    }
    if (root->type != Type::kBool) {
      return error_at(0, fmt::format("'{}' is not true or false", base::printable(text_)),
                      "compare it, as in layers > 2 or optimizer == \"sgd\"");
    }
    return root;
  }

  std::vector<std::size_t> uses;

 private:
  tl::unexpected<base::Error> error_at(std::size_t at, std::string what, std::string next = {}) const {
    return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("{} (column {} of the expression)", what, at + 1),
                      std::move(next));
  }

  std::string rest_hint() const {
    return text_[at_] == '=' ? "use == to compare" : "look for a missing operator or bracket";
  }

  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  bool take(std::string_view token) {
    skip_space();
    if (text_.substr(at_, token.size()) != token) return false;
    if (is_name_start(token.front()) && at_ + token.size() < text_.size() && is_name_part(text_[at_ + token.size()])) {
      return false;
    }
    at_ += token.size();
    return true;
  }

  const OperatorRow* peek_operator() {
    skip_space();
    const std::size_t start = at_;
    const OperatorRow* best = nullptr;
    for (const OperatorRow& row : kOperators) {
      if ((best == nullptr || row.text.size() > best->text.size()) && take(row.text)) best = &row;
      at_ = start;
    }
    return best;
  }

  base::Result<NodePtr> parse_binary(int precedence, int depth) {
    if (depth > kDepthMax) return error_at(at_, "the expression is nested too deep", "split it in two constraints");
    STERLET_TRY(NodePtr left, parse_unary(depth + 1));
    while (const OperatorRow* row = peek_operator()) {
      if (row->precedence < precedence || (row->precedence == precedence && row->operation != Operation::kPower)) break;
      const std::size_t column = at_;
      take(row->text);
      NodePtr right;
      if (row->operation == Operation::kIn) {
        STERLET_TRY(right, parse_choices(depth + 1));
      } else {
        STERLET_TRY(right, parse_binary(row->precedence, depth + 1));
      }
      STERLET_TRY(left, combine(*row, std::move(left), std::move(right), column));
      if (++operator_count_ > kLengthMax) return error_at(at_, "the expression has too many operators");
    }
    return left;
  }

  base::Result<NodePtr> parse_unary(int depth) {
    if (depth > kDepthMax) return error_at(at_, "the expression is nested too deep", "split it in two constraints");
    skip_space();
    const std::size_t column = at_;
    const bool negated = text_.substr(at_, 2) != "!=" && (take("not") || take("!"));
    if (negated || take("-")) {
      const char* name = negated ? "not" : "-";
      STERLET_TRY(NodePtr part, parse_binary(negated ? kNotPrecedence : kNegatePrecedence, depth + 1));
      const Type wanted = negated ? Type::kBool : Type::kNumber;
      if (part->type != wanted) return error_at(column, fmt::format("'{}' needs a {}", name, type_name(wanted)));
      auto node = std::make_unique<Node>();
      node->operation = negated ? Operation::kNot : Operation::kNegate;
      node->type = wanted;
      node->column = column;
      node->parts.push_back(std::move(part));
      return node;
    }
    if (take("(")) {
      STERLET_TRY(NodePtr inner, parse_binary(0, depth + 1));
      if (!take(")")) return error_at(at_, "a closing ')' is missing");
      return inner;
    }
    return parse_atom(depth);
  }

  base::Result<NodePtr> parse_atom(int depth) {
    skip_space();
    const std::size_t start = at_;
    if (at_ == text_.size()) return error_at(at_, "the expression ends too early", "add what is compared");
    const char c = text_[at_];
    if (c == '"' || c == '\'') return parse_string(c);
    if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.') return parse_literal_number();
    if (!is_name_start(c)) {
      return error_at(at_, fmt::format("'{}' is not expected here", base::printable(text_.substr(at_, 8))),
                      rest_hint());
    }
    while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (name == "true" || name == "false") {
      NodePtr node = literal(Type::kBool, start);
      node->literal.number = name == "true" ? 1 : 0;
      return node;
    }
    for (const FunctionRow& row : kFunctions) {
      const std::size_t after_name = at_;
      if (row.name == name && take("(")) return parse_call(row, start, depth);
      at_ = after_name;
    }
    return parse_parameter(name, start);
  }

  base::Result<NodePtr> parse_string(char quote) {
    const std::size_t start = at_++;
    NodePtr node = literal(Type::kText, start);
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      node->literal_text += text_[at_++];
    }
    if (at_ == text_.size()) return error_at(start, "this text has no closing quote");
    ++at_;
    node->literal.text = node->literal_text;
    return node;
  }

  base::Result<NodePtr> parse_literal_number() {
    const std::size_t start = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool signed_exponent =
          (c == '-' || c == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E') && at_ > start;
      if (!is_name_part(c) && c != '.' && !signed_exponent) break;
      ++at_;
    }
    const auto number = base::parse_number(text_.substr(start, at_ - start));
    if (!number) {
      return error_at(start, fmt::format("'{}' is not a number", base::printable(text_.substr(start, at_ - start))));
    }
    NodePtr node = literal(Type::kNumber, start);
    node->literal.number = *number;
    return node;
  }

  base::Result<NodePtr> parse_call(const FunctionRow& row, std::size_t column, int depth) {
    auto node = std::make_unique<Node>();
    node->operation = Operation::kCall;
    node->function = row.function;
    node->column = column;
    do {
      STERLET_TRY(NodePtr part, parse_binary(0, depth + 1));
      node->parts.push_back(std::move(part));
    } while (take(","));
    if (!take(")")) return error_at(at_, fmt::format("a closing ')' of {}(...) is missing", row.name));
    const bool one_list = node->parts.size() == 1 && node->parts[0]->type == Type::kList;
    const bool all_numbers = std::all_of(node->parts.begin(), node->parts.end(),
                                         [](const NodePtr& part) { return part->type == Type::kNumber; });
    const bool fits = (row.takes_list && one_list) ||
                      (all_numbers && (row.takes_many || (!row.takes_list && node->parts.size() == 1)));
    if (!fits) {
      return error_at(column, fmt::format("{} takes {}", row.name,
                                          !row.takes_list  ? "one number"
                                          : row.takes_many ? "numbers, or one repeated parameter"
                                                           : "one repeated parameter"));
    }
    return node;
  }

  base::Result<NodePtr> parse_parameter(std::string_view name, std::size_t column) {
    const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                    [&](const Parameter& parameter) { return parameter.name == name; });
    if (found == parameters_.end()) return unknown_name(name, column);
    auto node = std::make_unique<Node>();
    node->operation = Operation::kParameter;
    node->parameter = static_cast<std::size_t>(found - parameters_.begin());
    node->column = column;
    uses.push_back(node->parameter);
    const bool is_number = found->kind == Kind::kFloat || found->kind == Kind::kInt || all_numbers(found->choices);
    node->type = is_number ? Type::kNumber : all_booleans(found->choices) ? Type::kBool : Type::kText;
    if (found->repeat.empty()) {
      if (take("[")) return error_at(column, fmt::format("'{}' is not repeated, so it has no elements", name));
      return node;
    }
    if (!take("[")) {
      node->type = Type::kList;
      return node;
    }
    skip_space();
    std::size_t digits = at_;
    while (digits < text_.size() && std::isdigit(static_cast<unsigned char>(text_[digits])) != 0) ++digits;
    const auto index = base::parse_integer(text_.substr(at_, digits - at_));
    at_ = digits;
    if (!index || !take("]")) return error_at(column, fmt::format("'{}[' needs an element's index and ']'", name));
    node->operation = Operation::kElement;
    node->element = static_cast<std::size_t>(*index);
    return node;
  }

  tl::unexpected<base::Error> unknown_name(std::string_view name, std::size_t column) const {
    std::vector<std::string> names;
    for (const Parameter& parameter : parameters_) {
      names.push_back(parameter.name);
      for (const Scalar& choice : parameter.choices) {
        if (text_of(choice) == name) {
          return error_at(column, fmt::format("'{}' is a choice of {}, not a parameter", name, parameter.name),
                          fmt::format("put it in quotes: \"{}\"", name));
        }
      }
    }
    return error_at(column, fmt::format("unknown parameter '{}'", name), base::suggest_name(name, names));
  }

  base::Result<NodePtr> parse_choices(int depth) {
    if (!take("[") && !take("(")) return error_at(at_, "'in' needs a list", "write it as in [\"sgd\", \"adam\"]");
    auto list = std::make_unique<Node>();
    list->type = Type::kList;
    do {
      STERLET_TRY(NodePtr part, parse_binary(kNegatePrecedence, depth + 1));
      list->parts.push_back(std::move(part));
    } while (take(","));
    if (!take("]") && !take(")")) return error_at(at_, "a closing ']' is missing");
    return list;
  }

  base::Result<NodePtr> combine(const OperatorRow& row, NodePtr left, NodePtr right, std::size_t column) const {
    auto node = std::make_unique<Node>();
    node->operation = row.operation;
    node->column = column;
    node->type = row.precedence <= 4 ? Type::kBool : Type::kNumber;
    const bool equality = row.operation == Operation::kEqual || row.operation == Operation::kUnequal;
    if (row.operation == Operation::kIn) {
      for (const NodePtr& part : right->parts) STERLET_PASS(check_comparable(*left, *part, column));
    } else if (equality) {
      STERLET_PASS(check_comparable(*left, *right, column));
    } else {
      const Type wanted = row.precedence <= 2 ? Type::kBool : Type::kNumber;
      for (const Node* side : {left.get(), right.get()}) {
        if (side->type != wanted) {
          return error_at(column, fmt::format("'{}' needs a {} on both sides", row.text, type_name(wanted)));
        }
      }
    }
    node->parts.push_back(std::move(left));
    node->parts.push_back(std::move(right));
    return node;
  }

  base::Result<void> check_comparable(const Node& left, const Node& right, std::size_t column) const {
    if (left.type != right.type || left.type == Type::kList) {
      return error_at(column,
                      fmt::format("a {} cannot be compared with a {}", type_name(left.type), type_name(right.type)));
    }
    for (const auto& [named, literal] : {std::pair{&left, &right}, std::pair{&right, &left}}) {
      if (named->operation != Operation::kParameter || literal->operation != Operation::kLiteral) continue;
      const Parameter& parameter = parameters_[named->parameter];
      if (parameter.choices.empty() || literal->type != Type::kText) continue;
      std::vector<std::string> choices;
      for (const Scalar& choice : parameter.choices) choices.push_back(text_of(choice));
      if (std::find(choices.begin(), choices.end(), literal->literal_text) == choices.end()) {
        return error_at(
            literal->column,
            fmt::format("\"{}\" is not a choice of {}", base::printable(literal->literal_text), parameter.name),
            base::suggest_name(literal->literal_text, choices));
      }
    }
    return {};
  }

  static NodePtr literal(Type type, std::size_t column) {
    auto node = std::make_unique<Node>();
    node->type = type;
    node->literal.type = type;
    node->column = column;
    return node;
  }

  static bool all_numbers(const std::vector<Scalar>& choices) {
    return !choices.empty() && std::all_of(choices.begin(), choices.end(), [](const Scalar& choice) {
      return std::holds_alternative<std::int64_t>(choice) || std::holds_alternative<double>(choice);
    });
  }
  static bool all_booleans(const std::vector<Scalar>& choices) {
    return !choices.empty() && std::all_of(choices.begin(), choices.end(),
                                           [](const Scalar& choice) { return std::holds_alternative<bool>(choice); });
  }

  static std::string_view type_name(Type type) {
    switch (type) {
      case Type::kAbsent:
        return "missing value";
      case Type::kBool:
        return "condition";
      case Type::kNumber:
        return "number";
      case Type::kText:
        return "text";
      case Type::kList:
        return "repeated parameter";
    }
    return "value";
  }

  std::string_view text_;
  std::span<const Parameter> parameters_;
  std::size_t at_ = 0;
  std::size_t operator_count_ = 0;
};

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

Operand evaluate_node(const Node& node, const Expression::Lookup& lookup);

Operand evaluate_call(const Node& node, const Expression::Lookup& lookup) {
  if (node.parts.size() == 1 && node.parts[0]->type == Type::kList) {
    const Operand list = evaluate_node(*node.parts[0], lookup);
    return list.type == Type::kAbsent ? absent() : call(node.function, list.list);
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

Operand evaluate_node(const Node& node, const Expression::Lookup& lookup) {
  if (node.operation == Operation::kLiteral) return node.literal;
  if (node.operation == Operation::kParameter) return lookup(node.parameter);
  if (node.operation == Operation::kElement) {
    const Operand list = lookup(node.parameter);
    return node.element < list.list.size() ? number(list.list[node.element]) : absent();
  }
  if (node.operation == Operation::kCall) return evaluate_call(node, lookup);
  if (node.operation == Operation::kOr || node.operation == Operation::kAnd) return evaluate_logic(node, lookup);
  const Operand left = evaluate_node(*node.parts[0], lookup);
  if (left.type == Type::kAbsent) return absent();
  if (node.operation == Operation::kNot) return boolean(left.number == 0);
  if (node.operation == Operation::kNegate) return number(-left.number);
  if (node.operation == Operation::kIn) {
    return boolean(std::any_of(node.parts[1]->parts.begin(), node.parts[1]->parts.end(),
                               [&](const NodePtr& part) { return equal(left, evaluate_node(*part, lookup)); }));
  }
  const Operand right = evaluate_node(*node.parts[1], lookup);
  return right.type == Type::kAbsent ? absent() : evaluate_arithmetic(node.operation, left, right);
}

}  // namespace

base::Result<Expression> Expression::parse(std::string_view text, std::span<const Parameter> parameters) {
  Parser parser(text, parameters);
  STERLET_TRY(NodePtr root, parser.parse_all());
  Expression expression;
  expression.text_ = text;
  expression.uses_ = std::move(parser.uses);
  std::sort(expression.uses_.begin(), expression.uses_.end());
  expression.uses_.erase(std::unique(expression.uses_.begin(), expression.uses_.end()), expression.uses_.end());
  expression.root_ = std::move(root);
  return expression;
}

std::optional<bool> Expression::evaluate(const Lookup& lookup) const {
  const Operand result = evaluate_node(*root_, lookup);
  if (result.type == Type::kAbsent) return std::nullopt;
  return result.number != 0;
}

}  // namespace sterlet::space
