#include "sterlet/babysit/record/tree.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/babysit/record/retention.h"

namespace sterlet::babysit {
namespace {

// a trains to step 40, where b begins; c begins at step 20 of a.
Tree small_tree() {
  Tree tree;
  tree.model = {.trial = 0, .active = 1};
  tree.branches = {{.number = 0, .params = R"({"rate":0.1,"size":3})"},
                   {.number = 1, .parent = 0, .from_step = 40, .params = R"({"rate":0.2,"size":3})", .checkpoint = 4},
                   {.number = 2, .parent = 0, .from_step = 20, .params = R"({"rate":0.3,"size":3})", .checkpoint = 2}};
  for (int i = 1; i <= 4; ++i) {
    tree.checkpoints.push_back({.id = i, .branch = 0, .step = 10 * i, .bytes = 100, .value = 1.0 / i});
  }
  for (int i = 5; i <= 8; ++i) {
    tree.checkpoints.push_back({.id = i, .branch = 1, .step = 10 * i, .bytes = 100, .value = 1.0 / (i == 6 ? 99 : i)});
  }
  tree.interventions = {{.id = 1,
                         .branch = 0,
                         .started = 1,
                         .step = 40,
                         .set = R"({"rate":0.2})",
                         .was = R"({"rate":0.1})",
                         .checkpoint = 4},
                        {.id = 2,
                         .branch = 0,
                         .started = 2,
                         .step = 20,
                         .set = R"({"rate":0.3})",
                         .was = R"({"rate":0.1})",
                         .checkpoint = 7}};
  return tree;
}

TEST(Branches, AreNamedByLetters) {
  EXPECT_EQ(branch_name(0), "a");
  EXPECT_EQ(branch_name(25), "z");
  EXPECT_EQ(branch_name(26), "aa");
  for (int number = 0; number < 2000; ++number) EXPECT_EQ(branch_number(branch_name(number)), number);
  EXPECT_FALSE(branch_number("").has_value());
  EXPECT_FALSE(branch_number("A").has_value());
}

TEST(Branches, GoOnFromTheirNewestCheckpointAndAtLastFromTheirStart) {
  const Tree tree = small_tree();
  const auto ways = restore_points(tree, 1);
  ASSERT_EQ(ways.size(), 5U);
  EXPECT_EQ(ways.front()->id, 8);
  EXPECT_EQ(ways.back()->id, 4);
  EXPECT_EQ(restore_points(tree, 2).front()->id, 2);
}

TEST(Branches, HaveALineOfCheckpointsThatEndsWhereTheirChildrenBegin) {
  Tree tree = small_tree();
  tree.checkpoints[1].state = storage::CheckpointState::kDeleted;
  std::vector<std::int64_t> ids;
  for (const auto* way : restore_points_on_line(tree, 2)) ids.push_back(way->id);
  EXPECT_EQ(ids, (std::vector<std::int64_t>{1}));
  EXPECT_EQ(restore_points_on_line(tree, 1).size(), 5U + 3U);
}

TEST(Branches, AreToldApartByWhatAChangeEverTouched) {
  EXPECT_EQ(touched_params(small_tree(), 0), (base::Json{{"rate", 0.1}}));
  EXPECT_EQ(touched_params(small_tree(), 2), (base::Json{{"rate", 0.3}}));
}

TEST(Checkpoints, AreFoundByStepOrTheNearestAreNamed) {
  const Tree tree = small_tree();
  EXPECT_EQ(checkpoint_at(tree, 1, 60).value()->id, 6);
  EXPECT_EQ(checkpoint_at(tree, 1, 55).error().next, "the nearest are of steps 50 and 60");
  EXPECT_EQ(checkpoint_at(tree, 1, 99).error().next, "the nearest is of step 80");
}

TEST(Retention, KeepsTheLastTheBestAndThoseOfChanges) {
  // Newest two: 7, 8. Best: 6. Of changes: 4, 2, 7; of branches' ends: 4, 8.
  EXPECT_EQ(to_delete(small_tree(), {.last = 2, .best = 1}, true), (std::vector<std::int64_t>{1, 3, 5}));
  EXPECT_EQ(to_delete(small_tree(), {.last = 1, .best = 0}, true), (std::vector<std::int64_t>{1, 3, 5, 6}));
  // To be maximised, the first is the best.
  EXPECT_EQ(to_delete(small_tree(), {.last = 1, .best = 1}, false), (std::vector<std::int64_t>{3, 5, 6}));
}

TEST(Retention, AValueThatIsNotANumberIsNotAmongTheBest) {
  Tree tree = small_tree();
  for (auto& checkpoint : tree.checkpoints) {
    if (checkpoint.id % 2 == 0) checkpoint.value = NAN;
  }
  // Newest: 8. Best of 1, 3, 5, 7: 7. Of changes and branches' ends: 2, 4, 7, 8.
  EXPECT_EQ(to_delete(tree, {.last = 1, .best = 1}, true), (std::vector<std::int64_t>{1, 3, 5, 6}));
}

TEST(Retention, UnderAQuotaKeepsWhatTheRunningBranchNeeds) {
  const auto gone = to_delete(small_tree(), {.last = 8, .best = 8, .quota_bytes = 350}, true);
  // 4 (undo of the active branch), 7 (latest change), 8 (newest of the active branch) must stay.
  EXPECT_EQ(gone, (std::vector<std::int64_t>{1, 3, 5, 6, 2}));
  EXPECT_EQ(to_delete(small_tree(), {.last = 8, .best = 8, .quota_bytes = 1}, true).size(), 5U);
}

}  // namespace
}  // namespace sterlet::babysit
