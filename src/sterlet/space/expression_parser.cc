#include "sterlet/space/expression_parser.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/space/expression_words.h"

// A Pratt parser over a dozen operators: expressions name choices and repeated parameters, which the packaged formula
// libraries (numbers only) cannot check, and messages must point into the user's text.

namespace sterlet::space {

namespace {

using Type = Operand::Type;
using Node = Expression::Node;
using NodePtr = std::unique_ptr<Node>;

constexpr int kDepthMax = 64;
constexpr std::size_t kLengthMax = 4096;

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
  base::Failure error_at(std::size_t at, std::string what, std::string next = {}) const {
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
    const bool one_list = node->parts.size() == 1 && node->parts[0]->type == Type::kList &&
                          (row.function == Function::kLen || has_numbers(*node->parts[0]));
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
    resolve_choices(*node, found->choices);
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

  base::Failure unknown_name(std::string_view name, std::size_t column) const {
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
      const bool is_named = named->operation == Operation::kParameter || named->operation == Operation::kElement;
      if (!is_named || literal->operation != Operation::kLiteral) continue;
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

  // What each choice is in an expression: all of one type, texts where they are mixed.
  static void resolve_choices(Node& node, const std::vector<Scalar>& choices) {
    for (const Scalar& choice : choices) node.choice_texts.push_back(text_of(choice));
    for (std::size_t i = 0; i < choices.size(); ++i) {
      Operand operand{.type = node.type, .text = node.choice_texts[i]};
      if (const auto* flag = std::get_if<bool>(&choices[i])) operand.number = *flag ? 1 : 0;
      if (const auto* integer = std::get_if<std::int64_t>(&choices[i])) operand.number = static_cast<double>(*integer);
      if (const auto* real = std::get_if<double>(&choices[i])) operand.number = *real;
      node.choices.push_back(operand);
    }
  }

  static bool has_numbers(const Node& list) {
    return std::all_of(list.choices.begin(), list.choices.end(),
                       [](const Operand& choice) { return choice.type == Type::kNumber; });
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

}  // namespace

base::Result<ParsedExpression> parse_expression(std::string_view text, std::span<const Parameter> parameters) {
  Parser parser(text, parameters);
  STERLET_TRY(NodePtr root, parser.parse_all());
  std::vector<std::size_t> uses = std::move(parser.uses);
  std::sort(uses.begin(), uses.end());
  uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
  return ParsedExpression{.root = std::move(root), .uses = std::move(uses)};
}

}  // namespace sterlet::space
