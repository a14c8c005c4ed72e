#include "sterlet/babysit/mailbox.h"

#include "sterlet/babysit/actions/played_model.h"

namespace sterlet::babysit {
namespace {

using storage::CommandState;

class MailboxOfAModel : public PlayedModel {
 protected:
  std::size_t pending_count() { return storage_->live().pending_commands(study_->storage_id()).value().size(); }
};

TEST_F(MailboxOfAModel, WhatIsPendingWhenTheModelFinishesIsRefused) {
  report_until(2);  // Without a hello, so that the change waits for one.
  model().attempt.has_reported = false;
  const auto id = ask_set("rate", 0.5);
  EXPECT_EQ(state_of(id), CommandState::kPending);
  exit(exec::Cause::kFinished);
  EXPECT_EQ(answer_of(id), "the model (trial 0) has just finished");
  EXPECT_EQ(pending_count(), 0U);
}

// Whoever asks found the model alive, and it finished before the command came.
TEST_F(MailboxOfAModel, AModelThatFinishedMeanwhileGetsNoCommand) {
  hello();
  report_until(2);
  const auto other =
      study::Study::open_existing("m", {.storage = storage_.get(), .clock = &clock_, .session = "there"});
  ASSERT_TRUE(other.has_value());
  const auto found = find_model(**other, *storage_, clock_, std::nullopt).value();
  ASSERT_TRUE(found);
  exit(exec::Cause::kFinished);
  const auto asked = babysit::ask(*storage_, **other, *found, "undo", base::Json::object(), 60, clock_);
  ASSERT_FALSE(asked.has_value());
  EXPECT_EQ(asked.error().message(),
            "m: the model (trial 0) has finished (COMPLETE at step 2), so nothing was changed; raise another one with "
            "sterlet babysit --new");
  EXPECT_EQ(pending_count(), 0U);
}

// Versions before this one could leave such a command behind.
TEST_F(MailboxOfAModel, WhatIsStillWantedOfAFinishedModelIsRefusedByTheNextOne) {
  hello();
  report_until(2);
  exit(exec::Cause::kFinished);
  const auto id = storage_->live().post_command(study_->storage_id(), {.trial = 0, .kind = "undo"}).value();
  open({.fresh = true, .params = {{"rate", 0.1}, {"momentum", 0.9}, {"size", 3}}});
  EXPECT_EQ(state_of(id), CommandState::kRefused);
  EXPECT_EQ(pending_count(), 0U);
}

}  // namespace
}  // namespace sterlet::babysit
