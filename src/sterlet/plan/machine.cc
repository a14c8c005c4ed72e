#include "sterlet/plan/machine.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "sterlet/base/text.h"

namespace sterlet::plan {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLinesMax = 1000;

std::vector<std::string> words_in(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> words;
  for (std::string word; words.size() < kLinesMax && file >> word;) words.push_back(word);
  return words;
}

std::optional<double> first_number(const fs::path& path) {
  const std::vector<std::string> words = words_in(path);
  return words.empty() ? std::nullopt : base::parse_number(words.front());
}

void lessen(std::optional<double>& limit, std::optional<double> by) {
  if (by && *by > 0) limit = std::min(limit.value_or(*by), *by);
}

struct Limits {
  std::optional<double> cores, memory;
};

// A group and those above it, up to the mount itself. In a container the path is often one of the machine outside, of
// which only the mount is there.
template <typename Look>
void each_group(const fs::path& mount, const std::string& group, Look look) {
  constexpr int kDepthMax = 64;
  fs::path path = group;
  for (int depth = 0; depth < kDepthMax; ++depth) {
    look(mount / path.relative_path());
    if (path.relative_path().empty()) return;
    path = path.parent_path();
  }
}

void read_new(const fs::path& mount, const std::string& group, Limits& limits) {
  each_group(mount, group, [&](const fs::path& folder) {
    const std::vector<std::string> cpu = words_in(folder / "cpu.max");
    if (cpu.size() == 2) {
      const auto quota = base::parse_number(cpu[0]), period = base::parse_number(cpu[1]);
      if (quota && period && *period > 0) lessen(limits.cores, *quota / *period);
    }
    lessen(limits.memory, first_number(folder / "memory.max"));
  });
}

void read_old(const fs::path& mount, const std::string& controllers, const std::string& group, Limits& limits) {
  std::istringstream list(controllers);
  for (std::string name; std::getline(list, name, ',');) {
    if (name == "cpu") {
      each_group(mount / name, group, [&](const fs::path& folder) {
        const auto quota = first_number(folder / "cpu.cfs_quota_us"),
                   period = first_number(folder / "cpu.cfs_period_us");
        if (quota && period && *period > 0) lessen(limits.cores, *quota / *period);
      });
    } else if (name == "memory") {
      each_group(mount / name, group, [&](const fs::path& folder) {
        lessen(limits.memory, first_number(folder / "memory.limit_in_bytes"));
      });
    }
  }
}

Limits read_limits(const MachinePlaces& places) {
  Limits limits;
  std::ifstream file(places.own_groups);
  std::size_t lines = 0;
  for (std::string line; lines < kLinesMax && std::getline(file, line); ++lines) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1), group = line.substr(second + 1);
    if (controllers.empty()) {
      read_new(places.groups, group, limits);
    } else {
      read_old(places.groups, controllers, group, limits);
    }
  }
  return limits;
}

std::int64_t memory_of(const std::string& path) {
  const std::vector<std::string> words = words_in(path);
  const auto total = std::find(words.begin(), words.end(), "MemTotal:");
  if (total == words.end() || total + 1 == words.end()) return 0;
  return base::parse_integer(*(total + 1)).value_or(0) * 1024;
}

}  // namespace

Machine read_machine(int cores, std::vector<int> gpus, const MachinePlaces& places) {
  Machine machine{
      .cores = static_cast<double>(cores), .memory_bytes = memory_of(places.memory), .gpus = std::move(gpus)};
  const Limits limits = read_limits(places);
  if (limits.cores && *limits.cores < machine.cores) {
    machine.cores = *limits.cores;
    machine.is_limited = true;
  }
  // "No limit" of version 1 is a number larger than any machine's memory.
  const auto memory = static_cast<double>(machine.memory_bytes);
  if (limits.memory && (*limits.memory < memory || machine.memory_bytes == 0) && *limits.memory < 9e18) {
    machine.memory_bytes = static_cast<std::int64_t>(*limits.memory);
    machine.is_limited = true;
  }
  return machine;
}

}  // namespace sterlet::plan
