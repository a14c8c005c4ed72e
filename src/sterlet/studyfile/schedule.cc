#include "sterlet/studyfile/schedule.h"

#include <fmt/format.h>

#include "sterlet/base/file.h"
#include "sterlet/base/text.h"

namespace sterlet::studyfile {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;

namespace {

constexpr int kVersion = 1;
constexpr std::size_t kBytesMax = std::size_t{1} << 20;
constexpr std::size_t kEntriesMax = 100'000;

}  // namespace

Json Schedule::values_at(std::int64_t step, Json start) const {
  for (const Entry& entry : entries) {
    if (entry.step <= step) start.update(entry.set);
  }
  return start;
}

Json json_from_schedule(const Schedule& schedule) {
  Json list = Json::array();
  for (const Schedule::Entry& entry : schedule.entries) list.push_back({{"step", entry.step}, {"set", entry.set}});
  return {{"version", kVersion}, {"schedule", list}};
}

Result<Schedule> schedule_from_json(const Json& json) {
  const bool is_schedule = json.is_object() && json.contains("version") && json["version"].is_number_integer() &&
                           json.contains("schedule") && json["schedule"].is_array();
  if (!is_schedule) {
    return fail(ErrorCode::kInvalidArgument, "this is not a schedule",
                R"(write it as {"version":1,"schedule":[{"step":0,"set":{"learning_rate":0.01}}]})");
  }
  if (json["version"].get<std::int64_t>() > kVersion) {
    return fail(ErrorCode::kConflict,
                fmt::format("this schedule was written by a newer Sterlet (version {}; this program knows {})",
                            json["version"].dump(), kVersion),
                "update Sterlet");
  }
  if (json["schedule"].size() > kEntriesMax) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("a schedule has at most {} entries", kEntriesMax));
  }
  Schedule schedule;
  for (const Json& entry : json["schedule"]) {
    const std::size_t number = schedule.entries.size() + 1;
    const bool whole = entry.is_object() && entry.contains("step") && entry["step"].is_number_integer() &&
                       entry["step"].get<std::int64_t>() >= 0 && entry.contains("set") && entry["set"].is_object();
    if (!whole) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("entry {} of the schedule is not a step with values to set", number),
                  R"(write it as {"step":40,"set":{"learning_rate":0.02}})");
    }
    const auto step = entry["step"].get<std::int64_t>();
    if (!schedule.entries.empty() && step <= schedule.entries.back().step) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("entry {} of the schedule is of step {}, the one before of step {}", number, step,
                              schedule.entries.back().step),
                  "order them by step, each step once");
    }
    schedule.entries.push_back({.step = step, .set = entry["set"]});
  }
  return schedule;
}

Result<Schedule> read_schedule(const std::string& path) {
  const auto text = base::read_whole(path);
  if (!text && text.error().code == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound, "there is no such schedule file", "export one with sterlet export --schedule",
                path);
  }
  if (!text) return fail(text.error());
  if (text->size() > kBytesMax) return fail(ErrorCode::kInvalidArgument, "a schedule has at most 1 MiB", {}, path);
  const auto json = base::parse_json(*text);
  if (!json) return fail(json.error().at(path));
  auto schedule = schedule_from_json(*json);
  if (!schedule) return fail(schedule.error().at(path));
  return schedule;
}

Result<Schedule> replay_schedule(const StudySpec& spec) {
  const auto entries = spec.strategy.options.find("schedule");
  if (entries == spec.strategy.options.end()) {
    return fail(ErrorCode::kInvalidArgument, "replay needs a schedule",
                "run sterlet tune STUDY --replay schedule.json, which writes it");
  }
  return schedule_from_json({{"version", kVersion}, {"schedule", *entries}});
}

Result<void> check_schedule(const Schedule& schedule, const space::Space& space) {
  for (const Schedule::Entry& entry : schedule.entries) {
    const std::string where = fmt::format("the schedule at step {}", entry.step);
    if (const auto fits = space.check_partial(entry.set); !fits) return fail(fits.error().at(where));
    if (entry.step == 0) continue;
    for (const auto& [name, value] : entry.set.items()) {
      const auto index = space.find_parameter(name);
      if (index && space.parameters()[*index].live) continue;
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} cannot change while a trial runs: the study does not call it live", name),
                  fmt::format("write {}: {{..., live: true}} in the study file", name), where);
    }
  }
  return {};
}

}  // namespace sterlet::studyfile
