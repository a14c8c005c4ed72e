#include "sterlet/studyfile/schedule.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace sterlet::studyfile {
namespace {

space::Space small_space() {
  std::vector<space::Parameter> parameters = {{.name = "rate", .low = 0.001, .high = 1, .live = true},
                                              {.name = "size", .kind = space::Kind::kInt, .low = 1, .high = 9}};
  return std::move(*space::Space::make(std::move(parameters), {}));
}

TEST(Schedule, GivesTheValuesOfAStep) {
  const Schedule schedule{{{.step = 0, .set = {{"rate", 0.1}}}, {.step = 40, .set = {{"rate", 0.2}}}}};
  EXPECT_EQ(schedule.values_at(39, {{"size", 3}}), (base::Json{{"size", 3}, {"rate", 0.1}}));
  EXPECT_EQ(schedule.values_at(40, {{"size", 3}}), (base::Json{{"size", 3}, {"rate", 0.2}}));
}

TEST(Schedule, MayOnlyChangeWhatIsLiveAndWithinItsBounds) {
  const space::Space space = small_space();
  const auto check = [&](std::int64_t step, base::Json set) {
    const auto done = check_schedule({{{.step = step, .set = std::move(set)}}}, space);
    return done ? std::string() : done.error().message();
  };
  EXPECT_EQ(check(0, {{"rate", 0.1}, {"size", 3}}), "");
  EXPECT_EQ(check(40, {{"rate", 0.1}}), "");
  EXPECT_EQ(check(40, {{"rate", 7}}), "the schedule at step 40: rate cannot be 7; it is a number from 0.001 to 1");
  EXPECT_EQ(check(40, {{"size", 4}}),
            "the schedule at step 40: size cannot change while a trial runs: the study does not call it live; write "
            "size: {..., live: true} in the study file");
}

TEST(Schedule, IsReadFromAFileOrTheFileIsNamed) {
  std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-schedule-XXXXXX").string();
  const std::string folder = mkdtemp(pattern.data());
  const std::string path = folder + "/s.json";
  EXPECT_EQ(read_schedule(path).error().where, path);
  const Schedule schedule{{{.step = 5, .set = {{"rate", 0.1}}}}};
  std::ofstream(path) << base::json_line(json_from_schedule(schedule)) << "\n";
  EXPECT_EQ(read_schedule(path).value(), schedule);
  std::ofstream(path) << "[]";
  EXPECT_TRUE(read_schedule(path).error().message().starts_with(path + ": this is not a schedule"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sterlet::studyfile
