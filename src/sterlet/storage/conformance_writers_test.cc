// What belongs together, and who writes beside whom.
#include "sterlet/storage/conformance.h"

#include <algorithm>
#include <climits>
#include <string>
#include <vector>

namespace sterlet::storage {
namespace {

// All that is stored of one trial, in every table.
void fill(Storage& storage, std::int64_t study, std::int64_t trial) {
  const ReportRecord report{.trial = trial, .step = 1, .metric = "m", .value = 1, .is_sequenced = true};
  ASSERT_TRUE(storage.put_trial(study, {.record = {.number = trial}}, "e", 0, "").has_value());
  ASSERT_TRUE(storage.put_reports(study, {&report, 1}).has_value());
  ASSERT_TRUE(storage.models().put_model(study, {.trial = trial}).has_value());
  ASSERT_TRUE(storage.models().add_branch(study, trial, {}).has_value());
  const BranchReport on_branch{.step = 1, .metric = "m", .value = 1};
  ASSERT_TRUE(storage.models().put_branch_reports(study, trial, 0, {&on_branch, 1}).has_value());
  ASSERT_TRUE(storage.models().add_checkpoint(study, trial, {.path = "p"}).has_value());
  ASSERT_TRUE(storage.models().put_intervention(study, trial, {}).has_value());
  ASSERT_TRUE(storage.mailbox().post_command(study, {.trial = trial, .kind = "set"}).has_value());
  ASSERT_TRUE(storage.notes().add_note(study, {.trial = trial, .text = "n"}).has_value());
  ASSERT_TRUE(storage.notes().put_tag(study, {.trial = trial, .tag = "t"}).has_value());
  ASSERT_TRUE(storage.documents().add_document(study, {.kind = "k", .trial = trial}).has_value());
  ASSERT_TRUE(storage.documents().link_document(study, "k", {.trial = trial, .document = 1}).has_value());
}

std::size_t count_rows(Storage& storage, std::int64_t study, std::int64_t trial) {
  const auto count_of = [&](const auto& rows) {
    const auto is_one = [&](const auto& row) { return row.trial == trial; };
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), is_one));
  };
  std::size_t count = storage.load_reports(study, trial, 1).value().size();
  count += count_of(storage.load_sequenced_reports(study, 0).value());
  count += count_of(storage.models().load_models(study).value());
  count += storage.models().load_branches(study, trial).value().size();
  count += storage.models().load_branch_reports(study, trial, 0).value().size();
  count += storage.models().load_checkpoints(study, trial).value().size();
  count += storage.models().load_interventions(study, trial).value().size();
  count += storage.mailbox().commands_of(study, trial, "set").value().size();
  count += count_of(storage.notes().load_notes(study).value());
  count += count_of(storage.notes().load_tags(study).value());
  count += count_of(storage.documents().load_documents(study, "k").value());
  count += count_of(storage.documents().load_document_links(study, "k").value());
  return count;
}

constexpr std::size_t kRowsFilled = 12;

TEST_P(Conformance, AStudyIsRemovedWithAllThatIsStoredOfIt) {
  const auto other = storage_->create_study({.name = "other", .spec = "{}"}, {}).value().id;
  for (const std::int64_t study : {study_, other}) {
    fill(*storage_, study, 0);
    ASSERT_TRUE(storage_->push_queue(study, "{}").has_value());
    ASSERT_TRUE(storage_->put_session({.id = std::to_string(study), .study_id = study}).has_value());
    ASSERT_TRUE(storage_->live().put_turn(study, {.trial = 0}).has_value());
  }
  ASSERT_TRUE(storage_->begin().has_value());
  ASSERT_TRUE(storage_->push_queue(study_, "{}").has_value());
  ASSERT_TRUE(storage_->remove_study(study_).has_value());
  storage_->rollback();
  EXPECT_EQ(count_rows(*storage_, study_, 0), kRowsFilled) << "taken back";
  EXPECT_EQ(storage_->load_queue(study_).value().size(), 1U);
  ASSERT_TRUE(storage_->remove_study(study_).has_value());
  const auto reader = place_->open();
  EXPECT_FALSE(reader->find_study("s").value().has_value());
  EXPECT_EQ(reader->list_studies().value().size(), 1U);
  EXPECT_EQ(count_rows(*reader, study_, 0), 0U);
  EXPECT_EQ(reader->count_trials(study_).value(), 0);
  EXPECT_TRUE(reader->load_events(study_, 0).value().empty());
  EXPECT_TRUE(reader->load_queue(study_).value().empty());
  EXPECT_TRUE(reader->load_sessions(study_).value().empty());
  EXPECT_TRUE(reader->live().load_turns(study_).value().empty());
  EXPECT_TRUE(reader->load_spec_versions(study_).value().empty());
  EXPECT_EQ(count_rows(*reader, other, 0), kRowsFilled);
  EXPECT_EQ(reader->load_queue(other).value().size(), 1U);
  EXPECT_EQ(reader->live().load_turns(other).value().size(), 1U);
}

TEST_P(Conformance, OfAClearedTrialItsRowAndItsEventsStay) {
  for (const std::int64_t trial : {0, 1}) fill(*storage_, study_, trial);
  ASSERT_TRUE(storage_->notes().add_note(study_, {.text = "of the study"}).has_value());
  const std::size_t events = storage_->load_events(study_, 0).value().size();
  ASSERT_TRUE(storage_->begin().has_value());
  ASSERT_TRUE(storage_->clear_trial(study_, 0).has_value());
  EXPECT_EQ(count_rows(*storage_, study_, 0), 0U);
  storage_->rollback();
  EXPECT_EQ(count_rows(*storage_, study_, 0), kRowsFilled);
  ASSERT_TRUE(storage_->clear_trial(study_, 0).has_value());
  const auto reader = place_->open();
  EXPECT_EQ(count_rows(*reader, study_, 0), 0U);
  EXPECT_EQ(count_rows(*reader, study_, 1), kRowsFilled);
  EXPECT_EQ(reader->count_trials(study_).value(), 2);
  EXPECT_EQ(reader->load_events(study_, 0).value().size(), events);
  EXPECT_EQ(reader->notes().load_notes(study_).value().size(), 2U);
}

void write_everything(Storage& storage, std::int64_t study, std::int64_t checkpoint, std::int64_t command) {
  const ReportRecord report{.trial = 0, .attempt = 1, .step = 1, .metric = "m", .value = 2, .is_sequenced = true};
  const BranchReport branch_report{.step = 8, .metric = "m", .value = 9};
  LiveStorage& live = storage.live();
  EXPECT_TRUE(storage.create_study({.name = "new", .spec = "{}"}, std::vector<std::string>{"q"}).has_value());
  EXPECT_TRUE(storage.set_spec(study, "changed").has_value());
  EXPECT_TRUE(storage.add_spec_version(study, {.first_trial = 1, .spec = "more"}).has_value());
  EXPECT_TRUE(storage.request_stop(study, true).has_value());
  EXPECT_TRUE(storage.put_trial(study, {.record = {.number = 0, .state = State::kFailed}}, "x", 0, "").has_value());
  EXPECT_TRUE(storage.put_trial(study, {.record = {.number = 1}}, "x", 0, "").has_value());
  EXPECT_TRUE(storage.put_reports(study, {&report, 1}).has_value());
  EXPECT_TRUE(storage.drop_reports(study, 0, 2).has_value());
  EXPECT_EQ(storage.pop_queue(study).value(), "queued");
  EXPECT_TRUE(storage.push_queue(study, "later").has_value());
  EXPECT_TRUE(storage.put_session({.id = "a", .study_id = study, .used_ms = 99}).has_value());
  EXPECT_TRUE(live.put_model(study, {.trial = 0, .active = 4}).has_value());
  EXPECT_TRUE(live.add_branch(study, 0, {.number = 0}).has_value());
  EXPECT_TRUE(live.put_branch_reports(study, 0, 0, {&branch_report, 1}).has_value());
  EXPECT_TRUE(live.drop_branch_reports(study, 0, 0, 0).has_value());
  EXPECT_TRUE(live.add_checkpoint(study, 0, {.path = "/new"}).has_value());
  EXPECT_TRUE(live.set_checkpoint_state(checkpoint, CheckpointState::kDeleted).has_value());
  EXPECT_TRUE(live.put_intervention(study, 0, {.kind = ChangeKind::kSet}).has_value());
  EXPECT_TRUE(live.put_turn(study, {.trial = 0, .turn = 0, .state = TurnRecord::State::kFailed}).has_value());
  EXPECT_TRUE(live.post_command(study, {.trial = 0, .kind = "undo"}).has_value());
  EXPECT_TRUE(live.answer_command(command, CommandState::kDone, "{}", 1).has_value());
}

/// All that a study holds, as text.
std::string shown(Storage& storage, std::int64_t study) {
  std::string text;
  const auto add = [&](const auto&... parts) {
    const auto one = [&](const auto& part) {
      if constexpr (std::is_arithmetic_v<std::decay_t<decltype(part)>>) {
        text += std::to_string(part) + " ";
      } else if constexpr (std::is_enum_v<std::decay_t<decltype(part)>>) {
        text += std::string(text_of(part)) + " ";
      } else {
        text += part + " ";
      }
    };
    (one(parts), ...);
    text += "\n";
  };
  for (const auto list = storage.list_studies().value(); const auto& s : list)
    add(s.id, s.name, s.spec, s.stop_requested);
  for (const auto list = storage.load_spec_versions(study).value(); const auto& v : list) add(v.version, v.spec);
  EXPECT_TRUE(storage
                  .visit_trials(study, 0,
                                [&](TrialRow& row) -> base::Result<void> {
                                  add(row.record.number, std::string(text_of(row.record.state)),
                                      row.record.changed_seq);
                                  return {};
                                })
                  .has_value());
  for (const int attempt : {1, 2}) {
    for (const auto list = storage.load_reports(study, 0, attempt).value(); const auto& r : list)
      add(r.attempt, r.step, r.metric, r.value);
  }
  for (const auto list = storage.load_sequenced_reports(study, 0).value(); const auto& r : list)
    add(r.seq, r.step, r.value);
  for (const auto list = storage.load_events(study, 0).value(); const auto& e : list) add(e.seq, e.kind, e.detail);
  for (const auto list = storage.load_sessions(study).value(); const auto& s : list) add(s.id, s.used_ms, s.beat);
  LiveStorage& live = storage.live();
  for (const auto list = live.load_models(study).value(); const auto& m : list) add(m.trial, m.active);
  for (const auto list = live.load_branches(study, 0).value(); const auto& b : list) add(b.number);
  for (const auto list = live.load_branch_reports(study, 0, 0).value(); const auto& r : list) add(r.step, r.value);
  for (const auto list = live.load_checkpoints(study, 0).value(); const auto& c : list) add(c.id, c.path, c.state);
  for (const auto list = live.load_interventions(study, 0).value(); const auto& i : list) add(i.id, i.kind);
  for (const auto list = live.load_turns(study).value(); const auto& t : list)
    add(t.turn, std::string(text_of(t.state)));
  for (const auto list = live.pending_commands(study).value(); const auto& c : list) add(c.id, c.kind);
  return text;
}

TEST_P(Conformance, ATransactionIsThereWholeOrNotAtAll) {
  put(0);
  LiveStorage& live = storage_->live();
  const std::vector<ReportRecord> reports = {
      {.trial = 0, .attempt = 1, .step = 1, .metric = "m", .value = 1, .is_sequenced = true},
      {.trial = 0, .attempt = 2, .step = 1, .metric = "m", .value = 1, .is_sequenced = true}};
  const BranchReport branch_report{.step = 5, .metric = "m", .value = 9};
  ASSERT_TRUE(storage_->put_reports(study_, reports).has_value());
  ASSERT_TRUE(storage_->push_queue(study_, "queued").has_value());
  ASSERT_TRUE(storage_->put_session({.id = "a", .study_id = study_, .used_ms = 1}).has_value());
  ASSERT_TRUE(live.put_model(study_, {.trial = 0}).has_value());
  ASSERT_TRUE(live.put_branch_reports(study_, 0, 0, {&branch_report, 1}).has_value());
  ASSERT_TRUE(live.put_turn(study_, {.trial = 0, .turn = 0, .state = TurnRecord::State::kDone}).has_value());
  const std::int64_t checkpoint = live.add_checkpoint(study_, 0, {.path = "/old"}).value();
  const std::int64_t command = live.post_command(study_, {.trial = 0, .kind = "set"}).value();
  const std::string before = shown(*storage_, study_);
  const auto other = place_->open();

  ASSERT_TRUE(storage_->begin().has_value());
  write_everything(*storage_, study_, checkpoint, command);
  const std::string changed = shown(*storage_, study_);
  EXPECT_NE(changed, before) << "its owner reads what it wrote";
  EXPECT_EQ(shown(*other, study_), before) << "others do not, before it is committed";
  storage_->rollback();
  EXPECT_EQ(shown(*storage_, study_), before);
  EXPECT_EQ(shown(*other, study_), before);
  EXPECT_EQ(storage_->pop_queue(study_).value(), "queued");
  ASSERT_TRUE(storage_->push_queue(study_, "queued").has_value());

  ASSERT_TRUE(storage_->begin().has_value());
  write_everything(*storage_, study_, checkpoint, command);
  const std::string committed = shown(*storage_, study_);
  ASSERT_TRUE(storage_->commit().has_value());
  EXPECT_TRUE(storage_->sync().has_value());
  EXPECT_EQ(shown(*storage_, study_), committed);
  EXPECT_EQ(shown(*other, study_), committed);
  storage_->rollback();
  EXPECT_EQ(shown(*storage_, study_), committed) << "nothing is open: nothing to take back";
}

TEST_P(Conformance, ATransactionOfWhoGoesAwayIsTakenBack) {
  put(0);
  auto other = place_->open();
  ASSERT_TRUE(other->begin().has_value());
  ASSERT_TRUE(other->put_trial(study_, {.record = {.number = 1}}, "x", 0, "").has_value());
  other.reset();
  EXPECT_EQ(rows(*storage_, study_).size(), 1U);
  EXPECT_TRUE(storage_->begin().has_value()) << "and its lock is free";
  storage_->rollback();
}

TEST_P(Conformance, TwoWritersTakeTurns) {
  const auto other = place_->open();
  ASSERT_TRUE(storage_->begin().has_value());
  const auto refused = other->begin();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kLocked);
  EXPECT_FALSE(other->put_trial(study_, {.record = {.number = 7}}, "x", 0, "").has_value());
  put(0);
  ASSERT_TRUE(storage_->commit().has_value());
  ASSERT_TRUE(other->begin().has_value());
  EXPECT_EQ(other->count_trials(study_).value(), 1);
  ASSERT_TRUE(other->put_trial(study_, {.record = {.number = 1}}, "x", 0, "").has_value());
  ASSERT_TRUE(other->commit().has_value());
  ASSERT_TRUE(other->sync().has_value());
  ASSERT_TRUE(storage_->sync().has_value());
  EXPECT_EQ(rows(*storage_, study_).size(), 2U);
}

TEST_P(Conformance, AFailureInsideATransactionLeavesItToItsOwner) {
  put(0);
  ASSERT_TRUE(storage_->begin().has_value());
  put(1);
  EXPECT_FALSE(storage_->create_study({.name = "s", .spec = "{}"}, {}).has_value());
  put(2);
  ASSERT_TRUE(storage_->commit().has_value());
  EXPECT_EQ(rows(*storage_, study_).size(), 3U);
}

}  // namespace
}  // namespace sterlet::storage
