#include "sterlet/context/context.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/checksum.h"
#include "sterlet/base/text.h"
#include "sterlet/context/machine.h"
#include "sterlet/context/program.h"

namespace sterlet::context {

namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr std::size_t kLinesMax = 200;
constexpr std::size_t kDifferencesMax = std::size_t{64} << 20;

// Versions from the packages' own notes: nothing is imported, so it takes no time.
constexpr const char* kPythonVersions = R"(
import importlib.metadata, sys
print("python", sys.version.split()[0])
for name in ("torch torchvision pytorch-lightning lightning tensorflow keras jax jaxlib flax optax numpy scipy pandas "
             "scikit-learn xgboost lightgbm catboost transformers datasets").split():
    try:
        print(name, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        pass
)";

std::vector<std::string> texts_of(const Json& json, const char* key) {
  std::vector<std::string> texts;
  if (!json.contains(key) || !json[key].is_array()) return texts;
  for (const Json& text : json[key]) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

// A program as the system would find it: by PATH, or from the study's folder.
std::string find_program(const std::string& name, const std::string& folder, const std::string& search) {
  if (name.find('/') != std::string::npos) return (fs::path(folder) / name).lexically_normal().string();
  std::istringstream places(search);
  for (std::string place; std::getline(places, place, ':');) {
    const fs::path path = fs::path(place.empty() ? "." : place) / name;
    if (::access(path.c_str(), X_OK) == 0 && stamp_of(path.string())) return path.string();
  }
  return {};
}

std::optional<std::pair<std::string, std::string>> version_of(std::string_view line) {
  std::size_t gap = line.find("==");
  std::size_t width = 2;
  if (gap == std::string_view::npos) {
    gap = line.find(' ');
    width = 1;
  }
  if (gap == std::string_view::npos || gap == 0 || gap + width >= line.size()) return std::nullopt;
  const std::string_view name = line.substr(0, gap), version = line.substr(gap + width);
  const bool is_version =
      std::isdigit(static_cast<unsigned char>(version.front())) != 0 && version.find(' ') == std::string_view::npos;
  if (!is_version) return std::nullopt;
  return std::pair(base::printable(name), base::printable(version));
}

// The stamps of what git writes with each commit, checkout and add; nothing outside a repository.
std::vector<FileStamp> git_stamps(const std::string& folder) {
  std::error_code error;
  for (fs::path place = folder; !place.empty(); place = place.parent_path()) {
    if (fs::exists(place / ".git", error)) {
      std::vector<FileStamp> stamps(1);
      for (const char* name : {"HEAD", "index", "logs/HEAD"}) {
        if (const auto stamp = stamp_of((place / ".git" / name).string())) stamps.push_back(*stamp);
      }
      return stamps;
    }
    if (place == place.root_path()) break;
  }
  return {};
}

Json git_json(const std::string& folder, double seconds, const std::atomic<bool>& is_cancelled,
              std::vector<std::string>& problems) {
  const auto git = [&](std::vector<std::string> words, std::size_t bytes) {
    words.insert(words.begin(), {"git", "--no-optional-locks"});
    return run_program(words, folder, {.seconds = seconds, .bytes = bytes}, is_cancelled);
  };
  const auto commit = git({"rev-parse", "HEAD"}, 4096);
  const auto changes = commit ? git({"diff", "HEAD", "--no-ext-diff", "--no-color"}, kDifferencesMax) : commit;
  if (!commit || !changes) {
    const base::Error& error = !commit ? commit.error() : changes.error();
    if (error.code != base::ErrorCode::kInterrupted) problems.push_back("git: " + error.message());
    return nullptr;
  }
  Json json{{"commit", base::printable(std::string_view(*commit).substr(0, commit->find('\n')))},
            {"dirty", !changes->empty()}};
  if (!changes->empty()) {
    base::Checksum checksum;
    checksum.add(*changes);
    json["changes"] = checksum.text();
  }
  return json;
}

}  // namespace

Taker::Taker(Request request, std::string hashes) : request_(std::move(request)), hashes_(std::move(hashes)) {}

void Taker::take_once(const std::atomic<bool>& is_cancelled) {
  has_once_ = true;
  once_ = {{"command", request_.command}, {"sterlet", request_.version}};
  once_["machine"] = machine_json(request_.root, request_.environment);
  for (const std::string& name : texts_of(request_.wanted, "env"))
    once_["env"][name] = base::printable(request_.environment(name.c_str()));
  const std::string program =
      request_.command.empty() ? std::string()
                               : find_program(request_.command.front(), request_.folder, request_.environment("PATH"));
  const auto stamp = stamp_of(program);
  const bool is_named = std::any_of(paths_.begin(), paths_.end(), [&](const auto& one) { return one.path == program; });
  if (stamp && !is_named) {
    once_["program"] = {{"path", program}};
    const auto content = hashes_.content_of(program, *stamp, is_cancelled);
    if (content) once_["program"]["hash"] = content->hash;
    has_once_ = content.has_value() || content.error().code != base::ErrorCode::kInterrupted;
  }
  std::vector<std::string> words = texts_of(request_.wanted, "command");
  const bool is_own = !words.empty();
  const std::string name = fs::path(program).filename().string();
  if (words.empty() && name.starts_with("python")) words = {program, "-c", kPythonVersions};
  if (words.empty() && name == "sterlet-train") words = {program, "--version"};
  if (words.empty()) return;
  const auto told = run_program(words, request_.folder, {.seconds = request_.program_seconds}, is_cancelled);
  if (!told) {
    if (told.error().code == base::ErrorCode::kInterrupted) {
      has_once_ = false;
      return;
    }
    const bool is_late = told.error().code == base::ErrorCode::kTimeout;
    if (is_late && !is_own && ++late_count_ < kLateMax) {  // The machine is busy, perhaps: with a later trial again.
      has_once_ = false;
      return;
    }
    const std::string_view next =
        is_own ? "; name another one in context, or none"
        : is_late
            ? "; the trials are kept without versions of packages, unless context names what prints them sooner, as in "
              "context: {command: [pip, freeze]}"
            : "; the trials are kept without versions of packages, unless context names what prints them, as in "
              "context: "
              "{command: [pip, freeze]}";
    once_problems_.push_back(fmt::format("{} {}: {}{}", is_own ? "context command" : "the versions asked of",
                                         base::printable(words.front()), told.error().message(), next));
    if (is_own) once_["output"] = nullptr;
    return;
  }
  std::istringstream lines(*told);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line) && count < kLinesMax; ++count) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (const auto version = version_of(line)) {
      once_["packages"][version->first] = version->second;
    } else if (is_own && !line.empty()) {
      once_["output"].push_back(base::printable(line));
    }
  }
}

const Json& Taker::take(const std::atomic<bool>& is_cancelled) {
  const std::vector<std::string> files = texts_of(request_.wanted, "files");
  paths_ = named_paths(request_.folder, files, request_.command);
  std::vector<Look> looks;
  for (const NamedPath& path : paths_) looks.push_back(look_at(path));
  const std::vector<FileStamp> stamps = git_stamps(request_.folder);
  std::string signature = signature_of(looks);
  if (has_once_ && signature_ == signature && git_stamps_ == stamps) return context_;
  std::vector<std::string> problems;
  if (!has_once_) {
    once_problems_.clear();
    take_once(is_cancelled);
  }
  // A file that has changed may be one of the repository's.
  git_ = stamps.empty() ? Json() : git_json(request_.folder, request_.program_seconds, is_cancelled, problems);
  git_stamps_ = git_stamps(request_.folder);
  Json context = once_;
  context["files"] = Json::array();
  for (const Look& look : looks) context["files"].push_back(json_of(look, hashes_, is_cancelled, problems));
  if (!git_.is_null()) context["git"] = git_;
  problems.insert(problems.begin(), once_problems_.begin(), once_problems_.end());
  if (!problems.empty()) context["problems"] = problems;
  context_ = std::move(context);
  signature_.reset();
  if (!is_cancelled) signature_ = std::move(signature);
  hashes_.save();
  return context_;
}

}  // namespace sterlet::context
