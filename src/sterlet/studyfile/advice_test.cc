#include "sterlet/studyfile/advice.h"

#include <string>

#include <gtest/gtest.h>

#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::studyfile {
namespace {

std::string advice_on(const std::string& text) {
  const auto study = parse_study_text(study::strategies(), "study: s\nobjective: loss\n" + text, "s.yaml", "/");
  EXPECT_TRUE(study.has_value()) << study.error().front().message();
  std::string all;
  for (const base::Error& advice : advise(study->spec)) all += advice.message() + "\n";
  return all;
}

constexpr const char* kTwo = "params: {a: {type: float, low: 0, high: 1}, b: {type: int, low: 1, high: 9}, c: 3}\n";

TEST(Advice, NamesParametersThatReachNobody) {
  const std::string pattern = "metrics: {from: stdout, pattern: 'loss=(?<loss>\\S+)'}\n";
  EXPECT_EQ(
      advice_on(kTwo + pattern + "command: [python3, t.py, \"${a}\"]\n"),
      "b is searched, but the command does not pass it, and a program whose metrics are read from its stdout has no "
      "client to read it with; write \"--b=${b}\" into the command, unless the program reads the file that "
      "STERLET_PARAMS names\n");
  EXPECT_EQ(advice_on(kTwo + pattern + "command: [t, \"${a}\", \"--b=${b}\"]\n"), "");
  EXPECT_EQ(advice_on(kTwo + pattern + "command: [sterlet-train, mlp]\n"), "");
  EXPECT_EQ(advice_on(kTwo + pattern), "");  // Ask and tell.
}

TEST(Advice, OfAClientAsksOnlyWhereTheCommandPassesOthers) {
  EXPECT_EQ(advice_on(std::string(kTwo) + "command: [python3, t.py]\n"), "");
  EXPECT_EQ(advice_on(std::string(kTwo) + "command: [python3, t.py, \"--b=${b}\", \"$${a}\"]\n"),
            "a is searched, but the command passes only other parameters; write \"--a=${a}\" into the command, unless "
            "the program asks a client for it\n");
}

TEST(Advice, DoubtsADirectionThatTheNameContradicts) {
  const auto on = [](const std::string& metric, const std::string& direction) {
    const auto study = parse_study_text(study::strategies(),
                                        "study: s\nobjective: {metric: " + metric + ", direction: " + direction +
                                            "}\nparams: {a: {type: float, low: 0, high: 1}}\n",
                                        "s.yaml", "/");
    std::string all;
    for (const base::Error& advice : advise(study->spec)) all += advice.message() + "\n";
    return all;
  };
  EXPECT_EQ(on("val_loss", "maximize"),
            "val_loss is maximized, though by its name a smaller value seems better; write "
            "direction: minimize, unless that is meant\n");
  EXPECT_EQ(on("accuracy", "minimize"),
            "accuracy is minimized, though by its name a larger value seems better; write "
            "direction: maximize, unless that is meant\n");
  for (const char* fine : {"accuracy", "neg_log_loss", "seconds", "quux"}) EXPECT_EQ(on(fine, "maximize"), "") << fine;
  for (const char* fine : {"rmse", "1-auc", "seconds", "quux"}) EXPECT_EQ(on(fine, "minimize"), "") << fine;
}

TEST(Advice, NamesWordsThatWereMeantForAShellOrAnotherTool) {
  const std::string a = "params: {a: {type: float, low: 0, high: 1}}\n";
  const auto on = [&](const std::string& command) { return advice_on(a + "command: " + command + "\n"); };
  for (const std::string name : {"{a}", "{{a}}", "$a", "%a%", "<a>", "--x=$a", "a={a}"}) {
    const std::string shown = name.starts_with("--x=") ? "$a" : name.starts_with("a=") ? "{a}" : name;
    EXPECT_EQ(on("[t, \"" + name + "\"]"), "the command has " + shown +
                                               ", which its program gets as it stands; a parameter's value is written "
                                               "${a}\n");
  }
  for (const char* fine : {"[t, \"${a}\"]", "[t, \"$ab\", \"${a}\"]", "[sh, -c, 't ${a} | tee log']"})
    EXPECT_EQ(on(fine), "");
  EXPECT_EQ(on("[t, \"${a}\", \"|\", tee, log, \">\", x]"),
            "no shell reads the command, so its program gets '|' as an argument; give the whole line to a shell, as in "
            "command: [sh, -c, 'python3 train.py | tee log']\n");
  EXPECT_EQ(on("[t, \"${a}\", \u201Cfast\u201D]"),
            "a word of the command has a typographic quote (\u201C), which quotes nothing; write \" or '\n");
  EXPECT_EQ(on("[/usr/bin/python3.11, t.sh, \"${a}\"]"),
            "python3.11 is given t.sh, by its name a shell script; begin the command with sh\n");
  EXPECT_EQ(on("[bash, t.py, \"${a}\"]"),
            "bash is given t.py, by its name a Python script; begin the command with python3\n");
  for (const char* fine : {"[python3, t.py, \"${a}\"]", "[env, t.py, \"${a}\"]", "[Rscript, t.R, \"${a}\"]"})
    EXPECT_EQ(on(fine), "");
}

TEST(Advice, NamesWhatOnlyAShellWouldFillIn) {
  const std::string a = "params: {a: {type: float, low: 0, high: 1}}\n";
  const auto on = [&](const std::string& command) { return advice_on(a + "command: " + command + "\n"); };
  EXPECT_EQ(on("[t, \"${a}\", \"--data=~/data\"]"),
            "only shells know what ~ is, so the program gets --data=~/data as it stands; write the whole path\n");
  for (const std::string word : {"$HOME/data", "$(nproc)", "`nproc`"}) {
    EXPECT_EQ(on("[t, \"${a}\", \"" + word + "\"]"),
              "no shell reads the command, so its program gets " + word +
                  " as it stands; write what it stands for, or give the whole line to a shell, as in command: [sh, -c, "
                  "'exec python3 train.py --data $HOME/data']\n");
  }
  EXPECT_EQ(on("[t, \"'${a}'\"]"),
            "no shell takes off the quotes of '${a}', so its program gets them, too; write \"${a}\"\n");
  for (const char* fine : {"[bash, -lc, 't ${a} \"$HOME\" ~/x']", "[t, \"${a}\", \"^x$\", \"cost$\", \"a~/b\"]"})
    EXPECT_EQ(on(fine), "") << fine;
}

TEST(Advice, KnowsWhatRunsAProgramElsewhere) {
  const std::string a = "params: {a: {type: float, low: 0, high: 1}}\n";
  const std::string pattern = "metrics: {from: stdout, pattern: 'loss=(?<loss>\\S+)'}\n";
  EXPECT_EQ(advice_on(a + "command: [docker, run, image, t, \"${a}\"]\n"),
            "docker does not hand on STERLET_CHANNEL, so no client can report from there; let the program print its "
            "metrics, and read them by metrics: {from: stdout, pattern: 'loss=(?<loss>\\S+)'}\n");
  EXPECT_EQ(advice_on(a + pattern + "command: [docker, run, -d, image, t, \"${a}\"]\n"),
            "docker with -d starts the program and does not wait for it; leave -d out\n");
  EXPECT_EQ(advice_on(a + pattern + "command: [docker, run, image, t, \"${a}\"]\n"), "");
  EXPECT_EQ(advice_on(a + "command: [docker, run, -e, STERLET_CHANNEL, image, t, \"${a}\"]\n"), "");
}

TEST(Advice, SaysThatAStepMissesTheHighEnd) {
  const auto on = [](const std::string& range) { return advice_on("params: {a: {" + range + "}}\n"); };
  EXPECT_EQ(on("type: float, low: 0, high: 1, step: 0.3"),
            "a: steps of 0.3 from 0 end at 0.9, so that its high of 1 is never tried; write high: 0.9, or a step that "
            "divides the range\n");
  EXPECT_EQ(on("type: float, low: 0, high: 1, step: 0.1"), "");
  EXPECT_EQ(on("type: int, low: 16, high: 512, step: 16"), "");
}

TEST(Advice, HasNothingAgainstWhatInitWrites) {
  for (const std::string& preset : preset_names()) {
    const auto text = starter_study(preset);
    ASSERT_TRUE(text.has_value());
    const auto study = parse_study_text(study::strategies(), *text, "s.yaml", "/");
    ASSERT_TRUE(study.has_value()) << study.error().front().message();
    EXPECT_TRUE(advise(study->spec).empty()) << preset << ": " << advise(study->spec).front().message();
  }
}

}  // namespace
}  // namespace sterlet::studyfile
