#include "sterlet/samplers/tpe/niche.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace sterlet::samplers {
namespace {

using space::History;
using space::Kind;
using space::Point;
using space::Space;

Space make_space() {
  auto space = Space::make({{.name = "x"},
                            {.name = "c", .kind = Kind::kCategorical, .choices = {"u", "v", "w"}},
                            {.name = "y", .when = "c != \"w\""}},
                           {});
  if (!space) ADD_FAILURE() << space.error().front().error.message();
  return std::move(*space);
}

void append(History& history, const Point& point) {
  history.append({.number = static_cast<std::int64_t>(history.size()), .point = point});
}

bool are_apart(const Point& a, const Point& b) {
  if (a.values[1] != b.values[1] || std::abs(a.values[0] - b.values[0]) > 0.1) return true;
  return !std::isnan(a.values[2]) && std::abs(a.values[2] - b.values[2]) > 0.1;
}

// Asked about a dozen trials in turn, more than are remembered, while the history grows: each answer is the plain one.
TEST(TpeNiches, WhoLiesApartIsTheSameHoweverOftenItIsAsked) {
  const Space space = make_space();
  TpeNiches niches(space);
  UnitTable units(space.dimensions().size());
  History history;
  std::vector<std::uint32_t> ranked;
  for (std::uint32_t step = 0; step < 300; ++step) {
    append(history, space.draw({.seed = 3, .trial = step}));
    units.extend(space, history);
    ranked.insert(ranked.begin() + static_cast<std::ptrdiff_t>(step / 2), step);
    for (const std::uint32_t best : {0u, step / 2, step % 12, step}) {
      std::vector<std::uint32_t> expected;
      std::copy_if(ranked.begin(), ranked.end(), std::back_inserter(expected), [&](std::uint32_t trial) {
        return are_apart(history.trials()[trial].point, history.trials()[best].point);
      });
      ASSERT_EQ(niches.apart_from(units, ranked, best), expected) << "step " << step << ", best " << best;
    }
  }
}

TEST(TpeNiches, NothingIsRememberedOfAnotherHistory) {
  const Space space = make_space();
  TpeNiches niches(space);
  UnitTable units(space.dimensions().size());
  History near, far;
  for (const double x : {0.5, 0.55}) append(near, Point{{x, 0, 0.5}});
  for (const double x : {0.5, 0.75}) append(far, Point{{x, 0, 0.5}});
  const std::vector<std::uint32_t> ranked{0, 1};
  units.extend(space, near);
  EXPECT_EQ(niches.apart_from(units, ranked, 0), std::vector<std::uint32_t>{});
  units.clear();
  niches.clear();
  units.extend(space, far);
  EXPECT_EQ(niches.apart_from(units, ranked, 0), std::vector<std::uint32_t>{1});
}

}  // namespace
}  // namespace sterlet::samplers
