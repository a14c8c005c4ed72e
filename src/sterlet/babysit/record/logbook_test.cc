#include "sterlet/babysit/record/logbook.h"

#include <gtest/gtest.h>

namespace sterlet::babysit {
namespace {

// a to step 40, b (rate 0.2) from there, c (rate 0.3) at once after it, d from step 20 of a, undone.
Tree small_tree() {
  Tree tree;
  tree.model = {.trial = 0, .active = 2};
  tree.branches = {{.number = 0, .params = R"({"rate":0.1,"size":3})"},
                   {.number = 1, .parent = 0, .from_step = 40, .params = R"({"rate":0.2,"size":3})"},
                   {.number = 2, .parent = 1, .from_step = 40, .params = R"({"rate":0.3,"size":3})"},
                   {.number = 3, .parent = 0, .from_step = 20, .params = R"({"rate":0.9,"size":3})"}};
  return tree;
}

TEST(Logbook, AScheduleHoldsTheLineOfABranchAndNothingElse) {
  EXPECT_EQ(base::json_line(studyfile::json_from_schedule(schedule_of(small_tree(), 2))),
            R"({"version":1,"schedule":[{"step":0,"set":{"rate":0.1,"size":3}},{"step":40,"set":{"rate":0.3}}]})");
  EXPECT_EQ(schedule_of(small_tree(), 3).values_at(19, {}), (base::Json{{"rate", 0.1}, {"size", 3}}));
  EXPECT_EQ(schedule_of(small_tree(), 3).values_at(20, {}), (base::Json{{"rate", 0.9}, {"size", 3}}));
}

TEST(Logbook, AScheduleReadsBackAndSaysWhatIsWrongWithAnother) {
  const studyfile::Schedule schedule = schedule_of(small_tree(), 2);
  EXPECT_EQ(studyfile::schedule_from_json(studyfile::json_from_schedule(schedule)).value(), schedule);
  const auto fault = [](const char* text) {
    return studyfile::schedule_from_json(base::parse_json(text).value()).error().message();
  };
  EXPECT_EQ(fault(R"({"version":2,"schedule":[]})"),
            "this schedule was written by a newer Sterlet (version 2; this program knows 1); update Sterlet");
  EXPECT_EQ(fault(R"({"version":1,"schedule":[{"step":3,"set":{}},{"step":3,"set":{}}]})"),
            "entry 2 of the schedule is of step 3, the one before of step 3; order them by step, each step once");
  EXPECT_EQ(fault(R"({"version":1,"schedule":[{"step":-1,"set":{}}]})"),
            "entry 1 of the schedule is not a step with values to set; write it as "
            R"({"step":40,"set":{"learning_rate":0.02}})");
}

}  // namespace
}  // namespace sterlet::babysit
