#include "sterlet/samplers/history_cursor.h"

#include <gtest/gtest.h>

#include "sterlet/samplers/unit_table.h"

namespace sterlet::samplers {
namespace {

using space::History;
using space::Outcome;

void append(History& history, double x) {
  history.append({.number = static_cast<std::int64_t>(history.size()), .point = {{x}}});
}

std::vector<std::uint32_t> list(std::span<const std::uint32_t> changed) { return {changed.begin(), changed.end()}; }

TEST(HistoryCursor, TellsWhatChangedSinceTheLastQuestion) {
  History history;
  HistoryCursor cursor;
  EXPECT_TRUE(cursor.advance(history).restart);
  append(history, 0.1);
  append(history, 0.2);
  EXPECT_EQ(list(cursor.advance(history).changed), (std::vector<std::uint32_t>{0, 1}));
  history.update(0, Outcome::kComplete, {1.0}, {}, 0);
  const HistoryCursor::Step step = cursor.advance(history);
  EXPECT_FALSE(step.restart);
  EXPECT_EQ(list(step.changed), (std::vector<std::uint32_t>{0}));
  EXPECT_TRUE(cursor.advance(history).changed.empty());
}

TEST(HistoryCursor, GoesOnWithACopyOfTheHistory) {
  History history;
  append(history, 0.1);
  HistoryCursor cursor;
  cursor.advance(history);
  History copy = history;
  append(copy, 0.3);
  const HistoryCursor::Step step = cursor.advance(copy);
  EXPECT_FALSE(step.restart);
  EXPECT_EQ(list(step.changed), (std::vector<std::uint32_t>{1}));
}

TEST(HistoryCursor, StartsAgainWithAnyOtherHistory) {
  History one, other_value, other_point, shorter;
  append(one, 0.1);
  append(one, 0.2);
  append(other_point, 0.1);
  append(other_point, 0.25);
  append(shorter, 0.1);
  other_value = one;
  one.update(1, Outcome::kComplete, {1.0}, {}, 0);
  other_value.update(1, Outcome::kComplete, {2.0}, {}, 0);
  other_point.update(1, Outcome::kComplete, {1.0}, {}, 0);
  for (const History* other : {&other_value, &other_point, &shorter}) {
    HistoryCursor cursor;
    cursor.advance(one);
    const HistoryCursor::Step step = cursor.advance(*other);
    EXPECT_TRUE(step.restart);
    EXPECT_EQ(step.changed.size(), other->changes().size());
  }
}

TEST(UnitTable, HasARowOfUnitCoordinatesForEachTrial) {
  const auto space = space::Space::make({{.name = "x", .low = 0, .high = 10}}, {});
  ASSERT_TRUE(space);
  History history;
  UnitTable table(1);
  append(history, 2.5);
  table.extend(*space, history);
  append(history, 10);
  table.extend(*space, history);
  ASSERT_EQ(table.size(), 2u);
  EXPECT_DOUBLE_EQ(table.row(0)[0], 0.25);
  EXPECT_DOUBLE_EQ(table.row(1)[0], 1);
}

}  // namespace
}  // namespace sterlet::samplers
