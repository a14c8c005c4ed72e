#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;

// What a trial surely keeps of each sample of a batch: the sample, for which a thousand numbers are taken where nothing
// is known of it, the output of each layer, and the gradient of each.
constexpr double kNumbersOfASample = 1000;
constexpr double kPixels = 28 * 28;  // Of each filter, in the built-in trainer's images.
constexpr double kBytes = 4, kCopies = 2;

double highest(const FileView& view, Role role, double otherwise) {
  double most = otherwise;
  for (const Parameter& parameter : view.space().parameters()) {
    if (space::is_numeric(parameter) && role_of(parameter.name) == role) most = std::max(most, parameter.high);
  }
  return most;
}

bool has_images(const FileView& view) {
  const std::vector<std::string>& command = view.spec().command;
  return command.size() > 1 && command[0] == "sterlet-train" && command[1] == "cnn";
}

double bytes_of_a_sample(const FileView& view) {
  const double units = highest(view, Role::kUnits, 0) * (has_images(view) ? kPixels : 1);
  return kBytes * kCopies * (kNumbersOfASample + units * highest(view, Role::kLayers, 1));
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
    if (role_of(parameter->name) != Role::kBatchSize) continue;
    double most = parameter->high;
    if (!space::is_numeric(*parameter)) {
      most = 0;
      for (const space::Scalar& choice : parameter->choices) {
        most = std::max(most, base::number_from_json(space::json_from_scalar(choice)).value_or(0));
      }
    }
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
