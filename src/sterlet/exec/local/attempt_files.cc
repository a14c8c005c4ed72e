#include "sterlet/exec/local/attempt_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/json.h"

namespace sterlet::exec {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

/// "cannot be written (No space left on device)"; a shortage of ours is told from a fault of the disk.
base::Error file_error(const std::string& path, std::string_view doing, int number) {
  const std::string what = fmt::format("cannot {} ({})", doing, std::strerror(number));
  if (number != EMFILE && number != ENFILE && number != ENOMEM) return {ErrorCode::kDisk, path, what, {}};
  return {ErrorCode::kUnreachable, path, what, std::string(kShortageAdvice)};
}

Result<void> write_file(const std::string& path, std::string_view content) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) return fail(file_error(path, "be written", errno));
  while (!content.empty()) {
    const ssize_t got = ::write(file.get(), content.data(), content.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(file_error(path, "be written", errno));
    content.remove_prefix(static_cast<std::size_t>(got));
  }
  return {};
}

bool has(const Environment& environment, std::string_view name) {
  return std::any_of(environment.begin(), environment.end(), [&](const auto& entry) { return entry.first == name; });
}

}  // namespace

Result<Fd> open_attempt_log(const std::string& path) {
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644));
  if (!file) return fail(file_error(path, "be written", errno));
  return file;
}

Result<AttemptFiles> make_attempt_files(const Launch& launch) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::absolute(launch.trial_folder, error);
  AttemptFiles files{.folder = folder.string(),
                     .params = folder / fmt::format("params-{}.json", launch.id.attempt),
                     .stdout_log = folder / fmt::format("stdout-{}.log", launch.id.attempt),
                     .stderr_log = folder / fmt::format("stderr-{}.log", launch.id.attempt),
                     .checkpoints = folder / "checkpoints",
                     .unsent = folder / fmt::format("unsent-{}", launch.id.attempt)};
  if (!error) std::filesystem::create_directories(files.checkpoints, error);
  if (error) return fail(file_error(files.checkpoints, "be made", error.value()));
  STERLET_PASS(write_file(files.params, base::json_line(launch.params) + "\n"));
  if (!launch.agenda.empty()) {
    files.agenda = folder / fmt::format("agenda-{}.jsonl", launch.id.attempt);
    std::string lines;
    for (const base::Json& message : launch.agenda) lines += base::json_line(message) + "\n";
    STERLET_PASS(write_file(files.agenda, lines));
  }
  return files;
}

Environment environment_of(const Launch& launch, const AttemptFiles& files, const std::string& session,
                           const std::string& socket) {
  Environment added = launch.environment;
  // Python holds back what it prints into a pipe, often until its end; a pattern wants it line by line.
  if (!launch.stdout_pattern.empty() && !has(added, "PYTHONUNBUFFERED")) added.emplace_back("PYTHONUNBUFFERED", "1");
  if (!launch.gpus.empty()) added.emplace_back("CUDA_VISIBLE_DEVICES", fmt::format("{}", fmt::join(launch.gpus, ",")));
  added.emplace_back("STERLET_SESSION", session);
  added.emplace_back("STERLET_TRIAL", fmt::format("{}", launch.id.trial));
  added.emplace_back("STERLET_ATTEMPT", fmt::format("{}", launch.id.attempt));
  added.emplace_back("STERLET_PARAMS", files.params);
  added.emplace_back("STERLET_SEED", fmt::format("{}", launch.seed));
  added.emplace_back("STERLET_CHECKPOINT_DIR", files.checkpoints);
  added.emplace_back("STERLET_CHANNEL", socket);
  added.emplace_back("STERLET_UNSENT", files.unsent);
  if (!files.agenda.empty()) added.emplace_back("STERLET_AGENDA", files.agenda);
  if (!launch.resume_path.empty()) added.emplace_back("STERLET_RESUME", launch.resume_path);
  Environment all = with_our_environment(added);
  if (launch.threads > 0) {
    for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
                             "NUMEXPR_NUM_THREADS"}) {
      if (!has(all, name)) all.emplace_back(name, fmt::format("{}", launch.threads));
    }
  }
  return all;
}

std::vector<std::filesystem::path> unsent_files(const std::string& unsent) {
  const std::filesystem::path path(unsent);
  std::vector<std::filesystem::path> found;
  std::error_code ignored;
  for (std::filesystem::directory_iterator entry(path.parent_path(), ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    if (entry->path().filename().string().starts_with(path.filename().string() + ".")) found.push_back(entry->path());
  }
  return found;
}

}  // namespace sterlet::exec
