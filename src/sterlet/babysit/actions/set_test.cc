#include "sterlet/babysit/actions/set.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using storage::ChangeKind;
using storage::ChangeState;
using storage::CommandState;

class SetAction : public PlayedModel {};

TEST_F(SetAction, TakesACheckpointAndStartsABranchAtTheStepFromWhichTheProgramAppliesIt) {
  hello();
  report_until(3);
  const auto id = ask_set("rate", 0.5);
  EXPECT_EQ(sent(), (Sent{"checkpoint", "set"}));
  EXPECT_EQ(tree().branches.size(), 1U);  // Nothing is so before the program says so.
  checkpoint(3);
  applied(3, {{"rate", 0.5}});
  report_until(5);
  EXPECT_EQ(answer_of(id), "rate from 0.1 to 0.5 at step 3 (branch b)");
  ASSERT_EQ(tree().branches.size(), 2U);
  EXPECT_EQ(tree().model.active, 1);
  EXPECT_EQ(tree().branches[1].from_step, 3);
  EXPECT_EQ(tree().branches[1].params, R"({"rate":0.5,"momentum":0.9,"size":3})");
  const auto& made = tree().interventions.front();
  EXPECT_EQ(made.kind, ChangeKind::kSet);
  EXPECT_EQ(made.state, ChangeState::kWatching);
  EXPECT_EQ(made.by, storage::ChangeAuthor::kPerson);
  EXPECT_EQ(made.who, "ada");
  EXPECT_EQ(made.checkpoint, tree().checkpoints.front().id);
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3}));
  EXPECT_EQ(steps_of(1), (Steps{4, 5}));
}

TEST_F(SetAction, SaysWhereItCannotBeUndone) {
  hello(true, false);
  report_until(2);
  const auto id = ask_set("rate", 0.5);
  EXPECT_EQ(sent(), (Sent{"set"}));
  applied(2, {{"rate", 0.5}});
  EXPECT_EQ(answer_of(id), "rate from 0.1 to 0.5 at step 2 (branch b); it cannot be undone");
}

TEST_F(SetAction, AProgramThatRefusesHasChangedNothing) {
  hello();
  report_until(2);
  const auto id = ask_set("rate", 0.5);
  report(3, 0.3);
  refuse("set", {{"rate", 0.5}}, "it is fixed");
  EXPECT_EQ(answer_of(id), "the program refused: it is fixed");
  EXPECT_EQ(tree().branches.size(), 1U);
  EXPECT_EQ(steps_of(0), (Steps{1, 2, 3}));
}

TEST_F(SetAction, AChangeWithoutItsCheckpointIsPutBack) {
  hello();
  report_until(2);
  const auto id = ask_set("rate", 0.5);
  refuse("checkpoint", base::Json::object(), "the disk is full");
  applied(2, {{"rate", 0.5}});
  EXPECT_EQ(answer_of(id), "no checkpoint could be taken (the disk is full), so the change was put back");
  EXPECT_EQ(last_sent("set"), (base::Json{{"rate", 0.1}}));
  EXPECT_EQ(tree().branches.size(), 1U);
}

TEST_F(SetAction, RefusesWhatCannotBeChangedBeforeTheProgramHearsOfIt) {
  hello();
  report_until(2);
  for (const auto& [name, value] :
       {std::pair("size", 4.0), std::pair("rat", 0.2), std::pair("rate", 2.0), std::pair("rate", 0.1)}) {
    EXPECT_EQ(state_of(ask_set(name, value)), CommandState::kRefused) << name << value;
  }
  EXPECT_EQ(sent(), Sent{});
  EXPECT_EQ(tree().branches.size(), 1U);
}

TEST_F(SetAction, ASecondOneSettlesTheFirst) {
  hello();
  report_until(6);
  change("rate", 0.5);
  report_until(8);
  const auto id = ask_set("momentum", 0.8);
  checkpoint(8);
  applied(8, {{"momentum", 0.8}});
  EXPECT_EQ(tree().interventions[0].state, ChangeState::kKept);
  EXPECT_TRUE(tree().interventions[0].helped);
  EXPECT_NE(answer_of(id).find("was still being watched"), std::string::npos);
  EXPECT_EQ(tree().branches[2].parent, 1);
}

}  // namespace
}  // namespace sterlet::babysit
