// The library as its users see it, in the process of its host.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "sterlet/base/log.h"
#include "sterlet/base/result.h"
#include "sterlet/library/guard.h"
#include "sterlet/sterlet.hpp"

namespace sterlet {
namespace {

namespace fs = std::filesystem;

Space three() {
  Space space;
  space.add_float("rate", 1e-4, 1, Scale::kLog).add_int("layers", 1, 4).add_choice("kind", {"a", "b"});
  return space;
}

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("sterlet-library-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

template <typename T>
std::string message_of(const Result<T>& result) {
  EXPECT_FALSE(result);
  return result.error().message;
}

TEST(Library, TunesAFunctionUntilItsBudgetIsUsedUp) {
  Study study = *Study::open(three(), {.trials = 30, .seed = 4});
  int trials = 0;
  while (const auto trial = study.ask()) {
    EXPECT_EQ(trial->number, trials++);
    ASSERT_TRUE(study.tell(trial->number, std::abs(std::log(*trial->params.number("rate") / 0.01))));
  }
  EXPECT_EQ(trials, 30);
  const auto none = study.ask();
  EXPECT_EQ(none.error().code, ErrorCode::kExhausted);
  EXPECT_EQ(none.error().message, "no more trials: the budget of trials is used up; raise the budget, or end here");
  const TrialRecord best = *study.best();
  EXPECT_LT(best.values.front(), 1);
  EXPECT_EQ(best.state, State::kComplete);
  const auto all = *study.trials();
  ASSERT_EQ(all.size(), 30u);
  for (const TrialRecord& trial : all) EXPECT_GE(trial.values.front(), best.values.front());
}

TEST(Library, ImportanceNamesWhatMatters) {
  Study study = *Study::open(three(), {.sampler = "random", .seed = 4});
  EXPECT_NE(message_of(study.importance()).find("not enough data"), std::string::npos);
  for (int i = 0; i < 100; ++i) {
    const auto trial = *study.ask();
    const double rate = std::log10(*trial.params.number("rate"));
    study.tell(trial.number, rate * rate + 0.1 * *trial.params.number("layers")).value();
  }
  const auto rows = *study.importance();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows.front().name, "rate");
  EXPECT_GT(rows.front().fanova.value().value, 0.8);
}

TEST(Library, EqualSeedsRepeatAStudy) {
  std::vector<Params> first;
  for (int run = 0; run < 2; ++run) {
    Study study = *Study::open(three(), {.sampler = {"tpe", {{"startup_trials", 5}}}, .seed = 11});
    for (int i = 0; i < 15; ++i) {
      const Suggestion trial = *study.ask();
      study.tell(trial.number, *trial.params.number("rate")).value();
      if (run == 0) {
        first.push_back(trial.params);
      } else {
        EXPECT_EQ(trial.params, first[static_cast<std::size_t>(i)]);
      }
    }
  }
}

TEST(Library, ParamsAreOfTheirTypes) {
  Space space = three();
  space.add_int("units", 8, 16, Scale::kLinear, {.repeat = "layers"});
  space.add_float("share", 0, 1, Scale::kLinear, {.when = "kind == 'a'"});
  Study study = *Study::open(space, {.sampler = "random", .seed = 2});
  std::set<bool> seen;
  for (int i = 0; i < 40; ++i) {
    const Params params = study.ask()->params;
    const auto layers = *params.integer("layers");
    EXPECT_EQ((*params.numbers("units")).size(), static_cast<std::size_t>(layers));
    EXPECT_EQ(*params.number("layers"), static_cast<double>(layers));
    EXPECT_EQ(params.has("share"), *params.text("kind") == "a");
    seen.insert(params.has("share"));
    EXPECT_EQ(message_of(params.integer("rate")).substr(0, 26), "rate: it is no integer (fo");
    EXPECT_EQ(message_of(params.number("kind")).substr(0, 23), "kind: it is no number (");
    EXPECT_EQ(message_of(params.number("ratte")), "there is no parameter 'ratte' in this point; did you mean 'rate'?");
  }
  EXPECT_EQ(seen.size(), 2u);
}

TEST(Library, AFailureIsThrownOnlyToWhoTakesTheValue) {
  const auto study = Study::open(Space());
  EXPECT_FALSE(study);
  EXPECT_EQ(study.error().code, ErrorCode::kInvalidArgument);
  try {
    static_cast<void>(study.value());
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_STREQ(failure.what(), "the space has no parameters; add one, as add_float() does");
    EXPECT_EQ(failure.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(Library, SaysWhatIsWrongWithASpace) {
  Space space;
  space.add_float("rate", 0, 1, Scale::kLog).add_int("layers", 4, 1).add_choice("kind", {});
  EXPECT_EQ(space.faults().size(), 3u);
  EXPECT_EQ(message_of(Study::open(space)), space.faults().front().message);
  EXPECT_EQ(message_of(Sampler::make(space)), space.faults().front().message);
  EXPECT_EQ(space.faults().front().message.substr(0, 31), "rate: a log scale needs low > 0");
  Space bound = three();
  bound.add_constraint("layers < 9").add_constraint("layer < 3");
  ASSERT_EQ(bound.faults().size(), 1u);
  EXPECT_EQ(bound.faults().front().message.substr(0, 14), "constraint 2: ");
  EXPECT_TRUE(three().faults().empty());
}

TEST(Library, RefusesWhatDoesNotExist) {
  EXPECT_EQ(message_of(Study::open(three(), {.name = "mine", .sampler = "tpee"})),
            "mine: unknown sampler 'tpee'; did you mean 'tpe'?");
  EXPECT_EQ(message_of(Study::open(three(), {.name = "mine", .pruner = "mediann"})),
            "mine: unknown pruner 'mediann'; did you mean 'median'?");
  EXPECT_EQ(Study::open(three(), {.sampler = "tpee"}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(message_of(Study::open(three(), {.sampler = {"tpe", {{"startup", 5}}}})).find("startup"),
            std::string::npos);
  EXPECT_NE(message_of(Sampler::make(three(), {.algorithm = "tpee"})).find("did you mean 'tpe'"), std::string::npos);
  EXPECT_FALSE(Study::open(three(), {.objectives = {}}));
  EXPECT_FALSE(Study::open(three(), {.trials = 0}));
  for (const char* name : {"", "../mine", "--mine", "my\nstudy"}) {
    EXPECT_EQ(message_of(Study::open(three(), {.name = name})).substr(0, 23), "a study cannot be named") << name;
  }
  EXPECT_FALSE(Sampler::make(three(), {.directions = {}}));
}

TEST(Library, RefusesWhatCannotBeTold) {
  Study study = *Study::open(three(), {.seed = 1});
  EXPECT_EQ(study.tell(0, 0.5).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(study.tell(-1, 0.5).error().code, ErrorCode::kNotFound);
  const auto trial = *study.ask();
  EXPECT_EQ(study.tell(trial.number, {.values = {1, 2}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(study.tell(trial.number, {.state = State::kRunning}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(study.tell(trial.number, 0.5));
  EXPECT_EQ(study.tell(trial.number, 0.4).error().code, ErrorCode::kConflict);
  EXPECT_EQ((*study.best()).values.front(), 0.5);
  EXPECT_EQ(study.should_prune(7).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(study.importance(3).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(study.importance().error().code, ErrorCode::kNotFound);
}

TEST(Library, NaNAndFailuresAreNoBest) {
  Study study = *Study::open(three(), {.seed = 1});
  study.tell((*study.ask()).number, std::numeric_limits<double>::quiet_NaN()).value();
  study.tell((*study.ask()).number, {.state = State::kFailed, .reason = "no memory"}).value();
  EXPECT_EQ(study.best().error().code, ErrorCode::kNotFound);
  EXPECT_EQ((*study.trials())[1].reason, "no memory");
}

TEST(Library, PrunesByItsReports) {
  Study study = *Study::open(three(), {.pruner = {"threshold", {{"upper", 10.0}}}, .seed = 1});
  const auto trial = *study.ask();
  EXPECT_FALSE((*study.report(trial.number, 1, 3)).prune);
  EXPECT_FALSE(*study.should_prune(trial.number));
  const Decision decision = *study.report(trial.number, 2, 30);
  EXPECT_TRUE(decision.prune);
  EXPECT_FALSE(decision.reason.empty());
  EXPECT_TRUE(*study.should_prune(trial.number));
  study.tell(trial.number, {.state = State::kPruned}).value();
  EXPECT_EQ((*study.trials()).front().state, State::kPruned);
}

TEST(Library, TriesWhatWasEnqueuedAndKnowsWhatWasAdded) {
  Study study = *Study::open(three(), {.seed = 1});
  const Params point{{"rate", 0.5}, {"layers", 2}, {"kind", "b"}};
  study.enqueue(point).value();
  EXPECT_EQ((*study.ask()).params, point);
  EXPECT_FALSE(study.enqueue({{"rate", 7.0}}));
  const auto added = *study.add({{"rate", 0.25}, {"layers", 1}, {"kind", "a"}}, {.values = {-3}});
  EXPECT_EQ((*study.best()).number, added);
  EXPECT_EQ((*study.best()).origin, "added");
}

TEST(Library, SeveralObjectivesHaveAFront) {
  Study study = *Study::open(
      three(), {.objectives = {{.metric = "a"}, {.metric = "b", .direction = Direction::kMaximize}}, .seed = 1});
  study.tell((*study.ask()).number, {.values = {1, 1}}).value();
  study.tell((*study.ask()).number, {.values = {2, 2}}).value();
  study.tell((*study.ask()).number, {.values = {2, 0}}).value();
  const auto best = *study.best_trials();
  ASSERT_EQ(best.size(), 2u);
  EXPECT_EQ(best[0].number, 0);
  EXPECT_EQ(best[1].number, 1);
}

TEST(Library, AStoredStudyIsTheSameForWhoeverOpensIt) {
  const Folder folder;
  const std::string storage = folder.file("s.db");
  {
    Study study = *Study::open(three(), {.name = "kept", .trials = 5, .seed = 1, .storage = storage});
    study.tell((*study.ask()).number, 0.5).value();
    EXPECT_EQ((*study.ask()).number, 1);  // Left without its end.
  }
  Study again = *Study::load("kept", storage);
  EXPECT_EQ((*again.trials()).size(), 2u);
  EXPECT_EQ((*again.trials())[1].state, State::kLost);
  EXPECT_EQ((*again.ask()).number, 1);  // Handed out once more.
  EXPECT_TRUE(again.keep_alive());
  EXPECT_EQ(
      (*Study::open(three(), {.name = "kept", .trials = 5, .storage = "sqlite:///" + storage}).value().best()).number,
      0);
  EXPECT_NE(message_of(Study::load("kepd", storage)).find("did you mean 'kept'"), std::string::npos);
  EXPECT_EQ(Study::load("kept", folder.file("none.db")).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(folder.file("none.db")));
  Space other;
  other.add_float("x", 0, 1);
  EXPECT_EQ(Study::open(other, {.name = "kept", .storage = storage}).error().code, ErrorCode::kBadStudyFile);
  EXPECT_EQ(Study::load("kept", "postgres://somewhere").error().code, ErrorCode::kInvalidArgument);
}

TEST(Library, TwoOpenOneStorageAndShareItsBudget) {
  const Folder folder;
  const StudyOptions options{.trials = 20, .seed = 1, .storage = folder.file("s.db")};
  Study one = *Study::open(three(), options), two = *Study::open(three(), options);
  std::set<std::int64_t> numbers;
  for (bool is_more = true; is_more;) {
    is_more = false;
    for (Study* study : {&one, &two}) {
      const auto trial = study->ask();
      if (!trial) continue;
      is_more = true;
      EXPECT_TRUE(numbers.insert(trial->number).second);
      study->tell(trial->number, 1).value();
    }
  }
  EXPECT_EQ(numbers.size(), 20u);
}

TEST(Library, AStudyFileOpensAsItIs) {
  const std::string text =
      "study: mine\nobjective: {metric: loss, direction: minimize}\n"
      "params: {x: {type: float, low: 0, high: 1}}\nbudget: {trials: 3}\nseed: 1\n";
  Study study = *Study::open_text(text);
  EXPECT_EQ(study.name(), "mine");
  int trials = 0;
  while (study.ask()) ++trials;
  EXPECT_EQ(trials, 3);
  EXPECT_EQ(message_of(Study::open_text("study: mine\nobjektive: {}\n")).substr(0, 6), "study:");
  EXPECT_EQ(Study::open_file("/there/is/none.yaml").error().code, ErrorCode::kNotFound);
}

TEST(Library, WhatWasMovedAwaySaysSo) {
  Study study = *Study::open(three());
  Study other = std::move(study);
  EXPECT_EQ(study.ask().error().message, "this study was moved away; use the one it was moved to");
  EXPECT_TRUE(study.name().empty());
  EXPECT_TRUE(study.remarks().empty());
  EXPECT_TRUE(other.ask());
  Sampler sampler = *Sampler::make(three());
  const Sampler its = std::move(sampler);
  EXPECT_EQ(sampler.suggest({}).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(its.suggest({}));
}

TEST(Library, ASamplerAloneIsAFunctionOfItsHistory) {
  for (const char* name : {"random", "sobol", "grid", "tpe", "gp", "refine", "auto"}) {
    Space space;
    space.add_int("x", 0, 20).add_ordinal("y", {1, 2, 3});
    const Sampler sampler = *Sampler::make(space, {.algorithm = name, .seed = 3, .trials = 100});
    std::vector<Observation> history;
    std::set<std::string> seen;
    for (int i = 0; i < 12; ++i) {
      const Suggestion next = *sampler.suggest(history);
      const Suggestion other = *(*Sampler::make(space, {.algorithm = name, .seed = 3, .trials = 100})).suggest(history);
      EXPECT_EQ(next.params, other.params) << name;
      EXPECT_EQ(next.number, i);
      seen.insert(std::to_string(*next.params.number("x")) + "," + std::to_string(*next.params.number("y")));
      history.push_back({.params = next.params,
                         .origin = next.origin,
                         .outcome = Observation::Outcome::kComplete,
                         .values = {*next.params.number("x")}});
    }
    EXPECT_GT(seen.size(), 4u) << name;
  }
}

TEST(Library, ASamplerRefusesAHistoryThatIsNone) {
  const Sampler sampler = *Sampler::make(three(), {.seed = 1});
  const Params inside{{"rate", 0.5}, {"layers", 2}, {"kind", "b"}};
  const auto complete = Observation::Outcome::kComplete;
  EXPECT_EQ(message_of(sampler.suggest({{.params = inside, .outcome = complete}})).substr(0, 11), "history[0]:");
  EXPECT_FALSE(sampler.suggest({{.params = {{"rate", 5.0}, {"layers", 2}, {"kind", "b"}}}}));
  EXPECT_FALSE(sampler.suggest({{.params = inside, .origin = "nowhere"}}));
  EXPECT_TRUE(sampler.suggest({{.params = inside}, {.params = inside, .outcome = complete, .values = {NAN}}}));
}

// What base::stop would end a program with is a failure here, and so is what others throw.
TEST(Library, ABugIsAFailure) {
  const auto answer = library::guarded([]() -> base::Result<int> {
    STERLET_CHECK(1 + 1 == 3, "sums are right");
    return 1;
  });
  EXPECT_EQ(answer.error().code, ErrorCode::kBug);
  EXPECT_EQ(answer.error().message.substr(0, 35), "a bug in Sterlet: sums are right (s");
  const auto thrown = library::guarded([]() -> base::Result<int> { throw std::out_of_range("at"); });
  EXPECT_EQ(thrown.error().code, ErrorCode::kBug);
  EXPECT_THROW(library::guarded([]() -> base::Result<int> { throw std::bad_alloc(); }), std::bad_alloc);
}

TEST(Library, WhatWouldBePrintedIsARemark) {
  std::vector<std::string> remarks;
  {
    const library::Listening listening(remarks);
    base::warn("the file was brought up to date");
  }
  base::warn("nobody listens");
  EXPECT_EQ(remarks, std::vector<std::string>{"the file was brought up to date"});
}

}  // namespace
}  // namespace sterlet
