#include "sterlet/run/devices.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::run {

std::vector<int> find_gpus(const std::string& visible_devices) {
  std::vector<int> gpus;
  if (!visible_devices.empty()) {
    std::size_t at = 0;
    while (at <= visible_devices.size()) {
      const std::size_t comma = std::min(visible_devices.find(',', at), visible_devices.size());
      const auto device = base::parse_integer(std::string_view(visible_devices).substr(at, comma - at));
      if (device && *device >= 0) gpus.push_back(static_cast<int>(*device));
      at = comma + 1;
    }
    return gpus;
  }
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", missing)) {
    static_cast<void>(entry);
    gpus.push_back(static_cast<int>(gpus.size()));
  }
  return gpus;
}

base::Result<void> check_gpus(const studyfile::StudySpec& spec, const std::vector<int>& gpus) {
  if (spec.resources.gpu <= static_cast<int>(gpus.size())) return {};
  const bool is_one_model = !study::strategy_of(spec).is_tuned;
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("{} asks for {}, but this machine has {}", is_one_model ? "the model" : "each trial",
                                base::count_text(static_cast<std::uint64_t>(spec.resources.gpu), "GPU"), gpus.size()),
                    "lower resources: gpu, or run it on another machine", spec.name);
}

base::Result<int> count_workers(const studyfile::StudySpec& spec, std::optional<int> asked, int cores,
                                const std::vector<int>& gpus) {
  STERLET_PASS(check_gpus(spec, gpus));
  const studyfile::Resources& resources = spec.resources;
  const int by_cores = std::max(1, static_cast<int>(cores / resources.cpu.value_or(1)));
  const int workers = asked.value_or(spec.workers.value_or(by_cores));
  if (resources.gpu == 0) return workers;
  return std::min(workers, static_cast<int>(gpus.size()) * resources.gpu_share / resources.gpu);
}

int count_threads(const studyfile::StudySpec& spec, int workers, int cores) {
  return std::max(1, spec.resources.cpu ? static_cast<int>(*spec.resources.cpu) : cores / std::max(1, workers));
}

GpuSlots::GpuSlots(const std::vector<int>& gpus, int share) {
  for (const int gpu : gpus) free_[gpu] = share;
}

std::vector<int> GpuSlots::take(int count) {
  std::vector<int> gpus;
  while (static_cast<int>(gpus.size()) < count) {
    auto freest = free_.end();
    for (auto gpu = free_.begin(); gpu != free_.end(); ++gpu) {
      const bool is_taken = std::find(gpus.begin(), gpus.end(), gpu->first) != gpus.end();
      if (!is_taken && (freest == free_.end() || gpu->second > freest->second)) freest = gpu;
    }
    STERLET_CHECK(freest != free_.end() && freest->second > 0, "there are no more workers than slots on GPUs");
    --freest->second;
    gpus.push_back(freest->first);
  }
  return gpus;
}

void GpuSlots::give_back(const std::vector<int>& gpus) {
  for (const int gpu : gpus) ++free_[gpu];
}

}  // namespace sterlet::run
