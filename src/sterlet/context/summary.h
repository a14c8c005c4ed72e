#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sterlet/base/json.h"

namespace sterlet::context {

/// What a data file holds, in a few numbers, taken while it is read for its hash:
///   CSV, TSV   {"rows": 1000, "columns": 12}; a first line without a number is a header and no row
///   image idx  {"items": 60000, "shape": [28, 28]}
///   npz, npy   {"arrays": {"x": "float32 [1000, 28, 28]"}}; of compressed arrays the bytes alone
///   parquet    {"rows": 1000, "columns": ["age INT64", ...]}
/// Null for anything else, and for what is not as its name says. The beginning and the end of a file are read again for
/// it where that is where the format keeps it. Every count that a file names is checked before it is believed.
class Summary final {
 public:
  Summary(const std::string& path, std::int64_t bytes);
  /// The next bytes of the file.
  void add(std::string_view chunk);
  /// After the last ones. `fd`: the file, open for reading.
  base::Json finish(int fd) const;

 private:
  enum class Format { kNone, kTable, kIdx, kNpy, kNpz, kParquet };
  base::Json table() const;

  Format format_ = Format::kNone;
  char separator_ = ',';
  std::int64_t bytes_ = 0;
  std::string first_line_;
  bool has_first_line_ = false;
  std::int64_t lines_ = 0;
  char last_ = '\n';
};

/// "float32 [1000, 28]" from the header of a .npy file; empty where it is none.
std::string npy_text(std::string_view head);
/// Of the arrays of a .npz file, a zip.
base::Json npz_summary(int fd, std::int64_t bytes);
/// Of a parquet file, from its footer.
base::Json parquet_summary(int fd, std::int64_t bytes);

}  // namespace sterlet::context
