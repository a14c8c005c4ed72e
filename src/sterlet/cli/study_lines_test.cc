#include "sterlet/cli/study_lines.h"

#include "sterlet/cli/abandoned.h"
#include "sterlet/cli/test_support.h"
#include "sterlet/cli/words.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {
namespace {

constexpr std::string_view kStudy = R"(
study: mlp
objective: loss
params: {x: {type: float, low: 0, high: 1}}
budget: {trials: 4}
seed: 1
)";

std::unique_ptr<study::Study> study_of(std::string_view text) {
  auto file = studyfile::parse_study_text(study::strategies(), text, "mlp.yaml", "/tmp");
  EXPECT_TRUE(file);
  auto study = study::Study::open(std::move(*file), {});
  EXPECT_TRUE(study);
  return std::move(*study);
}

std::string text_of(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) text += line.text(60, false) + "\n";
  return text;
}

TEST(StudyLines, OfAStudyThatHasNotBegun) {
  const HeldClock clock;
  const auto study = study_of(kStudy);
  const std::string bar = "────────────────────";
  EXPECT_EQ(text_of(study_lines(*study, clock, {.columns = 60}, {.workers = 2}, {})),
            "mlp  " + bar +
                " 0/4 trials  0s\n"
                "  best    none yet\n"
                "  rate    -   ETA -\n"
                "  workers 0/2 busy   failed 0   pruned 0   lost 0\n");
  EXPECT_NE(text_of(study_lines(*study, clock, {.columns = 60}, {}, {})).find("  running 0   failed"),
            std::string::npos);
}

TEST(StudyLines, OfAStudyWhoseTrialsAreOverExpectNoMore) {
  const HeldClock clock;
  std::string text(kStudy);
  text.replace(text.find("trials: 4"), 9, "trials: 1, time: 1h");
  const auto study = study_of(text);
  EXPECT_NE(text_of(study_head_lines(*study, clock, 60, {})).find("ETA 1h"), std::string::npos);
  ASSERT_TRUE(study->ask());
  ASSERT_TRUE(study->tell(0, 1, {.values = {0.5}}));
  EXPECT_NE(text_of(study_head_lines(*study, clock, 60, {})).find("ETA 0s\n"), std::string::npos);
}

TEST(Abandoned, AreTold) {
  const auto study = study_of(kStudy);
  EXPECT_EQ(abandoned_text(*study, {}), "");
  EXPECT_EQ(abandoned_text(*study, {3}), "trial 3 stands still: its tuner is gone; sterlet resume mlp runs it again");
  EXPECT_EQ(abandoned_text(*study, {3, 7}),
            "each of the trials 3, 7 stands still: its tuner is gone; sterlet resume mlp runs it again");
  EXPECT_NE(abandoned_text(*study, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}).find("trials 0, 1, 2, 3, 4, 5, 6, 7, ... stands"),
            std::string::npos);
}

TEST(Words, OfValues) {
  const base::Json params = base::Json::parse(R"({"rate":0.0123456,"units":[64,80],"kind":"adam","on":true})");
  EXPECT_EQ(params_text(params), "rate=0.0123456 units=[64,80] kind=adam on=true");
  EXPECT_EQ(short_value_text(params["rate"]), "0.01235");
  EXPECT_EQ(short_value_text(params["units"]), "[64,80]");
  EXPECT_EQ(values_text(base::Json::parse(R"([0.5,"NaN"])")), "0.5, NaN");
  EXPECT_EQ(short_values_text(std::vector<double>{0.123456789, 2}), "0.123457, 2");
}

TEST(Words, RoundEveryNumberForPeople) {
  const base::Json note = base::Json::parse(R"({"box":{"x":[0.010000000000000004,1]},"level":2})");
  EXPECT_EQ(value_text(note), R"({"box":{"x":[0.01,1]},"level":2})");
  EXPECT_EQ(value_text(0.0), "0");
  EXPECT_EQ(value_text(base::Json::parse(R"(["a","b"])")), R"(["a","b"])");
}

TEST(Words, OfTimes) {
  EXPECT_EQ(brief_duration_text(-3), "0s");
  EXPECT_EQ(brief_duration_text(59.9), "59s");
  EXPECT_EQ(brief_duration_text(3599), "59m");
  EXPECT_EQ(brief_duration_text(47 * 3600), "47h");
  EXPECT_EQ(brief_duration_text(48 * 3600), "2d");
  EXPECT_EQ(minute_text(0), "1970-01-01 00:00 UTC");
}

TEST(Words, AreWrappedAndClipped) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrapped("one two three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrapped("a abcdefgh b", 3), (Lines{"a", "abc", "def", "gh", "b"})) << "a long word is broken";
  EXPECT_EQ(wrapped("", 5), Lines{});
  EXPECT_EQ(clipped("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(clipped("abcd efgh i", 8), "abcd...");
  EXPECT_EQ(clipped("größer als", 6), "grö...");
  EXPECT_EQ(gist_text("sh ended with exit code 3: no data", 40), "sh ended with exit code 3: no data");
  EXPECT_EQ(gist_text("sh ended with exit code 3: no data", 20), "no data");
  EXPECT_EQ(gist_text("sh ended with exit code 3: no data", 6), "no...");
}

}  // namespace
}  // namespace sterlet::cli
