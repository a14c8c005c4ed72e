#include "sterlet/babysit/best_watch.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sterlet::babysit {
namespace {

using Best = BestWatch::Best;
constexpr std::int64_t kPause = BestWatch::kPauseMs;

TEST(BestWatch, TellsAtOnceAndThenAfterAPauseWhatIsBestByThen) {
  BestWatch watch(true);
  Curve curve{{1, 0.5}};
  EXPECT_EQ(watch.look(curve, 0), std::nullopt) << "the first value is the best of nothing";
  curve.emplace_back(2, 0.4);
  EXPECT_EQ(watch.look(curve, 10), (Best{2, 0.4}));
  EXPECT_EQ(watch.look(curve, 20), std::nullopt);
  curve.insert(curve.end(), {{3, 0.3}, {4, 0.35}, {5, std::nan("")}});
  EXPECT_EQ(watch.look(curve, 10 + kPause - 1), std::nullopt);
  EXPECT_EQ(watch.look(curve, 10 + kPause), (Best{3, 0.3}));
  EXPECT_EQ(watch.look(curve, 10 + 9 * kPause), std::nullopt) << "it is told once";
  curve.emplace_back(6, 0.2);
  EXPECT_EQ(watch.look(curve, 11 + 9 * kPause), (Best{6, 0.2}));
  curve.emplace_back(7, 0.1);
  EXPECT_EQ(watch.look(curve, 12 + 9 * kPause), std::nullopt);
  EXPECT_EQ(watch.rest(), (Best{7, 0.1})) << "at the end";
  EXPECT_EQ(watch.rest(), std::nullopt);
}

TEST(BestWatch, WhatWasReachedBeforeIsNoNewsAndLargerMayBeBetter) {
  BestWatch watch(false);
  watch.know({{1, 0.5}, {2, 0.9}});
  Curve curve{{1, 0.5}, {2, 0.9}, {3, 0.8}};
  EXPECT_EQ(watch.look(curve, 0), std::nullopt);
  curve.emplace_back(4, 0.91);
  EXPECT_EQ(watch.look(curve, 1), (Best{4, 0.91}));
}

TEST(BestWatch, AnotherBranchIsLookedAtFromItsBeginning) {
  BestWatch watch(true);
  EXPECT_EQ(watch.look({{1, 0.5}, {2, 0.4}, {3, 0.45}}, 0), (Best{2, 0.4}));
  EXPECT_EQ(watch.look({{3, 0.6}}, kPause), std::nullopt);
  EXPECT_EQ(watch.look({{3, 0.6}, {4, 0.3}}, kPause + 1), (Best{4, 0.3}));
}

}  // namespace
}  // namespace sterlet::babysit
