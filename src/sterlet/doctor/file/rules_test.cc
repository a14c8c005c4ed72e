#include "sterlet/doctor/file/rules.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sterlet::doctor {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(STERLET_SOURCE_DIR) / "tests/golden/doctor";
constexpr std::int64_t kMemory = std::int64_t{16} << 30;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> studies(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".yaml" || extension == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<Finding> examine(const std::string& text, const std::string& name) {
  auto findings = examine_file(text, name, "/", kMemory);
  EXPECT_TRUE(findings.has_value()) << (findings ? "" : findings.error().front().message());
  return findings ? *findings : std::vector<Finding>{};
}

std::string shown(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{}: {} [{}]\n", finding.at, finding.says, finding.kind);
  }
  return text;
}

// What was found, then the healed text: tests/golden/doctor/faulty/NAME.expected.
TEST(DoctorOfFiles, NamesEveryFaultAndHealsIt) {
  const std::vector<fs::path> paths = studies(kFolder / "faulty");
  ASSERT_GE(paths.size(), 25U);
  for (const fs::path& path : paths) {
    const std::string text = read(path), name = path.filename().string();
    const std::vector<Finding> findings = examine(text, name);
    EXPECT_FALSE(findings.empty()) << name;
    // The kind is what the file is called by, but for the one with many.
    const std::string kind = name.substr(0, name.find('_'));
    if (name != "many.yaml") {
      EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [&](const auto& each) { return each.kind == kind; }))
          << name;
    }
    const Healed healed = heal_file(text, name, "/", findings);
    const std::string got = shown(findings) + "--- healed\n" + healed.text;
    const fs::path expected = fs::path(path).replace_extension(".expected");
    if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(expected, std::ios::binary) << got;
    EXPECT_EQ(got, read(expected)) << name;
  }
}

TEST(DoctorOfFiles, WhatItHealedIsSoundAndAllElseIsAsItWas) {
  for (const fs::path& path : studies(kFolder / "faulty")) {
    const std::string text = read(path), name = path.filename().string();
    const std::vector<Finding> findings = examine(text, name);
    const Healed healed = heal_file(text, name, "/", findings);
    for (const Finding& finding : findings) {
      if (finding.edits.empty()) continue;
      EXPECT_TRUE(std::find_if(healed.healed.begin(), healed.healed.end(),
                               [&](const Finding& each) {
                                 return each.kind == finding.kind && each.about == finding.about;
                               }) != healed.healed.end())
          << name << ": " << finding.says;
    }
    // What a patch healed is not found again.
    for (const Finding& again : examine(healed.text, name)) {
      for (const Finding& finding : healed.healed) {
        EXPECT_FALSE(again.kind == finding.kind && again.about == finding.about) << name << ": " << again.says;
      }
    }
    // Comments and their order stay.
    const auto comments = [](const std::string& from) {
      std::string out;
      for (std::size_t at = from.find('#'); at != std::string::npos; at = from.find('#', at + 1)) {
        out += from.substr(at, from.find('\n', at) - at) + "\n";
      }
      return out;
    };
    EXPECT_EQ(comments(healed.text), comments(text)) << name;
  }
}

std::string replaced(std::string text, const std::string& sought, const std::string& with) {
  for (std::size_t at = text.find(sought); at != std::string::npos; at = text.find(sought, at + with.size())) {
    text.replace(at, sought.size(), with);
  }
  return text;
}

// As others write the same files: with the line ends of Windows, and with a comment after each line. But for these the healed
// text is the same, byte for byte.
TEST(DoctorOfFiles, HealsAlikeWhateverTheLineEndsAndComments) {
  const std::string comment = "   # why: {low: 1, \"é\"} [scale]";
  for (const fs::path& path : studies(kFolder / "faulty")) {
    if (path.extension() != ".yaml") continue;
    const std::string text = read(path), name = path.filename().string();
    const auto healed = [&](const std::string& written) {
      return heal_file(written, name, "/", examine(written, name)).text;
    };
    const std::string plain = healed(text);
    const std::string windows = healed(replaced(text, "\n", "\r\n"));
    EXPECT_EQ(replaced(windows, "\r\n", "\n"), plain) << name;
    EXPECT_EQ(std::count(windows.begin(), windows.end(), '\r'), std::count(windows.begin(), windows.end(), '\n'))
        << name;
    const std::string commented = healed(replaced(text, "\n", comment + "\n"));
    EXPECT_EQ(replaced(commented, comment, ""), plain) << name;
    // A line that is put in has none.
    const auto lines = std::count(text.begin(), text.end(), '\n');
    std::size_t comments = 0;
    for (std::size_t at = commented.find(comment); at != std::string::npos; at = commented.find(comment, at + 1))
      ++comments;
    EXPECT_EQ(comments, static_cast<std::size_t>(lines)) << name;
  }
}

TEST(DoctorOfFiles, HasNothingToSayOfSoundOnes) {
  const std::vector<fs::path> paths = studies(kFolder / "sound");
  ASSERT_GE(paths.size(), 10U);
  for (const fs::path& path : paths) EXPECT_EQ(shown(examine(read(path), path.filename().string())), "");
}

TEST(DoctorOfFiles, HasNothingToSayOfTheExamplesAndTheDocumentation) {
  for (const fs::path& path : studies(fs::path(STERLET_SOURCE_DIR) / "examples")) {
    EXPECT_EQ(shown(examine(read(path), path.string())), "");
  }
  const std::string page = read(fs::path(STERLET_SOURCE_DIR) / "docs/study-file.md");
  const std::size_t begin = page.find("```yaml\n") + 8;
  EXPECT_EQ(shown(examine(page.substr(begin, page.find("```", begin) - begin), "study-file.md")), "");
  for (const std::string& preset : studyfile::preset_names()) {
    EXPECT_EQ(shown(examine(*studyfile::starter_study(preset), preset)), "");
  }
}

TEST(DoctorOfFiles, AFileThatIsWrongGetsTheSentencesOfCheck) {
  const auto findings =
      examine_file("objective: loss\nparams: {x: {type: float, low: 2, high: 1}}\n", "s.yaml", "/", 0);
  ASSERT_FALSE(findings.has_value());
  EXPECT_EQ(findings.error().front().where, "s.yaml:2:32");
}

TEST(DoctorOfFiles, FindingsAsJsonSayKindPlaceReasonPatchAndConfidence) {
  const std::string text = "objective: loss\nparams:\n  lr: {type: float, low: 0.0001, high: 1, scale: linear}\n";
  const base::Json json = findings_json(examine(text, "s.yaml"));
  EXPECT_EQ(json["version"], 1);
  ASSERT_EQ(json["findings"].size(), 1U);
  const base::Json& finding = json["findings"][0];
  EXPECT_EQ(finding["kind"], "scale");
  EXPECT_EQ(finding["about"], base::Json({"lr"}));
  EXPECT_EQ(finding["at"], "s.yaml:3:50");
  EXPECT_EQ(finding["patch"], base::Json({{"scale", "log"}}));
  EXPECT_NEAR(finding["because"]["share_in_last_tenfold"].get<double>(), 0.9, 1e-4);
  EXPECT_EQ(finding["confidence"], 0.97);
  EXPECT_EQ(findings_json({}), base::Json({{"version", 1}, {"findings", base::Json::array()}}));
}

}  // namespace
}  // namespace sterlet::doctor
