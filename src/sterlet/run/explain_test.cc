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
  EXPECT_EQ(on_stdout({}),
            "it printed nothing on stdout, which the pattern reads; print acc there, and flush what is printed where a "
            "program ends itself");
  EXPECT_EQ(
      on_stdout({.stderr_last = {"ModuleNotFoundError: No module named 'x'"}}),
      "it printed nothing on stdout, which the pattern reads; the last line on stderr was \"ModuleNotFoundError: "
      "No module named 'x'\" (install it for the Python of the command, or begin the command with the Python that "
      "has it, as .venv/bin/python); print acc there, and flush what is printed where a program ends itself");
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

TEST(ExplainMissing, NamesAPatternThatFitsWhatWasPrinted) {
  EXPECT_EQ(on_stdout({.stdout_last = {R"({"step": 1, "acc": 0.5})", "done"}}),
            "no line of its stdout matched the pattern, but \"{\"step\": 1, \"acc\": 0.5}\" has it; write pattern: "
            "'acc\": (?<acc>[-+.0-9eE]+)'");
  EXPECT_EQ(on_stdout({.stdout_last = {"acc : 93%"}}),
            "no line of its stdout matched the pattern, but \"acc : 93%\" has it; write pattern: 'acc : (?<acc>\\S+)'");
}

TEST(ExplainMissing, SaysWhyNothingCouldMatch) {
  EXPECT_EQ(
      on_stdout({.long_lines = 1, .stdout_last = {"xxx..."}}),
      "no line of its stdout matched the pattern, which is not tried on lines of more than 4 KiB, as 1 of its lines "
      "is; print acc on a line of its own");
  EXPECT_EQ(on_stdout({.stdout_last = {"a\\x00c\\x00c\\x00"}}),
            "no line of its stdout matched the pattern; the last one was \"a\\x00c\\x00c\\x00\", and its NUL bytes are "
            "those of text in UTF-16; print UTF-8");
}

TEST(ExplainMissing, TellsOfTrainingsThatWereBegunElsewhere) {
  const std::string background =
      "it ended while 1 process of it went on in the background, which was ended with it; run it in the foreground, "
      "without &, nohup or a daemon, or let it wait for them, as by wait";
  EXPECT_EQ(on_stdout({.left_running = 1}), background);
  EXPECT_EQ(on_channel({.left_running = 1}), background);
  EXPECT_EQ(on_stdout({.stdout_last = {"Submitted batch job 7"}}),
            "it printed \"Submitted batch job 7\": a queue has taken the training, and nobody waited for it; run it by "
            "what waits and hands on what is printed, as srun in the place of sbatch");
}

TEST(ExplainMissing, ShowsLongLinesAndManyNamesInPart) {
  const std::string text = on_stdout({.stdout_last = {std::string(200, 'x')}});
  EXPECT_NE(text.find(std::string(100, 'x') + "...\""), std::string::npos);
  EXPECT_EQ(on_channel({.has_spoken = true}, {"a1", "b1", "c1", "d1", "e1", "f1", "g1"}),
            "it reported a1, b1, c1, d1, e1, f1, ...; report acc as well, or name one of these in objective");
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
