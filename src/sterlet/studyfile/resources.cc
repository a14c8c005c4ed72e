#include "sterlet/studyfile/resources.h"

#include <fmt/format.h>

#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/values.h"

namespace sterlet::studyfile {

namespace {

constexpr std::int64_t kGpusMax = 1024;
constexpr double kCpusMax = 65536;
constexpr std::int64_t kMemoryMin = 65536;  // Less is a number whose unit was forgotten.

}  // namespace

Resources read_resources(const YamlNode& root, Faults& faults) {
  Resources resources;
  const YamlNode* node = root.find("resources");
  if (node == nullptr) return resources;
  if (!Values(faults, "").is_map(*node, "resources", "resources: {cpu: 1, memory: 2GiB, time: 10m}")) return resources;
  const Values values(faults, "resources");
  values.check_keys(*node, key_names(resources_keys()), "resources");
  if (const YamlNode* cpu = node->find("cpu")) {
    const auto cores = values.number(*cpu, "cpu");
    if (cores && (*cores <= 0 || *cores > kCpusMax)) {
      values.fault(cpu->mark, fmt::format("cpu must be a number of cores above 0 (found {})", shown(*cpu)),
                   "write cpu: 1");
    }
    resources.cpu = cores;
  }
  if (const YamlNode* gpu = node->find("gpu")) {
    resources.gpu = static_cast<int>(values.integer(*gpu, "gpu", 0, kGpusMax).value_or(0));
  }
  if (const YamlNode* share = node->find("gpu_share")) {
    resources.gpu_share = static_cast<int>(values.integer(*share, "gpu_share", 1, kGpusMax).value_or(1));
  }
  if (const YamlNode* memory = node->find("memory")) {
    resources.memory_bytes = values.bytes(*memory, "memory");
    if (resources.memory_bytes && *resources.memory_bytes < kMemoryMin && memory->mark.line > 0) {  // An old one stays.
      values.fault(memory->mark,
                   fmt::format("memory of {} bytes is less than any program needs", *resources.memory_bytes),
                   fmt::format("write its unit, as in memory: {}GiB", clipped(memory->text)));
    }
  }
  if (const YamlNode* time = node->find("time")) resources.seconds = values.duration(*time, "time");
  return resources;
}

}  // namespace sterlet::studyfile
