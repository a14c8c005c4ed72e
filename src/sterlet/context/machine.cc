#include "sterlet/context/machine.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

#include "sterlet/base/process.h"
#include "sterlet/base/text.h"

namespace sterlet::context {

namespace {

namespace fs = std::filesystem;

constexpr std::streamsize kBytesMax = 1 << 20;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(kBytesMax), '\0');
  file.read(text.data(), kBytesMax);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// What stands behind the first `name` and `separator` at the beginning of a line.
std::string field_of(std::string_view text, std::string_view name, char separator) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.substr(0, name.size()) != name) continue;
    const std::size_t place = line.find(separator);
    if (place == std::string_view::npos) continue;
    line.remove_prefix(place + 1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t' || line.front() == '"')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '"')) line.remove_suffix(1);
    return base::printable(line);
  }
  return {};
}

std::vector<std::string> gpus_of(const std::string& root) {
  std::vector<std::string> gpus;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root + "/proc/driver/nvidia/gpus", error)) {
    const std::string model = field_of(content_of((entry.path() / "information").string()), "Model", ':');
    if (!model.empty()) gpus.push_back(model);
  }
  std::sort(gpus.begin(), gpus.end());
  return gpus;
}

// "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu ...": the first word that is a version.
std::string driver_of(const std::string& root) {
  std::istringstream words(field_of(content_of(root + "/proc/driver/nvidia/version"), "NVRM version", ':'));
  for (std::string word; words >> word;) {
    const bool is_version =
        word.find('.') != std::string::npos && word.find_first_not_of("0123456789.") == std::string::npos;
    if (is_version) return word;
  }
  return {};
}

std::string container_of(const std::string& root, const std::function<std::string(const char*)>& environment) {
  for (const char* name : {"APPTAINER_CONTAINER", "SINGULARITY_CONTAINER"}) {
    if (std::string image = environment(name); !image.empty()) return base::printable(image);
  }
  std::error_code error;
  if (fs::exists(root + "/run/.containerenv", error)) {
    const std::string image = field_of(content_of(root + "/run/.containerenv"), "image=", '=');
    return image.empty() ? "podman" : image;
  }
  return fs::exists(root + "/.dockerenv", error) ? "docker" : std::string();
}

}  // namespace

base::Json machine_json(const std::string& root, const std::function<std::string(const char*)>& environment) {
  base::Json json = base::Json::object();
  const std::string cpus = content_of(root + "/proc/cpuinfo");
  std::string cpu = field_of(cpus, "model name", ':');
  if (cpu.empty()) cpu = field_of(cpus, "CPU part", ':');
  if (!cpu.empty()) json["cpu"] = cpu;
  json["cores"] = base::available_cores();
  std::istringstream memory(field_of(content_of(root + "/proc/meminfo"), "MemTotal", ':'));
  if (std::int64_t kibibytes = 0; memory >> kibibytes) json["memory_bytes"] = kibibytes * 1024;
  if (const auto gpus = gpus_of(root); !gpus.empty()) json["gpus"] = gpus;
  if (const std::string driver = driver_of(root); !driver.empty()) json["driver"] = driver;
  if (const std::string system = field_of(content_of(root + "/etc/os-release"), "PRETTY_NAME", '='); !system.empty())
    json["system"] = system;
  if (const std::string container = container_of(root, environment); !container.empty()) json["container"] = container;
  return json;
}

}  // namespace sterlet::context
