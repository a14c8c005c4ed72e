#pragma once

#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

/// Reads all rows of trials (with a tag, where one is given) as a table: header and rows, one column a parameter
/// ("units[1]" for elements), and one for the last value of each metric that is no objective ("last NAME" where a
/// parameter has its name).
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
base::Result<Table> trial_table(const study::Study& study, storage::Storage& storage, const std::string& tag = {});

}  // namespace sterlet::api
