#include "sterlet/studyfile/foreign.h"

#include <algorithm>
#include <array>
#include <vector>

#include "sterlet/base/text.h"

namespace sterlet::studyfile {

namespace {

struct Row {
  std::string_view place;
  std::string_view words;  // In small letters, without '_' and '-', with a blank between.
  std::string_view ours;   // The keys that they stand for; empty where they are values.
  std::string_view next;
};

constexpr std::array kRows{
    Row{"study", "name studyname experiment experimentname project", "study", "write study: NAME"},
    Row{"study", "parameters param space searchspace hyperparameters hyperparams hparams configspace variables",
        "params", "write params"},
    Row{"study", "metric goal direction mode maximize minimize optimize", "objective",
        "write objective: {metric: val_error, direction: minimize}"},
    Row{"study",
        "ntrials numtrials maxtrials trialcount numsamples maxevals ncalls niter iterations runcap evaluations",
        "budget", "write budget: {trials: 50}"},
    Row{"study", "timeout timelimit maxtime duration maxduration walltime", "budget", "write budget: {time: 1h}"},
    Row{"study", "program cmd run script entrypoint executable exec trialcommand", "command",
        "write command: [python3, train.py]"},
    Row{"study", "args arguments", "command",
        "write them into the command, as in command: [python3, train.py, --lr, \"${lr}\"]"},
    Row{"study", "algorithm algo method tuner search searchalg searchalgorithm suggest", "sampler",
        "write sampler: auto"},
    Row{"study", "scheduler earlystopping earlyterminate stopper assessor", "pruner", "write pruner: auto"},
    Row{"study",
        "njobs jobs parallel parallelism concurrency maxconcurrent trialconcurrency threads numworkers nworkers",
        "workers", "write workers: 4"},
    Row{"study", "randomstate randomseed", "seed", "write seed: 1"},
    Row{"study", "env environment environ", "",
        "set variables in the command, as in command: [env, NAME=VALUE, python3, train.py]"},
    Row{"study", "cwd dir workdir workingdir workingdirectory directory", "",
        "a program runs in the study file's folder; for another one write command: [sh, -c, 'cd DIR && exec python3 "
        "train.py']"},
    Row{"study", "storage database db", "", "say where when you run it: sterlet tune study.yaml --storage FILE"},
    Row{"study", "gpus ngpus numgpus gpucount cuda device devices accelerator accelerators", "resources",
        "write resources: {gpu: 1}"},
    Row{"study", "cpus ncpus numcpus cpucount cores ncores numcores", "resources", "write resources: {cpu: 2}"},
    Row{"study", "mem ram memorygb memorylimit maxmemory", "resources", "write resources: {memory: 4GiB}"},
    Row{"study", "gpushare gpuspertrial cpuspertrial resourcespertrial", "resources",
        "write resources: {cpu: 2, gpu: 1}"},
    Row{"study", "maxfailures", "failures_max", "write failures_max: 10"},
    Row{"study", "enqueuetrials pointstoevaluate initialpoints startpoints", "enqueue",
        "write enqueue: [{learning_rate: 0.01}]"},

    Row{"parameter", "min minimum lower lowerbound lb from start", "low", "write low"},
    Row{"parameter", "max maximum upper upperbound ub to stop end", "high", "write high"},
    Row{"parameter", "bounds range interval domain limits", "low high", "write low and high, as in low: 1e-4, high: 1"},
    Row{"parameter", "values options categories items list enum set grid", "choices", "write choices"},
    Row{"parameter", "log logscale islog logarithmic", "scale", "write scale: log"},
    Row{"parameter", "distribution dist prior sampling", "scale", "write scale: linear, log or reverse_log"},
    Row{"parameter", "q quantum stepsize quantization increment", "step", "write step"},
    Row{"parameter", "dtype kind", "type", "write type"},
    Row{"parameter", "initial init initialvalue guess", "default", "write default"},
    Row{"parameter", "if condition conditions dependson parent requires activeif", "when",
        "write when, as in when: optimizer == \"sgd\""},
    Row{"parameter", "constant fixed const", "value", "write value"},

    Row{"objective", "name key", "metric", "write metric"},
    Row{"objective", "goal mode type maximize minimize greaterisbetter sense order", "direction",
        "write direction: minimize, or direction: maximize"},
    Row{"objective", "threshold target", "", "write budget: {target: 0.1}"},

    Row{"budget", "maxtrials ntrials numtrials evaluations samples iterations runs maxevals", "trials", "write trials"},
    Row{"budget", "timeout duration hours minutes seconds walltime timelimit maxtime", "time",
        "write time, as in time: 1h30m"},
    Row{"budget", "goal value stopat threshold", "target", "write target"},

    Row{"resources", "cores ncpus threads numcpus", "cpu", "write cpu"},
    Row{"resources", "ngpus numgpus cuda device devices", "gpu", "write gpu"},
    Row{"resources", "mem ram memorygb maxmemory", "memory", "write memory, as in memory: 4GiB"},
    Row{"resources", "timeout timelimit walltime maxtime", "time", "write time, as in time: 10m"},

    Row{"type", "double real number numeric continuous decimal float32 float64 uniform", "", "write type: float"},
    Row{"type", "integer discrete int32 int64 long randint", "", "write type: int"},
    Row{"type", "loguniform log logfloat loguniformvalues reciprocal", "", "write type: float, scale: log"},
    Row{"type", "qloguniform lograndint logint", "", "write type: int, scale: log"},
    Row{"type", "quniform", "", "write type: float, with a step"},
    Row{"type", "bool boolean flag", "", "write choices: [true, false] in place of the type"},
    Row{"type", "choice choices enum string str select category cat nominal", "", "write type: categorical"},
    Row{"type", "ordered ordinals", "", "write type: ordinal"},
    Row{"type", "constant fixed const", "", "write value: 3 in place of the type, which keeps it constant"},
    Row{"type", "normal gaussian lognormal", "", "write type: float, with low and high: within them all is possible"},

    Row{"scale", "logarithmic log10 ln log2 loguniform exponential geometric", "", "write scale: log"},
    Row{"scale", "lin uniform none identity", "", "write scale: linear"},
    Row{"scale", "logit reverselog inverselog", "", "write scale: reverse_log"},

    Row{"direction", "max maximum higher larger greater up increase ascending asc", "", "write direction: maximize"},
    Row{"direction", "min minimum lower smaller less down decrease descending desc", "", "write direction: minimize"},

    Row{"sampler", "bayesian bayes bo bayesopt bayesianoptimization gaussianprocess gpsampler botorch skopt smac hebo",
        "", "write sampler: gp, or leave it out: auto chooses"},
    Row{"sampler", "tpesampler hyperopt parzen", "", "write sampler: tpe"},
    Row{"sampler", "cma cmaessampler", "", "write sampler: cmaes"},
    Row{"sampler", "nsga nsgaii nsgaiisampler genetic evolution", "", "write sampler: nsga2"},
    Row{"sampler", "gridsampler gridsearch", "", "write sampler: grid"},
    Row{"sampler", "randomsampler randomsearch uniform", "", "write sampler: random"},
    Row{"sampler", "qmc qmcsampler halton lhs latinhypercube", "", "write sampler: sobol"},
    Row{"sampler", "bohb", "", "write sampler: tpe and pruner: hyperband"},
    Row{"sampler", "hyperband asha median successivehalving", "", "that is a pruner: write pruner: hyperband, or asha"},
    Row{"sampler", "pbt population", "", "that is a strategy: write strategy: {name: pbt}"},
    Row{"sampler", "default best", "", "write sampler: auto"},

    Row{"pruner", "medianpruner medianstopping medianstoppingrule", "", "write pruner: median"},
    Row{"pruner", "percentilepruner", "", "write pruner: percentile"},
    Row{"pruner", "successivehalvingpruner successivehalving sha ashascheduler", "", "write pruner: asha"},
    Row{"pruner", "hyperbandpruner", "", "write pruner: hyperband"},
    Row{"pruner", "noppruner nop off no false", "", "write pruner: none"},
    Row{"pruner", "earlystopping default on yes true", "", "write pruner: auto"},

    Row{"strategy", "random grid tpe gp cmaes sobol bayesian", "", "that is a sampler: write sampler: random, or tpe"},
    Row{"strategy", "single one manual", "", "write strategy: babysit"},
    Row{"strategy", "many search tune sweep", "", "write strategy: parallel"},
    Row{"strategy", "population", "", "write strategy: {name: pbt}"},

    Row{"source", "stderr", "",
        "join the two by a shell, as in command: [sh, -c, 'exec python3 train.py 2>&1'], and write from: stdout"},
    Row{"source", "file log csv json tensorboard wandb mlflow", "",
        "print the metrics, or report them by a client (docs/channel.md)"},
    Row{"source", "output print console", "", "write from: stdout"},
};

std::string plain(std::string_view word) {
  std::string text;
  for (const char c : word) {
    if (c != '_' && c != '-') text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

bool is_among(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

const Row* find(std::string_view place, std::string_view word) {
  const std::string text = plain(word);
  const auto* const found = std::find_if(
      kRows.begin(), kRows.end(), [&](const Row& row) { return row.place == place && is_among(row.words, text); });
  return found == kRows.end() ? nullptr : found;
}

}  // namespace

std::string foreign_advice(std::string_view place, std::string_view word) {
  const Row* row = find(place, word);
  return row == nullptr ? std::string() : std::string(row->next);
}

bool has_stand_in(const YamlNode& map, std::string_view place, std::string_view key) {
  const std::vector<std::string> wanted{std::string(key)};
  return std::any_of(map.entries.begin(), map.entries.end(), [&](const YamlEntry& entry) {
    if (entry.key == key) return false;
    const Row* row = find(place, entry.key);
    return row != nullptr ? is_among(row->ours, key) : base::nearest_name(entry.key, wanted).has_value();
  });
}

}  // namespace sterlet::studyfile
