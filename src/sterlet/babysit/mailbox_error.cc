#include "sterlet/babysit/mailbox_error.h"

#include <string>
#include <string_view>

namespace sterlet::babysit {

using base::ErrorCode;
using base::Json;

namespace {

struct Name {
  ErrorCode code;
  std::string_view name;
  int before;  // What versions wrote that had no names: {"code":3}.
};
constexpr Name kNames[] = {
    {ErrorCode::kInvalidArgument, "invalid_argument", 0},
    {ErrorCode::kBadStudyFile, "bad_study_file", 1},
    {ErrorCode::kNotFound, "not_found", 2},
    {ErrorCode::kConflict, "conflict", 3},
    {ErrorCode::kUnreachable, "unreachable", 4},
    {ErrorCode::kDisk, "disk", 5},
    {ErrorCode::kTimeout, "timeout", 6},
    {ErrorCode::kInterrupted, "interrupted", 7},
    {ErrorCode::kExhausted, "exhausted", 8},
    {ErrorCode::kLocked, "locked", -1},
};

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Json json_from_error(const base::Error& error) {
  Json json{{"where", error.where}, {"what", error.what}, {"next", error.next}};
  for (const Name& each : kNames) {
    if (each.code == error.code) json["error"] = each.name;
  }
  return json;
}

base::Error error_from_json(const Json& json) {
  base::Error error{.code = ErrorCode::kConflict,
                    .where = text_at(json, "where"),
                    .what = text_at(json, "what"),
                    .next = text_at(json, "next")};
  const std::string name = text_at(json, "error");
  const auto number = json.find("code");
  for (const Name& each : kNames) {
    const bool is_number = number != json.end() && number->is_number_integer() && *number == each.before;
    if (each.name == name || (name.empty() && is_number)) error.code = each.code;
  }
  return error;
}

}  // namespace sterlet::babysit
