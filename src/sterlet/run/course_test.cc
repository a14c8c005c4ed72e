#include "sterlet/run/course.h"

#include <signal.h>

#include <gtest/gtest.h>

namespace sterlet::run {
namespace {

using exec::Cause;
using exec::Event;
using storage::State;
using Due = Course::Due;

const std::vector<base::Json> kNoAgenda;
const pruners::Decision kGoesOn{};
const pruners::Decision kPrune{.prune = true, .reason = "worse than the median"};
const pruners::Decision kPause{.prune = true, .pause = true, .reason = "paused: not among the best"};

TEST(Course, WithoutAnAgendaIsCompleteWithTheValuesTold) {
  Course course(kNoAgenda);
  course.take_report(1, kGoesOn, 0);
  course.take_value({0.5});
  EXPECT_EQ(course.due(1'000'000), Due::kNothing);
  const auto outcome = course.outcome({.cause = Cause::kFinished}, 1);
  EXPECT_EQ(outcome.state, State::kComplete);
  EXPECT_EQ(outcome.values, std::vector<double>{0.5});
}

TEST(Course, LastsAsLongAsTheExecutorsClockSays) {
  EXPECT_EQ(Course(kNoAgenda).outcome({.cause = Cause::kFinished, .seconds = 2.5}, 1).seconds, 2.5);
}

TEST(Course, FailsWhereTheCountOfValuesIsNotTheStudys) {
  Course course(kNoAgenda);
  course.take_value({0.5, 1});
  const auto outcome = course.outcome({.cause = Cause::kFinished}, 1);
  EXPECT_EQ(outcome.state, State::kFailed);
  EXPECT_EQ(outcome.reason, "it gave 2 values, but the study has 1 objective");
  EXPECT_TRUE(outcome.values.empty());
}

TEST(Course, TellsAPrunedProgramAndEndsItAfterTheGrace) {
  Course course(kNoAgenda);
  course.take_report(1, kPrune, 0);
  ASSERT_EQ(course.due(0), Due::kTell);
  EXPECT_EQ(course.message(), "prune");
  course.told(true, 100);
  EXPECT_EQ(course.due(100 + Course::kPruneGraceMs - 1), Due::kNothing);
  EXPECT_EQ(course.due(100 + Course::kPruneGraceMs), Due::kEnd);
  EXPECT_EQ(course.end_reason(), "worse than the median");
  course.ended();
  EXPECT_EQ(course.due(1'000'000), Due::kNothing);
  EXPECT_EQ(course.outcome({.cause = Cause::kStopped}, 1).state, State::kPruned);
}

TEST(Course, OneWhoseTimeIsOverIsToldToStopThenEndedAndIsLost) {
  Course course(kNoAgenda);
  course.take_report(1, kGoesOn, 0);
  course.take_out_of_time();
  ASSERT_EQ(course.due(0), Due::kTell);
  EXPECT_EQ(course.message(), "stop");
  course.told(true, 100);
  course.take_out_of_time();  // It is said at every turn.
  EXPECT_EQ(course.due(100 + Course::kPruneGraceMs - 1), Due::kNothing);
  EXPECT_EQ(course.due(100 + Course::kPruneGraceMs), Due::kEnd);
  course.take_value({0.5});  // Of a training that was cut short.
  for (const Cause cause : {Cause::kFinished, Cause::kStopped, Cause::kError}) {
    const auto outcome = course.outcome({.cause = cause}, 1);
    EXPECT_EQ(outcome.state, State::kLost);
    EXPECT_FALSE(outcome.is_killed);
    EXPECT_EQ(outcome.reason, "the budget of time and its grace were over");
  }
}

TEST(Course, OneThatWasPrunedIsPrunedWhateverTheClockSays) {
  Course course(kNoAgenda);
  course.take_report(1, kPrune, 0);
  course.take_out_of_time();
  EXPECT_EQ(course.message(), "prune");
  EXPECT_EQ(course.outcome({.cause = Cause::kFinished}, 1).state, State::kPruned);
}

TEST(Course, KeepsTheNamesOfMetricsAndOfWhatItsClientsWereAskedFor) {
  Course course(kNoAgenda);
  EXPECT_FALSE(course.read());
  course.take_metrics({{"loss", 1}, {"acc", 2}});
  course.take_metrics({{"acc", 2}, {"f1", 3}});
  course.take_read({"a"});
  course.take_read({"b", "a"});
  EXPECT_EQ(course.metrics(), (std::vector<std::string>{"loss", "acc", "f1"}));
  EXPECT_EQ(course.read(), (std::set<std::string>{"a", "b"}));
}

TEST(Course, EndsAPrunedProgramThatCannotBeTold) {
  Course course(kNoAgenda);
  course.take_report(1, kPrune, 0);
  course.told(false, 0);
  EXPECT_EQ(course.due(0), Due::kEnd);
}

TEST(Course, SparesAPrunedProgramThatHeardOfItByTheAnswerToItsReport) {
  Course course(kNoAgenda);
  course.take_report(1, kPrune, 0);
  course.heard_by_answer();
  course.told(false, 0);
  EXPECT_EQ(course.due(0), Due::kNothing);
}

TEST(Course, EndsAProgramThatKeepsReportingAfterItWasTold) {
  Course course(kNoAgenda);
  course.take_report(1, kPrune, 0);
  course.told(true, 0);
  course.take_report(2, kPrune, Course::kReportGraceMs);  // It was on its way.
  EXPECT_EQ(course.due(Course::kReportGraceMs), Due::kNothing);
  course.take_report(3, kPrune, Course::kReportGraceMs + 1);
  EXPECT_EQ(course.due(Course::kReportGraceMs + 1), Due::kEnd);
}

TEST(Course, ThatWasPutAsideAndThenKilledIsLost) {
  Course course(kNoAgenda);
  course.take_report(1, kPause, 0);
  EXPECT_EQ(course.message(), "stop");
  EXPECT_EQ(course.outcome({.cause = Cause::kSignal, .code = SIGKILL}, 1).state, State::kLost);
  EXPECT_EQ(course.outcome({.cause = Cause::kFinished}, 1).state, State::kPruned);
}

TEST(Course, PastItsLastStepIsEndedAndComplete) {
  const std::vector<base::Json> agenda = {{{"stop", base::Json::object()}, {"at", 5}}};
  Course course(agenda);
  course.take_report(5, kGoesOn, 0);
  EXPECT_EQ(course.due(0), Due::kNothing);
  course.take_report(6, kGoesOn, 0);
  ASSERT_EQ(course.due(0), Due::kEnd);
  course.ended();
  EXPECT_EQ(course.outcome({.cause = Cause::kStopped}, 1).state, State::kComplete);
}

TEST(Course, FailsWhereAScheduledChangeWasNotMadeAtItsStep) {
  const std::vector<base::Json> agenda = {{{"set", {{"lr", 0.1}}}, {"at", 3}}};
  Course early(agenda);
  early.take_applied(2);
  EXPECT_EQ(early.due(0), Due::kEnd);
  Course never(agenda);
  EXPECT_EQ(never.outcome({.cause = Cause::kFinished}, 1).state, State::kFailed);
  Course made(agenda);
  made.take_applied(3);
  EXPECT_EQ(made.outcome({.cause = Cause::kFinished}, 1).state, State::kComplete);
}

TEST(Course, ThatWasRobbedIsEnded) {
  Course course(kNoAgenda);
  course.take_robbed();
  EXPECT_EQ(course.due(0), Due::kEnd);
  EXPECT_EQ(course.end_reason(), "another process runs this trial now");
}

TEST(Course, TellsAKillFromOutsideFromAFault) {
  const Course course(kNoAgenda);
  const auto killed = course.outcome({.cause = Cause::kError, .code = 137, .reason = "killed"}, 1);
  EXPECT_EQ(killed.state, State::kLost);
  EXPECT_TRUE(killed.is_killed);
  EXPECT_EQ(course.outcome({.cause = Cause::kError, .code = 3, .reason = "exit code 3"}, 1).state, State::kFailed);
  EXPECT_EQ(course.outcome({.cause = Cause::kStopped, .reason = "it was interrupted"}, 1).state, State::kLost);
}

TEST(Course, OfAPersonsWishIsToldAndEndsAsWished) {
  Course stopped(kNoAgenda);
  stopped.take_wish(Course::Wish::kCancel, 7, "stopped by ada");
  EXPECT_EQ(stopped.due(0), Course::Due::kTell);
  EXPECT_EQ(stopped.message(), "stop");
  const auto cancelled = stopped.outcome({.cause = exec::Cause::kFinished}, 1);
  EXPECT_EQ(cancelled.state, storage::State::kCancelled);
  EXPECT_EQ(cancelled.reason, "stopped by ada");
  EXPECT_EQ(stopped.commands(), std::vector<std::int64_t>{7});
  Course pruned(kNoAgenda);
  pruned.take_wish(Course::Wish::kPrune, 8, "pruned by ada");
  EXPECT_EQ(pruned.message(), "prune");
  EXPECT_EQ(pruned.outcome({.cause = exec::Cause::kSignal, .code = 15}, 1).state, storage::State::kPruned);
}

TEST(Course, KeepsItsFirstReasonWhereAPersonComesLater) {
  Course course(kNoAgenda);
  course.take_report(1, {.prune = true, .reason = "the pruner's"}, 0);
  course.take_wish(Course::Wish::kCancel, 7, "stopped by ada");
  const auto outcome = course.outcome({.cause = exec::Cause::kFinished}, 1);
  EXPECT_EQ(outcome.state, storage::State::kPruned);
  EXPECT_EQ(outcome.reason, "the pruner's");
  EXPECT_EQ(course.commands().size(), 1U) << "the wish is answered all the same";
}

}  // namespace
}  // namespace sterlet::run
