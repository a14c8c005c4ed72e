#include "sterlet/studyfile/study_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/population/population.h"
#include "sterlet/studyfile/presets.h"
#include "sterlet/studyfile/schedule.h"
#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/budget.h"
#include "sterlet/studyfile/choice.h"
#include "sterlet/studyfile/command.h"
#include "sterlet/studyfile/foreign.h"
#include "sterlet/studyfile/objective.h"
#include "sterlet/studyfile/params.h"
#include "sterlet/studyfile/resources.h"
#include "sterlet/studyfile/values.h"
#include "sterlet/studyfile/yaml_scan.h"

namespace sterlet::studyfile {

namespace {

using Errors = std::vector<base::Error>;

constexpr std::int64_t kWorkersMax = 4096;
constexpr std::int64_t kRetriesMax = 1000;
constexpr std::int64_t kRepeatsMax = 1000;
constexpr std::int64_t kFailuresMax = 1000000;
constexpr std::size_t kNameLengthMax = 200;

struct Source {
  std::string path;
  std::string folder;
  bool is_stored = false;  // Written by json_from_spec: may carry `folder`.
};

class StudyReader final {
 public:
  StudyReader(const Strategies& strategies, const YamlNode& root, Source source, ReadOptions options = {})
      : strategies_(strategies),
        root_(root),
        source_(std::move(source)),
        options_(options),
        faults_(source_.path),
        top_(faults_, "") {}

  base::Result<StudyFile, Errors> read() {
    if (!root_.is_map()) {
      top_.fault(root_.mark, fmt::format("a study file is a map of keys (found {})", shown(root_)),
                 "begin it with objective: {metric: val_error}, or let sterlet init write a starter");
      return base::fail(faults_.take());
    }
    std::vector<std::string> keys = key_names(study_keys());
    std::vector<std::string> also_known = keys;
    also_known.emplace_back("$schema");
    if (source_.is_stored) also_known.emplace_back("folder");
    for (const YamlEntry& entry : root_.entries) {
      if (std::find(also_known.begin(), also_known.end(), entry.key) != also_known.end()) continue;
      unknown_key(entry, keys);
    }
    take_name();
    spec_.objectives = read_objectives(root_, faults_);
    spec_.budget = read_budget(root_, faults_);
    std::optional<DeclaredSpace> declared =
        read_parameters(root_, faults_, parameter_names_, {.trials = spec_.budget.trials, .tiers = options_.tiers});
    spec_.command = read_command(root_, faults_, parameter_names_);
    spec_.metrics = read_metrics(root_, faults_, spec_.objectives);
    take_strategy();
    take_sampler();
    take_pruner();
    take_running();
    spec_.resources = read_resources(root_, faults_);
    spec_.context = read_context(root_, faults_);
    spec_.retest = read_retest(root_, faults_);
    spec_.notify = read_notify(root_, faults_);
    if (declared) check_strategy(declared->space);
    if (declared) take_enqueue(declared->space);
    if (!faults_.empty() || !declared) return base::fail(faults_.take());
    spec_.parameters = std::move(declared->parameters);
    spec_.constraints = std::move(declared->constraints);
    spec_.sizes = std::move(declared->sizes);
    return StudyFile{.spec = std::move(spec_),
                     .space = std::move(declared->space),
                     .tiers = std::move(declared->tiers),
                     .names_pruner = root_.find("pruner") != nullptr};
  }

 private:
  // A key on the wrong level is a common slip: say where it belongs.
  void unknown_key(const YamlEntry& entry, const std::vector<std::string>& keys) {
    struct Home {
      std::string_view parent;
      std::vector<std::string> keys;
    };
    const std::string what = fmt::format("unknown key '{}'", clipped(entry.key));
    const bool looks_like_parameter =
        entry.value.is_map() && (entry.value.find("low") != nullptr || entry.value.find("type") != nullptr);
    const std::string known_elsewhere = looks_like_parameter ? std::string() : foreign_advice("study", entry.key);
    if (!known_elsewhere.empty()) {
      top_.fault(entry.key_mark, what, known_elsewhere);
      return;
    }
    if (const auto near = base::nearest_name(entry.key, keys)) {
      top_.fault(entry.key_mark, what, fmt::format("did you mean '{}'?", *near));
      return;
    }
    for (const Home& home :
         {Home{"budget", key_names(budget_keys())}, Home{"resources", key_names(resources_keys())},
          Home{"objective", key_names(objective_keys())}, Home{"metrics", key_names(metrics_keys())}}) {
      if (std::count(home.keys.begin(), home.keys.end(), entry.key) == 0) continue;
      const bool has_value = entry.value.is_scalar() && !entry.value.is_null();
      top_.fault(entry.key_mark, what,
                 fmt::format("it belongs into {0}, as in {0}: {{{1}: {2}}}", home.parent, entry.key,
                             has_value ? clipped(entry.value.text) : "..."));
      return;
    }
    top_.fault(entry.key_mark, what,
               looks_like_parameter ? "parameters belong into params, indented below it"
                                    : "see docs/study-file.md for the keys there are");
  }

  void take_name() {
    spec_.folder = source_.folder;
    if (const YamlNode* folder = root_.find("folder"); folder != nullptr && source_.is_stored) {
      spec_.folder = folder->text;
    }
    const YamlNode* node = root_.find("study");
    if (node == nullptr) {
      spec_.name = std::filesystem::path(source_.path).stem().string();
      if (spec_.name.empty()) spec_.name = "study";
      if (!source_.is_stored && !is_study_name(spec_.name)) {
        top_.fault(root_.mark,
                   fmt::format("the file's name is no name for its study (found '{}')", clipped(spec_.name)),
                   "name the study in it, as in study: mlp");
      }
      return;
    }
    const auto name = top_.text(*node, "study");
    if (!name) return;
    if (!source_.is_stored && !is_study_name(*name)) {  // An old study keeps the name it has.
      top_.fault(node->mark, fmt::format("study cannot be named '{}'", clipped(*name)),
                 fmt::format("use letters, digits, '_' and '-', at most {}, and begin with a letter", kNameLengthMax));
      return;
    }
    spec_.name = *name;
  }

  void take_strategy() {
    const YamlNode* node = root_.find("strategy");
    if (node == nullptr) return;
    auto choice = read_choice(*node, faults_, "strategy", strategies_.words());
    if (!choice) return;
    spec_.strategy = {.name = std::string(strategies_.find(choice->name)->name)};
    for (const YamlEntry& entry : node->entries) {
      if (entry.key != "name") spec_.strategy.options[entry.key] = json_from_yaml(entry.value);
    }
  }

  // What a strategy needs of the rest of the file.
  void check_strategy(const space::Space& space) {
    const YamlNode* node = root_.find("strategy");
    if (node == nullptr || !faults_.empty()) return;
    for (const base::Error& error : strategies_.check(spec_, space)) {
      top_.fault(node->mark, error.what, error.next);
    }
  }

  void take_sampler() {
    if (const YamlNode* node = root_.find("sampler")) {
      if (auto choice = read_sampler(*node, faults_)) spec_.sampler = std::move(*choice);
    }
  }

  void take_pruner() {
    if (const YamlNode* node = root_.find("pruner")) {
      if (auto choice = read_pruner(*node, faults_, spec_.objectives.size())) spec_.pruner = std::move(*choice);
    }
  }

  void take_running() {
    if (const YamlNode* workers = root_.find("workers"); workers != nullptr && workers->text != "auto") {
      const base::Json value = json_from_yaml(*workers);
      if (value.is_number() && value.get<double>() >= 1) {
        if (const auto count = top_.integer(*workers, "workers", 1, kWorkersMax))
          spec_.workers = static_cast<int>(*count);
      } else {
        top_.fault(workers->mark,
                   fmt::format("workers must be auto or a whole number of at least 1 (found {})", shown(*workers)),
                   "write workers: auto, which is one a core, or workers: 4");
      }
    }
    if (const YamlNode* seed = root_.find("seed")) take_seed(*seed);
    if (const YamlNode* duplicates = root_.find("duplicates")) {
      const auto word = top_.word(*duplicates, "rule for duplicates", {"avoid", "allow", "average"});
      if (word) {
        spec_.duplicates = *word == "allow"     ? Duplicates::kAllow
                           : *word == "average" ? Duplicates::kAverage
                                                : Duplicates::kAvoid;
      }
    }
    if (const YamlNode* repeats = root_.find("repeats")) take_repeats(*repeats);
    if (const YamlNode* first = root_.find("defaults_first")) {
      spec_.defaults_first = top_.boolean(*first, "defaults_first").value_or(true);
    }
    if (const YamlNode* retries = root_.find("retries")) {
      spec_.retries = static_cast<int>(top_.integer(*retries, "retries", 0, kRetriesMax).value_or(0));
    }
    if (const YamlNode* failures = root_.find("failures_max")) {
      spec_.failures_max = static_cast<int>(top_.integer(*failures, "failures_max", 1, kFailuresMax).value_or(1));
    }
  }

  void take_repeats(const YamlNode& node) {
    Repeats repeats;
    if (node.is_map()) {
      const Values values(faults_, "repeats");
      values.check_keys(node, key_names(repeats_keys()));
      repeats = {.at_most = 10, .race = true};
      if (const YamlNode* most = node.find("at_most")) {
        repeats.at_most = values.integer(*most, "at_most", 2, kRepeatsMax).value_or(2);
      }
      if (const YamlNode* race = node.find("race")) repeats.race = values.boolean(*race, "race").value_or(true);
      const auto take_share = [&](const char* key, double low, double& share) {
        const YamlNode* found = node.find(key);
        if (found == nullptr) return;
        const auto number = values.number(*found, key);
        if (!number) return;
        if (*number > low && *number < 1) {
          share = *number;
          return;
        }
        values.fault(found->mark,
                     fmt::format("{} must be between {} and 1 (found {})", key, base::number_text(low), shown(*found)),
                     fmt::format("write {}: {}", key, base::number_text(share)));
      };
      take_share("share", 0, repeats.share);
      take_share("confidence", 0.5, repeats.confidence);
      if (repeats.race && spec_.objectives.size() > 1) {
        values.fault(node.mark, fmt::format("a race needs one objective (found {})", spec_.objectives.size()),
                     "write repeats: 3, so that each setting is run three times");
      }
    } else {
      repeats.at_most = top_.integer(node, "repeats", 1, kRepeatsMax).value_or(1);
    }
    if (repeats.is_on() && spec_.duplicates == Duplicates::kAllow) {
      top_.fault(node.mark, "repeats counts the mean of the runs of a setting, duplicates: allow counts each by itself",
                 "remove duplicates: allow, or write duplicates: average");
    }
    spec_.repeats = repeats;
  }

  void take_seed(const YamlNode& node) {
    const base::Json value = json_from_yaml(node);
    if (value.is_number_unsigned()) {
      spec_.seed = value.get<std::uint64_t>();
    } else if (const auto seed = top_.integer(node, "seed", 0)) {
      spec_.seed = static_cast<std::uint64_t>(*seed);
    }
  }

  void take_enqueue(const space::Space& space) {
    const YamlNode* node = root_.find("enqueue");
    if (node == nullptr || node->is_null()) return;
    const Values values(faults_, "enqueue");
    if (!node->is_list()) {
      top_.fault(node->mark, fmt::format("enqueue must be a list of points (found {})", shown(*node)),
                 "write it as in enqueue: [{learning_rate: 0.01}]");
      return;
    }
    for (const YamlNode& point : node->items) {
      if (!point.is_map()) {
        values.fault(point.mark, fmt::format("a point must be a map of parameters (found {})", shown(point)),
                     "write it as in {learning_rate: 0.01}");
        continue;
      }
      base::Json partial = json_from_yaml(point);
      if (const auto checked = space.check_partial(partial); !checked) {
        values.fault(point.mark, checked.error().what, checked.error().next);
        continue;
      }
      spec_.enqueue.push_back(std::move(partial));
    }
  }

  const Strategies& strategies_;
  const YamlNode& root_;
  Source source_;
  ReadOptions options_;
  Faults faults_;
  Values top_;
  StudySpec spec_;
  std::vector<std::string> parameter_names_;
};

// A study file beside the one that is not there whose name is like it.
std::optional<std::string> similar_file(const std::string& path) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string ending = entry->path().extension().string();
    if (ending == ".yaml" || ending == ".yml" || ending == ".json") names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  const auto near = base::nearest_name(fs::path(path).filename().string(), names);
  if (!near) return std::nullopt;
  return base::printable((folder / *near).string());
}

base::Error unreadable(const std::string& path, std::string what, std::string next) {
  return {.code = base::ErrorCode::kNotFound, .where = path, .what = std::move(what), .next = std::move(next)};
}

}  // namespace

bool is_study_name(std::string_view name) {
  if (name.empty() || name.size() > kNameLengthMax || name.front() == '-' || name.front() == '.') return false;
  return name.find_first_of("/\\") == std::string_view::npos && base::printable(name) == name;
}

base::Result<StudyFile, Errors> parse_study_text(const Strategies& strategies, std::string_view text,
                                                 const std::string& path, const std::string& folder,
                                                 const ReadOptions& options) {
  const auto root = parse_yaml(text);
  if (!root) {
    Faults faults(path);
    faults.add(root.error().mark, root.error().what, root.error().next);
    return base::fail(faults.take());
  }
  return StudyReader(strategies, *root, {.path = path, .folder = folder}, options).read();
}

base::Result<StudyFile, Errors> read_study_file(const Strategies& strategies, const std::string& path,
                                                const ReadOptions& options) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    const auto near = similar_file(path);
    return base::fail(Errors{unreadable(
        path, "there is no such file",
        near ? fmt::format("did you mean '{}'?", *near) : "check the path, or write a starter with sterlet init")});
  }
  if (fs::is_directory(status)) {
    return base::fail(Errors{unreadable(path, "this is a folder, not a study file", "name the file in it")});
  }
  std::ifstream stream(path, std::ios::binary);
  // One byte past the limit is enough to know: a large file, or a device without end, is never read whole.
  std::string text(kStudyBytesMax + 1, '\0');
  if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream && (!stream.eof() || stream.bad())) {
    return base::fail(Errors{unreadable(path, "the file cannot be read", "check its permissions")});
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  fs::path folder = fs::absolute(path, error).parent_path().lexically_normal();
  return parse_study_text(strategies, text, path, folder.string(), options);
}

base::Result<StudyFile> study_from_json(const Strategies& strategies, const base::Json& spec) {
  const YamlNode root = yaml_from_json(spec);
  auto study = StudyReader(strategies, root, {.path = "the stored study", .folder = {}, .is_stored = true}).read();
  if (!study) return base::fail(study.error().front());
  return std::move(*study);
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : make_presets()) names.emplace_back(preset.name);
  return names;
}

}  // namespace sterlet::studyfile
