#include "sterlet/babysit/actions/registry.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace sterlet::babysit {
namespace {

TEST(ActionRegistry, EveryKindIsThereOnceAndCanBeMade) {
  std::set<std::string_view> kinds;
  for (const ActionRow& row : action_rows()) {
    EXPECT_TRUE(kinds.insert(row.kind).second) << row.kind;
    EXPECT_NE(row.make(), nullptr) << row.kind;
    EXPECT_EQ(find_action(row.kind, true), &row);
  }
}

TEST(ActionRegistry, WhatSterletAsksItselfForIsNothingToPeople) {
  EXPECT_NE(find_action("set", false), nullptr);
  EXPECT_NE(find_action("undo", true), nullptr);
  for (const char* own : {"rollback", "mark", "try", "control", "decide", "advice"}) {
    EXPECT_EQ(find_action(own, false), nullptr) << own;
    EXPECT_NE(find_action(own, true), nullptr) << own;
  }
  EXPECT_EQ(find_action("dance", true), nullptr);
}

}  // namespace
}  // namespace sterlet::babysit
