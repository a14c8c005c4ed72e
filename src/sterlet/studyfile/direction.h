#pragma once

#include <string_view>

namespace sterlet::studyfile {

/// Whether a metric says by its name that a larger value is better: acc, val_accuracy, top1_acc, testF1, R2Score, mAP50.
///
/// A name is read word by word (at '_', '/', '-', '.', '@' and blanks, and where a capital follows), digits at a word's
/// end aside. A word that says the contrary (loss, error, ...) decides, so error_score and accuracy_loss are no such
/// names; neg, negative, minus and a leading 1- turn it round (neg_mean_squared_error, 1-auc). Names of costs (seconds,
/// bytes, ...) and of spreads (std, ...) say nothing of it.
bool is_larger_better_by_name(std::string_view metric);
/// Whether it says that a smaller one is: loss, val_error, rmse, neg_accuracy.
bool is_smaller_better_by_name(std::string_view metric);

}  // namespace sterlet::studyfile
