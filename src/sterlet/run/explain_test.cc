#include "sterlet/run/explain.h"

#include <gtest/gtest.h>

namespace sterlet::run {
namespace {

using exec::Traces;

const studyfile::MetricsSource kChannel;
const studyfile::MetricsSource kStdout{.pattern = "acc=(?<acc>\\S+)( loss=(?<loss>\\S+))?"};

std::string on_stdout(const Traces& traces, const std::vector<std::string>& told = {}) {
  return explain_missing(kStdout, "acc", told, traces);
}
std::string on_channel(const Traces& traces, const std::vector<std::string>& told = {}) {
  return explain_missing(kChannel, "acc", told, traces);
}

TEST(ExplainMissing, OnStdoutSaysWhatCameInstead) {
  EXPECT_EQ(on_stdout({.matched = 1, .no_numbers = {{"acc", "tensor(0.93)"}}}),
            "its pattern found 'tensor(0.93)' there, which is no number; print a plain one, as in 0.93");
  EXPECT_EQ(
      on_stdout({.stdout_last = {"a", "epoch 9: accuracy 0.93"}}),
      "no line of its stdout matched the pattern; the last one was \"epoch 9: accuracy 0.93\"; change the pattern "
      "in metrics, or what is printed");
  EXPECT_EQ(on_stdout({.stdout_last = {"done"}, .stderr_last = {"warning: slow"}}),
            "no line of its stdout matched the pattern; the last one was \"done\"; the last line on stderr was "
            "\"warning: slow\"; change the pattern in metrics, or what is printed");
  EXPECT_EQ(on_stdout({.stderr_last = {"x", "acc=0.93"}}),
            "it printed \"acc=0.93\" to stderr, and the pattern reads stdout; print it to stdout, or join the two by a "
            "shell, as in command: [sh, -c, 'exec python3 train.py 2>&1']");
  EXPECT_EQ(on_stdout({}), "it printed nothing on stdout, which the pattern reads");
  EXPECT_EQ(on_stdout({.matched = 3}, {"loss"}),
            "it reported loss; report acc as well, or name one of these in objective");
}

TEST(ExplainMissing, OnTheChannelSaysWhatCameInstead) {
  EXPECT_EQ(on_channel({.has_spoken = true}, {"val_loss", "accuracy"}),
            "it reported val_loss, accuracy; if accuracy is meant, write it in objective, or report it as acc");
  EXPECT_EQ(on_channel({.has_spoken = true, .refused = "report: metric 'acc' is not a number (found \"high\")"}),
            "what it sent was refused (report: metric 'acc' is not a number (found \"high\"))");
  EXPECT_EQ(on_channel({.has_spoken = true}), "its client reported no metric at all; call trial.report(step, acc=...)");
  EXPECT_EQ(on_channel({.stdout_last = {"epoch 3 acc: 0.93", "bye"}}),
            "it printed \"epoch 3 acc: 0.93\", but metrics come from the trial channel unless the file says otherwise; "
            "add metrics: {from: stdout, pattern: 'acc: (?<acc>\\S+)'}");
  EXPECT_EQ(on_channel({.stderr_last = {"acc=.93"}}),
            "it printed \"acc=.93\" to stderr, and metrics come from the trial channel unless the file says otherwise; "
            "print it to stdout and add metrics: {from: stdout, pattern: 'acc=(?<acc>\\S+)'}");
  EXPECT_EQ(
      on_channel({.stdout_last = {"my_acc=1", "acc high"}}),
      "no client of it spoke on the trial channel, from which metrics come unless the file says otherwise (its last "
      "line on stdout was \"acc high\"); report by a client (docs/channel.md), or add metrics: {from: stdout, "
      "pattern: 'acc=(?<acc>\\S+)'}");
}

TEST(ExplainMissing, ShowsLongLinesAndManyNamesInPart) {
  const std::string text = on_stdout({.stdout_last = {std::string(200, 'x')}});
  EXPECT_NE(text.find(std::string(100, 'x') + "...\""), std::string::npos);
  EXPECT_EQ(on_channel({.has_spoken = true}, {"a1", "b1", "c1", "d1", "e1", "f1", "g1"}),
            "it reported a1, b1, c1, d1, e1, f1, ...; report acc as well, or name one of these in objective");
}

TEST(WithAdvice, SaysWhatToDoAboutWhatNewcomersMeet) {
  using exec::Cause;
  const auto told = [](const std::string& said, const exec::Event::Exited& exited) {
    exec::Event::Exited own = exited;
    own.reason = said;
    return with_advice(said, own, "/home/ada/mlp");
  };
  const exec::Event::Exited failed{.cause = Cause::kError, .traces = {.stderr_last = {"x"}}};
  EXPECT_EQ(
      told("ModuleNotFoundError: No module named 'sterlet'", failed),
      "ModuleNotFoundError: No module named 'sterlet'; write the client beside the program: sterlet client python > "
      "sterlet.py");
  EXPECT_EQ(
      told("ModuleNotFoundError: No module named 'torch'", failed),
      "ModuleNotFoundError: No module named 'torch'; install it for the Python of the command, or begin the command "
      "with the Python that has it, as .venv/bin/python");
  EXPECT_EQ(
      told("[Errno 2] No such file or directory: 'data.csv'", failed),
      "[Errno 2] No such file or directory: 'data.csv'; a path that does not begin with / begins at the study file's "
      "folder, /home/ada/mlp");
  EXPECT_EQ(told("argument --layers: invalid int value: '2.5'", failed),
            "argument --layers: invalid int value: '2.5'; a parameter that must be whole needs type: int");
  EXPECT_EQ(told("KeyError: 'lr'", failed), "KeyError: 'lr'");
  EXPECT_EQ(told("t ended with exit code 1", {.cause = Cause::kError}), "t ended with exit code 1; it printed nothing");
  EXPECT_EQ(told("t ended with exit code 1", {.cause = Cause::kError, .traces = {.stdout_last = {"a", "no data"}}}),
            "t ended with exit code 1; its last line on stdout was \"no data\"");
  EXPECT_EQ(with_advice("no data", {.cause = Cause::kError, .reason = "t ended with exit code 1"}, "/"), "no data")
      << "the program has said why";
  EXPECT_EQ(told("t was ended, its time limit being 1.0 s", {.cause = Cause::kTimeLimit}),
            "t was ended, its time limit being 1.0 s; give it more by time in resources, or less to do");
  EXPECT_EQ(told("t used more than its limit", {.cause = Cause::kOutOfMemory}),
            "t used more than its limit; give it more by memory in resources");
  EXPECT_EQ(told("t was killed by the system", {.cause = Cause::kOutOfMemory}), "t was killed by the system");
}

TEST(ExplainUnread, NamesWhatNeitherTheCommandNorAClientTook) {
  const base::Json params{{"lr", 0.1}, {"wd", 0.01}, {"units", 3}};
  EXPECT_EQ(explain_unread(params, {"t", "${lr}"}, {"wd", "units", "other"}), "");
  EXPECT_EQ(
      explain_unread(params, {"t", "--lr=${lr}"}, {"units"}),
      "its program never asked its client for wd, and the command does not name it: what is searched there changes "
      "nothing; ask by trial.get(\"wd\", ...), or take it out of params");
  EXPECT_EQ(
      explain_unread(params, {"t"}, {}),
      "its program asked its client for no parameter (lr, wd, units), and the command names none; ask for them, as "
      "by trial.get(\"lr\", ...), unless it reads the file that STERLET_PARAMS names");
}

}  // namespace
}  // namespace sterlet::run
