#include "sterlet/cli/top_view.h"

#include <gtest/gtest.h>

#include "sterlet/cli/test_support.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {
namespace {

using Numbers = std::vector<std::int64_t>;
using Wanted = TopView::Wanted;

// Trials 0 to 3 with loss 3, 1, 2 and a failure; 4 and 5 run.
class TopViewTest : public testing::Test {
 protected:
  TopViewTest() {
    auto file = studyfile::parse_study_text(
        study::strategies(),
        "study: mlp\nobjective: {metric: loss, direction: minimize}\nparams: {x: {type: float, low: 0, high: 1}}\n"
        "sampler: random\nseed: 3\n",
        "s.yaml", "/");
    study_ = study::Study::open(std::move(*file), {.clock = &clock_}).value();
    for (std::int64_t trial = 0; trial < 6; ++trial) EXPECT_TRUE(study_->ask().value());
    for (const auto& [trial, loss] : {std::pair(0, 3.0), std::pair(1, 1.0), std::pair(2, 2.0)})
      EXPECT_TRUE(study_->tell(trial, 1, {.values = {loss}}));
    EXPECT_TRUE(study_->tell(3, 1, {.state = storage::State::kFailed, .reason = "no data"}));
    draw();
  }

  std::vector<std::string> draw(int rows = 20) {
    std::vector<std::string> texts;
    for (const Line& line : view_.lines(*study_, clock_, {.columns = 70, .rows = rows}, {}, {}, card_))
      texts.push_back(line.text(70, false));
    return texts;
  }
  Wanted type(const std::string& text) {
    Wanted last = Wanted::kNothing;
    for (const char c : text) last = view_.press({.text = std::string(1, c)}, *study_);
    draw();
    return last;
  }
  Wanted press(Key::Name name) {
    const Wanted wanted = view_.press({.name = name}, *study_);
    draw();
    return wanted;
  }

  HeldClock clock_;
  std::unique_ptr<study::Study> study_;
  TopView view_;
  std::vector<std::string> card_ = {"one", "two", "three"};
};

TEST_F(TopViewTest, ListsWhatRunsFirstThenTheNewest) {
  EXPECT_EQ(view_.listed(*study_), (Numbers{5, 4, 3, 2, 1, 0}));
  EXPECT_EQ(view_.chosen(), 5);
  type("s");
  EXPECT_EQ(view_.listed(*study_), (Numbers{1, 2, 0, 5, 4, 3})) << "by value";
  type("s");
  EXPECT_EQ(view_.listed(*study_).size(), 6U) << "by time";
  type("s");
  EXPECT_EQ(view_.listed(*study_), (Numbers{5, 4, 3, 2, 1, 0}));
}

TEST_F(TopViewTest, MovesWithinTheList) {
  press(Key::Name::kDown);
  EXPECT_EQ(view_.chosen(), 4);
  type("j");
  EXPECT_EQ(view_.chosen(), 3);
  press(Key::Name::kEnd);
  EXPECT_EQ(view_.chosen(), 0);
  press(Key::Name::kDown);
  EXPECT_EQ(view_.chosen(), 0);
  press(Key::Name::kHome);
  press(Key::Name::kUp);
  EXPECT_EQ(view_.chosen(), 5);
}

TEST_F(TopViewTest, FiltersByStateReasonAndParameter) {
  type("/NO DATA");
  EXPECT_EQ(view_.listed(*study_), (Numbers{3}));
  EXPECT_EQ(view_.chosen(), 3);
  press(Key::Name::kEnter);
  EXPECT_EQ(type("q"), Wanted::kQuit) << "it is a key again";
  press(Key::Name::kEscape);
  EXPECT_EQ(view_.listed(*study_).size(), 6U);
  type("/complex");
  press(Key::Name::kBackspace);
  press(Key::Name::kBackspace);
  EXPECT_EQ(view_.listed(*study_), (Numbers{2, 1, 0}));
  type("no such");
  EXPECT_EQ(view_.chosen(), -1);
  press(Key::Name::kEnter);
  EXPECT_EQ(type("x"), Wanted::kNothing) << "there is nothing to stop";
}

TEST_F(TopViewTest, AsksBeforeATrialIsEnded) {
  EXPECT_EQ(type("x"), Wanted::kNothing);
  EXPECT_NE(draw().back().find("stop trial 5? It ends as CANCELLED. y: yes"), std::string::npos);
  EXPECT_EQ(type("n"), Wanted::kNothing);
  EXPECT_EQ(type("xy"), Wanted::kStop);
  EXPECT_EQ(type("py"), Wanted::kPrune);
  EXPECT_EQ(type(" "), Wanted::kHold) << "which is no loss";
}

TEST_F(TopViewTest, OpensATrialAndComesBack) {
  EXPECT_EQ(press(Key::Name::kEnter), Wanted::kOpen);
  EXPECT_TRUE(view_.is_open());
  EXPECT_EQ(draw()[0], "one");
  card_.resize(100, "more");
  press(Key::Name::kDown);
  EXPECT_EQ(draw()[0], "two");
  press(Key::Name::kEnd);
  EXPECT_EQ(draw()[0], "more") << "no further than to the last screen";
  EXPECT_EQ(type("q"), Wanted::kNothing);
  EXPECT_FALSE(view_.is_open());
  EXPECT_EQ(type("q"), Wanted::kQuit);
}

TEST_F(TopViewTest, TakesTheRowsThatThereAre) {
  for (const int rows : {6, 8, 12, 23, 40}) EXPECT_EQ(draw(rows).size(), static_cast<std::size_t>(rows)) << rows;
  view_.say("done");
  EXPECT_EQ(draw()[18], "done");
}

}  // namespace
}  // namespace sterlet::cli
