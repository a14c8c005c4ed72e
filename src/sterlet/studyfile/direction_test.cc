#include "sterlet/studyfile/direction.h"

#include <gtest/gtest.h>

namespace sterlet::studyfile {
namespace {

TEST(LargerIsBetterByName, OfWordsInAnySpelling) {
  for (const char* name : {"acc",           "val_acc",
                           "accuracy",      "top1_accuracy",
                           "top5acc",       "testAcc",
                           "Accuracy@1",    "auc",
                           "roc_auc",       "f1",
                           "f1_macro",      "testF1",
                           "F1Score",       "r2",
                           "R2Score",       "score",
                           "reward",        "episode_return",
                           "bleu",          "BLEU-4",
                           "map",           "mAP50",
                           "mAP@50-95",     "mIoU",
                           "recall@5",      "hits@10",
                           "ndcg",          "log_likelihood",
                           "win_rate/wins", "valacc",
                           "acc1",          "neg_mean_squared_error",
                           "neg_log_loss",  "minus_error",
                           "success_rate",  "val.dice"}) {
    EXPECT_TRUE(is_larger_better_by_name(name)) << name;
  }
}

TEST(LargerIsBetterByName, NotOfLossesAndCostsWhateverElseTheyName) {
  for (const char* name : {"loss",
                           "val_loss",
                           "val_error",
                           "error",
                           "error_score",
                           "loss_score",
                           "score_loss",
                           "accuracy_loss",
                           "acc_err",
                           "map_error",
                           "dice_loss",
                           "brier_score",
                           "neg_accuracy",
                           "negAccuracy",
                           "1-auc",
                           "one_minus_auc",
                           "nll",
                           "neg_log_likelihood",
                           "rmse",
                           "perplexity",
                           "false_positive_rate",
                           "regret",
                           "wer",
                           "score_time",
                           "acc_std",
                           "precision_bytes",
                           "seconds",
                           "size",
                           "x",
                           "metric",
                           "objective",
                           "y2",
                           "account",
                           "mapping",
                           "scored",
                           "accel",
                           "",
                           "___",
                           "12"}) {
    EXPECT_FALSE(is_larger_better_by_name(name)) << name;
  }
}

}  // namespace
}  // namespace sterlet::studyfile
