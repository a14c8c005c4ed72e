// What every kind of change promises, asked of each row of the table: a new row is tested by being there.

#include "sterlet/babysit/actions/played_model.h"
#include "sterlet/babysit/actions/registry.h"
#include "sterlet/babysit/actions/stop.h"

namespace sterlet::babysit {
namespace {

using base::Json;
using storage::CommandState;

class EachAction : public PlayedModel, public testing::WithParamInterface<const ActionRow*> {
 protected:
  static const ActionRow& row() { return *GetParam(); }
  /// Asks for it as whoever may: a person by a command, Sterlet by a wish. The id of the command; 0: none.
  std::int64_t want(const Json& body) {
    if (!row().is_own) return ask(std::string(row().kind), body);
    wish(std::string(row().kind), body);
    return 0;
  }
  /// A body with which the action has something to do, on a model that start() has prepared.
  static Json good_body() {
    return {{"changes", json_from_changes({{.name = "rate", .value = 0.5}})},
            {"at", 2},
            {"good_step", 3},
            {"bad_step", 4},
            {"name", "rate"},
            {"value", 0.5},
            {"winner", 0},
            {"set", {{"rate", 0.5}}},
            {"was", {{"rate", 0.1}}},
            {"note", "why"}};
  }
  /// Reports, a checkpoint, and a change that is being watched.
  void start(bool live = true, bool restores = true) {
    hello(live, restores);
    report_until(2);
    if (restores) checkpoint(2);
    if (live) change("momentum", 0.8);
    report_until(4);
    if (restores) parts_->pilot.set_mark(tree().checkpoints.front().id);
    sent();
    branches_ = tree().branches.size();
    changes_ = tree().interventions;
  }
  void expect_nothing_changed() {
    EXPECT_EQ(tree().branches.size(), branches_);
    ASSERT_EQ(tree().interventions.size(), changes_.size());
    for (std::size_t i = 0; i < changes_.size(); ++i) EXPECT_EQ(tree().interventions[i].state, changes_[i].state);
  }
  /// A refusal is one sentence that says what is wrong and what to do.
  void expect_sentence(std::int64_t id) {
    if (id == 0 || state_of(id) != CommandState::kRefused) return;
    const Json answer = *base::parse_json(command(id).answer);
    EXPECT_FALSE(answer.value("what", std::string()).empty()) << answer;
    EXPECT_FALSE(answer.value("next", std::string()).empty()) << answer;
    EXPECT_EQ(command(id).answer.find('\n'), std::string::npos);
  }

  std::size_t branches_ = 1;
  std::vector<storage::InterventionRecord> changes_;
};

TEST_P(EachAction, HasALifeFromTheCommandToItsAnswer) {
  start();
  const auto id = want(good_body());
  // The program does all that it is asked for, until that comes to an end.
  for (int rounds = 0; rounds < 4 && !parts_->in_flight.is_empty(); ++rounds) {
    for (const std::string& kind : sent()) {
      if (kind == "checkpoint") checkpoint(model().step);
      if (kind == "restore") restored(last_sent("restore")["path"].get<std::string>().ends_with("1") ? 2 : 4);
      if (kind == "set") applied(model().step, last_sent("set"));
      if (kind == "stop") exit(exec::Cause::kFinished);
    }
  }
  EXPECT_TRUE(parts_->in_flight.is_empty()) << "it waits for what no program was asked for";
  if (id != 0) {
    EXPECT_NE(state_of(id), CommandState::kPending);
  }
  expect_sentence(id);
  // What is stored is what is remembered.
  const Tree stored = load_tree(*storage_, study_->storage_id(), tree().model).value();
  EXPECT_EQ(stored.branches.size(), tree().branches.size());
  EXPECT_EQ(stored.model, storage_->live().load_models(study_->storage_id()).value().front());
}

TEST_P(EachAction, AProgramThatRefusesAllHasChangedNothing) {
  start();
  const auto id = want(good_body());
  const bool was_asked = !parts_->in_flight.is_empty();
  for (const std::string& kind : sent()) {
    if (kind != "stop" && !parts_->in_flight.is_empty()) refuse(kind, last_sent(kind), "not now");
  }
  if (was_asked && row().kind != kStopKind) {
    EXPECT_TRUE(parts_->in_flight.is_empty());
    if (id != 0) {
      EXPECT_EQ(state_of(id), CommandState::kRefused);
    }
    expect_nothing_changed();
  }
  expect_sentence(id);
}

TEST_P(EachAction, AnAttemptThatIsKilledLeavesItToTheNextOne) {
  start();
  const auto id = want(good_body());
  const bool was_asked = !parts_->in_flight.is_empty();
  exit(exec::Cause::kSignal);
  EXPECT_TRUE(parts_->in_flight.is_empty());
  if (!was_asked || row().kind == kStopKind) return;
  EXPECT_TRUE(progress_.to_launch);
  if (id != 0) {
    EXPECT_EQ(state_of(id), CommandState::kPending);
  }
  if (id == 0) {
    EXPECT_TRUE(parts_->inbox.has_own(row().kind));
  }
  expect_nothing_changed();
}

TEST_P(EachAction, AProgramThatCanDoNothingIsAskedForNothingItCannotDo) {
  start(false, false);
  const auto id = want(good_body());
  for (const std::string& kind : sent()) {
    EXPECT_NE(kind, "set");
    EXPECT_NE(kind, "restore");
  }
  expect_sentence(id);
  EXPECT_EQ(tree().branches.size(), 1U);
}

TEST_P(EachAction, AnEmptyOrAWrongBodyIsARefusalOrDoesNothing) {
  start();
  std::vector<Json> bodies = {Json::object()};
  // Only people's bodies come from elsewhere; those of wishes are made by the guard, the autopilot and the loop.
  if (!row().is_own) {
    bodies.push_back({{"changes", 5}, {"at", "two"}, {"from", 7}, {"note", 3}, {"seen", "x"}, {"seen_undo_ms", false}});
    bodies.push_back({{"changes", {1, 2}}, {"at", -1}, {"from", "zzzzzzzz"}, {"through", "b"}});
  }
  for (const Json& body : bodies) {
    if (progress_.ending || !parts_->in_flight.is_empty()) break;
    expect_sentence(want(body));
  }
}

INSTANTIATE_TEST_SUITE_P(Actions, EachAction, testing::ValuesIn([] {
                           std::vector<const ActionRow*> rows;
                           for (const ActionRow& row : action_rows()) rows.push_back(&row);
                           return rows;
                         }()),
                         [](const auto& test) { return std::string(test.param->kind); });

}  // namespace
}  // namespace sterlet::babysit
