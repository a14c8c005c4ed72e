#include "sterlet/studyfile/script.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/guess.h"
#include "sterlet/studyfile/help_options.h"
#include "sterlet/studyfile/printed_metric.h"
#include "sterlet/studyfile/source_options.h"
#include "sterlet/studyfile/starter_text.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::studyfile {
namespace {

std::string guess(std::string_view name, std::string_view value) {
  const auto parameter = guess_parameter(name, value);
  return parameter ? parameter->name + " " + declaration_text(*parameter) : "none";
}

StudyFile study_of(const Script& script) {
  const auto text = script_study(study::strategies(), script);
  EXPECT_TRUE(text) << (text ? "" : text.error().message());
  auto study = parse_study_text(study::strategies(), *text, "study.yaml", ".");
  EXPECT_TRUE(study) << *text;
  return std::move(*study);
}

std::string refusal_of(const Script& script) {
  const auto text = script_study(study::strategies(), script);
  return text ? "none" : text.error().message();
}

TEST(Guess, KnowsTheWordsOfTheField) {
  EXPECT_EQ(guess("lr", "0.1"), "lr {type: float, low: 0.001, high: 1, scale: log, default: 0.1, tier: 1}");
  EXPECT_EQ(guess("learning-rate", "3e-4"),
            "learning_rate {type: float, low: 3e-06, high: 0.03, scale: log, default: 0.0003, tier: 1}");
  EXPECT_EQ(guess("lr", "1"), "lr {type: float, low: 0.01, high: 10, scale: log, default: 1, tier: 1}");
  EXPECT_EQ(guess("momentum", "0.9"),
            "momentum {type: float, low: 0.5, high: 0.999, scale: reverse_log, default: 0.9, tier: 2}");
  EXPECT_EQ(guess("adam.beta2", "0.999"),
            "beta2 {type: float, low: 0.99, high: 0.9999, scale: reverse_log, default: 0.999, tier: 4}");
  EXPECT_EQ(guess("batch-size", "64"), "batch_size {type: int, low: 8, high: 512, scale: log, default: 64, tier: 2}");
  EXPECT_EQ(guess("layers", "2"), "layers {type: int, low: 1, high: 4, default: 2, tier: 3}");
  EXPECT_EQ(guess("hidden_size", "128"),
            "hidden_size {type: int, low: 32, high: 512, scale: log, default: 128, tier: 2}");
  EXPECT_EQ(guess("dropout", "0.1"), "dropout {type: float, low: 0, high: 0.5, default: 0.1, tier: 3}");
  EXPECT_EQ(guess("weight_decay", "0"),
            "weight_decay {type: float, low: 1e-06, high: 0.01, scale: log, zero: 0.1, default: 0, tier: 3}");
}

TEST(Guess, GoesByTheValueWhereTheNameSaysNothing) {
  EXPECT_EQ(guess("k", "3"), "k {type: int, low: 1, high: 6, default: 3, tier: 2}");
  EXPECT_EQ(guess("k", "100"), "k {type: int, low: 25, high: 400, scale: log, default: 100, tier: 2}");
  EXPECT_EQ(guess("k", "0"), "k {type: int, low: 0, high: 10, default: 0, tier: 2}");
  EXPECT_EQ(guess("k", "-4"), "k {type: int, low: -8, high: 0, default: -4, tier: 2}");
  EXPECT_EQ(guess("k", "0.3"), "k {type: float, low: 0, high: 1, default: 0.3, tier: 2}");
  EXPECT_EQ(guess("k", "2.5"), "k {type: float, low: 0.25, high: 25, scale: log, default: 2.5, tier: 2}");
  EXPECT_EQ(guess("nesterov", "True"),
            "nesterov {type: categorical, choices: [\"True\", \"False\"], default: \"True\", tier: 2}");
  for (const char* text : {"adam", "", "nan", "inf", "1e300", "0x10"}) EXPECT_EQ(guess("k", text), "none") << text;
}

TEST(Guess, LeavesAloneWhatSaysHowLongOrWhere) {
  for (const char* name : {"seed", "epochs", "num-workers", "max_steps", "trainer.gpus", "log_interval"}) {
    EXPECT_TRUE(is_left_alone(name)) << name;
    EXPECT_EQ(guess(name, "10"), "none") << name;
  }
  for (const char* name : {"lr", "dropout", "drop-out", "x"}) EXPECT_FALSE(is_left_alone(name)) << name;
}

// Whatever the value, the range holds it, so that the default is valid.
TEST(Guess, ItsRangeHoldsTheValue) {
  for (const char* name :
       {"lr", "momentum", "dropout", "subsample", "alpha", "batch", "depth", "width", "eps", "other"}) {
    for (const char* value : {"0", "1", "-1", "7", "1000", "1000000000", "0.0", "1.0", "-0.5", "0.95", "0.89",
                              "0.999999", "1e-12", "0.7", "3.14159", "123456.7", "1e9"}) {
      const Script script{.words = {"./train", std::string("--") + name, value}};
      const auto text = script_study(study::strategies(), script);
      ASSERT_TRUE(text) << name << " " << value << ": " << text.error().message();
    }
  }
}

TEST(Script, ItsCommandHasEachParameterWhereItsValueStood) {
  const StudyFile study =
      study_of({.words = {"python", "src/train.py", "--lr", "0.1", "--layers=2", "--data", "my data", "-b", "64",
                          "--epochs", "5", "--cuda", "opt.momentum=0.9", "--betas", "0.9", "0.99"}});
  EXPECT_EQ(study.spec.name, "train");
  EXPECT_EQ(study.spec.command,
            (std::vector<std::string>{"python", "src/train.py", "--lr", "${lr}", "--layers=${layers}", "--data",
                                      "my data", "-b", "${b}", "--epochs", "5", "--cuda", "opt.momentum=${momentum}",
                                      "--betas", "${betas}", "${betas_2}"}));
  EXPECT_EQ(study.space.parameters().size(), 6U);
}

TEST(Script, OptionsOfALauncherAreNone) {
  const auto on = [](const std::vector<std::string>& words) {
    const StudyFile study = study_of({.words = words});
    std::string text = study.spec.name + ":";
    for (const space::Parameter& parameter : study.spec.parameters) text += " " + parameter.name;
    return text;
  };
  EXPECT_EQ(on({"torchrun", "--nproc_per_node=2", "src/train.py", "--lr", "0.1"}), "train: lr");
  EXPECT_EQ(on({"env", "SEED=1", "python3", "-O", "train.py", "--lr", "0.1"}), "train: lr");
  EXPECT_EQ(on({"/usr/bin/python3.11", "-m", "pkg.fit", "--lr", "0.1"}), "fit: lr");
  EXPECT_EQ(on({"timeout", "60", "./train.sh", "0.1"}), "train: argument_1");
  EXPECT_EQ(on({"./train", "--lr", "0.1", "config.py"}), "train: lr") << "no launcher";
}

TEST(Script, NumbersWithoutAnOptionAreArguments) {
  const StudyFile study = study_of({.words = {"./fit", "0.5", "input.csv", "3"}});
  EXPECT_EQ(study.spec.command, (std::vector<std::string>{"./fit", "${argument_1}", "input.csv", "${argument_2}"}));
}

TEST(Script, SaysWhatItCannotDo) {
  EXPECT_EQ(refusal_of({.words = {}}),
            "no command line is given; write it behind two dashes: sterlet init script -- python train.py --lr 0.1");
  EXPECT_EQ(
      refusal_of({.words = {"python", "train.py", "--epochs", "3"}}),
      "there is no number to tune in 'python train.py --epochs 3'; give its options with their values (sterlet init "
      "script -- python train.py --lr 0.1), or end with --help to have its options read");
  EXPECT_EQ(
      refusal_of({.words = {"python", "train.py"}, .help = "usage: train.py [--lr LR]\n"}),
      "the help of 'python train.py' tells of no option with a number as its default; give its options with their "
      "values: sterlet init script -- python train.py --lr 0.1");
}

constexpr const char* kArgparse = R"(usage: train.py [-h] [--lr LR] [-b N] [--optimizer {sgd,adam}] [--cuda]

options:
  -h, --help            show this help message and exit
  --lr LR               learning rate (default: 0.1)
  -b N, --batch-size N  mini-batch size of the training
                        loader (default: 64)
  --optimizer {sgd,adam}
                        which optimizer (default: sgd)
  --cuda                on a GPU (default: False)
  --epochs N            how long (default: 10)
  --data DIR            where (default: None)
)";

TEST(Help, OfArgparse) {
  const std::vector<HelpOption> expected = {{.flag = "--lr", .value = "0.1"},
                                            {.flag = "--batch-size", .value = "64"},
                                            {.flag = "--optimizer", .value = "sgd", .choices = {"sgd", "adam"}},
                                            {.flag = "--epochs", .value = "10"},
                                            {.flag = "--data", .value = "None"}};
  EXPECT_EQ(read_help(kArgparse), expected);
  const StudyFile study = study_of({.words = {"python", "train.py", "--lr", "0.3"}, .help = kArgparse});
  EXPECT_EQ(study.spec.command, (std::vector<std::string>{"python", "train.py", "--lr", "${lr}", "--batch-size",
                                                          "${batch_size}", "--optimizer", "${optimizer}"}));
  EXPECT_EQ(declaration_text(study.space.parameters()[0]),
            "{type: float, low: 0.003, high: 1, scale: log, default: 0.3, tier: 1}");
}

TEST(Help, OfClickGoClapAndCli11) {
  EXPECT_EQ(read_help("Options:\n  --lr FLOAT            [default: 0.1]\n  --kind [a|b]  What.  [default: b]\n"),
            (std::vector<HelpOption>{{.flag = "--lr", .value = "0.1"},
                                     {.flag = "--kind", .value = "b", .choices = {"a", "b"}}}));
  EXPECT_EQ(read_help("Usage of ./train:\n  -lr float\n    \tlearning rate (default 0.1)\n  -fast\n    \tno value\n"),
            (std::vector<HelpOption>{{.flag = "-lr", .value = "0.1"}}));
  EXPECT_EQ(read_help("Options:\n      --lr <LR>  rate [default: 0.1]\n"),
            (std::vector<HelpOption>{{.flag = "--lr", .value = "0.1"}}));
  EXPECT_EQ(read_help("Options:\n  -r,--rate FLOAT [0.1]       the rate\n"),
            (std::vector<HelpOption>{{.flag = "--rate", .value = "0.1"}}));
}

TEST(Help, OfHydra) {
  const StudyFile study = study_of({.words = {"python", "app.py"}, .help = R"(app is powered by Hydra.

== Configuration groups ==
Compose your configuration from those groups (group=option)

== Config ==
Override anything in the config (foo.bar=value)

optimizer:
  name: adam
  lr: 0.001
batch_size: 32
epochs: 3
layers:
- 1
- 2

Powered by Hydra (https://hydra.cc)
Use --hydra-help to view Hydra specific help
)"});
  EXPECT_EQ(study.spec.command,
            (std::vector<std::string>{"python", "app.py", "optimizer.lr=${lr}", "batch_size=${batch_size}"}));
}

TEST(Help, OddTextIsNoError) {
  for (const char* text :
       {"", "-", "--", "---", "  -x", "--lr", "  --lr=", "  -\xff N  default", "--a {b",
        "default:", "--a N (default:", "Override anything in the config\n: :\n  a:\n", "--x [|||]  [default: ]"}) {
    for (const HelpOption& option : read_help(text)) EXPECT_FALSE(option.flag.empty()) << text;
  }
}

std::string printed(std::string_view source) {
  const auto found = find_printed_metric(source);
  return found ? found->name + " " + found->pattern : "none";
}

TEST(PrintedMetric, IsFoundInManyLanguages) {
  EXPECT_EQ(printed("print(f\"epoch {epoch} loss={loss:.3f} acc: {acc:.4f}\")"),
            "acc epoch\\D{0,4}(?<step>\\d+).*?acc[=: ]+(?<acc>[-+.\\w]+)");
  EXPECT_EQ(printed("print(\"Epoch %d/%d - loss: %.4f\" % (e, n, loss))"),
            "loss Epoch\\D{0,4}(?<step>\\d+).*?loss[=: ]+(?<loss>[-+.\\w]+)");
  EXPECT_EQ(printed("for (int step = 1; step < 3; ++step) printf(\"step %d loss=%f\\n\", step, loss);"),
            "loss step\\D{0,4}(?<step>\\d+).*?loss[=: ]+(?<loss>[-+.\\w]+)");
  EXPECT_EQ(printed("print('val_auc', auc)"), "val_auc val_auc[=: ]+(?<val_auc>[-+.\\w]+)");
  EXPECT_EQ(printed("  std::cout << \"rmse=\" << rmse << std::endl;"), "rmse rmse[=: ]+(?<rmse>[-+.\\w]+)");
  EXPECT_EQ(printed("cat(\"r2:\", r2, \"\\n\")"), "r2 r2[=: ]+(?<r2>[-+.\\w]+)");
  EXPECT_EQ(printed("echo \"val-loss $loss\""), "val_loss val-loss[=: ]+(?<val_loss>[-+.\\w]+)");
  EXPECT_EQ(printed("print \"f1=$f1\\n\";"), "f1 f1[=: ]+(?<f1>[-+.\\w]+)");
}

TEST(PrintedMetric, IsFoundInObjectsThatArePrintedAsJson) {
  EXPECT_EQ(printed("console.log(JSON.stringify({epoch: e, train_loss: 1 / e, val_loss: loss(e)}));"),
            "val_loss \"epoch\": *(?<step>\\d+).*?\"val_loss\": *(?<val_loss>[-+.\\w]+)");
  EXPECT_EQ(printed("print(json.dumps({'accuracy': right / count, 'loss': loss}))"),
            "accuracy \"accuracy\": *(?<accuracy>[-+.\\w]+)");
  EXPECT_EQ(printed("cat(toJSON(list(step = i, rmse = r), auto_unbox = TRUE), '\\n')"),
            "rmse \"step\": *(?<step>\\d+).*?\"rmse\": *(?<rmse>[-+.\\w]+)");
  EXPECT_EQ(printed("print(json.dumps(loss))"), "none");
}

TEST(PrintedMetric, HeldBackDataComesFirstThenWhatIsNoLoss) {
  EXPECT_EQ(printed("print(f'val_loss={a}')\nprint(f'accuracy={b} train_auc={c}')"),
            "val_loss val_loss[=: ]+(?<val_loss>[-+.\\w]+)");
  EXPECT_EQ(printed("printf \"[%d] train acc %.3f | test acc %.3f\\n\", $e, $a, $b;"),
            "test_acc test acc[=: ]+(?<test_acc>[-+.\\w]+)");
  EXPECT_EQ(printed("print(f'epoch {e} Val loss: {a} training loss: {b}')"),
            "Val_loss epoch\\D{0,4}(?<step>\\d+).*?Val loss[=: ]+(?<Val_loss>[-+.\\w]+)");
  EXPECT_EQ(printed("print(f'accuracy={a} loss={b}')"), "accuracy accuracy[=: ]+(?<accuracy>[-+.\\w]+)");
}

TEST(PrintedMetric, WhatPrintsNoValueIsNone) {
  EXPECT_EQ(printed("# print(f'loss={loss}')\nloss = model.loss(x)\nprint('the loss is large')\nx = 'loss={}'"),
            "none");
  EXPECT_EQ(printed(""), "none");
  EXPECT_EQ(find_reported_metric("trial.report(step, wait=True)\nsterlet report --step 3 val_error=0.2")->name,
            "val_error");
  EXPECT_EQ(find_reported_metric("trial.report(epoch, {{\"val_error\", error}});")->name, "val_error");
}

TEST(SourceOptions, TellTheirDefaults) {
  const auto options = read_source(
      "p.add_argument(\"--lr\", type=float, default=0.1)\n"
      "p.add_argument('-b', '--batch-size', type=int,\n               default=64)\n"
      "p.add_argument(\"--optimizer\", choices=[\"sgd\", \"adam\"], default=\"sgd\")\n"
      "p.add_argument(\"--data\", required=True)\np.add_argument(\"--seed\", default=None)\n"
      "@click.option('--warm/--cold', default=True)\n"
      "make_option(c(\"-d\", \"--depth\"), type=\"integer\", default=6L)\n"
      "make_option(c(\"-k\", \"--kappa\"), default=0.5)\n");
  std::string text;
  for (const HelpOption& option : options) text += option.flag + " " + option.value + "\n";
  EXPECT_EQ(text, "--lr 0.1\n--batch-size 64\n--optimizer sgd\n--warm True\n--depth 6\n--kappa 0.5\n");
  EXPECT_EQ(options[2].choices, (std::vector<std::string>{"sgd", "adam"}));
}

}  // namespace
}  // namespace sterlet::studyfile
