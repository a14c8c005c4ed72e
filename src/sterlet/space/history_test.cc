#include "sterlet/space/history.h"

#include <cmath>

#include <gtest/gtest.h>

namespace sterlet::space {
namespace {

Observation trial(std::int64_t number, std::vector<double> values, Origin origin = Origin::kRandom) {
  return {.number = number, .point = {std::move(values)}, .origin = origin};
}

TEST(History, FindsEqualPointsByTheirValues) {
  History history;
  history.append(trial(0, {1, std::nan("")}));
  history.append(trial(1, {2, 0.5}));
  history.append(trial(2, {1, -std::nan("")}));
  EXPECT_TRUE(history.contains({{1, std::nan("")}}));
  EXPECT_EQ(history.trials_at({{1, std::nan("")}}), (std::vector<std::int64_t>{0, 2}));
  EXPECT_FALSE(history.contains({{1, 0.5}}));
  EXPECT_FALSE(history.contains({{1}}));
  EXPECT_TRUE(history.trials_at({{3, 3}}).empty());
}

TEST(History, ZeroHasNoSign) {
  History history;
  history.append(trial(0, {0.0}));
  EXPECT_TRUE(history.contains({{-0.0}}));
}

TEST(History, CountsByOrigin) {
  History history;
  history.append(trial(0, {1}, Origin::kDefault));
  history.append(trial(1, {2}, Origin::kSobol));
  history.append(trial(2, {3}, Origin::kSobol));
  EXPECT_EQ(history.count(Origin::kSobol), 2);
  EXPECT_EQ(history.count(Origin::kDefault), 1);
  EXPECT_EQ(history.count(Origin::kZoom), 0);
  EXPECT_EQ(history.size(), 3u);
}

TEST(History, AVoidTrialsPointIsFreeAgain) {
  History history;
  history.append(trial(0, {1}));
  history.update(0, Outcome::kVoid, {}, {}, 0);
  EXPECT_FALSE(history.contains({{1}}));
  EXPECT_EQ(history.trials_at({{1}}), (std::vector<std::int64_t>{0}));
}

TEST(History, UpdatesLeavePointAndOrigin) {
  History history;
  history.append(trial(0, {1}, Origin::kGrid));
  history.update(0, Outcome::kComplete, {0.5}, {-1}, 7);
  const Observation& told = history.trials().front();
  EXPECT_EQ(told.outcome, Outcome::kComplete);
  EXPECT_EQ(told.values, (std::vector<double>{0.5}));
  EXPECT_EQ(told.constraints, (std::vector<double>{-1}));
  EXPECT_EQ(told.last_step, 7);
  EXPECT_EQ(told.origin, Origin::kGrid);
  EXPECT_TRUE(history.contains({{1}}));
}

TEST(History, ACopyIsIndependent) {
  History history;
  history.append(trial(0, {1}));
  History copy = history;
  copy.append(trial(1, {2}));
  EXPECT_EQ(history.size(), 1u);
  EXPECT_FALSE(history.contains({{2}}));
  EXPECT_TRUE(copy.contains({{1}}));
}

TEST(Origin, TextsReadBack) {
  for (const Origin origin : {Origin::kDefault, Origin::kEnqueued, Origin::kAdded, Origin::kRandom, Origin::kGrid,
                              Origin::kSobol, Origin::kModel, Origin::kZoom}) {
    EXPECT_EQ(origin_from_text(text_of(origin)), origin);
  }
  EXPECT_FALSE(origin_from_text("nowhere"));
}

}  // namespace
}  // namespace sterlet::space
