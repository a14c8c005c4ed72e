// A schedule file. What is read must be the same when it is written and read again.
#include "fuzz.h"
#include "sterlet/studyfile/schedule.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sterlet;  // NOLINT(google-build-using-namespace): a target is one function.
  const auto json = base::parse_json(fuzz::text_of(data, size));
  if (!json) return 0;
  const auto schedule = studyfile::schedule_from_json(*json);
  if (!schedule) return 0;
  const auto again = studyfile::schedule_from_json(studyfile::json_from_schedule(*schedule));
  STERLET_CHECK(again.has_value() && *again == *schedule, "a schedule is another one once it was written");
  static_cast<void>(schedule->values_at(3, base::Json::object()));
  return 0;
}
