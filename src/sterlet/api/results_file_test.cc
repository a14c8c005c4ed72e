#include "sterlet/api/results_file.h"

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/api/csv.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::api {
namespace {

using base::Json;

TEST(Csv, QuotesCommasAndEndsOfLines) {
  const auto rows = parse_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n\"x, \"\"y\"\"\",\"1\n2\"\n\n,\nlast,");
  ASSERT_TRUE(rows.has_value());
  ASSERT_EQ(rows->size(), 4U);
  EXPECT_EQ((*rows)[0].cells, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ((*rows)[1].cells, (std::vector<std::string>{"x, \"y\"", "1\n2"}));
  EXPECT_EQ((*rows)[2].line, 5U);
  EXPECT_EQ((*rows)[3].cells, (std::vector<std::string>{"last", ""}));
  EXPECT_TRUE(parse_csv("").value().empty());
  EXPECT_EQ(parse_csv("a\n\"b").error().message(), "2: a quote is never closed; close it");
  EXPECT_EQ(parse_csv("\"a\"b").error().message(),
            "1: something stands behind a closing quote; write a quote within quotes twice");
}

class Results : public testing::Test {
 protected:
  Results()
      : file_(studyfile::parse_study_text(study::strategies(),
                                          "study: s\nobjective: [{metric: loss}, {metric: time}]\nparams:\n"
                                          "  x: {type: float, low: 0, high: 1}\n"
                                          "  n: {type: int, low: 1, high: 3}\n"
                                          "  units: {type: int, low: 1, high: 99, repeat: n}\n"
                                          "  o: {type: categorical, choices: [sgd, 2, true]}\n",
                                          "s.yaml", "/")
                  .value()) {}

  // Each trial as a line: its parameters, state, values and steps; or the error.
  std::string read(const std::string& text, ResultsFormat format) {
    const auto results = read_results(text, "r", format, file_.spec, file_.space);
    if (!results) return results.error().message();
    std::string lines;
    for (const ImportedTrial& trial : results->trials) {
      lines +=
          fmt::format("{} {} {}", trial.line, base::json_line(trial.params), storage::text_of(trial.outcome.state));
      for (const double value : trial.outcome.values) lines += fmt::format(" {}", value);
      for (const study::StepReport& report : trial.reports) {
        lines += fmt::format(" @{}", report.step);
        for (const auto& [metric, value] : report.metrics) lines += fmt::format(" {}={}", metric, value);
      }
      lines += trial.outcome.reason.empty() ? "\n" : " (" + trial.outcome.reason + ")\n";
    }
    return lines;
  }
  std::string csv(const std::string& text) { return read(text, ResultsFormat::kCsv); }
  std::string jsonl(const std::string& text) { return read(text, ResultsFormat::kJsonLines); }

  studyfile::StudyFile file_;
};

TEST_F(Results, ColumnsByNameInAnyOrder) {
  EXPECT_EQ(csv("time,x,units[0],units[1],n,o,loss,state,reason\n"
                "3,0.5,8,16,2,sgd,0.25,,\n"
                "4,1,8,,1,2,nan,failed,out of memory\n"
                "4,1e-1,8,,1,true,-inf,PRUNED,\n"),
            R"(2 {"x":0.5,"units":[8,16],"n":2,"o":"sgd"} COMPLETE 0.25 3)"
            "\n"
            R"(3 {"x":1.0,"units":[8],"n":1,"o":2} FAILED (out of memory))"
            "\n"
            R"(4 {"x":0.1,"units":[8],"n":1,"o":true} PRUNED -inf 4)"
            "\n");
  EXPECT_EQ(csv("x,n,units,o,loss,time\n0.5,2,\"[8, 16]\",sgd,1,2\n0.5,2,\"8,16\",sgd,1,2\n"),
            R"(2 {"x":0.5,"n":2,"units":[8,16],"o":"sgd"} COMPLETE 1 2)"
            "\n"
            R"(3 {"x":0.5,"n":2,"units":[8,16],"o":"sgd"} COMPLETE 1 2)"
            "\n");
}

TEST_F(Results, WhatSaysNothingIsNamedAndWhatIsUnfinishedIsCounted) {
  const auto results =
      read_results("number,x,loss,time,colour,state,duration\n0,1,2,3,red,COMPLETE,1\n1,1,,,red,RUNNING,\n", "r",
                   ResultsFormat::kCsv, file_.spec, file_.space);
  ASSERT_TRUE(results.has_value()) << results.error().message();
  EXPECT_EQ(results->trials.size(), 1U);
  EXPECT_EQ(results->unfinished, 1U);
  EXPECT_EQ(results->ignored, std::vector<std::string>{"colour"});
}

TEST_F(Results, WrongLinesAreNamed) {
  EXPECT_EQ(csv(""), "r: it is empty; begin it with a line of the columns' names");
  EXPECT_EQ(csv("0.5,1\n"),
            "r: none of its columns is a parameter or an objective (0.5); begin it with a line of the "
            "columns' names");
  EXPECT_EQ(csv("x,loss\n1\n"), "r:2: it has 1 cell where the header has 2");
  EXPECT_EQ(csv("x,loss,time\n\n1,a,2\n"), "r:3: loss is 'a', which is no number");
  EXPECT_EQ(csv("x,loss,time\nb,1,2\n"), "r:2: x is 'b', which is no number");
  EXPECT_EQ(csv("x,loss,time\n1,1,\n"), "r:2: time is missing; give it a value, or another state than complete");
  EXPECT_EQ(csv("x,loss,time,state\n1,1,1,done\n"),
            "r:2: state cannot be 'done'; it is complete, pruned, failed or cancelled");
  EXPECT_EQ(jsonl("{}\n"), "r:1: loss is missing; give it a value, or another state than complete");
  EXPECT_EQ(jsonl("\n[1]\n"), "r:2: it is no JSON object; write one object a line");
  EXPECT_EQ(jsonl(R"({"params":{},"values":[1]})"), "r:1: it has 1 value, but the study has 2 objectives");
  EXPECT_EQ(jsonl(R"({"params":{},"values":"a"})"), "r:1: 'values' must be a list of numbers");
  EXPECT_EQ(jsonl(R"({"params":{},"values":[1,2],"reports":[1]})"),
            R"(r:1: 'reports' must be a list of [step, value], or of {"step":.., "metrics":{..}})");
}

TEST_F(Results, ObjectsFlatOrAsExportWritesThem) {
  EXPECT_EQ(jsonl(R"({"x":0.5,"n":1,"units":[8],"o":"sgd","loss":1,"time":2})"
                  "\n"),
            R"(1 {"x":0.5,"n":1,"units":[8],"o":"sgd"} COMPLETE 1 2)"
            "\n");
  EXPECT_EQ(jsonl(R"({"number":4,"state":"PRUNED","params":{"x":0.5},"values":["NaN",2],"reports":[{"step":1,)"
                  R"("metrics":{"loss":3,"acc":4}}],"reason":"why"})"
                  "\n"
                  R"({"params":{"x":0.5},"state":"failed","reports":[[7,0.5]]})"),
            R"(1 {"x":0.5} PRUNED nan 2 @1 loss=3 acc=4 (why))"
            "\n"
            R"(2 {"x":0.5} FAILED @7 loss=0.5)"
            "\n");
}

TEST(ResultsFormat, IsNamedByTheEnding) {
  EXPECT_EQ(results_format("a/b.csv").value(), ResultsFormat::kCsv);
  EXPECT_EQ(results_format("b.jsonl").value(), ResultsFormat::kJsonLines);
  EXPECT_EQ(results_format("b.txt").error().message(),
            "b.txt: its name does not say what it is; name it .csv or .jsonl");
}

}  // namespace
}  // namespace sterlet::api
