#include "sterlet/doctor/edit.h"

#include <gtest/gtest.h>

namespace sterlet::doctor {
namespace {

TEST(Edit, ReplacesAValueInItsPlace) {
  EXPECT_EQ(apply_edit("params:\n  lr: {low: 1e-4, scale: linear , high: 1}  # äöü\n", {"lr", "scale", "log"}),
            "params:\n  lr: {low: 1e-4, scale: log , high: 1}  # äöü\n");
  EXPECT_EQ(apply_edit("params:\n  ü: {scale: 'linear'}\n", {"ü", "scale", "log"}), "params:\n  ü: {scale: log}\n");
}

TEST(Edit, AddsAKeyToAMapInFlowStyle) {
  EXPECT_EQ(apply_edit("params: {lr: {low: 1e-4, high: 1}, x: {low: 1}}", {"lr", "scale", "log"}),
            "params: {lr: {low: 1e-4, high: 1, scale: log}, x: {low: 1}}");
  EXPECT_EQ(
      apply_edit("params:\n  lr: {\n    low: 1e-4,  # first {\n    high: 1  # last }\n  }\n", {"lr", "scale", "log"}),
      "params:\n  lr: {\n    low: 1e-4,  # first {\n    high: 1, scale: log  # last }\n  }\n");
}

TEST(Edit, AddsALineToAMapInBlockStyle) {
  EXPECT_EQ(
      apply_edit("params:\n  lr:\n    low: 1e-4\n    high: 1  # most\n\n# end\nseed: 1\n", {"lr", "scale", "log"}),
      "params:\n  lr:\n    low: 1e-4\n    high: 1  # most\n    scale: log\n\n# end\nseed: 1\n");
  EXPECT_EQ(apply_edit("params:\n  lr:\n    high: 1", {"lr", "tune", false}),
            "params:\n  lr:\n    high: 1\n    tune: false");
}

TEST(Edit, KeepsLineEndsAsTheyAre) {
  EXPECT_EQ(apply_edit("params:\r\n  lr:\r\n    high: 1\r\n", {"lr", "scale", "log"}),
            "params:\r\n  lr:\r\n    high: 1\r\n    scale: log\r\n");
}

TEST(Edit, WritesJsonInJson) {
  EXPECT_EQ(apply_edit("{\"params\": {\"lr\": {\"low\": 0.1}}}", {"lr", "scale", "log"}),
            "{\"params\": {\"lr\": {\"low\": 0.1, \"scale\": \"log\"}}}");
}

TEST(Edit, SetsAKeyOfTheFile) {
  EXPECT_EQ(apply_edit("seed: 1\nsampler: {name: grid, points: 5}  # all\n", {"", "sampler", "auto"}),
            "seed: 1\nsampler: auto  # all\n");
  EXPECT_EQ(apply_edit("sampler:\n  name: grid  # why\n  points: 5\nseed: 1\n", {"", "sampler", "auto"}),
            "sampler:\n  auto  # why\nseed: 1\n");
  EXPECT_EQ(apply_edit("seed: 1\ndescription: |\n  two\n  lines\n", {"", "tune", "tier<=2"}),
            "seed: 1\ntune: tier<=2\ndescription: |\n  two\n  lines\n");
}

TEST(Edit, GivesAPresetsParameterALineOfItsOwn) {
  EXPECT_EQ(apply_edit("preset: mlp\nparams:\n  lr: {high: 1}\n", {"beta1", "tune", false}),
            "preset: mlp\nparams:\n  lr: {high: 1}\n  beta1: {tune: false}\n");
  EXPECT_EQ(apply_edit("preset: mlp\n", {"beta1", "tune", false}), "preset: mlp\nparams: {beta1: {tune: false}}\n");
}

TEST(Edit, LeavesAloneWhatItCannotChangeSafely) {
  EXPECT_EQ(apply_edit("a: &a {low: 1}\nparams: {lr: *a}\n", {"lr", "scale", "log"}), std::nullopt);
  EXPECT_EQ(apply_edit("params: {lr: {scale: *s}}\n", {"lr", "scale", "log"}), std::nullopt);
  EXPECT_EQ(apply_edit("- a list\n", {"lr", "scale", "log"}), std::nullopt);
  EXPECT_EQ(apply_edit("params: {lr: 0.1}\n", {"lr", "scale", "log"}), std::nullopt);
}

TEST(Edit, WritesNumbersTextsAndLists) {
  EXPECT_EQ(apply_edit("params: {x: {high: 1}}", {"x", "high", 1e-05}), "params: {x: {high: 1e-05}}");
  EXPECT_EQ(apply_edit("params: {x: {high: 1}}", {"x", "default", "true"}),
            "params: {x: {high: 1, default: \"true\"}}");
  EXPECT_EQ(apply_edit("params: {x: {choices: [64, 16]}}", {"x", "choices", {16, 64}}),
            "params: {x: {choices: [16, 64]}}");
}

}  // namespace
}  // namespace sterlet::doctor
