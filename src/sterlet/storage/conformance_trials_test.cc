// Studies, trials, reports, events, the queue and sessions.
#include "sterlet/storage/conformance.h"

#include <algorithm>
#include <climits>
#include <string>
#include <vector>

namespace sterlet::storage {
namespace {

TEST_P(Conformance, AStudyIsReadAsItWasWritten) {
  const StudyRecord written{
      .name = "日本語 'x'", .spec = R"({"a": "\u0000"})", .seed = UINT64_MAX, .created_ms = INT64_MAX};
  const StudyRecord made = storage_->create_study(written, {}).value();
  const auto found = storage_->find_study(written.name).value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id, made.id);
  EXPECT_EQ(found->name, written.name);
  EXPECT_EQ(found->spec, written.spec);
  EXPECT_EQ(found->seed, UINT64_MAX);
  EXPECT_EQ(found->created_ms, INT64_MAX);
  EXPECT_FALSE(found->stop_requested);
  EXPECT_FALSE(found->identity.empty());
  EXPECT_EQ(found->identity, made.identity);
  EXPECT_NE(found->identity, storage_->find_study("s").value()->identity);
  EXPECT_FALSE(storage_->find_study("none").value().has_value());
  const auto list = storage_->list_studies().value();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].name, "s");
  EXPECT_EQ(list[1].name, written.name);
}

TEST_P(Conformance, ANameIsTakenOnce) {
  const auto again = storage_->create_study({.name = "s", .spec = "other"}, {});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(storage_->find_study("s").value()->spec, "{}");
  EXPECT_TRUE(storage_->create_study({.name = "S", .spec = "{}"}, {}).has_value()) << "names have cases";
}

TEST_P(Conformance, AGivenIdentityIsKept) {
  EXPECT_EQ(storage_->create_study({.name = "c", .spec = "{}", .identity = "c0ffee"}, {}).value().identity, "c0ffee");
  EXPECT_EQ(storage_->find_study("c").value()->identity, "c0ffee");
}

TEST_P(Conformance, ASpecHasVersionsAndTheStudyShowsTheLatest) {
  const auto study = storage_->create_study({.name = "v", .spec = "one", .created_ms = 4}, {}).value();
  EXPECT_EQ(storage_->add_spec_version(study.id, {.first_trial = 7, .spec = "two", .created_ms = 5}).value(), 2);
  ASSERT_TRUE(storage_->set_spec(study.id, "two again").has_value());
  const std::vector<SpecVersion> expected = {{.version = 1, .first_trial = 0, .spec = "one", .created_ms = 4},
                                             {.version = 2,
                                              .first_trial = 7,
                                              .spec = "two again",
                                              .created_ms = 5,
                                              .seq = storage_->last_event(study.id).value()}};
  EXPECT_EQ(storage_->load_spec_versions(study.id).value(), expected);
  EXPECT_EQ(storage_->find_study("v").value()->spec, "two again");
  EXPECT_EQ(storage_->load_spec_versions(study_).value().size(), 1U);
}

TEST_P(Conformance, AVersionOfTheSpecIsAnEventAmongTheOthers) {
  put(0);
  const std::int64_t before = storage_->last_event(study_).value();
  EXPECT_EQ(storage_->add_spec_version(study_, {.first_trial = 1, .spec = "two", .created_ms = 5}).value(), 2);
  const auto events = place_->open()->load_events(study_, before).value();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, "amend");
  EXPECT_EQ(events[0].wall_ms, 5);
  EXPECT_EQ(events[0].trial, std::nullopt);
  const auto versions = storage_->load_spec_versions(study_).value();
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0].seq, 0);
  EXPECT_EQ(versions[1].seq, events[0].seq);
}

TEST_P(Conformance, AStudyIsRenamedUnlessTheNameIsTaken) {
  const auto other = storage_->create_study({.name = "other", .spec = "{}"}, {}).value();
  const auto taken = storage_->rename_study(study_, "other");
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code, base::ErrorCode::kConflict);
  ASSERT_TRUE(storage_->rename_study(study_, "new").has_value());
  ASSERT_TRUE(storage_->rename_study(other.id, "other").has_value()) << "its own name is free";
  EXPECT_FALSE(storage_->find_study("s").value().has_value());
  EXPECT_EQ(storage_->find_study("new").value()->id, study_);
}

TEST_P(Conformance, AStopIsAskedForAndTakenBack) {
  EXPECT_FALSE(storage_->is_stop_requested(study_).value());
  ASSERT_TRUE(storage_->request_stop(study_, true).has_value());
  EXPECT_TRUE(place_->open()->is_stop_requested(study_).value());
  EXPECT_TRUE(storage_->find_study("s").value()->stop_requested);
  ASSERT_TRUE(storage_->request_stop(study_, false).has_value());
  EXPECT_FALSE(storage_->is_stop_requested(study_).value());
}

TEST_P(Conformance, ATrialIsReadAsItWasWritten) {
  const TrialRow written{.record = {.number = 0,
                                    .state = State::kPaused,
                                    .values = kOddNumbers,
                                    .constraints = {kNan, -1},
                                    .last_step = INT64_MAX,
                                    .attempt = INT_MAX,
                                    .history_seq = 3,
                                    .predicted = R"({"value":1})",
                                    .checkpoint = "/a b/c",
                                    .reason = "why",
                                    .suspension = Suspension::kNotPromoted,
                                    .is_unstarted = true,
                                    .created_ms = 1,
                                    .started_ms = 2,
                                    .ended_ms = INT64_MAX},
                         .origin = "random",
                         .point = "1,,2",
                         .session = "abc",
                         .spec_version = 3};
  const std::int64_t seq = storage_->put_trial(study_, written, "PAUSED", 9, "why").value();
  const TrialRow read = rows(*place_->open(), study_).at(0);
  EXPECT_EQ(read.origin, written.origin);
  EXPECT_EQ(read.point, written.point);
  EXPECT_EQ(read.session, written.session);
  EXPECT_EQ(read.spec_version, 3);
  EXPECT_TRUE(read.record.is_unstarted);
  EXPECT_EQ(read.record.state, State::kPaused);
  ASSERT_EQ(read.record.values.size(), kOddNumbers.size());
  for (std::size_t i = 0; i < kOddNumbers.size(); ++i) EXPECT_TRUE(same(read.record.values[i], kOddNumbers[i])) << i;
  ASSERT_EQ(read.record.constraints.size(), 2U);
  EXPECT_TRUE(std::isnan(read.record.constraints[0]));
  EXPECT_EQ(read.record.last_step, INT64_MAX);
  EXPECT_EQ(read.record.attempt, INT_MAX);
  EXPECT_EQ(read.record.history_seq, 3);
  EXPECT_EQ(read.record.predicted, written.record.predicted);
  EXPECT_EQ(read.record.checkpoint, "/a b/c");
  EXPECT_EQ(read.record.reason, "why");
  EXPECT_EQ(read.record.suspension, Suspension::kNotPromoted);
  EXPECT_EQ(read.record.created_ms, 1);
  EXPECT_EQ(read.record.started_ms, 2);
  EXPECT_EQ(read.record.ended_ms, INT64_MAX);
  EXPECT_EQ(read.record.changed_seq, seq);
}

TEST_P(Conformance, EveryStateAndSuspensionIsKept) {
  std::int64_t number = 0;
  for (const State state : {State::kWaiting, State::kRunning, State::kPaused, State::kComplete, State::kPruned,
                            State::kFailed, State::kLost, State::kCancelled, State::kRemoved}) {
    for (const Suspension suspension : {Suspension::kNone, Suspension::kPutAside, Suspension::kNotPromoted}) {
      const TrialRow row{.record = {.number = number, .state = state, .suspension = suspension}};
      ASSERT_TRUE(storage_->put_trial(study_, row, "e", 0, "").has_value());
      const TrialRow read = rows(*storage_, study_).back();
      EXPECT_EQ(read.record.number, number++);
      EXPECT_EQ(read.record.state, state);
      EXPECT_EQ(read.record.suspension, suspension);
    }
  }
}

TEST_P(Conformance, TextsAreKeptToTheLastByte) {
  const auto texts = odd_texts();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const TrialRow row{.record = {.number = static_cast<std::int64_t>(i), .reason = texts[i]}, .point = texts[i]};
    ASSERT_TRUE(storage_->put_trial(study_, row, texts[i], 0, texts[i]).has_value());
    ASSERT_TRUE(storage_->push_queue(study_, texts[i]).has_value());
  }
  const auto read = rows(*storage_, study_);
  const auto events = storage_->load_events(study_, 0).value();
  ASSERT_EQ(read.size(), texts.size());
  ASSERT_EQ(events.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(read[i].record.reason, texts[i]) << i;
    EXPECT_EQ(read[i].point, texts[i]) << i;
    EXPECT_EQ(events[i].kind, texts[i]) << i;
    EXPECT_EQ(events[i].detail, texts[i]) << i;
    EXPECT_EQ(storage_->pop_queue(study_).value(), texts[i]) << i;
  }
}

TEST_P(Conformance, TrialsComeByNumberAndReadersFollowByEvent) {
  for (const std::int64_t number : {2, 0, 1}) put(number);
  const auto all = rows(*storage_, study_);
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].record.number, static_cast<std::int64_t>(i));
  const auto reader = place_->open();
  const std::int64_t seen = reader->last_event(study_).value();
  EXPECT_TRUE(rows(*reader, study_, seen).empty());
  put(2, State::kComplete);
  put(0, State::kFailed);
  put(2, State::kPruned);
  const auto changed = rows(*reader, study_, seen);
  ASSERT_EQ(changed.size(), 2U);
  EXPECT_EQ(changed[0].record.number, 0);
  EXPECT_EQ(changed[1].record.number, 2);
  EXPECT_EQ(changed[1].record.state, State::kPruned);
  EXPECT_EQ(reader->count_trials(study_).value(), 3);
  EXPECT_EQ(reader->count_trials(study_ + 1000).value(), 0);
  EXPECT_EQ(reader->last_event(study_ + 1000).value(), 0);
}

TEST_P(Conformance, TheVisitorsErrorEndsTheVisit) {
  for (const std::int64_t number : {0, 1, 2}) put(number);
  int seen = 0;
  const auto visited = storage_->visit_trials(study_, 0, [&](TrialRow&) -> base::Result<void> {
    if (++seen < 2) return {};
    return base::fail(base::ErrorCode::kConflict, "enough");
  });
  ASSERT_FALSE(visited.has_value());
  EXPECT_EQ(visited.error().what, "enough");
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(rows(*storage_, study_).size(), 3U) << "it can be read again";
}

TEST_P(Conformance, EventsGrowAndBelongToTheirStudy) {
  const auto other = storage_->create_study({.name = "other", .spec = "{}"}, {}).value().id;
  const std::int64_t first = storage_->put_trial(study_, {.record = {.number = 0, .attempt = 4}}, "a", 11, "d").value();
  const std::int64_t second = storage_->put_trial(other, {.record = {.number = 0}}, "b", 12, "").value();
  const std::int64_t third = storage_->put_trial(study_, {.record = {.number = 0}}, "c", 13, "").value();
  EXPECT_GT(first, 0);
  EXPECT_GT(second, first);
  EXPECT_GT(third, second);
  const auto events = storage_->load_events(study_, 0).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].seq, first);
  EXPECT_EQ(events[0].wall_ms, 11);
  EXPECT_EQ(events[0].kind, "a");
  EXPECT_EQ(events[0].trial, 0);
  EXPECT_EQ(events[0].attempt, 4);
  EXPECT_EQ(events[0].detail, "d");
  EXPECT_EQ(storage_->load_events(study_, first).value().size(), 1U);
  EXPECT_EQ(storage_->last_event(study_).value(), third);
  EXPECT_EQ(storage_->last_event(other).value(), second);
}

TEST_P(Conformance, AnEventThatChangesNoTrialHasItsPlaceAmongTheOthers) {
  put(0);
  const std::int64_t before = storage_->last_event(study_).value();
  const std::int64_t seq = storage_->put_event(study_, {.seq = 99, .wall_ms = 12, .kind = "k", .detail = "d"}).value();
  EXPECT_GT(seq, before);
  EXPECT_EQ(storage_->last_event(study_).value(), seq);
  const auto events = place_->open()->load_events(study_, before).value();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].seq, seq);
  EXPECT_EQ(events[0].wall_ms, 12);
  EXPECT_EQ(events[0].kind, "k");
  EXPECT_EQ(events[0].detail, "d");
  EXPECT_FALSE(events[0].trial.has_value() || events[0].attempt.has_value());
  EXPECT_TRUE(rows(*storage_, study_, before).empty());
}

TEST_P(Conformance, ReportsComeByStepThenMetricAndKeepTheLaterValue) {
  put(0);
  const std::vector<ReportRecord> reports = {{.trial = 0, .attempt = 1, .step = 5, .metric = "b", .value = kNan},
                                             {.trial = 0, .attempt = 1, .step = -3, .metric = "z", .value = HUGE_VAL},
                                             {.trial = 0, .attempt = 1, .step = 5, .metric = "a", .value = 1},
                                             {.trial = 0, .attempt = 1, .step = INT64_MAX, .metric = "a", .value = 7},
                                             {.trial = 0, .attempt = 2, .step = 5, .metric = "a", .value = 9},
                                             {.trial = 0, .attempt = 1, .step = 5, .metric = "a", .value = 2}};
  EXPECT_EQ(storage_->put_reports(study_, reports).value(), 0) << "none is sequenced";
  const auto read = place_->open()->load_reports(study_, 0, 1).value();
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read[0].step, -3);
  EXPECT_EQ(read[0].value, HUGE_VAL);
  EXPECT_EQ(read[1].metric, "a");
  EXPECT_EQ(read[1].value, 2);
  EXPECT_EQ(read[2].metric, "b");
  EXPECT_TRUE(std::isnan(read[2].value));
  EXPECT_EQ(read[3].step, INT64_MAX);
  ASSERT_TRUE(storage_->drop_reports(study_, 0, 1).has_value());
  EXPECT_TRUE(storage_->load_reports(study_, 0, 1).value().empty());
  EXPECT_EQ(storage_->load_reports(study_, 0, 2).value().size(), 1U);
}

TEST_P(Conformance, SequencedReportsStandInOneOrderWithEventsAndKeepTheFirstValue) {
  const auto report = [&](std::int64_t step, double value) {
    const ReportRecord one{.trial = 0, .attempt = 1, .step = step, .metric = "m", .value = value, .is_sequenced = true};
    return storage_->put_reports(study_, {&one, 1}).value();
  };
  const std::int64_t before_any_event = report(1, 0.5);
  EXPECT_GT(before_any_event, 0);
  put(0);
  const std::int64_t event = storage_->last_event(study_).value();
  EXPECT_GT(event, before_any_event);
  const std::int64_t second = report(2, kNan);
  EXPECT_GT(second, event);
  report(1, 99);
  report(1, 100);
  const auto all = storage_->load_sequenced_reports(study_, 0).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].seq, before_any_event);
  EXPECT_EQ(all[0].value, 0.5);
  EXPECT_EQ(all[0].step, 1);
  EXPECT_EQ(all[1].seq, second);
  EXPECT_TRUE(std::isnan(all[1].value));
  EXPECT_EQ(storage_->load_reports(study_, 0, 1).value()[0].value, 100);
  EXPECT_EQ(storage_->load_sequenced_reports(study_, before_any_event).value().size(), 1U);
  ASSERT_TRUE(storage_->drop_reports(study_, 0, 1).has_value());
  EXPECT_TRUE(storage_->load_sequenced_reports(study_, 0).value().empty());
}

TEST_P(Conformance, AQueueGivesEachPointOnceInItsOrder) {
  const std::vector<std::string> queue = {"a", "b"};
  const auto study = storage_->create_study({.name = "q", .spec = "{}"}, queue).value().id;
  ASSERT_TRUE(storage_->push_queue(study_, "elsewhere").has_value());
  ASSERT_TRUE(storage_->push_queue(study, "c").has_value());
  const auto other = place_->open();
  EXPECT_EQ(storage_->pop_queue(study).value(), "a");
  EXPECT_EQ(other->pop_queue(study).value(), "b");
  EXPECT_EQ(storage_->pop_queue(study).value(), "c");
  EXPECT_FALSE(storage_->pop_queue(study).value().has_value());
}

TEST_P(Conformance, ABeatGrowsWithEachWriteOfItsSession) {
  SessionRecord session{.id = "b",
                        .study_id = study_,
                        .host = "h/1",
                        .pid = INT_MAX,
                        .pid_start = "12",
                        .started_ms = 1000,
                        .beat_ms = 1001,
                        .used_ms = 5,
                        .beat = 77};
  ASSERT_TRUE(storage_->put_session(session).has_value());
  ASSERT_TRUE(storage_->put_session({.id = "a", .study_id = study_, .started_ms = 500}).has_value());
  const auto first = storage_->load_sessions(study_).value().at(1);
  EXPECT_EQ(first.id, "b");
  EXPECT_EQ(first.host, "h/1");
  EXPECT_EQ(first.pid, INT_MAX);
  EXPECT_EQ(first.pid_start, "12");
  EXPECT_EQ(first.beat_ms, 1001);
  EXPECT_EQ(first.used_ms, 5);
  EXPECT_FALSE(first.ended);
  session.used_ms = 70;
  session.ended = true;
  ASSERT_TRUE(storage_->put_session(session).has_value());
  const auto later = place_->open()->load_sessions(study_).value();
  ASSERT_EQ(later.size(), 2U);
  EXPECT_EQ(later[0].id, "a") << "by when they started";
  EXPECT_EQ(later[1].beat, first.beat + 1) << "whatever the record said";
  EXPECT_EQ(later[1].used_ms, 70);
  EXPECT_TRUE(later[1].ended);
}

TEST_P(Conformance, TheClockIsThatOfToday) { EXPECT_GT(storage_->now_ms(), 1'700'000'000'000); }

INSTANTIATE_TEST_SUITE_P(Storages, Conformance, testing::Range<std::size_t>(0, 4),
                         [](const auto& test) { return backends()[test.param].name; });

}  // namespace
}  // namespace sterlet::storage
