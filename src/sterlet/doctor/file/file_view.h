#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/doctor/finding.h"
#include "sterlet/studyfile/study_file.h"
#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::doctor {

/// What a parameter's name says it is.
enum class Role {
  kUnknown,
  kLearningRate,
  kRegularizer,  ///< Weight decay and its like: what counts is the order of magnitude, and 0 is possible.
  kAverage,      ///< The beta of a moving average, momentum included.
  kEpsilon,
  kBatchSize,
  kUnits,  ///< Widths of layers.
  kLayers,
  kDropout,
  kShare,  ///< A probability or share: linear in its nature.
  kSteps,  ///< Epochs, steps, trees.
  kLabel,  ///< A seed, a fold, an id: its value is a name.
};
Role role_of(std::string_view name);
/// By its range as well: an epsilon is small, and a step size in whole numbers counts steps.
Role role_of(const space::Parameter& parameter);
/// Momentum, Adam's betas, EMA, a discount: an average for certain, where a plain beta or rho may be anything.
bool is_sure_average(std::string_view name);
/// Weight decay, L1 and L2 penalties: with 0 they are off.
bool is_weight_decay(std::string_view name);
/// Adam's beta1, beta2.
bool is_adam_beta(std::string_view name);
/// Whether the name has any of these, each a word or several in their order; a number after a word may be left out.
bool has_any(std::string_view name, std::initializer_list<std::string_view> sought);
/// Whether the last word of the name is one of these.
bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> sought);
/// Its numbers, where it has only such: both ends of its range, or all choices.
std::optional<std::vector<double>> numbers_of(const space::Parameter& parameter);
/// The tier that practice gives it, and that the file says where it says one.
int tier_of(const space::Parameter& parameter, const studyfile::YamlNode* declaration);

/// A study file that check accepts, as rules look at it.
class FileView final {
 public:
  /// Borrows all; `memory_bytes` of the machine, 0 where it is not known.
  FileView(const studyfile::StudyFile& file, const studyfile::YamlNode& root, std::string path,
           std::int64_t memory_bytes)
      : file_(file), root_(root), path_(std::move(path)), memory_bytes_(memory_bytes) {}

  const studyfile::StudySpec& spec() const { return file_.spec; }
  const space::Space& space() const { return file_.space; }
  std::int64_t memory_bytes() const { return memory_bytes_; }
  /// Whether trials are drawn from ranges; one model, or one schedule again, is not.
  bool is_searched() const;
  /// Parameters with more than one value.
  std::vector<const space::Parameter*> searched() const;
  /// What params says of it, if it is a map there.
  const studyfile::YamlNode* declaration(std::string_view parameter) const;
  const studyfile::YamlNode* key(std::string_view name) const { return root_.find(name); }

  /// file:line:col of a parameter's key, else of its name, else of the preset.
  std::string place(std::string_view parameter, std::string_view key) const;
  /// Of a key of the file, else of its beginning.
  std::string place(std::string_view key) const;

 private:
  std::string at(studyfile::Mark mark) const;

  const studyfile::StudyFile& file_;
  const studyfile::YamlNode& root_;
  std::string path_;
  std::int64_t memory_bytes_;
};

/// Share of draws, even on the parameter's scale, that lie in [low, high].
double share_within(const space::Parameter& parameter, double low, double high);

}  // namespace sterlet::doctor
