// Models with their branches and changes, turns, notes, documents and the mailbox.
#include "sterlet/storage/conformance.h"

#include <algorithm>
#include <climits>
#include <string>
#include <vector>

namespace sterlet::storage {
namespace {

TEST_P(Conformance, NotesComeInTheirOrderAndTagsByTrial) {
  Notes& notes = storage_->notes();
  for (const std::string& text : odd_texts()) {
    ASSERT_TRUE(notes.add_note(study_, {.trial = 3, .text = text, .who = text, .created_ms = INT64_MAX}).has_value());
  }
  ASSERT_TRUE(notes.add_note(study_, {.text = "of the study"}).has_value());
  const auto read = place_->open()->notes().load_notes(study_).value();
  ASSERT_EQ(read.size(), odd_texts().size() + 1);
  for (std::size_t i = 0; i < odd_texts().size(); ++i) {
    EXPECT_EQ(
        read[i],
        (NoteRecord{
            .id = read[i].id, .trial = 3, .text = odd_texts()[i], .who = odd_texts()[i], .created_ms = INT64_MAX}));
  }
  EXPECT_EQ(read.back().trial, std::nullopt);
  for (const TagRecord& tag :
       {TagRecord{.trial = 10, .tag = "b"}, TagRecord{.trial = 2, .tag = "b"}, TagRecord{.trial = 10, .tag = "a"},
        TagRecord{.trial = 10, .tag = "a"}, TagRecord{.trial = {}, .tag = "z"}, TagRecord{.trial = 0, .tag = "日本"}}) {
    ASSERT_TRUE(notes.put_tag(study_, tag).has_value());
  }
  ASSERT_TRUE(notes.drop_tag(study_, {.trial = 2, .tag = "b"}).has_value());
  ASSERT_TRUE(notes.drop_tag(study_, {.trial = 2, .tag = "never"}).has_value());
  const std::vector<TagRecord> expected = {
      {.trial = {}, .tag = "z"}, {.trial = 0, .tag = "日本"}, {.trial = 10, .tag = "a"}, {.trial = 10, .tag = "b"}};
  EXPECT_EQ(place_->open()->notes().load_tags(study_).value(), expected);
}

TEST_P(Conformance, DocumentsComeInTheirOrderByKind) {
  Documents& documents = storage_->documents();
  EXPECT_EQ(documents.last_document(study_, "plan").value(), std::nullopt);
  for (const std::string& text : odd_texts()) {
    ASSERT_TRUE(documents.add_document(study_, {.kind = "plan", .trial = 3, .body = text, .created_ms = INT64_MAX})
                    .has_value());
    ASSERT_TRUE(documents.add_document(study_, {.kind = text + "!", .body = text}).has_value());
  }
  ASSERT_TRUE(documents.add_document(study_, {.kind = "plan", .body = "last"}).has_value());
  const auto other_user = place_->open();
  Documents& reader = other_user->documents();
  const auto read = reader.load_documents(study_, "plan").value();
  ASSERT_EQ(read.size(), odd_texts().size() + 1);
  for (std::size_t i = 0; i < odd_texts().size(); ++i) {
    EXPECT_EQ(read[i],
              (DocumentRecord{
                  .id = read[i].id, .kind = "plan", .trial = 3, .body = odd_texts()[i], .created_ms = INT64_MAX}));
    EXPECT_LT(read[i].id, read[i + 1].id);
    EXPECT_EQ(reader.load_documents(study_, odd_texts()[i] + "!").value().size(), 1U);
  }
  EXPECT_EQ(read.back().trial, std::nullopt);
  EXPECT_EQ(reader.last_document(study_, "plan").value(), read.back());
  EXPECT_TRUE(reader.load_documents(study_, "").value().empty());
  const auto kinds = reader.load_document_kinds(study_).value();
  EXPECT_EQ(kinds.size(), odd_texts().size() + 1);
  EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end()));
  EXPECT_TRUE(reader.load_document_kinds(study_ + 1).value().empty());
}

TEST_P(Conformance, AnEqualDocumentIsSharedAndTrialsPointToIt) {
  Documents& documents = storage_->documents();
  const auto share = [&](const DocumentRecord& document) { return documents.share_document(study_, document).value(); };
  const std::int64_t first = share({.kind = "context", .body = "a", .created_ms = 1});
  EXPECT_EQ(share({.kind = "context", .body = "a", .created_ms = 2}), first);
  const std::int64_t second = share({.kind = "context", .body = "b"});
  EXPECT_NE(second, first);
  EXPECT_NE(share({.kind = "context", .trial = 0, .body = "a"}), first) << "of a trial alone";
  EXPECT_NE(share({.kind = "other", .body = "a"}), first);
  EXPECT_EQ(share({.kind = "context", .body = "a"}), first) << "also where another came between";
  EXPECT_EQ(documents.load_documents(study_, "context").value().front().created_ms, 1);
  const auto other = storage_->create_study({.name = "other", .spec = "{}"}, {}).value().id;
  EXPECT_NE(documents.share_document(other, {.kind = "context", .body = "a"}).value(), first);

  for (const DocumentLink& link : {DocumentLink{10, first}, DocumentLink{2, first}, DocumentLink{10, second}}) {
    ASSERT_TRUE(documents.link_document(study_, "context", link).has_value());
  }
  ASSERT_TRUE(documents.link_document(study_, "other", {2, second}).has_value());
  const auto reader = place_->open();
  EXPECT_EQ(reader->documents().load_document_links(study_, "context").value(),
            (std::vector<DocumentLink>{{2, first}, {10, second}}));
  EXPECT_TRUE(reader->documents().load_document_links(other, "context").value().empty());
}

TEST_P(Conformance, ADocumentIsTakenBackWithItsTransaction) {
  ASSERT_TRUE(storage_->begin().has_value());
  ASSERT_TRUE(storage_->documents().share_document(study_, {.kind = "k"}).has_value());
  ASSERT_TRUE(storage_->documents().link_document(study_, "k", {.trial = 1, .document = 1}).has_value());
  storage_->rollback();
  EXPECT_TRUE(storage_->documents().load_documents(study_, "k").value().empty());
  EXPECT_TRUE(storage_->documents().load_document_links(study_, "k").value().empty());
}

TEST_P(Conformance, ModelsBranchesAndCheckpointsAreReadAsTheyWereWritten) {
  LiveStorage& live = storage_->live();
  const ModelRecord model{.trial = 3, .active = 1, .live = true, .restores = true, .paused = true};
  ASSERT_TRUE(live.put_model(study_, {.trial = 9}).has_value());
  ASSERT_TRUE(live.put_model(study_, {.trial = 3}).has_value());
  ASSERT_TRUE(live.put_model(study_, model).has_value());
  EXPECT_EQ(live.load_models(study_).value(), (std::vector<ModelRecord>{model, {.trial = 9}}));

  const std::int64_t checkpoint =
      live.add_checkpoint(study_, 3, {.branch = 1, .step = 40, .path = "/p q", .bytes = INT64_MAX, .checksum = "c"})
          .value();
  const std::int64_t valued = live.add_checkpoint(study_, 3, {.step = 50, .value = -HUGE_VAL}).value();
  ASSERT_TRUE(live.set_checkpoint_state(checkpoint, CheckpointState::kDeleted).has_value());
  const auto checkpoints = place_->open()->live().load_checkpoints(study_, 3).value();
  ASSERT_EQ(checkpoints.size(), 2U);
  EXPECT_EQ(checkpoints[0].id, checkpoint);
  EXPECT_EQ(checkpoints[0].branch, 1);
  EXPECT_EQ(checkpoints[0].step, 40);
  EXPECT_EQ(checkpoints[0].path, "/p q");
  EXPECT_EQ(checkpoints[0].bytes, INT64_MAX);
  EXPECT_EQ(checkpoints[0].checksum, "c");
  EXPECT_EQ(checkpoints[0].state, CheckpointState::kDeleted);
  EXPECT_FALSE(checkpoints[0].value.has_value());
  EXPECT_EQ(checkpoints[1].id, valued);
  EXPECT_EQ(checkpoints[1].value, -HUGE_VAL);
  EXPECT_EQ(checkpoints[1].state, CheckpointState::kKept);
  EXPECT_TRUE(live.load_checkpoints(study_, 4).value().empty());

  ASSERT_TRUE(live.add_branch(study_, 3,
                              {.number = 1,
                               .parent = 0,
                               .from_step = 40,
                               .params = "{}",
                               .checkpoint = checkpoint,
                               .skip_steps = 2,
                               .created_ms = 7})
                  .has_value());
  ASSERT_TRUE(live.add_branch(study_, 3, {.number = 0}).has_value());
  EXPECT_FALSE(live.add_branch(study_, 3, {.number = 0}).has_value()) << "a branch is made once";
  const auto branches = live.load_branches(study_, 3).value();
  ASSERT_EQ(branches.size(), 2U);
  EXPECT_FALSE(branches[0].parent.has_value());
  EXPECT_FALSE(branches[0].checkpoint.has_value());
  EXPECT_EQ(branches[1].parent, 0);
  EXPECT_EQ(branches[1].from_step, 40);
  EXPECT_EQ(branches[1].checkpoint, checkpoint);
  EXPECT_EQ(branches[1].skip_steps, 2);
  EXPECT_EQ(branches[1].created_ms, 7);

  ASSERT_TRUE(live.set_branch_start(study_, 3, 1, 39).has_value());
  const auto moved = place_->open()->live().load_branches(study_, 3).value();
  EXPECT_EQ(moved[0].from_step, 0);
  EXPECT_EQ(moved[1].from_step, 39);
  EXPECT_EQ(moved[1].params, "{}");
  EXPECT_EQ(moved[1].checkpoint, checkpoint);
}

TEST_P(Conformance, ReportsOfABranchComeByStepAndAreDroppedAfterOne) {
  LiveStorage& live = storage_->live();
  const std::vector<BranchReport> reports = {{.step = 3, .metric = "m", .value = kNan},
                                             {.step = 1, .metric = "n", .value = 0.5},
                                             {.step = 1, .metric = "m", .value = 0.25},
                                             {.step = 1, .metric = "m", .value = 0.75}};
  ASSERT_TRUE(live.put_branch_reports(study_, 3, 1, reports).has_value());
  ASSERT_TRUE(live.put_branch_reports(study_, 3, 2, reports).has_value());
  const auto told = live.load_branch_reports(study_, 3, 1).value();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].metric, "m");
  EXPECT_EQ(told[0].value, 0.75);
  EXPECT_EQ(told[1].metric, "n");
  EXPECT_TRUE(std::isnan(told[2].value));
  ASSERT_TRUE(live.drop_branch_reports(study_, 3, 1, 1).has_value());
  EXPECT_EQ(live.load_branch_reports(study_, 3, 1).value().size(), 2U);
  EXPECT_EQ(live.load_branch_reports(study_, 3, 2).value().size(), 3U);
}

TEST_P(Conformance, AnInterventionIsWrittenAgainUnderItsIdWithAnEventEach) {
  LiveStorage& live = storage_->live();
  InterventionRecord made{.kind = ChangeKind::kTry,
                          .branch = 1,
                          .started = 2,
                          .came_from = 1,
                          .step = 40,
                          .set = "{\"a\":1}",
                          .was = "{\"a\":2}",
                          .by = ChangeAuthor::kAutopilot,
                          .who = "ada",
                          .note = "n",
                          .checkpoint = 8,
                          .created_ms = 4};
  made.id = live.put_intervention(study_, 3, made).value();
  made.state = ChangeState::kKept;
  made.helped = 0.75;
  made.outcome = "o";
  made.decided_ms = 5;
  EXPECT_EQ(live.put_intervention(study_, 3, made).value(), made.id);
  const auto read = place_->open()->live().load_interventions(study_, 3).value();
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].kind, ChangeKind::kTry);
  EXPECT_EQ(read[0].branch, 1);
  EXPECT_EQ(read[0].started, 2);
  EXPECT_EQ(read[0].came_from, 1);
  EXPECT_EQ(read[0].step, 40);
  EXPECT_EQ(read[0].set, made.set);
  EXPECT_EQ(read[0].was, made.was);
  EXPECT_EQ(read[0].by, ChangeAuthor::kAutopilot);
  EXPECT_EQ(read[0].who, "ada");
  EXPECT_EQ(read[0].note, "n");
  EXPECT_EQ(read[0].state, ChangeState::kKept);
  EXPECT_EQ(read[0].helped, 0.75);
  EXPECT_EQ(read[0].outcome, "o");
  EXPECT_EQ(read[0].checkpoint, 8);
  EXPECT_EQ(read[0].created_ms, 4);
  EXPECT_EQ(read[0].decided_ms, 5);
  const auto events = storage_->load_events(study_, 0).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, "intervention");
  EXPECT_EQ(events[0].wall_ms, 4);
  EXPECT_EQ(events[1].wall_ms, 5);
  EXPECT_FALSE(events[1].attempt.has_value());
}

TEST_P(Conformance, ATurnIsWrittenWholeAndReadByTurnThenTrial) {
  LiveStorage& live = storage_->live();
  const TurnRecord turn{.trial = 2,
                        .turn = 1,
                        .from_step = 3,
                        .to_step = 6,
                        .parent = 0,
                        .point = "0.5,7",
                        .first_attempt = 2,
                        .attempt = 3,
                        .start = "/a",
                        .end = "/b",
                        .state = TurnRecord::State::kDone,
                        .value = -HUGE_VAL,
                        .reason = "r",
                        .created_ms = 9};
  ASSERT_TRUE(live.put_turn(study_, {.trial = 2, .turn = 1}).has_value());
  ASSERT_TRUE(live.put_turn(study_, {.trial = 5, .turn = 0}).has_value());
  ASSERT_TRUE(live.put_turn(study_, turn).has_value());
  EXPECT_EQ(place_->open()->live().load_turns(study_).value(), (std::vector<TurnRecord>{{.trial = 5}, turn}));
}

TEST_P(Conformance, AMailboxIsEmptiedInTheOrderItWasFilled) {
  LiveStorage& live = storage_->live();
  const auto writer = place_->open();
  const auto first = writer->live().post_command(study_, {.trial = 0, .kind = "set", .body = "{1}", .who = "ada"});
  const auto second = live.post_command(study_, {.trial = 0, .kind = "undo", .who = "bob", .created_ms = 6});
  auto pending = live.pending_commands(study_).value();
  ASSERT_EQ(pending.size(), 2U);
  EXPECT_EQ(pending[0].id, first.value());
  EXPECT_EQ(pending[0].body, "{1}");
  EXPECT_EQ(pending[0].who, "ada");
  EXPECT_EQ(pending[1].created_ms, 6);
  ASSERT_TRUE(live.answer_command(*first, CommandState::kDone, "{2}", 9).has_value());
  pending = live.pending_commands(study_).value();
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].id, second.value());
  const auto answered = writer->live().find_command(*first).value();
  ASSERT_TRUE(answered.has_value());
  EXPECT_EQ(answered->state, CommandState::kDone);
  EXPECT_EQ(answered->answer, "{2}");
  EXPECT_EQ(answered->done_ms, 9);
  EXPECT_EQ(live.commands_of(study_, 0, "set").value().size(), 1U);
  EXPECT_TRUE(live.commands_of(study_, 1, "set").value().empty());
  EXPECT_FALSE(live.find_command(12345).value().has_value());
}

TEST_P(Conformance, WhatOthersCommitIsNewsOnceAndOwnWritesAreNone) {
  LiveStorage& live = storage_->live();
  EXPECT_TRUE(live.changed_elsewhere().value()) << "the first look is news";
  ASSERT_TRUE(live.post_command(study_, {.trial = 0, .kind = "set"}).has_value());
  EXPECT_FALSE(live.changed_elsewhere().value());
  const auto other = place_->open();
  ASSERT_TRUE(other->live().post_command(study_, {.trial = 0, .kind = "set"}).has_value());
  EXPECT_TRUE(live.changed_elsewhere().value());
  EXPECT_FALSE(live.changed_elsewhere().value());
}

/// One call of each kind that writes.

}  // namespace
}  // namespace sterlet::storage
