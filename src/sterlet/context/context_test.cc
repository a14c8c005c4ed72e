#include "sterlet/context/context.h"

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sterlet/context/difference.h"
#include "sterlet/context/keeper.h"
#include "sterlet/context/machine.h"
#include "sterlet/context/program.h"
#include "sterlet/context/test_support.h"

namespace sterlet::context {
namespace {

using base::Json;

std::string no_environment(const char* name) { return std::string(name) == "PATH" ? "/usr/bin:/bin" : ""; }

class ContextTest : public InFolder {
 protected:
  Request request(Json wanted = Json::object()) const {
    return {.folder = folder_,
            .command = {"sh", "train.sh", "${x}", "--data", "data/train.csv"},
            .wanted = std::move(wanted),
            .version = "1.0",
            .environment = no_environment,
            .root = path("root")};
  }
  Json take(const Request& of) {
    Taker taker(of, "");
    return taker.take(is_cancelled_);
  }
  Json take() { return take(request()); }
  void write_all() {
    write("train.sh", "echo 1\n");
    write("data/train.csv", "x,y\n1,2\n3,4\n");
  }
};

TEST_F(ContextTest, WithoutAKeyItIsWhatTheCommandNames) {
  write_all();
  const Json context = take();
  ASSERT_EQ(context["files"].size(), 2U);
  EXPECT_EQ(context["files"][0]["path"], "train.sh");
  EXPECT_EQ(context["files"][0]["area"], "code");
  EXPECT_EQ(context["files"][1]["path"], "data/train.csv");
  EXPECT_EQ(context["files"][1]["area"], "data");
  EXPECT_EQ(context["files"][1]["summary"]["rows"], 2);
  EXPECT_EQ(context["sterlet"], "1.0");
  EXPECT_EQ(context["command"][0], "sh");
  EXPECT_TRUE(context["program"]["path"].get<std::string>().ends_with("/sh"));
  EXPECT_FALSE(context.contains("git"));
  EXPECT_FALSE(context.contains("problems"));
}

TEST_F(ContextTest, EqualSurroundingsGiveEqualDocuments) {
  write_all();
  EXPECT_EQ(base::json_line(take()), base::json_line(take()));
}

TEST_F(ContextTest, AFolderIsOneEntryWithItsParts) {
  write_all();
  write("data/more/test.csv", "x,y\n5,6\n");
  write("data/.hidden/x", "1");
  write("data/__pycache__/x.pyc", "1");
  const Json context = take(request({{"files", {"data/"}}}));
  ASSERT_EQ(context["files"].size(), 1U);
  const Json& folder = context["files"][0];
  EXPECT_EQ(folder["path"], "data/");
  EXPECT_EQ(folder["files"], 2);
  EXPECT_EQ(folder["rows"], 3);
  EXPECT_EQ(folder["parts"][0]["path"], "more/test.csv");
  write("data/train.csv", "x,y\n1,2\n3,5\n");
  const auto changes = find_changes(context, take(request({{"files", {"data/"}}})));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].part, "data/train.csv");
  EXPECT_EQ(changes[0].text, "data/train.csv: same size, other content");
}

TEST_F(ContextTest, AFolderIsReadToItsDepthAndLinksToFilesAreFollowed) {
  write("data/a/b/c/deep.csv", "x,y\n1,2\n");
  write("data/a.csv", "x,y\n1,2\n3,4\n");
  write("elsewhere/other.csv", "x,y\n1,2\n3,4\n5,6\n");
  std::filesystem::create_symlink(path("elsewhere/other.csv"), path("data/link.csv"));
  std::filesystem::create_directory_symlink(path("elsewhere"), path("data/a/linked"));
  std::filesystem::create_directory_symlink("..", path("data/a/b/up"));
  std::filesystem::create_symlink("nowhere", path("data/broken"));
  const Json folder = take(request({{"files", {"data"}}}))["files"][0];
  std::vector<std::string> names;
  for (const Json& part : folder["parts"]) names.push_back(part["path"]);
  EXPECT_EQ(names, (std::vector<std::string>{"a.csv", "a/b/c/deep.csv", "link.csv"}));
  EXPECT_EQ(folder["rows"], 6);
}

TEST_F(ContextTest, OfManyFilesAChangedByteIsFoundThoughSizeAndTimeWerePutBack) {
  for (int i = 0; i < 60; ++i) write(fmt::format("data/{}/{}.csv", i % 7, i), fmt::format("x\n{}\n", i));
  let_it_settle("data/3/59.csv");
  Taker taker(request({{"files", {"data"}}}), "");
  const Json first = taker.take(is_cancelled_)["files"][0];
  EXPECT_EQ(first["files"], 60);
  EXPECT_FALSE(first.contains("parts"));
  const std::int64_t read = taker.files_read();
  change_secretly("data/2/30.csv");
  const Json second = taker.take(is_cancelled_)["files"][0];
  EXPECT_NE(second["hash"], first["hash"]);
  EXPECT_EQ(taker.files_read(), read + 1);
}

TEST_F(ContextTest, ASecondLookReadsNothingUntilAStampHasChanged) {
  write_all();
  let_it_settle("data/train.csv");
  Taker taker(request(), "");
  const Json first = taker.take(is_cancelled_);
  const std::int64_t read = taker.files_read();
  EXPECT_EQ(taker.take(is_cancelled_), first);
  EXPECT_EQ(taker.files_read(), read);
  change_secretly("data/train.csv");
  EXPECT_NE(taker.take(is_cancelled_), first);
  EXPECT_EQ(taker.files_read(), read + 1);
}

TEST_F(ContextTest, WhatIsMissingIsASentence) {
  const Json context = take(request({{"files", {"gone.csv"}}}));
  EXPECT_EQ(context["files"][0]["missing"], true);
  EXPECT_EQ(context["problems"][0], "gone.csv: there is no such file or folder");
}

TEST_F(ContextTest, LinesOfTheCommandAreVersionsOrOutput) {
  const Json context = take(request({{"command", {"printf", "torch 2.1.0\\nnumpy==1.26\\nbranch main\\n"}}}));
  EXPECT_EQ(context["packages"], (Json{{"torch", "2.1.0"}, {"numpy", "1.26"}}));
  EXPECT_EQ(context["output"], Json::array({"branch main"}));
}

TEST_F(ContextTest, ACommandThatFailsIsASentenceAndTheRestIsTaken) {
  write_all();
  const Json context = take(request({{"command", {"sh", "-c", "echo no such thing >&2; exit 3"}}}));
  EXPECT_EQ(context["problems"][0],
            "context command sh: it ended with exit code 3: no such thing; name another one in context, or none");
  const Json missing = take(request({{"command", {"no-such-program"}}}));
  EXPECT_NE(missing["problems"][0].get<std::string>().find("it cannot be started"), std::string::npos);
  EXPECT_EQ(context["files"].size(), 2U);
}

TEST_F(ContextTest, APythonThatIsLateIsAskedAgainWithLaterTrials) {
  write("python3", "#!/bin/sh\n[ -e quick ] || sleep 1000\necho torch 2.1.0\n");
  std::filesystem::permissions(path("python3"), std::filesystem::perms::owner_all);
  Request of = request();
  of.command = {path("python3"), "train.py"};
  of.program_seconds = 0.1;
  Taker slow(of, "");
  EXPECT_FALSE(slow.take(is_cancelled_).contains("problems"));
  EXPECT_FALSE(slow.take(is_cancelled_).contains("problems"));
  const std::string told = path("python3") + ": it was ended as it took longer than 0.1s; ";
  EXPECT_EQ(slow.take(is_cancelled_)["problems"][0],
            "the versions asked of " + told +
                "the trials are kept without versions of packages, unless context names what prints them sooner, as in "
                "context: {command: [pip, freeze]}");
  write("quick", "");
  of.program_seconds = 100;
  Taker quick(of, "");
  EXPECT_EQ(quick.take(is_cancelled_)["packages"], (Json{{"torch", "2.1.0"}}));
}

TEST_F(ContextTest, AProgramThatHangsIsEndedWithItsChildren) {
  write("hang.sh", "sh -c 'echo $$ > child; exec sleep 1000' & wait\n");
  const auto told = run_program({"sh", "hang.sh"}, folder_, {.seconds = 5}, is_cancelled_);
  ASSERT_FALSE(told.has_value());
  EXPECT_EQ(told.error().code, base::ErrorCode::kTimeout);
  EXPECT_EQ(told.error().what, "it was ended as it took longer than 5s");
  std::ifstream child(path("child"));
  int pid = 0;
  ASSERT_TRUE(child >> pid);
  // Killed; until somebody waits for it, it is a zombie.
  std::string line = "?";
  while (!line.empty() && line.find(") Z") == std::string::npos) {
    line.clear();
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::getline(stat, line);
  }
}

TEST_F(ContextTest, AProgramThatLeavesAChildBehindIsNotWaitedFor) {
  const auto told = run_program({"sh", "-c", "sleep 1000 & echo $!"}, folder_, {.seconds = 100}, is_cancelled_);
  ASSERT_TRUE(told.has_value()) << told.error().message();
  ::kill(std::stoi(*told), SIGKILL);
}

TEST_F(ContextTest, OutputBeyondTheLimitIsDropped) {
  const auto told = run_program({"sh", "-c", "i=0; while [ $i -lt 2000 ]; do echo 0123456789; i=$((i+1)); done"},
                                folder_, {.bytes = 100}, is_cancelled_);
  EXPECT_EQ(told.value().size(), 100U);
}

TEST_F(ContextTest, GitIsItsCommitAndWhatWasChangedSince) {
  write_all();
  const auto git = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"git", "-c", "user.name=x", "-c", "user.email=x@x"});
    return run_program(words, folder_, {}, is_cancelled_);
  };
  ASSERT_TRUE(git({"init", "-q"}).has_value());
  const Json empty = take();
  EXPECT_NE(empty["problems"][0].get<std::string>().find("git: it ended with exit code"), std::string::npos);
  ASSERT_TRUE(git({"add", "train.sh"}).has_value());
  ASSERT_TRUE(git({"commit", "-qm", "one"}).has_value());
  const Json clean = take();
  EXPECT_EQ(clean["git"]["commit"].get<std::string>().size(), 40U);
  EXPECT_EQ(clean["git"]["dirty"], false);
  write("train.sh", "echo 2\n");
  const Json dirty = take();
  EXPECT_EQ(dirty["git"]["dirty"], true);
  const auto changes = find_changes(clean, dirty);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].part, "train.sh");
  EXPECT_EQ(changes[0].area, "code");
  EXPECT_EQ(changes[1].part, "git");
  write("train.sh", "echo 3\n");
  EXPECT_NE(take()["git"]["changes"], dirty["git"]["changes"]);
}

TEST_F(ContextTest, TheMachineIsReadFromItsFiles) {
  write("root/proc/cpuinfo", "processor : 0\nmodel name\t: Xeon 1\nmodel name\t: Xeon 1\n");
  write("root/proc/meminfo", "MemTotal:       1000 kB\n");
  write("root/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct\n");
  write("root/proc/driver/nvidia/gpus/0/information", "Model: \t\t A100\nIRQ: 1\n");
  write("root/etc/os-release", "NAME=\"x\"\nPRETTY_NAME=\"Debian 12\"\n");
  write("root/run/.containerenv", "engine=\"podman\"\nimage=\"train:1\"\n");
  Json machine = machine_json(path("root"), no_environment);
  machine.erase("cores");
  EXPECT_EQ(machine, (Json{{"cpu", "Xeon 1"},
                           {"memory_bytes", 1024000},
                           {"gpus", {"A100"}},
                           {"driver", "535.129.03"},
                           {"system", "Debian 12"},
                           {"container", "train:1"}}));
}

TEST_F(ContextTest, WhatWasNotReadInTimeIsMarked) {
  write_all();
  Taker taker(request(), "");
  is_cancelled_ = true;
  const Json cut = taker.take(is_cancelled_);
  EXPECT_EQ(cut["files"][0]["unread"], true);
  is_cancelled_ = false;
  EXPECT_TRUE(taker.take(is_cancelled_)["files"][0].contains("hash")) << "the next look reads it";
  EXPECT_TRUE(find_changes(cut, take()).empty()) << "nothing is known, so nothing has changed";
}

TEST_F(ContextTest, TheKeeperGivesEachLaunchItsContext) {
  write_all();
  let_it_settle("data/train.csv");
  Keeper keeper(request(), "");
  keeper.launched(0);
  keeper.launched(1);
  std::vector<Keeper::Taken> taken;
  std::size_t trials = 0;
  const auto gather = [&](std::vector<Keeper::Taken> more) {
    for (Keeper::Taken& one : more) {
      trials += one.trials.size();
      taken.push_back(std::move(one));
    }
  };
  while (trials < 2) gather(keeper.collect());
  EXPECT_FALSE(keeper.has_taken());
  write("data/train.csv", "x,y\n1,2\n3,4\n5,6\n");
  keeper.launched(2);
  gather(keeper.finish(60'000));
  EXPECT_EQ(trials, 3U);
  EXPECT_EQ(taken.back().trials, std::vector<std::int64_t>{2});
  EXPECT_EQ(taken.front().context["files"][1]["summary"]["rows"], 2);
  EXPECT_EQ(taken.back().context["files"][1]["summary"]["rows"], 3);
}

TEST_F(ContextTest, AKeeperThatIsNotWaitedForEndsItsLook) {
  Keeper keeper(request({{"command", {"sleep", "1000"}}}), "");
  keeper.launched(0);
  const auto taken = keeper.finish(0);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_FALSE(taken[0].context.contains("packages"));
}

Json with_file(const Json& file) { return {{"files", Json::array({file})}}; }

TEST(Changes, AreToldInWordsTheWeightiestFirst) {
  Json was =
      with_file({{"path", "t.csv"}, {"area", "data"}, {"bytes", 10}, {"hash", "a"}, {"summary", {{"rows", 1000}}}});
  was["packages"] = {{"torch", "1.13.0"}, {"numpy", "1.26.0"}};
  was["machine"] = {{"cpu", "Xeon 1"}, {"memory_bytes", 1000}};
  was["env"] = {{"A", "1"}};
  was["command"] = {"python3", "train.py"};
  was["sterlet"] = "1.0";
  Json is = was;
  EXPECT_TRUE(find_changes(was, is).empty());
  is["files"][0]["hash"] = "b";
  is["files"][0]["summary"]["rows"] = 1120;
  is["packages"] = {{"torch", "2.1.0"}, {"numpy", "1.26.4"}};
  is["machine"]["cpu"] = "Xeon 2";
  is["machine"]["memory_bytes"] = 1010;
  is["env"]["A"] = "2";
  is["sterlet"] = "1.1";
  std::vector<std::string> texts;
  for (const Change& change : find_changes(was, is)) texts.push_back(change.text);
  EXPECT_EQ(texts,
            (std::vector<std::string>{"t.csv: 12% more rows (1000 -> 1120)", "torch: 1.13.0 -> 2.1.0", "A: 1 -> 2",
                                      "numpy: 1.26.0 -> 1.26.4", "cpu: Xeon 1 -> Xeon 2", "sterlet: 1.0 -> 1.1"}));
}

TEST(Changes, WhatOneOfThemDidNotLookAtIsNone) {
  Json was = with_file({{"path", "a"}, {"hash", "1"}}), is = with_file({{"path", "b"}, {"hash", "2"}});
  is["git"] = {{"commit", "c"}};
  is["packages"] = {{"torch", "1"}};
  is["machine"] = {{"cpu", "x"}};
  EXPECT_TRUE(find_changes(was, is).empty());
  EXPECT_TRUE(find_changes(Json::object(), Json::object()).empty());
  EXPECT_TRUE(find_changes(Json(), Json(3)).empty()) << "no object at all";
}

TEST(Changes, RiskGrowsWithAgeAndWithWhatHasChanged) {
  EXPECT_EQ(risk_of({}, 0), 0);
  EXPECT_NEAR(risk_of({}, 180), 0.25, 1e-12);
  EXPECT_LT(risk_of({}, 1e9), 0.51);
  const std::vector<Change> one{{.weight = 0.5}}, two{{.weight = 0.5}, {.weight = 0.5}};
  EXPECT_NEAR(risk_of(one, 0), 0.5, 1e-12);
  EXPECT_NEAR(risk_of(two, 0), 0.75, 1e-12);
  EXPECT_GE(risk_of(one, -5), 0.5) << "a clock that went back";
}

}  // namespace
}  // namespace sterlet::context
