#include "sterlet/library/guard.h"

#include <string_view>

#include <fmt/format.h>

#include "sterlet/base/log.h"

namespace sterlet::library {

namespace {

// Of this thread; null: nobody listens, and what is said is dropped.
thread_local std::vector<std::string>* listener = nullptr;

ErrorCode public_code(base::ErrorCode code) {
  switch (code) {
    case base::ErrorCode::kInvalidArgument:
      return ErrorCode::kInvalidArgument;
    case base::ErrorCode::kBadStudyFile:
      return ErrorCode::kBadStudyFile;
    case base::ErrorCode::kNotFound:
      return ErrorCode::kNotFound;
    case base::ErrorCode::kConflict:
      return ErrorCode::kConflict;
    case base::ErrorCode::kUnreachable:
      return ErrorCode::kUnreachable;
    case base::ErrorCode::kDisk:
      return ErrorCode::kDisk;
    case base::ErrorCode::kTimeout:
      return ErrorCode::kTimeout;
    case base::ErrorCode::kInterrupted:
      return ErrorCode::kInterrupted;
    case base::ErrorCode::kExhausted:
      return ErrorCode::kExhausted;
    case base::ErrorCode::kLocked:
      return ErrorCode::kLocked;
  }
  return ErrorCode::kBug;
}

}  // namespace

Listening::Listening(std::vector<std::string>& remarks) : before_(std::exchange(listener, &remarks)) {}
Listening::~Listening() { listener = before_; }

Error public_error(const base::Error& error) { return {.code = public_code(error.code), .message = error.message()}; }

Error bug_error(const std::string& what) {
  return {.code = ErrorCode::kBug, .message = fmt::format("a bug in Sterlet: {}; please report it", what)};
}

}  // namespace sterlet::library

// The library's own base::stop and base::warn. They stand in this file because every call of the library needs it: so no
// linker takes those of base, which print and abort.
namespace sterlet::base {

void stop(const char* file, int line, const char* condition, const char* message) {
  throw library::Bug(fmt::format("{} ({}:{}: {} does not hold)", message, file, line, condition));
}

void warn(std::string_view line) noexcept {
  if (library::listener == nullptr) return;
  try {
    library::listener->emplace_back(line);
  } catch (const std::exception&) {  // What cannot be said must not end a run.
  }
}

}  // namespace sterlet::base

namespace sterlet {

std::string_view text_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::kNone:
      return "none";
    case ErrorCode::kInvalidArgument:
      return "invalid argument";
    case ErrorCode::kBadStudyFile:
      return "bad study file";
    case ErrorCode::kNotFound:
      return "not found";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kUnreachable:
      return "unreachable";
    case ErrorCode::kDisk:
      return "disk";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kInterrupted:
      return "interrupted";
    case ErrorCode::kExhausted:
      return "exhausted";
    case ErrorCode::kLocked:
      return "locked";
    case ErrorCode::kBug:
      return "bug";
  }
  return "unknown";
}

}  // namespace sterlet
