#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sterlet::studyfile {

/// What a program's source says that it prints, or reports, and what a trial can be judged by.
struct PrintedMetric {
  std::string name;     ///< Fit for a study file: val_acc of "val-acc".
  std::string pattern;  ///< Finds it in a printed line; empty of one that is reported by a client.
  std::string line;     ///< Of the source, without blanks around it.
};

/// Looks through a source, whatever its language, for lines that print a metric's name with a value after it
/// (print(f"epoch {epoch} val_acc={acc:.3f}"), printf("loss: %f\n", loss), echo "auc=$auc"). Of several names one of
/// held-back data comes first, then what is no loss, then the last. An epoch or step before it in the line becomes the
/// step. A guess: it may be wrong. Cost: linear in the source.
std::optional<PrintedMetric> find_printed_metric(std::string_view source);

/// The same of lines that report to Sterlet: trial.report(epoch, val_error=...), sterlet report --step 3 acc=0.9.
std::optional<PrintedMetric> find_reported_metric(std::string_view source);

}  // namespace sterlet::studyfile
