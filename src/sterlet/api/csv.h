#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::api {

struct CsvRow {
  std::size_t line = 0;  ///< Where it begins, from 1.
  std::vector<std::string> cells;
};

/// Reads comma-separated values (RFC 4180): cells with commas, quotes or ends of lines stand in quotes, in which a quote
/// is two. Lines end with LF or CRLF; empty ones are left out; a byte order mark is, too.
/// Errors: kInvalidArgument, `where` being the line, for quotes that do not end or that stand within a cell.
base::Result<std::vector<CsvRow>> parse_csv(std::string_view text);

}  // namespace sterlet::api
