#include "sterlet/base/result.h"

namespace sterlet::base {

std::string Error::message() const {
  std::string text;
  if (!where.empty()) text += where + ": ";
  text += what;
  if (!next.empty()) text += "; " + next;
  return text;
}

Error Error::at(std::string place) const {
  Error copy = *this;
  if (copy.where.empty()) copy.where = std::move(place);
  return copy;
}

Error Error::while_doing(std::string_view doing) const {
  Error copy = *this;
  copy.what += " (while ";
  copy.what += doing;
  copy.what += ")";
  return copy;
}

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kConflict:
    case ErrorCode::kExhausted:
    case ErrorCode::kLocked:
      return 1;
    case ErrorCode::kBadStudyFile:
      return 64;
    case ErrorCode::kUnreachable:
      return 69;
    case ErrorCode::kDisk:
      return 74;
    case ErrorCode::kTimeout:
      return 124;
    case ErrorCode::kInterrupted:
      return 130;
  }
  return 1;
}

}  // namespace sterlet::base
