// sterlet-train: a multi-layer perceptron or a small convolutional network on Fashion-MNIST or any table, as a trial of
// Sterlet's or alone.

#include <fmt/format.h>
#include <torch/version.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <string>

#include "csv.h"
#include "data.h"
#include "settings.h"
#include "trainer.h"

namespace sterlet::trainer {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

std::string flag_of(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return "--" + name;
}

void add_flags(CLI::App& app, Settings& settings) {
  app.add_option("--data", settings.data, "fashion-mnist, or a CSV file with a header row");
  app.add_option("--data-dir", settings.data_dir, "folder of the Fashion-MNIST files");
  app.add_option("--target", settings.target, "CSV: column to predict (default: the last one)");
  app.add_option("--task", settings.task, "CSV: what the target is")
      ->check(CLI::IsMember({"auto", "classification", "regression"}));
  app.add_option("--train-rows", settings.train_rows, "train on at most so many rows (0: all)");
  app.add_option("--epochs", settings.epochs, "times to go over the training rows");
  app.add_option("--report-every", settings.report_every, "report every N steps of the optimizer (0: every epoch)");
  app.add_option("--checkpoint-every", settings.checkpoint_every, "checkpoint every N epochs (0: only when asked)");
  app.add_option("--threads", settings.threads, "threads; repeatable to the bit only with 1")
      ->check(CLI::Range(1, 256));
  app.add_option("--seed", settings.seed, "seed of weights, order and dropout");
  app.add_option("--bad-labels", settings.bad_labels,
                 "a fault on purpose, to see what sterlet babysit --guard does: the optimizer steps whose data gets "
                 "random labels; leaving that data out gets past it")
      ->type_name("FROM-TO");
  app.add_flag("--test", settings.test, "also report test_error on the held-back images at the end");

  for (const LiveField& field : live_fields())
    app.add_option(flag_of(field.name), settings.live.*field.member, field.help)->group("Hyperparameters");
  const auto add = [&app](const char* name, auto& value, const char* help) {
    return app.add_option(name, value, help)->group("Hyperparameters");
  };
  add("--batch-size", settings.batch_size, "rows in a step of the optimizer");
  add("--layers", settings.layers, "hidden (mlp) or convolutional (cnn) layers");
  add("--units", settings.units, "mlp: units of each layer, or of all")->delimiter(',');
  add("--filters", settings.filters, "cnn: filters of each layer, or of all")->delimiter(',');
  add("--kernel-size", settings.kernel_size, "cnn: side of a filter, odd");
  add("--activation", settings.activation, "relu, tanh, gelu or sigmoid");
  add("--optimizer", settings.optimizer, "sgd or adam");
  add("--decay", settings.decay, "of the learning rate: none, step, exponential or cosine");
  add("--decay-rate", settings.decay_rate, "share of the learning rate left at the end");
}

Result<Dataset> load(const Settings& settings) {
  if (settings.data == "fashion-mnist")
    return load_fashion_mnist(settings.data_dir, settings.train_rows, settings.test);
  if (settings.test) return Error{"--test: only fashion-mnist holds back test images; leave it out for a CSV file"};
  auto dataset = load_csv(settings.data, {settings.target, settings.task, settings.train_rows});
  if (dataset && settings.model == "cnn")
    return Error{settings.data + ": a cnn needs images, and this is a table; use mlp"};
  return dataset;
}

int fail(const std::string& sentence, int code) {
  say(sentence);
  return code;
}

int run(int argc, char** argv) {
  Settings settings;
  CLI::App app{"Trains a small network, and reports to Sterlet where it runs as a trial.", "sterlet-train"};
  app.option_defaults()->always_capture_default();
  app.add_option("model", settings.model, "mlp or cnn")->required()->check(CLI::IsMember({"mlp", "cnn"}));
  // A context notes such lines as versions of packages.
  app.set_version_flag("--version", "libtorch " TORCH_VERSION);
  add_flags(app, settings);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return fail(fmt::format("{}; see sterlet-train --help", error.what()), kExitUsage);
  }

  TrialOptions can;
  can.live = can.restores = can.loop = true;
  Trial trial(can);
  const auto refuse = [&trial](const std::string& sentence, int code) {
    trial.failed(sentence);
    return fail(sentence, code);
  };
  if (app.count("--seed") == 0) settings.seed = trial.seed(settings.seed);
  for (const std::string& name : apply_params(trial, settings))
    say(fmt::format("no hyperparameter '{}' is known here; it has no effect but through the command", name));
  const bool layers_given = app.count("--layers") > 0 || trial.params().count("layers") > 0;
  if (const auto faults = complete(settings, layers_given); !faults.empty())
    return refuse(fmt::format("{}", fmt::join(faults, "; ")), trial.params().empty() ? kExitUsage : kExitFailed);
  auto dataset = load(settings);
  if (!dataset) return refuse(dataset.error().sentence, kExitFailed);
  return train(settings, *dataset, trial);
}

}  // namespace
}  // namespace sterlet::trainer

int main(int argc, char** argv) {
  try {
    return sterlet::trainer::run(argc, argv);
  } catch (const std::exception& error) {
    sterlet::trainer::say(error.what());
    return 1;
  }
}
