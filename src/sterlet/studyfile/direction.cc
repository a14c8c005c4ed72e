#include "sterlet/studyfile/direction.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace sterlet::studyfile {

namespace {

constexpr auto kLarger = std::to_array<std::string_view>(
    {"acc",           "accuracy",  "ap",          "auc",     "aucpr",   "auprc",       "auroc",       "avgprec",
     "bleu",          "chrf",      "cider",       "corr",    "correct", "correlation", "dcg",         "dice",
     "elbo",          "f1",        "f2",          "fbeta",   "fps",     "fscore",      "gain",        "hit",
     "hitrate",       "hits",      "iou",         "jaccard", "kappa",   "lift",        "likelihood",  "loglik",
     "loglikelihood", "map",       "mcc",         "meteor",  "miou",    "mrr",         "ndcg",        "pearson",
     "prauc",         "precision", "profit",      "psnr",    "r2",      "recall",      "return",      "returns",
     "revenue",       "reward",    "rewards",     "roc",     "rocauc",  "rouge",       "rougel",      "rsquared",
     "score",         "scores",    "sensitivity", "sharpe",  "snr",     "spearman",    "specificity", "speedup",
     "ssim",          "success",   "throughput",  "tnr",     "tpr",     "winrate",     "wins"});

constexpr auto kSmaller = std::to_array<std::string_view>(
    {"brier",   "cer",        "cost",    "crossentropy", "deviance", "distance", "divergence", "drop",
     "eer",     "entropy",    "err",     "error",        "errors",   "false",    "fid",        "fnr",
     "fpr",     "gap",        "hamming", "hinge",        "kl",       "logloss",  "loss",       "losses",
     "mae",     "mape",       "miss",    "misses",       "mistakes", "mse",      "msle",       "nll",
     "penalty", "perplexity", "ppl",     "regret",       "residual", "risk",     "rmse",       "rmsle",
     "smape",   "ter",        "wer",     "worse",        "wrong",    "xent"});

// What is measured beside quality: no direction follows from the rest of the name.
constexpr auto kNeither = std::to_array<std::string_view>(
    {"bytes", "count", "duration", "flops",   "hours", "latency", "mb",     "memory", "minutes", "ms",  "rank",
     "sd",    "sec",   "secs",     "seconds", "size",  "std",     "stddev", "stderr", "time",    "var", "variance"});

constexpr auto kTurns = std::to_array<std::string_view>({"minus", "neg", "negated", "negative"});

constexpr auto kParts = std::to_array<std::string_view>(
    {"train", "training", "val", "valid", "validation", "test", "eval", "dev", "mean", "avg", "max", "best", "final"});

template <std::size_t kCount>
bool has(const std::array<std::string_view, kCount>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_known(std::string_view word) {
  return has(kLarger, word) || has(kSmaller, word) || has(kNeither, word) || has(kTurns, word);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

std::string lowered(std::string_view text) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(), lower);
  return word;
}

// A word as the tables have it: acc1 and top5acc without what they are counted by, valacc without what it is measured on.
std::string plain(std::string word) {
  if (is_known(word)) return word;
  while (!word.empty() && is_digit(word.back())) word.pop_back();
  for (const std::string_view part : kParts) {
    if (word.starts_with(part) && is_known(std::string_view(word).substr(part.size()))) return word.substr(part.size());
  }
  return word;
}

// Of a run of letters and digits: itself where it is a word, else its parts where a capital follows a small letter, or a
// letter a digit (valAcc, R2Score, top5acc). mAP and mIoU are words as they stand.
void add_words(std::string_view run, std::vector<std::string>& words) {
  if (std::string whole = plain(lowered(run)); is_known(whole)) {
    words.push_back(std::move(whole));
    return;
  }
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= run.size(); ++i) {
    const bool is_border =
        i == run.size() || (is_upper(run[i]) && !is_upper(run[i - 1])) || (is_letter(run[i]) && is_digit(run[i - 1]));
    if (!is_border) continue;
    words.push_back(plain(lowered(run.substr(begin, i - begin))));
    begin = i;
  }
}

std::vector<std::string> words_of(std::string_view metric) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= metric.size(); ++i) {
    if (i < metric.size() && (is_letter(metric[i]) || is_digit(metric[i]))) continue;
    if (i > begin) add_words(metric.substr(begin, i - begin), words);
    begin = i + 1;
  }
  return words;
}

// Whether a larger value is better; nothing: the name does not say.
std::optional<bool> larger_is_better(std::string_view metric) {
  const std::vector<std::string> words = words_of(metric);
  const auto any = [&](const auto& table) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return has(table, word); });
  };
  if (any(kNeither)) return std::nullopt;
  const bool is_smaller = any(kSmaller);
  if (!is_smaller && !any(kLarger)) return std::nullopt;
  const auto turns = std::count_if(words.begin(), words.end(), [](const auto& word) { return has(kTurns, word); });
  const bool is_turned = (turns % 2 == 1) != metric.starts_with("1-");
  return is_smaller == is_turned;
}

}  // namespace

bool is_larger_better_by_name(std::string_view metric) { return larger_is_better(metric) == true; }

bool is_smaller_better_by_name(std::string_view metric) { return larger_is_better(metric) == false; }

}  // namespace sterlet::studyfile
