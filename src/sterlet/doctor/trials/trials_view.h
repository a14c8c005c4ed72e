#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/analysis/edge.h"
#include "sterlet/analysis/response_model.h"
#include "sterlet/analysis/smooth_process.h"
#include "sterlet/doctor/evidence.h"
#include "sterlet/doctor/finding.h"
#include "sterlet/doctor/importance.h"
#include "sterlet/study/study.h"

namespace sterlet::doctor {

/// A study's trials, as rules look at them: those of its first objective.
class TrialsView final {
 public:
  explicit TrialsView(const study::Study& study);

  const study::Study& study() const { return study_; }
  const space::Space& space() const { return study_.space(); }
  const Evidence& evidence() const { return evidence_; }
  const Importance& importance() const { return importance_; }
  const space::Parameter& parameter(std::size_t column) const;
  std::string name(std::size_t column) const { return space().dimension_name(evidence_.dimensions[column]); }
  std::size_t complete() const;

  /// Columns worth a model: those that the trials decide most, at most 9, each active in nearly all trials.
  const std::vector<std::size_t>& modelled() const { return modelled_; }
  /// Rows that models are fitted to.
  const std::vector<std::size_t>& rows() const { return rows_; }
  /// The modelled columns but one, over those rows, and the results.
  analysis::ProcessInput input_without(std::optional<std::size_t> column) const;
  /// A column over those rows; where it is not active, its middle.
  std::vector<double> values(std::size_t column) const;
  /// Of all modelled columns; nothing where there is too little.
  const std::optional<analysis::SmoothProcess>& process() const { return process_; }
  /// Of the same columns; none where there is too little.
  const analysis::ResponseModels& models() const { return models_; }
  /// Of each modelled column, if it is numeric and has one. Where results may act on another scale than the column's own, an
  /// edge counts that is one there, too: on a linear scale the best learning rates lie at the low end.
  const std::vector<std::optional<analysis::Edge>>& edges() const { return edges_; }
  /// Place of a modelled ordered column in the process' columns.
  std::size_t place(std::size_t column) const;

 private:
  void choose_columns();
  void find_edges();

  const study::Study& study_;
  Evidence evidence_;
  Importance importance_;
  std::vector<std::size_t> modelled_, rows_;
  std::optional<analysis::SmoothProcess> process_;
  analysis::ResponseModels models_;
  std::vector<std::optional<analysis::Edge>> edges_;
};

/// Trials below which nothing is said of ranges and scales.
inline constexpr std::size_t kTrialsToJudge = 20;

}  // namespace sterlet::doctor
