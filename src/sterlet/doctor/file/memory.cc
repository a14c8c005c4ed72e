#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string_view>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;

// What a trial surely keeps of each sample of a batch: the sample, for which a thousand numbers are taken where nothing
// is known of it, the output of each layer (of each of its tokens), and the gradient of each.
constexpr double kNumbersOfASample = 1000;
constexpr double kPixels = 28 * 28;  // Of each filter, in the built-in trainer's images.
constexpr double kColours = 3;
constexpr double kBytes = 4, kCopies = 2;

double highest_of(const Parameter& parameter) {
  const auto numbers = numbers_of(parameter);
  return numbers && !numbers->empty() ? *std::max_element(numbers->begin(), numbers->end()) : 0;
}

// The most that any parameter of that kind can be.
template <typename IsOfThem>
double highest(const FileView& view, double otherwise, IsOfThem is_of_them) {
  double most = otherwise;
  for (const Parameter& parameter : view.space().parameters()) {
    if (is_of_them(parameter)) most = std::max(most, highest_of(parameter));
  }
  return most;
}
auto with_role(Role role) {
  return [role](const Parameter& parameter) { return role_of(parameter) == role; };
}
auto with_name(std::initializer_list<std::string_view> names) {
  return [names](const Parameter& parameter) { return has_any(parameter.name, names); };
}

bool has_images(const FileView& view) {
  const std::vector<std::string>& command = view.spec().command;
  return command.size() > 1 && command[0] == "sterlet-train" && command[1] == "cnn";
}

double bytes_of_a_sample(const FileView& view) {
  const double side = highest(view, 0, with_name({"image size", "img size", "image width", "resolution", "crop size"}));
  const double tokens = highest(
      view, 1,
      with_name({"sequence length", "seq length", "seq len", "max length", "max seq", "context length", "block size"}));
  const double width = std::max(highest(view, 0, with_role(Role::kUnits)),
                                highest(view, 0, with_name({"d model", "embed", "embedding", "model dim"})));
  const double units = width * (has_images(view) ? kPixels : tokens);
  const double numbers = std::max(kNumbersOfASample, kColours * side * side);
  return kBytes * kCopies * (numbers + units * highest(view, 1, with_role(Role::kLayers)));
}

std::string bytes_text(double bytes) {
  if (bytes >= 1024.0 * 1024 * 1024) return fmt::format("{:.3g} GiB", bytes / (1024.0 * 1024 * 1024));
  return fmt::format("{:.3g} MiB", bytes / (1024.0 * 1024));
}

}  // namespace

std::vector<Finding> find_memory(const FileView& view) {
  std::vector<Finding> findings;
  const studyfile::Resources& resources = view.spec().resources;
  // A trial on a GPU keeps its batches there, where the file says nothing of memory.
  if (!view.is_searched() || (resources.gpu > 0 && !resources.memory_bytes)) return findings;
  const double memory = static_cast<double>(resources.memory_bytes.value_or(view.memory_bytes()));
  if (memory <= 0) return findings;
  for (const Parameter* parameter : view.searched()) {
    if (role_of(*parameter) != Role::kBatchSize) continue;
    const double most = highest_of(*parameter);
    const double sample = bytes_of_a_sample(view), needed = most * sample;
    if (needed <= memory) continue;
    const double fits = std::exp2(std::floor(std::log2(std::max(1.0, memory / 2 / sample))));
    Finding finding{
        .about = {parameter->name},
        .at = view.place(parameter->name, space::is_numeric(*parameter) ? "high" : "choices"),
        .says = fmt::format("{}: a batch of {} takes at least {}, and {} {}; half of it holds batches of {}",
                            parameter->name, base::number_text(most), bytes_text(needed),
                            resources.memory_bytes ? "a trial may use" : "this machine has", bytes_text(memory),
                            base::number_text(fits)),
        .because = {{"batch", base::json_number(most)},
                    {"bytes_of_a_sample", base::json_number(sample)},
                    {"bytes", base::json_number(needed)},
                    {"memory", base::json_number(memory)}},
        .confidence = 0.8};
    if (space::is_numeric(*parameter) && fits > parameter->low) {
      finding.edits = {{parameter->name, "high", static_cast<std::int64_t>(fits)}};
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace sterlet::doctor
