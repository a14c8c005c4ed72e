#include "sterlet/samplers/prior/practice_table.h"

#include <array>

namespace sterlet::samplers {

namespace {

// Model::kForest and kLinear last: their words are those of others too.
constexpr auto kCues = std::to_array<ModelCue>({
    {Model::kNetwork, "network"},      {Model::kNetwork, "mlp"},
    {Model::kNetwork, "momentum"},     {Model::kNetwork, "units"},
    {Model::kNetwork, "hidden"},       {Model::kNetwork, "neurons"},
    {Model::kNetwork, "layers"},       {Model::kNetwork, "activation"},
    {Model::kNetwork, "dropout"},      {Model::kNetwork, "optimizer"},
    {Model::kNetwork, "solver"},       {Model::kNetwork, "batch"},
    {Model::kNetwork, "beta1"},        {Model::kNetwork, "beta 1"},
    {Model::kNetwork, "warmup"},       {Model::kBoosting, "boosting"},
    {Model::kBoosting, "booster"},     {Model::kBoosting, "boost"},
    {Model::kBoosting, "xgboost"},     {Model::kBoosting, "xgb"},
    {Model::kBoosting, "lightgbm"},    {Model::kBoosting, "lgbm"},
    {Model::kBoosting, "catboost"},    {Model::kBoosting, "gbdt"},
    {Model::kBoosting, "gbm"},         {Model::kBoosting, "rounds"},
    {Model::kBoosting, "leaves"},      {Model::kBoosting, "leaf nodes"},
    {Model::kBoosting, "colsample"},   {Model::kBoosting, "child"},
    {Model::kKernel, "kernel"},        {Model::kKernel, "support"},
    {Model::kKernel, "svm"},           {Model::kKernel, "svc"},
    {Model::kKernel, "svr"},           {Model::kKernel, "gamma"},
    {Model::kKernel, "degree"},        {Model::kNeighbours, "neighbours"},
    {Model::kNeighbours, "neighbors"}, {Model::kNeighbours, "knn"},
    {Model::kNeighbours, "=k"},        {Model::kForest, "forest"},
    {Model::kForest, "bootstrap"},     {Model::kForest, "leaf"},
    {Model::kForest, "trees"},         {Model::kForest, "splitter"},
    {Model::kForest, "max features"},  {Model::kLinear, "linear"},
    {Model::kLinear, "ridge"},         {Model::kLinear, "lasso"},
    {Model::kLinear, "logistic"},      {Model::kLinear, "penalty"},
    {Model::kLinear, "alpha"},         {Model::kLinear, "l1 ratio"},
});

// Networks: Bengio, Practical recommendations for gradient-based training, 2012, sections 3 and 4; Goodfellow, Bengio,
// Courville, Deep Learning, 2016, chapter 11; Kingma, Ba, Adam, ICLR 2015; Masters, Luschi, 2018 (small batches);
// Srivastava et al., JMLR 15, 2014 (dropout). Boosting, forests, kernels, neighbours, linear models: Probst, Boulesteix,
// Bischl, Tunability, JMLR 20(53), 2019, tables 3 and 4; van Rijn, Hutter, KDD 2018, section 6; Probst, Boulesteix,
// JMLR 18(181), 2018 (more trees are no worse); and what XGBoost, LightGBM and scikit-learn take by themselves.
constexpr auto kRanges = std::to_array<UsualRange>({
    {"dropout", Model::kAny, 0, 0.3},
    {"drop", Model::kNetwork, 0, 0.3},
    {"weight decay", Model::kAny, 1e-6, 1e-3},
    {"=wd", Model::kAny, 1e-6, 1e-3},
    {"decay rate", Model::kNetwork, 1e-3, 0.1},
    {"learning rate", Model::kNetwork, 1e-3, 0.1},
    {"learning rate", Model::kBoosting, 0.03, 0.3},
    {"learning rate", Model::kAny, 1e-3, 0.1},
    {"=eta", Model::kBoosting, 0.03, 0.3},
    {"eta0", Model::kAny, 0.01, 0.3},
    {"lr", Model::kBoosting, 0.03, 0.3},
    {"lr", Model::kAny, 1e-3, 0.1},
    {"=rate", Model::kNetwork, 1e-3, 0.1},
    {"momentum", Model::kAny, 0.8, 0.95},
    {"beta1", Model::kNetwork, 0.85, 0.95},
    {"beta 1", Model::kNetwork, 0.85, 0.95},
    {"beta2", Model::kNetwork, 0.98, 0.9995},
    {"beta 2", Model::kNetwork, 0.98, 0.9995},
    {"eps", Model::kNetwork, 1e-9, 1e-6},
    {"epsilon", Model::kNetwork, 1e-9, 1e-6},
    {"batch", Model::kAny, 16, 64},
    {"layers", Model::kAny, 1, 3},
    {"units", Model::kNetwork},
    {"hidden", Model::kNetwork},
    {"neurons", Model::kNetwork},
    {"width", Model::kNetwork},
    {"filters", Model::kNetwork},
    {"channels", Model::kNetwork},
    {"l2", Model::kNetwork, 1e-6, 1e-3},
    {"alpha", Model::kNetwork, 1e-5, 1e-3},
    {"depth", Model::kBoosting, 3, 8},
    {"leaves", Model::kAny, 8, 64},
    {"leaf nodes", Model::kAny, 8, 64},
    {"min child weight", Model::kAny, 1, 10},
    {"min child samples", Model::kAny, 3, 30},
    {"min data in leaf", Model::kAny, 3, 30},
    {"leaf", Model::kBoosting, 2, 20},
    {"lambda", Model::kBoosting, 0.3, 10},
    {"l2", Model::kBoosting, 0.3, 10},
    {"subsample", Model::kAny, 0.6, 1},
    {"bagging fraction", Model::kAny, 0.6, 1},
    {"max samples", Model::kAny, 0.6, 1},
    {"colsample", Model::kAny, 0.5, 1},
    {"feature fraction", Model::kAny, 0.5, 1},
    {"trees"},
    {"estimators"},
    {"rounds"},
    {"components"},
    {"depth", Model::kForest, 8, 1000},
    {"samples leaf", Model::kAny, 1, 3},
    {"leaf", Model::kForest, 1, 3},
    {"samples split", Model::kAny, 2, 6},
    {"max features", Model::kAny, 0.2, 0.7},
    {"=features", Model::kForest, 0.2, 0.7},
    {"=c", Model::kKernel, 1, 1000},
    {"=cost", Model::kKernel, 1, 1000},
    {"=c", Model::kAny, 0.1, 100},
    {"gamma", Model::kKernel, 1e-3, 0.05},
    {"degree", Model::kKernel, 2, 3},
    {"=k", Model::kNeighbours, 3, 20},
    {"neighbors", Model::kAny, 3, 20},
    {"neighbours", Model::kAny, 3, 20},
    {"=p", Model::kNeighbours, 1, 2},
    {"alpha", Model::kLinear, 1e-4, 1},
});

constexpr auto kOtherwise = std::to_array<std::string_view>({
    "rate decay",
    "decay steps",
    "lr decay",
    "lr factor",
    "rate factor",
    "lr gamma",
    "rate gamma",
    "lr power",
    "rate power",
    "lr step",
    "lr patience",
    "lr schedule",
    "warmup",
    "final lr",
    "min lr",
    "lr min",
    "lr ratio",
    "seed",
});

// Activations: Glorot, Bordes, Bengio, AISTATS 2011. Families and kernels: Fernandez-Delgado et al., JMLR 15, 2014.
constexpr auto kChoices = std::to_array<UsualChoice>({
    {"adam", 1.5},
    {"adamw", 1.5},
    {"relu", 1.5},
    {"gelu", 1.5},
    {"sigmoid", 0.7},
    {"rbf", 2},
    {"radial", 2},
    {"distance", 2},
    {"standard", 2},
    {"boosting", 1.5},
    {"forest", 1.5},
    {"support", 1.5},
});

}  // namespace

std::string_view text_of(Model model) {
  switch (model) {
    case Model::kAny:
      return "any model";
    case Model::kNetwork:
      return "a network";
    case Model::kBoosting:
      return "boosting";
    case Model::kKernel:
      return "a kernel machine";
    case Model::kNeighbours:
      return "nearest neighbours";
    case Model::kForest:
      return "a forest";
    case Model::kLinear:
      return "a linear model";
  }
  return "";
}

std::span<const ModelCue> model_cues() { return kCues; }
std::span<const UsualRange> usual_ranges() { return kRanges; }
std::span<const std::string_view> words_of_others() { return kOtherwise; }
std::span<const UsualChoice> usual_choices() { return kChoices; }

}  // namespace sterlet::samplers
