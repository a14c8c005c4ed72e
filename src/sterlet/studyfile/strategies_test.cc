#include "sterlet/studyfile/strategies.h"

#include <gtest/gtest.h>

#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::studyfile {
namespace {

struct RelayOptions {
  std::int64_t legs = 0;
  double rest = 0.5;
};

// A table of other strategies than there are, so that nothing in this room can know their names.
const Strategies& table() {
  static const Strategies kTable({
      {.name = "parallel", .synonym = "side-by-side", .summary = "all at once"},
      {.name = "relay",
       .summary = "one after the other",
       .options = {required(base::option("legs", &RelayOptions::legs, 1, 9, "trainings in a row")),
                   base::option("rest", &RelayOptions::rest, 0, 1, "share of the time between two")}},
  });
  return kTable;
}

std::string messages_of(const std::string& strategy) {
  const auto study = parse_study_text(
      table(), "objective: loss\nparams: {x: {type: float, low: 0, high: 1}}\nstrategy: " + strategy + "\n", "s.yaml",
      "/");
  if (study) return study->spec.strategy.name + base::json_line(study->spec.strategy.options);
  std::string text;
  for (const base::Error& error : study.error()) text += error.message() + "\n";
  return text;
}

TEST(Strategies, AreThoseThatAreHandedIn) {
  EXPECT_EQ(messages_of("side-by-side"), "parallel{}");
  EXPECT_EQ(messages_of("{name: relay, legs: 3}"), R"(relay{"legs":3})");
  EXPECT_NE(messages_of("pbt").find("unknown strategy 'pbt'"), std::string::npos) << messages_of("pbt");
  EXPECT_EQ(table().summary(), "parallel (also called side-by-side), all at once; relay, one after the other");
}

TEST(Strategies, AreHeldToTheirOptions) {
  EXPECT_EQ(messages_of("{name: parallel, legs: 3}"),
            "s.yaml:3:11: strategy parallel has no options; write strategy: parallel\n");
  EXPECT_EQ(messages_of("{name: relay, leg: 3}"),
            "s.yaml:3:11: strategy relay has no option 'leg'; did you mean 'legs'?\n");
  EXPECT_EQ(messages_of("{name: relay, legs: 12}"),
            "s.yaml:3:11: legs of strategy relay cannot be 12; it is a whole number from 1 to 9\n");
  EXPECT_EQ(messages_of("relay"), "s.yaml:3:11: relay needs legs; write it as in strategy: {name: relay, legs: ...}\n");
}

TEST(Strategies, HaveASchemaOfTheirRows) {
  const base::Json schema = study_schema(table())["properties"]["strategy"];
  EXPECT_EQ(schema["oneOf"][0], (base::Json{{"enum", {"parallel", "side-by-side"}}}));
  ASSERT_EQ(schema["oneOf"].size(), 2U);
  EXPECT_EQ(schema["oneOf"][1]["properties"]["name"]["const"], "relay");
  EXPECT_EQ(schema["oneOf"][1]["properties"]["legs"]["maximum"], 9);
  EXPECT_EQ(schema["description"], "How trials follow each other: " + table().summary() + ".");
}

TEST(Strategies, OfThisProgramAreFoundByNameAndSynonym) {
  EXPECT_EQ(study::strategies().find("panda"), study::strategies().find("babysit"));
  EXPECT_EQ(study::strategies().find("relay"), nullptr);
  for (const std::string& word : study::strategies().words()) EXPECT_NE(study::strategies().find(word), nullptr);
}

}  // namespace
}  // namespace sterlet::studyfile
