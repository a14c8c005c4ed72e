#include "sterlet/studyfile/yaml_tree.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sterlet/studyfile/yaml_scan.h"

namespace sterlet::studyfile {
namespace {

base::Json json_of(std::string_view text) {
  const auto root = parse_yaml(text);
  EXPECT_TRUE(root) << text << ": " << root.error().what;
  return root ? json_from_yaml(*root) : base::Json();
}

TEST(Yaml, ResolvesScalarsByTheCoreSchema) {
  EXPECT_EQ(json_of("1e-5"), 1e-5);
  EXPECT_EQ(json_of("1E+3"), 1000.0);
  EXPECT_EQ(json_of(".5"), 0.5);
  EXPECT_EQ(json_of("5."), 5.0);
  EXPECT_EQ(json_of("-0.25"), -0.25);
  EXPECT_EQ(json_of("+12"), 12);
  EXPECT_EQ(json_of("0x1f"), 31);
  EXPECT_EQ(json_of("0o17"), 15);
  EXPECT_EQ(json_of("017"), 17);
  EXPECT_EQ(json_of(".inf"), HUGE_VAL);
  EXPECT_EQ(json_of("-.Inf"), -HUGE_VAL);
  EXPECT_TRUE(std::isnan(json_of(".nan").get<double>()));
  EXPECT_EQ(json_of("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(json_of("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(json_of("1e400"), HUGE_VAL);
  EXPECT_EQ(json_of("true"), true);
  EXPECT_EQ(json_of("False"), false);
  EXPECT_EQ(json_of("~"), nullptr);
  EXPECT_EQ(json_of("null"), nullptr);
  EXPECT_EQ(json_of("!!str 5"), "5");
  for (const char* text : {"no", "yes",   "on", "off", "y",        "1_000",      "inf",  "nan",  "1e",   "e5",
                           "0x", "1.2.3", "-",  "1 2", "12:30:45", "2020-01-01", "tRue", "none", "0b11", "+"}) {
    EXPECT_EQ(json_of(text == std::string_view("-") ? "'-'" : text), text);
  }
  EXPECT_EQ(json_of("'1e-5'"), "1e-5");
  EXPECT_EQ(json_of("\"\\u00e9\""), "\xC3\xA9");
}

TEST(Yaml, PlacesAreLinesAndCharacters) {
  const auto root = parse_yaml("a: 1\nb: {c: [\xC3\xA9, x]}\n");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->entries[1].key_mark.line, 2);
  EXPECT_EQ(root->entries[1].key_mark.column, 1);
  const YamlNode& list = *root->find("b")->find("c");
  EXPECT_EQ(list.mark.column, 8);
  EXPECT_EQ(list.items[1].mark.column, 12);
}

TEST(Yaml, ExpandsAliasesAtTheirOwnPlace) {
  const auto root = parse_yaml("a: &x [1, 2]\nb: *x\n");
  ASSERT_TRUE(root);
  EXPECT_EQ(json_from_yaml(*root), base::Json::parse(R"({"a":[1,2],"b":[1,2]})"));
  EXPECT_EQ(root->find("b")->mark.line, 2);
}

TEST(Yaml, ReadsJsonIndentedByTabs) {
  EXPECT_EQ(json_of("{\n\t\"a\": [1,2,\n\t\t{\"b\":null}],\n\t\"c\":\"x\\ty\"\n}"),
            base::Json::parse(R"({"a":[1,2,{"b":null}],"c":"x\ty"})"));
}

TEST(Yaml, JsonComesBack) {
  const base::Json json =
      base::Json::parse(R"({"a":[1,2.0,"3",true,null,18446744073709551615,1e-300],"b":{"c":"no"}})");
  EXPECT_EQ(json_from_yaml(yaml_from_json(json)), json);
  EXPECT_EQ(json_from_yaml(yaml_from_json(json)).dump(), json.dump());
}

}  // namespace
}  // namespace sterlet::studyfile
