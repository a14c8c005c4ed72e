#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/space/expression_node.h"
#include "sterlet/space/parameter.h"

namespace sterlet::space {

/// A checked tree with the parameters that occur in it, ascending, each once.
struct ParsedExpression {
  std::unique_ptr<Expression::Node> root;
  std::vector<std::size_t> uses;
};

/// Grammar and errors are those of Expression::parse.
base::Result<ParsedExpression> parse_expression(std::string_view text, std::span<const Parameter> parameters);

}  // namespace sterlet::space
