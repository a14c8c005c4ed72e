#include "sterlet/studyfile/study_file.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/presets.h"
#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/substitute.h"
#include "sterlet/studyfile/params.h"

namespace sterlet::studyfile {
namespace {

namespace fs = std::filesystem;

const fs::path kGoldenFolder = fs::path(STERLET_SOURCE_DIR) / "tests/golden/study_file";

std::string read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string messages_of(const base::Result<StudyFile, std::vector<base::Error>>& study) {
  if (study) return "ok\n";
  std::string text;
  for (const base::Error& error : study.error()) text += error.message() + "\n";
  return text;
}

std::string messages_of(std::string_view text) {
  return messages_of(parse_study_text(study::strategies(), text, "study.yaml", "/tmp"));
}

StudyFile study_of(std::string_view text) {
  auto study = parse_study_text(study::strategies(), text, "study.yaml", "/tmp");
  EXPECT_TRUE(study) << messages_of(text);
  if (!study) std::abort();
  return std::move(*study);
}

const space::Parameter& parameter_of(const StudyFile& study, std::string_view name) {
  const auto index = study.space.find_parameter(name);
  EXPECT_TRUE(index) << name;
  return study.space.parameters()[index.value()];
}

constexpr std::string_view kWhole = R"(
$schema: study.schema.json
study: fashion-mlp
description: a note
objective: {metric: val_error, direction: minimize}
command: [sterlet-train, mlp, --data, fashion-mnist, "--lr=${learning_rate}", "${trial}", 5]
metrics: {from: stdout, pattern: 'epoch (?<step>\d+) val_error=(?<val_error>\S+)'}
params:
  optimizer:      {type: categorical, choices: [sgd, adam]}
  learning_rate:  {type: float, low: 1e-4, high: 1, scale: log, tier: 1, live: true}
  momentum:       {type: float, low: 0.9, high: 0.999, scale: reverse_log, tier: 2, live: true, when: optimizer == "sgd"}
  batch_size:     {type: int, low: 16, high: 512, scale: log, tier: 2}
  layers:         {type: int, low: 2, high: 4, tier: 3}
  units:          {type: int, low: 50, high: 100, repeat: layers, tier: 2}
  decay:          {type: categorical, choices: [none, step, cosine], tier: 3}
  decay_rate:     {type: float, low: 1e-3, high: 1, scale: log, when: decay != "none"}
  weight_decay:   {type: float, low: 1e-6, high: 0.01, scale: log, zero: 0.1, default: 0}
  epochs: 3
constraints: ["batch_size * layers <= 1024"]
budget: {trials: 100, time: 30m, target: 0.10}
strategy: caviar
sampler: {name: grid, points: 4}
pruner: auto
workers: 2
seed: 18446744073709551615
duplicates: average
defaults_first: false
resources: {cpu: 0.5, gpu: 1, gpu_share: 2, memory: 2GiB, time: 90}
retries: 1
failures_max: 5
enqueue: [{learning_rate: 0.01, optimizer: adam}]
context: {files: [train.py, data/], command: [git, rev-parse, HEAD]}
)";

// Each NAME.yaml (or .json) has its messages, one a line, in NAME.expected; UPDATE_GOLDEN=1 in the environment writes
// them anew.
TEST(StudyFileGolden, EveryFaultIsToldAsExpected) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kGoldenFolder)) {
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  ASSERT_GT(files.size(), 60U);
  const bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
  for (const fs::path& file : files) {
    const std::string found =
        messages_of(parse_study_text(study::strategies(), read_text(file), file.filename().string(), "/tmp"));
    fs::path expected = file;
    expected.replace_extension(".expected");
    if (update) std::ofstream(expected, std::ios::binary) << found;
    EXPECT_EQ(found, read_text(expected)) << file;
  }
}

TEST(StudyFileGolden, AFaultIsASentenceWithAPlace) {
  for (const auto& entry : fs::directory_iterator(kGoldenFolder)) {
    if (entry.path().extension() != ".expected") continue;
    std::istringstream lines(read_text(entry.path()));
    for (std::string line; std::getline(lines, line);) {
      if (line == "ok") continue;
      const std::string name = entry.path().stem().string();
      EXPECT_EQ(line.rfind(name + ".", 0), 0U) << line;
      EXPECT_NE(line.find("; "), std::string::npos) << "says not what to do: " << line;
      EXPECT_LT(line.size(), 400U) << line;
    }
  }
}

TEST(StudyFile, ReadsEveryKey) {
  const StudyFile study = study_of(kWhole);
  const StudySpec& spec = study.spec;
  EXPECT_EQ(spec.name, "fashion-mlp");
  EXPECT_EQ(spec.folder, "/tmp");
  EXPECT_EQ(spec.objectives, (std::vector<Objective>{{"val_error", Direction::kMinimize}}));
  EXPECT_EQ(spec.command.back(), "5");
  EXPECT_EQ(spec.metrics.pattern, R"(epoch (?<step>\d+) val_error=(?<val_error>\S+))");
  EXPECT_EQ(spec.parameters.size(), 10U);
  EXPECT_EQ(spec.parameters[1].low, 1e-4);
  EXPECT_EQ(spec.parameters[1].scale, space::Scale::kLog);
  EXPECT_TRUE(spec.parameters[1].live);
  EXPECT_EQ(spec.parameters[9].low, 3);
  EXPECT_EQ(spec.parameters[9].high, 3);
  EXPECT_EQ(spec.budget, (Budget{100, 1800.0, 0.1}));
  EXPECT_EQ(spec.sampler.name, "grid");
  EXPECT_EQ(spec.sampler.options["points"], 4);
  EXPECT_EQ(spec.pruner.name, "curve");
  EXPECT_EQ(spec.workers, 2);
  EXPECT_EQ(spec.seed, 18446744073709551615ULL);
  EXPECT_EQ(spec.duplicates, Duplicates::kAverage);
  EXPECT_FALSE(spec.defaults_first);
  EXPECT_EQ(spec.resources, (Resources{0.5, 1, 2, 2147483648LL, 90.0}));
  EXPECT_EQ(spec.retries, 1);
  EXPECT_EQ(spec.failures_max, 5);
  ASSERT_EQ(spec.enqueue.size(), 1U);
  EXPECT_EQ(spec.enqueue[0]["optimizer"], "adam");
  EXPECT_EQ(spec.context["files"][1], "data/");
}

TEST(StudyFile, JsonSaysTheSameAsYaml) {
  const std::string yaml =
      "objective: loss\nparams: {x: {type: float, low: 1e-5, high: 1}, c: {choices: [a, no, 3, true]}}\n";
  const std::string json =
      "{\"objective\":\"loss\",\n\t\"params\":{\"x\":{\"type\":\"float\",\"low\":1e-5,\"high\":1},"
      "\"c\":{\"choices\":[\"a\",\"no\",3,true]}}}";
  EXPECT_EQ(study_of(yaml).spec, study_of(json).spec);
}

TEST(StudyFile, SurvivesItsStoredForm) {
  std::vector<std::string> texts{std::string(kWhole)};
  for (const std::string& preset : preset_names()) {
    for (const char* tune : {"tier<=1", "tier<=2", "all"}) {
      texts.push_back(fmt::format("objective: loss\npreset: {}\ntune: {}\n", preset, tune));
    }
  }
  for (const std::string& text : texts) {
    const StudyFile study = study_of(text);
    const base::Json json = json_from_spec(study.spec);
    const auto again = study_from_json(study::strategies(), base::Json::parse(json.dump()));
    ASSERT_TRUE(again) << again.error().message() << "\n" << json.dump(2);
    EXPECT_EQ(again->spec, study.spec) << json.dump(2);
    EXPECT_EQ(json_from_spec(again->spec), json);
    EXPECT_EQ(again->space.parameters(), study.space.parameters());
  }
}

TEST(StudyFile, ADamagedStoredFormIsRefused) {
  EXPECT_FALSE(study_from_json(study::strategies(), base::Json::array()));
  EXPECT_FALSE(study_from_json(study::strategies(), base::Json()));
  EXPECT_FALSE(study_from_json(study::strategies(), base::Json::object()));
  base::Json json = json_from_spec(study_of(kWhole).spec);
  json["params"]["learning_rate"]["low"] = "x";
  EXPECT_FALSE(study_from_json(study::strategies(), json));
}

TEST(StudyFile, AutoSamplesByThePolicyAndMeansAPruner) {
  const StudyFile study =
      study_of("objective: loss\nparams: {x: {type: int, low: 0, high: 9}}\nsampler: auto\npruner: auto\n");
  EXPECT_EQ(study.spec.sampler.name, "auto");
  EXPECT_EQ(study.spec.pruner.name, "curve");
  EXPECT_EQ(study.spec.name, "study");
  const StudyFile two = study_of("objective: [a, b]\nparams: {x: {type: int, low: 0, high: 9}}\npruner: auto\n");
  EXPECT_EQ(two.spec.pruner.name, "none");
}

TEST(Presets, HaveDefaultsThatFit) {
  for (const std::string& preset : preset_names()) {
    const StudyFile study = study_of(fmt::format("objective: loss\npreset: {}\ntune: all\n", preset));
    EXPECT_TRUE(study.space.defaults()) << preset;
    for (const space::Parameter& parameter : study.space.parameters()) EXPECT_EQ(parameter.defaults.size(), 1U);
  }
}

TEST(Presets, LeaveTierFourAloneUnlessAsked) {
  const auto is_fixed = [](const StudyFile& study) {
    const space::Parameter& beta = parameter_of(study, "beta1");
    return beta.low == beta.high;
  };
  EXPECT_TRUE(is_fixed(study_of("objective: loss\npreset: adam\n")));
  EXPECT_EQ(parameter_of(study_of("objective: loss\npreset: adam\n"), "epsilon").low, 1e-8);
  EXPECT_FALSE(is_fixed(study_of("objective: loss\npreset: adam\ntune: tier<=4\n")));
  EXPECT_FALSE(is_fixed(study_of("objective: loss\npreset: adam\nparams: {beta1: {low: 0.8}}\n")));
  EXPECT_TRUE(is_fixed(study_of("objective: loss\npreset: adam\nparams: {beta1: {tune: false}}\n")));
  EXPECT_TRUE(is_fixed(study_of("objective: loss\npreset: adam\nparams: {beta1: 0.95}\n")));
}

TEST(Presets, AreOverriddenKeyByKey) {
  const StudyFile study = study_of(
      "objective: loss\npreset: [mlp]\nparams:\n  learning_rate: {low: 0.05}\n  optimizer: adam\n  layers: {high: 3}\n"
      "  mixup: {type: float, low: 0, high: 1}\n");
  EXPECT_EQ(parameter_of(study, "learning_rate").low, 0.05);
  EXPECT_EQ(parameter_of(study, "learning_rate").high, 1);
  EXPECT_EQ(parameter_of(study, "learning_rate").defaults, (std::vector<space::Scalar>{0.05}));
  EXPECT_EQ(parameter_of(study, "layers").high, 3);
  EXPECT_FALSE(study.space.find_parameter("momentum"));  // Only SGD has one.
  EXPECT_EQ(parameter_of(study, "beta1").when, "");
}

TEST(Tune, FixesTheRestAtTheirDefaults) {
  const StudyFile study = study_of("objective: loss\npreset: mlp\ntune: [learning_rate, units]\n");
  std::size_t searched = 0;
  for (const space::Parameter& parameter : study.space.parameters()) {
    const bool numeric = parameter.choices.empty();
    const bool fixed = numeric ? parameter.low == parameter.high : parameter.choices.size() == 1;
    if (!fixed) ++searched;
  }
  EXPECT_EQ(searched, 2U);
  const base::Json defaults = study.space.to_json(study.space.defaults().value());
  EXPECT_EQ(defaults["layers"], 2);
  EXPECT_EQ(defaults["units"], (base::Json{64, 64}));
  EXPECT_EQ(defaults["optimizer"], "sgd");
  EXPECT_EQ(defaults["weight_decay"], 0);
}

TEST(Tune, AFixedChoiceStillDecidesConditions) {
  const std::string text =
      "objective: loss\nparams:\n  optimizer: {choices: [sgd, adam], default: sgd, tune: false}\n"
      "  layers: {type: int, low: 1, high: 4}\n"
      "  beta: {type: float, low: 0, high: 1, when: optimizer == \"adam\" or layers > 2}\n";
  const StudyFile study = study_of(text);
  EXPECT_EQ(parameter_of(study, "beta").when, "\"sgd\" == \"adam\" or layers > 2");
}

TEST(Tune, SubstitutesNamesOutsideQuotes) {
  EXPECT_EQ(substitute("opt == \"opt\" && optimum != 'opt' && opt[0]", "opt", "X"),
            "X == \"opt\" && optimum != 'opt' && X[0]");
  EXPECT_EQ(substitute("\"opt", "opt", "X"), "\"opt");
  EXPECT_EQ(substitute("", "opt", "X"), "");
}

TEST(StarterStudy, PassesForEveryPreset) {
  for (const std::string& preset : preset_names()) {
    const auto text = starter_study(preset);
    ASSERT_TRUE(text) << preset;
    const StudyFile study = study_of(*text);
    EXPECT_TRUE(study.space.defaults());
    EXPECT_FALSE(study.spec.command.empty());
    // The commented lines are as good as what they explain.
    std::string uncommented;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("#   ", 0) == 0 || line == "# params:") line = line.substr(2);
      uncommented += line + "\n";
    }
    EXPECT_EQ(messages_of(uncommented), "ok\n") << uncommented;
    EXPECT_EQ(study_of(uncommented).space.parameters(), study.space.parameters()) << uncommented;
  }
  const auto wrong = starter_study("mpl");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message(), "unknown preset 'mpl'; did you mean 'mlp'?");
}

TEST(StudySchema, KnowsEveryKeyOfTheReader) {
  const base::Json schema = study_schema(study::strategies());
  for (const Key& key : study_keys()) {
    EXPECT_TRUE(schema["properties"].contains(std::string(key.name))) << key.name;
    EXPECT_FALSE(schema["properties"][std::string(key.name)]["description"].get<std::string>().empty());
  }
  for (const Key& key : parameter_keys()) {
    EXPECT_TRUE(schema["$defs"]["parameter"]["properties"].contains(std::string(key.name))) << key.name;
  }
  for (const std::string& text : {schema.dump()}) {
    std::size_t at = 0;
    while ((at = text.find("#/$defs/", at)) != std::string::npos) {
      at += 8;
      const std::string name = text.substr(at, text.find('"', at) - at);
      EXPECT_TRUE(schema["$defs"].contains(name)) << name;
    }
  }
}

class StudyFileOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("sterlet-study-file-{}", ::getpid());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string message(const fs::path& path) { return messages_of(read_study_file(study::strategies(), path.string())); }
  fs::path folder_;
};

TEST_F(StudyFileOnDisk, IsReadWithItsFolder) {
  std::ofstream(folder_ / "mine.yaml") << "objective: loss\npreset: sgd\n";
  const auto study = read_study_file(study::strategies(), (folder_ / "mine.yaml").string());
  ASSERT_TRUE(study) << messages_of(study);
  EXPECT_EQ(study->spec.name, "mine");
  EXPECT_EQ(study->spec.folder, folder_.string());
}

TEST_F(StudyFileOnDisk, ThatIsMissingOrAFolderIsRefused) {
  EXPECT_EQ(message(folder_ / "no.yaml"),
            (folder_ / "no.yaml").string() +
                ": there is no such file; check the path, or write a starter with sterlet init\n");
  EXPECT_EQ(message(folder_), folder_.string() + ": this is a folder, not a study file; name the file in it\n");
}

TEST_F(StudyFileOnDisk, OfFiftyMegabytesIsRefusedUnread) {
  const fs::path path = folder_ / "large.yaml";
  {
    std::ofstream stream(path, std::ios::binary);
    const std::string megabyte = std::string((1 << 20) - 1, '#') + "\n";
    for (int i = 0; i < 50; ++i) stream << megabyte;
  }
  EXPECT_EQ(message(path), path.string() +
                               ":1:1: the file is larger than 256 KiB, too large for a study file; is it the right "
                               "file? long lists of points belong into sterlet enqueue\n");
  fs::resize_file(path, 64ULL << 30U);  // Sparse; reading it whole would take minutes.
  EXPECT_NE(message(path), "ok\n");
}

std::string repeated(std::string_view part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

TEST(HostileText, DeepNestingIsRefused) {
  const std::string too_deep = "nested deeper than 32 levels; flatten it; a study file needs about five levels\n";
  for (const std::string& text :
       {repeated("[", 200000), "a: " + repeated("[", 100) + repeated("]", 100), repeated("{a: ", 50000),
        repeated("- ", 100000), repeated("? ", 100000), "x: " + repeated("[ \"]\", ", 20000),
        repeated("['\"', ", 30000), repeated("[: ", 50000), repeated("- [? ", 50000),
        "\"a]\": " + repeated("[']', {\"}\": ", 9000)}) {
    const std::string message = messages_of(text);
    EXPECT_NE(message.find(too_deep), std::string::npos) << text.substr(0, 20) << " gave " << message;
  }
  std::string steps;
  for (int i = 0; i < 600; ++i) steps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_NE(messages_of(steps).find(too_deep), std::string::npos);
  const std::string deep_enough = "description: " + repeated("[", 30) + repeated("]", 30) + "\n";
  EXPECT_EQ(messages_of("objective: loss\npreset: sgd\n" + deep_enough), "ok\n");
}

TEST(HostileText, AnAliasBombIsRefused) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb +=
        fmt::format("a{0}: &a{0} [{1}]\n", i, repeated(fmt::format("*a{}, ", i - 1), 9) + fmt::format("*a{}", i - 1));
  }
  EXPECT_EQ(messages_of(bomb),
            "study.yaml:4:45: aliases blow the file up to more than 10000 values; write out what is needed\n");
  EXPECT_EQ(messages_of("a: &a x\nb: [" + repeated("*a, ", 101) + "]\n"),
            "study.yaml:2:405: the file has more than 100 aliases (*name); write the values out\n");
  EXPECT_EQ(messages_of("a: &a [*a]\n"), "study.yaml:1:8: an alias stands inside what it names; write the value out\n");
  std::string chain = "a0: &a0 [x]\n";
  for (int i = 1; i < 90; ++i) chain += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  EXPECT_NE(messages_of(chain).find("nested deeper than 32 levels"), std::string::npos);
}

TEST(HostileText, BytesThatAreNoTextAreRefused) {
  EXPECT_EQ(messages_of(std::string_view("study: a\0b\n", 11)),
            "study.yaml:1:9: the text has a NUL byte; remove it; a study file is plain text in UTF-8\n");
  for (const char* bad : {"\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80", "\xE2\x82", "\xFF"}) {
    EXPECT_NE(messages_of(fmt::format("a: {}", bad)).find("study.yaml:1:4: the text is not UTF-8"), std::string::npos);
  }
  EXPECT_EQ(messages_of("\xEF\xBB\xBFobjective: loss\npreset: sgd\n"), "ok\n");
  EXPECT_EQ(messages_of("objective: loss\r\npreset: sgd\r\n"), "ok\n");
  EXPECT_NE(messages_of("a: \x1b[31m").find("control character 0x1B"), std::string::npos);
}

// 4,000 damaged copies of valid files: whatever is found, it is found without a crash and in bounded time.
TEST(HostileText, DamagedFilesNeverCrash) {
  constexpr std::uint64_t kSeed = 20260101;
  RecordProperty("seed", static_cast<int>(kSeed));
  std::vector<std::string> originals{std::string(kWhole), json_from_spec(study_of(kWhole).spec).dump()};
  for (const std::string& preset : preset_names()) originals.push_back(starter_study(preset).value());
  originals.push_back("a: &a [1, 2]\nobjective: *a\nparams: {x: {type: int, low: 0, high: 9, default: *a}}\n");
  const std::string alphabet = "[]{}:,-?*&!|>'\"%@`#\\ \n\t\r0123456789.eE+xyz$~<=\x80\xff\xc3";
  std::size_t valid = 0;
  for (std::uint64_t trial = 0; trial < 4000; ++trial) {
    base::RandomStream stream({.seed = kSeed, .trial = trial});
    std::string text = originals[stream.below(originals.size())];
    const std::uint64_t edits = 1 + stream.below(6);
    for (std::uint64_t edit = 0; edit < edits && !text.empty(); ++edit) {
      const std::size_t at = stream.below(text.size());
      const std::size_t length = stream.below(12);
      switch (stream.below(5)) {
        case 0:
          text[at] = alphabet[stream.below(alphabet.size())];
          break;
        case 1:
          text.insert(at, 1, alphabet[stream.below(alphabet.size())]);
          break;
        case 2:
          text.erase(at, length);
          break;
        case 3:
          text.insert(stream.below(text.size()), text.substr(at, length * 4));
          break;
        default:
          if (stream.below(4) == 0) text.resize(at);
          break;
      }
    }
    SCOPED_TRACE(fmt::format("seed {}, trial {}", kSeed, trial));
    const auto study = parse_study_text(study::strategies(), text, "study.yaml", "/tmp");
    if (study) {
      ++valid;
      const auto again = study_from_json(study::strategies(), json_from_spec(study->spec));
      ASSERT_TRUE(again) << again.error().message() << "\n" << text;
      ASSERT_EQ(again->spec, study->spec) << text;
    } else {
      ASSERT_FALSE(study.error().empty());
      for (const base::Error& error : study.error()) ASSERT_FALSE(error.what.empty());
    }
  }
  EXPECT_GT(valid, 100U);
  EXPECT_LT(valid, 3900U);
}

TEST(StudyName, OfAFileThatNamesNoneMustBeAName) {
  constexpr std::string_view kPlain = "objective: loss\nparams: {x: {type: float, low: 0, high: 1}}\n";
  const auto named_by = [&](const std::string& path) {
    return parse_study_text(study::strategies(), kPlain, path, "/tmp");
  };
  EXPECT_EQ(named_by("a/mlp.yaml")->spec.name, "mlp");
  EXPECT_EQ(named_by("größe 2.yaml")->spec.name, "größe 2");
  EXPECT_EQ(
      messages_of(named_by("...yaml")),
      "...yaml:1:1: the file's name is no name for its study (found '..'); name the study in it, as in study: mlp\n");
  EXPECT_FALSE(named_by("..yaml")) << "its stem is '.'";
  EXPECT_FALSE(named_by(".hidden.yaml"));
  EXPECT_FALSE(named_by("-rf.yaml"));
  EXPECT_FALSE(named_by("a\x1b[2J.yaml"));
  EXPECT_FALSE(named_by("a\u202e.yaml"));
  EXPECT_FALSE(named_by(std::string(201, 'x') + ".yaml"));
}

}  // namespace
}  // namespace sterlet::studyfile
