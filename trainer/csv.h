#pragma once

#include <string>

#include "data.h"

namespace sterlet::trainer {

struct CsvOptions {
  std::string target;         ///< The column to predict; empty: the last one.
  std::string task = "auto";  ///< classification, regression or auto: numbers with more than 20 values are regression.
  int train_rows = 0;         ///< At most so many rows to train on; 0: all.
};

/// A table with a header row: numeric features and one target column. Fields may stand in double quotes ("" is a quote)
/// and lines may end in CR LF; a quoted field may not hold a line break.
///
/// About a fifth of the rows validate; which ones is decided by a hash of the row's number, so it depends on nothing
/// else. Features and a numeric target are standardised with the training part's mean and deviation.
/// Errors  one sentence with the file, and the line where there is one.
Result<Dataset> load_csv(const std::string& path, const CsvOptions& options);

}  // namespace sterlet::trainer
