#pragma once

#include <nlohmann/json_fwd.hpp>

namespace sterlet::report {

/// The report document in columns, as the page's script reads it (`page/data.js`): one array a parameter axis, a
/// repeated parameter spread into `name[0]`, `name[1]`, choices as indices, times as milliseconds from the first,
/// texts and step lists that occur often stored once.
nlohmann::json compact_document(const nlohmann::json& document);

}  // namespace sterlet::report
