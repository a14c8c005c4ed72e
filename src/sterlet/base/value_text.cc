#include "sterlet/base/value_text.h"

#include "sterlet/base/text.h"

namespace sterlet::base {

std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? number_text(value.get<double>()) : value.dump();
}

}  // namespace sterlet::base
