#include "sterlet/api/operations.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "sterlet/storage/memory/memory.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::api {
namespace {

using base::Json;

class Operations : public testing::Test {
 protected:
  Operations() {
    auto file = studyfile::parse_study_text(
        study::strategies(),
        "study: s\nobjective: loss\nseed: 3\nsampler: random\nduplicates: allow\nparams: {x: {type: float, low: 0, "
        "high: 1}}\n",
        "s.yaml", "/");
    EXPECT_TRUE(file.has_value());
    study_ = study::Study::open(std::move(*file), {.storage = storage_.get(), .session = "test"}).value();
  }

  // The answer, or the error's sentence.
  std::string say(std::string_view name, const Json& arguments) {
    const auto operation = find_operation(name);
    if (!operation) return operation.error().message();
    const auto answer = call(**operation, *study_, arguments);
    return answer ? base::json_line(*answer) : answer.error().message();
  }

  std::unique_ptr<storage::Storage> storage_ = storage::make_memory_storage(base::system_clock());
  std::unique_ptr<study::Study> study_;
};

TEST_F(Operations, ExamplesAreAnsweredAsTheTableSays) {
  std::set<std::string_view> names;
  const auto line_before = [](std::string_view text) { return std::string(text.substr(0, text.find("..."))); };
  std::set<std::string_view> order;
  // As a driver would: the trial of `ask` is reported on before it is told.
  for (const std::string_view name : {"ask", "report", "tell", "add", "enqueue", "hint", "hints", "forget", "retry",
                                      "note", "tag", "untag", "best", "join", "study", "trials"}) {
    const Operation* operation = find_operation(name).value();
    const auto answer = call(*operation, *study_, base::parse_json(operation->example).value());
    ASSERT_TRUE(answer.has_value()) << name << ": " << answer.error().message();
    const std::string expected = line_before(operation->answer);
    EXPECT_EQ(base::json_line(*answer).substr(0, expected.size()), expected) << name;
    order.insert(name);
  }
  for (const Operation& operation : operations()) {
    EXPECT_TRUE(names.insert(operation.name).second) << operation.name << " stands twice in the table";
    EXPECT_TRUE(order.contains(operation.name)) << operation.name << " is not tried above";
  }
}

TEST_F(Operations, AFailedTrialIsAskedForAgain) {
  for (const char* state : {"failed", "complete", "failed"}) {
    say("ask", Json::object());
    say("tell", {{"id", study_->records().back().number}, {"state", state}, {"value", 1}});
  }
  EXPECT_EQ(say("retry", {{"id", 1}}),
            "trial 1 is COMPLETE and cannot be run again; to try its configuration once more, "
            "use sterlet enqueue");
  EXPECT_EQ(say("retry", {{"id", 3}}), "s: there is no trial 3");
  const Json params = study_->view(0).params;
  EXPECT_EQ(say("retry", Json::object()), R"({"ok":true,"ids":[0,2]})");
  EXPECT_EQ(study_->records()[0].state, storage::State::kWaiting);
  EXPECT_EQ(say("ask", Json::object()), base::json_line({{"id", 0}, {"params", params}}));
  EXPECT_EQ(say("retry", {{"id", 0}}), "trial 0 is RUNNING and cannot be run again; wait for its end");
  EXPECT_EQ(say("tell", {{"id", 0}, {"value", 2}}), R"({"ok":true})");
  EXPECT_EQ(study_->records()[0].attempt, 2);
}

TEST_F(Operations, ParametersJoinAndEarlierTrialsLackThem) {
  const Json y{{"y", {{"type", "float"}, {"low", 1}, {"high", 10}, {"scale", "log"}}}};
  say("ask", Json::object());
  EXPECT_EQ(say("join", {{"params", y}}), R"({"ok":true})");
  say("ask", Json::object());
  EXPECT_TRUE(study_->view(1).params.contains("y"));
  EXPECT_EQ(say("tell", {{"id", 0}, {"value", 1}, {"params", {{"y", 2}}}}), R"({"ok":true})");
  EXPECT_EQ(base::json_line(study_->view(0).params), R"({"y":2.0})");
  EXPECT_EQ(say("add", {{"params", {{"y", 3}}}, {"value", 1}}),
            "x is missing; give every parameter whose condition holds");
  EXPECT_EQ(say("add", {{"params", {{"y", 3}}}, {"value", 1}, {"partial", true}}), R"({"id":2})");
  EXPECT_EQ(base::json_line(study_->view(2).params), R"({"y":3.0})");
  // Bounds may widen, and nothing else may change.
  EXPECT_EQ(say("join", {{"params", {{"y", {{"type", "float"}, {"low", 0.5}, {"high", 10}, {"scale", "log"}}}}}}),
            R"({"ok":true})");
  const std::string kept =
      " cannot be declared so, as earlier trials have values of it; keep its type, scale and choices, "
      "and let its bounds only widen";
  EXPECT_EQ(say("join", {{"params", {{"y", {{"type", "float"}, {"low", 1}, {"high", 10}, {"scale", "log"}}}}}}),
            "y" + kept);
  EXPECT_EQ(say("join", {{"params", {{"x", {{"type", "float"}, {"low", 0}, {"high", 1}, {"step", 0.5}}}}}}),
            "x" + kept);
  EXPECT_EQ(say("join", {{"params", {{"z", {{"type", "float"}, {"low", 2}, {"high", 1}}}}}}).substr(0, 2), "z:");
  EXPECT_EQ(
      say("join", {{"params", 3}}),
      "params must be an object of names and declarations; write them as {\"x\": {\"type\": \"float\", \"low\": 0, "
      "\"high\": 1}}");
  EXPECT_EQ(study_->space().parameters().size(), 2U);
}

TEST_F(Operations, WhatIsEnqueuedFreelyIsToldByAsk) {
  const Json free{{"params", {{"x", 0.25}, {"later", "a"}}}, {"free", true}, {"note", "a guess"}};
  EXPECT_EQ(say("enqueue", free), R"({"ok":true})");
  EXPECT_EQ(say("enqueue", {{"params", {{"x", 0.25}}}, {"note", "n"}}),
            "'note' goes with free alone; add \"free\": true, or leave it out");
  EXPECT_EQ(say("enqueue", {{"params", {{"x", 0.25}}}, {"free", 1}}), "free must be true or false (found 1)");
  EXPECT_EQ(say("ask", Json::object()),
            R"({"id":0,"params":{"x":0.25},"enqueued":{"x":0.25,"later":"a"},"told":"a guess"})");
}

TEST_F(Operations, AnUnknownNameIsAnsweredWithTheNearest) {
  EXPECT_EQ(say("aks", Json::object()), "unknown operation 'aks'; did you mean 'ask'?");
  EXPECT_EQ(say("tell", {{"id", 0}, {"valeu", 1}}), "tell has no argument 'valeu'; did you mean 'value'?");
  EXPECT_EQ(say("ask", {{"n", 3}}), "ask has no argument 'n'; it takes none");
}

TEST_F(Operations, ArgumentsAreCheckedByTheTable) {
  EXPECT_EQ(say("ask", Json::object()).substr(0, 7), "{\"id\":0");
  const std::vector<std::tuple<std::string_view, Json, std::string>> wrong{
      {"tell", Json::array(), "the arguments of tell must be an object (found [])"},
      {"tell", {{"value", 1}}, "'id' is missing; give the id that ask answered"},
      {"tell", {{"id", 0.5}, {"value", 1}}, "id must be a whole number (found 0.5); give the id that ask answered"},
      {"tell",
       {{"id", UINT64_MAX}, {"value", 1}},
       "id must be a whole number (found 18446744073709551615); give the id that ask answered"},
      {"tell", {{"id", 0}}, R"('value' is missing; give "value", "values" or "state")"},
      {"tell",
       {{"id", 0}, {"value", nullptr}},
       R"(value must be a number (found null); NaN and infinities are written "NaN", "Infinity", "-Infinity")"},
      {"tell",
       {{"id", 0}, {"values", 1}},
       R"(values must be a list of numbers (found 1); NaN and infinities are written "NaN", "Infinity", "-Infinity")"},
      {"tell",
       {{"id", 0}, {"value", 1}, {"values", {1}}},
       "'value' and 'values' were both given; give 'values' for several objectives, else 'value'"},
      {"tell", {{"id", 0}, {"state", "lost"}}, "state cannot be \"lost\"; it is complete, failed, pruned or cancelled"},
      {"tell", {{"id", 0}, {"state", "failed"}, {"reason", 3}}, "reason must be text (found 3); put it in quotes"},
      {"report", {{"id", 0}, {"value", 1}}, "'step' is missing; give the epoch or step that was reached"},
      {"report",
       {{"id", 0}, {"step", "3"}, {"value", 1}},
       "step must be a whole number (found \"3\"); give the epoch or step that was reached"},
      {"report", {{"id", 0}, {"step", 3}}, R"('value' is missing; give "value", or "metrics" by name)"},
      {"report",
       {{"id", 0}, {"step", 3}, {"metrics", {{"loss", "low"}}}},
       R"(metrics must be numbers by name (found {"loss":"low"}); NaN and infinities are written "NaN", "Infinity", )"
       R"("-Infinity")"},
      {"add", {{"value", 1}}, "'params' is missing; give the configuration that was evaluated"},
      {"add", {{"params", {{"x", 2}}}, {"value", 1}}, "x cannot be 2; it is a number from 0 to 1"},
      {"add", {{"params", {{"x", 0.5}}}, {"reports", Json::array()}}, "'reports' must be a list of [step, value]"},
      {"add",
       {{"params", {{"x", 0.5}}}, {"reports", {{1.5, 2}}}},
       "'reports' must be a list of [step, value]; steps are whole numbers"},
      {"enqueue", Json::object(), "'params' is missing; give the values to try; others are filled in"}};
  for (const auto& [name, arguments, sentence] : wrong) EXPECT_EQ(say(name, arguments), sentence);
  EXPECT_EQ(study_->records().size(), 1U) << "an operation that was refused left something";
  EXPECT_EQ(study_->records()[0].state, storage::State::kRunning);
  EXPECT_EQ(say("tell", {{"id", 0}, {"value", "NaN"}}), R"({"ok":true})") << "NaN is a number that was told";
}

TEST(OperationsPage, IsWhatDocsAskTellSays) {
  const std::string path = std::string(STERLET_SOURCE_DIR) + "/docs/ask-tell.md";
  constexpr std::string_view kBegin = "<!-- operations: begin -->\n", kEnd = "<!-- operations: end -->\n";
  std::ostringstream read;
  read << std::ifstream(path).rdbuf();
  std::string text = read.str();
  const std::size_t begin = text.find(kBegin), end = text.find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos);
  const std::size_t from = begin + kBegin.size();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    text.replace(from, end - from, operations_page());
    std::ofstream(path) << text;
    return;
  }
  EXPECT_EQ(text.substr(from, end - from), operations_page()) << "print it again: scripts/test --update-golden";
}

}  // namespace
}  // namespace sterlet::api
