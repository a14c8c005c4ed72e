"""What is measured: `sterlet ask-tell`, and the peers. Each offers ask() -> (id, params), tell(id, value), fail(id) and
close(). A failed trial is told in each one's own way, and where it has none, as users do by hand: as the worst value so far."""
import importlib
import json
import math
import os
import subprocess
import tempfile
import threading

import space as spaces


class Unavailable(Exception):
    """The optimizer does not exist here: not installed, or not in this build."""


class Sterlet:
    """One process for each run."""

    def __init__(self, binary, sampler, problem, trials, seed, timeout, more=None):
        """more: what else the study file says, by key."""
        self.folder = tempfile.TemporaryDirectory(prefix="quality-")
        study = os.path.join(self.folder.name, "study.yaml")
        extra = {"sampler": sampler, "failures_max": trials, **(more or {})}  # However many fail in a row, it goes on.
        if problem.is_front:
            extra["objective"] = [{"metric": "f", "direction": "minimize"}, {"metric": "g", "direction": "minimize"}]
        spaces.write_study(study, "quality", problem.space, trials, seed, extra)
        self.log = open(os.path.join(self.folder.name, "stderr"), "w+")
        self.process = subprocess.Popen([binary, "ask-tell", study, "--seed", str(seed)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=self.folder.name)
        self.timer = threading.Timer(timeout, self.process.kill)
        self.timer.start()

    def _send(self, **message):
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # The empty answer below says why.
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            said = self.log.read()[-500:].strip()
            if "unknown sampler" in said:
                raise Unavailable(said)
            raise RuntimeError("sterlet ended early or ran out of time: " + said)
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{message['op']}: {answer['error']}")
        return answer

    def ask(self):
        answer = self._send(op="ask")
        return answer["id"], answer["params"]

    def tell(self, id, value):
        if isinstance(value, list):
            self._send(op="tell", id=id, values=value)
        else:
            self._send(op="tell", id=id, value=value)

    def fail(self, id):
        self._send(op="tell", id=id, state="failed")

    def best(self):
        """The trial that Sterlet itself names as the best."""
        return self._send(op="best")["id"]

    def close(self):
        self.timer.cancel()
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()
        self.folder.cleanup()


class DefineByRun:
    """Optuna and Rustuna. A reverse_log parameter is given to them as 1 - x on a log scale, as users do by hand."""

    def __init__(self, study, space):
        self.study, self.space, self.trials = study, space, {}

    @staticmethod
    def _suggest(trial, name, spec):
        if spec["type"] == "categorical":
            return trial.suggest_categorical(name, spec["choices"])
        low, high, scale = spec["low"], spec["high"], spec.get("scale", "linear")
        if spec["type"] == "int":
            return trial.suggest_int(name, low, high, log=scale == "log")
        if scale == "reverse_log":
            return min(max(1 - trial.suggest_float(name, 1 - high, 1 - low, log=True), low), high)
        return trial.suggest_float(name, low, high, log=scale == "log")

    def ask(self):
        trial, params = self.study.ask(), {}
        for name, spec in self.space.items():
            if spaces.is_active(spec, params):
                params[name] = self._suggest(trial, name, spec)
        self.trials[trial.number] = trial
        return trial.number, params

    def close(self):
        pass


class Optuna(DefineByRun):
    def __init__(self, sampler, problem, seed):
        import warnings
        optuna = require("optuna")
        warnings.simplefilter("ignore")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        if sampler == "gp":
            require("torch").set_num_threads(1)
        s = optuna.samplers
        made = {"tpe": lambda: s.TPESampler(seed=seed), "random": lambda: s.RandomSampler(seed=seed),
                "cmaes": lambda: s.CmaEsSampler(seed=seed, warn_independent_sampling=False),
                "gp": lambda: s.GPSampler(seed=seed, warn_independent_sampling=False),
                "nsga2": lambda: s.NSGAIISampler(seed=seed)}[sampler]()
        super().__init__(optuna.create_study(sampler=made, directions=["minimize"] * problem.objectives), problem.space)

    def tell(self, id, value):
        self.study.tell(self.trials.pop(id), value)

    def fail(self, id):
        self.study.tell(self.trials.pop(id), state=require("optuna").trial.TrialState.FAIL)


class Rustuna(DefineByRun):
    def __init__(self, sampler, problem, seed):
        rustuna = require("rustuna")
        s = rustuna.samplers
        made = {"tpe": s.TPESampler, "random": s.RandomSampler, "cmaes": s.CmaEsSampler, "nsga2": s.NSGAIISampler}
        super().__init__(rustuna.create_study(sampler=made[sampler](seed=seed),
                                              directions=["minimize"] * problem.objectives), problem.space)

    def tell(self, id, value):
        self.trials.pop(id)
        self.study.tell(id, value)

    def fail(self, id):
        self.trials.pop(id)
        self.study.tell(id, state=require("rustuna").trial.TrialState.FAIL)


class Flat:
    """Peers without conditions, or with other ones: all parameters always exist, and inactive ones are ignored."""

    def __init__(self, space):
        self.space, self.count, self.asked, self.worst = space, 0, {}, None

    @staticmethod
    def axis(spec):
        """(kind, low, high, log) as the peer sees it."""
        scale = spec.get("scale", "linear")
        if scale == "reverse_log":
            return spec["type"], 1 - spec["high"], 1 - spec["low"], True
        return spec["type"], spec["low"], spec["high"], scale == "log"

    def ask(self):
        handle, values = self.suggest()
        params = {}
        for name, spec in self.space.items():
            if not spaces.is_active(spec, params):
                continue
            value = values[name]
            if spec["type"] == "categorical":
                params[name] = value
                continue
            value = 1 - value if spec.get("scale") == "reverse_log" else value
            value = min(max(value, spec["low"]), spec["high"])
            params[name] = int(round(value)) if spec["type"] == "int" else float(value)
        self.count += 1
        self.asked[self.count] = handle
        return self.count, params

    def tell(self, id, value):
        self.worst = value if self.worst is None else max(self.worst, value)
        self.observe(self.asked.pop(id), value)

    def fail(self, id):
        self.observe_failure(self.asked.pop(id))

    def close(self):
        pass


class Hyperopt(Flat):
    def __init__(self, _, problem, seed):
        super().__init__(problem.space)
        hyperopt = require("hyperopt")
        import numpy as np
        hp, self.hyperopt = hyperopt.hp, hyperopt
        hyper = {}
        for name, spec in problem.space.items():
            if spec["type"] == "categorical":
                hyper[name] = hp.choice(name, spec["choices"])
                continue
            kind, low, high, log = self.axis(spec)
            if kind == "int":
                hyper[name] = hp.qloguniform(name, math.log(low - 0.49), math.log(high + 0.49), 1) if log \
                    else hp.quniform(name, low - 0.49, high + 0.49, 1)
            else:
                hyper[name] = hp.loguniform(name, math.log(low), math.log(high)) if log else hp.uniform(name, low, high)
        self.domain = hyperopt.base.Domain(lambda values: 0.0, hyper)
        self.trials, self.rng, self.hyper = hyperopt.Trials(), np.random.default_rng(seed), hyper

    def suggest(self):
        ids = self.trials.new_trial_ids(1)
        self.trials.refresh()
        docs = self.hyperopt.tpe.suggest(ids, self.domain, self.trials, int(self.rng.integers(2 ** 31 - 1)))
        self.trials.insert_trial_docs(docs)
        self.trials.refresh()
        values = {k: v[0] for k, v in docs[0]["misc"]["vals"].items()}
        return ids[0], self.hyperopt.space_eval(self.hyper, values)

    def observe(self, handle, value):
        for trial in self.trials._dynamic_trials:
            if trial["tid"] == handle:
                trial["result"] = {"status": "fail"} if value is None else {"status": "ok", "loss": value}
                trial["state"] = self.hyperopt.JOB_STATE_DONE
        self.trials.refresh()

    def observe_failure(self, handle):
        self.observe(handle, None)


class Nevergrad(Flat):
    def __init__(self, _, problem, seed):
        super().__init__(problem.space)
        import warnings
        warnings.simplefilter("ignore")
        ng = require("nevergrad")
        axes = {}
        for name, spec in problem.space.items():
            if spec["type"] == "categorical":
                axes[name] = ng.p.Choice(spec["choices"])
                continue
            kind, low, high, log = self.axis(spec)
            axes[name] = ng.p.Log(lower=low, upper=high) if log else ng.p.Scalar(lower=low, upper=high)
            if kind == "int":
                axes[name].set_integer_casting()
        what = ng.p.Dict(**axes)
        what.random_state.seed(seed)
        self.optimizer = ng.optimizers.NGOpt(parametrization=what, budget=problem.trials, num_workers=problem.batch)

    def suggest(self):
        candidate = self.optimizer.ask()
        return candidate, candidate.value

    def observe(self, handle, value):
        self.optimizer.tell(handle, value)

    def observe_failure(self, handle):
        if self.worst is not None:
            self.optimizer.tell(handle, self.worst)


class Smac(Flat):
    def __init__(self, _, problem, seed):
        super().__init__(problem.space)
        smac, cs = require("smac"), require("ConfigSpace")
        self.runhistory = importlib.import_module("smac.runhistory.dataclasses")
        hyper = cs.ConfigurationSpace(seed=seed)
        for name, spec in problem.space.items():
            if spec["type"] == "categorical":
                hyper.add(cs.Categorical(name, spec["choices"]))
                continue
            kind, low, high, log = self.axis(spec)
            made = cs.Integer if kind == "int" else cs.Float
            hyper.add(made(name, (low, high), log=log))
        self.folder = tempfile.TemporaryDirectory(prefix="quality-")
        scenario = smac.Scenario(hyper, n_trials=problem.trials, deterministic=True, seed=seed,
                                 output_directory=self.folder.name)
        self.smac = smac.HyperparameterOptimizationFacade(scenario, lambda config, seed=0: 0.0, logging_level=50,
                                                          overwrite=True)

    def suggest(self):
        info = self.smac.ask()
        return info, dict(info.config)

    def observe(self, handle, value):
        self.smac.tell(handle, self.runhistory.TrialValue(cost=value))

    def observe_failure(self, handle):
        if self.worst is not None:
            crashed = importlib.import_module("smac.runhistory").StatusType.CRASHED
            self.smac.tell(handle, self.runhistory.TrialValue(cost=self.worst, status=crashed))  # Infinity it cannot model.

    def close(self):
        self.folder.cleanup()


class Hebo(Flat):
    def __init__(self, _, problem, seed):
        super().__init__(problem.space)
        import warnings
        warnings.simplefilter("ignore")
        require("hebo")
        from hebo.design_space.design_space import DesignSpace
        from hebo.optimizers.hebo import HEBO
        require("torch").set_num_threads(1)
        axes = []
        for name, spec in problem.space.items():
            if spec["type"] == "categorical":
                axes.append({"name": name, "type": "cat", "categories": spec["choices"]})
                continue
            kind, low, high, log = self.axis(spec)
            kinds = {("float", False): "num", ("float", True): "pow", ("int", False): "int", ("int", True): "pow_int"}
            axes.append({"name": name, "type": kinds[kind, log], "lb": low, "ub": high, "base": 10})
        self.optimizer = HEBO(DesignSpace().parse(axes), scramble_seed=seed)

    def suggest(self):
        row = self.optimizer.suggest(n_suggestions=1)
        return row, row.iloc[0].to_dict()

    def observe(self, handle, value):
        import numpy as np
        self.optimizer.observe(handle, np.array([[value]]))

    def observe_failure(self, handle):
        self.observe(handle, math.nan)  # Which it leaves out.


class Ax(Flat):
    """What its client chooses by itself: the centre, a few points of Sobol's, then its Gaussian process."""

    def __init__(self, _, problem, seed):
        super().__init__(problem.space)
        import logging
        import warnings
        warnings.simplefilter("ignore")
        client, configs = require("ax.api.client"), require("ax.api.configs")
        logging.disable(logging.WARNING)
        require("torch").set_num_threads(1)
        axes = []
        for name, spec in problem.space.items():
            if spec["type"] == "categorical":
                axes.append(configs.ChoiceParameterConfig(name, spec["choices"], "str", is_ordered=False))
                continue
            kind, low, high, log = self.axis(spec)
            axes.append(configs.RangeParameterConfig(name, (low, high), kind, scaling="log" if log else "linear"))
        self.client = client.Client(random_seed=seed)
        self.client.configure_experiment(parameters=axes)
        self.client.configure_optimization(objective="-value")

    def suggest(self):
        (handle, values), = self.client.get_next_trials(1).items()
        return handle, values

    def observe(self, handle, value):
        self.client.complete_trial(handle, raw_data={"value": value})

    def observe_failure(self, handle):
        self.client.mark_trial_failed(handle)


PACKAGES = {"ax": Ax, "optuna": Optuna, "rustuna": Rustuna, "hyperopt": Hyperopt, "nevergrad": Nevergrad, "smac": Smac,
            "hebo": Hebo}


def require(package):
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise Unavailable(f"{package} is not installed ({error})") from error


def make(name, problem, seed, binary, timeout, more=None):
    package, _, sampler = name.partition(":")
    if package == "sterlet":
        return Sterlet(binary, sampler, problem, problem.trials, seed, timeout, more)
    return PACKAGES[package](sampler, problem, seed)


def version(name, binary):
    """What results depend on: a change of it makes them stale."""
    package = name.partition(":")[0]
    if package == "sterlet":
        import hashlib
        with open(binary, "rb") as f:
            return hashlib.sha256(f.read()).hexdigest()[:16]
    import importlib.metadata
    try:
        return importlib.metadata.version({"ax": "ax-platform"}.get(package, package))
    except importlib.metadata.PackageNotFoundError:
        return ""
