"""The work of bench/speed.cc done with Optuna, one measurement a process, one line of JSON on stdout.

    optuna_speed.py ask-tell TRIALS
    optuna_speed.py storage FILE WORKERS SECONDS
    optuna_speed.py fill FILE TRIALS
    optuna_speed.py open FILE
    optuna_speed.py memory TRIALS
    optuna_speed.py pruner median|asha|hyperband TRIALS STEPS     as sterlet-bench-pruners
"""

import json
import multiprocessing
import os
import resource
import sqlite3
import sys
import time
from typing import Any

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState

NAME = "speed"
REPORTS_PER_TRIAL = 5

# The space of bench/speed.cc.
SPACE: dict[str, Any] = {
    "dropout": FloatDistribution(0, 0.5),
    "momentum": FloatDistribution(0.5, 0.99),
    "learning_rate": FloatDistribution(1e-5, 0.1, log=True),
    "weight_decay": FloatDistribution(1e-8, 0.01, log=True),
    "layers": IntDistribution(1, 8),
    "hidden_units": IntDistribution(8, 512),
    "batch_size": IntDistribution(16, 256),
    "optimizer": CategoricalDistribution(["sgd", "momentum", "adam"]),
    "activation": CategoricalDistribution(["relu", "tanh", "gelu", "silu"]),
    "schedule": CategoricalDistribution(["none", "cosine"]),
}


def loss_of(trial: optuna.Trial, step: int) -> float:
    return trial.params["dropout"] + 1 / (1 + step)


def peak_megabytes() -> float:
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def cpu_seconds(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def print_line(name: str, value: float, unit: str, **details: float) -> None:
    print(json.dumps({"tool": "optuna", "name": name, "value": value, "unit": unit, **details}), flush=True)


def sampler(seed: int) -> optuna.samplers.BaseSampler:
    return optuna.samplers.RandomSampler(seed=seed)


def ask_tell(trials: int) -> None:
    study = optuna.create_study(sampler=sampler(1))
    cpu_before = cpu_seconds(resource.RUSAGE_SELF)
    start = time.perf_counter()
    for _ in range(trials):
        trial = study.ask(SPACE)
        study.tell(trial, loss_of(trial, 0))
    seconds = time.perf_counter() - start
    cpu = cpu_seconds(resource.RUSAGE_SELF) - cpu_before
    print_line("ask-tell", trials / seconds, "trials/s", trials=trials, seconds=seconds,
               cpu_us_per_trial=cpu / trials * 1e6, peak_mb=peak_megabytes())


def url_of(path: str) -> str:
    return f"sqlite:///{path}"


def remove_storage(path: str) -> None:
    for end in ("", "-journal", "-wal", "-shm"):
        if os.path.exists(path + end):
            os.remove(path + end)


def run_trial(study: optuna.Study) -> None:
    trial = study.ask(SPACE)
    for step in range(1, REPORTS_PER_TRIAL + 1):
        trial.report(loss_of(trial, step), step)
    study.tell(trial, loss_of(trial, REPORTS_PER_TRIAL))


def work(path: str, seed: int, seconds: float, opened: Any, go: Any, finished: Any) -> None:
    study = optuna.load_study(study_name=NAME, storage=url_of(path), sampler=sampler(seed))
    opened.release()
    go.wait()
    start = time.perf_counter()
    count = 0
    while time.perf_counter() - start < seconds:
        run_trial(study)
        count += 1
    finished.put(count)


def storage_speed(path: str, workers: int, seconds: float) -> None:
    remove_storage(path)
    optuna.create_study(study_name=NAME, storage=url_of(path))
    context = multiprocessing.get_context("spawn")  # A forked SQLAlchemy engine must not be used.
    opened, go, finished = context.Semaphore(0), context.Event(), context.Queue()
    children = [context.Process(target=work, args=(path, i, seconds, opened, go, finished)) for i in range(workers)]
    for child in children:
        child.start()
    for _ in children:
        opened.acquire()
    start = time.perf_counter()
    go.set()
    total = sum(finished.get(timeout=seconds + 300) for _ in children)
    elapsed = time.perf_counter() - start
    for child in children:
        child.join()
    stored = optuna.load_study(study_name=NAME, storage=url_of(path)).get_trials(states=(TrialState.COMPLETE,))
    assert len(stored) == total, f"{total} trials were finished, {len(stored)} are stored"
    cpu = cpu_seconds(resource.RUSAGE_CHILDREN)
    print_line(f"storage-{workers}-workers", total / elapsed, "trials/s", trials=total, seconds=elapsed,
               cpu_us_per_trial=cpu / total * 1e6)


def fill(path: str, trials: int) -> None:
    """Made in memory, then copied. The copy need not survive a power cut, so it does not wait for the disk."""
    remove_storage(path)
    storage = optuna.storages.RDBStorage(url_of(path))

    def do_not_wait(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA journal_mode=MEMORY")

    from sqlalchemy import event

    event.listen(storage.engine, "connect", do_not_wait)
    storage.engine.dispose()
    source = optuna.create_study(sampler=sampler(1))
    study = optuna.create_study(study_name=NAME, storage=storage)
    for _ in range(trials):
        run_trial(source)
    # add_trial writes the same rows in five commits a trial; create_new_trial with a template writes them in one.
    study_id = storage.get_study_id_from_name(study.study_name)
    for trial in source.get_trials(deepcopy=False):
        storage.create_new_trial(study_id, template_trial=trial)


def open_study(path: str) -> None:
    start = time.perf_counter()
    study = optuna.load_study(study_name=NAME, storage=url_of(path))
    trials: list[FrozenTrial] = study.get_trials(deepcopy=False)
    assert study.best_trial.value is not None
    seconds = time.perf_counter() - start
    print_line("open", seconds * 1e3, "ms", trials=len(trials), cpu_ms=cpu_seconds(resource.RUSAGE_SELF) * 1e3)
    print_line("memory-storage", peak_megabytes(), "MB", trials=len(trials))


def memory(trials: int) -> None:
    study = optuna.create_study(sampler=sampler(1))
    for _ in range(trials):
        run_trial(study)
    print_line("memory", peak_megabytes(), "MB", trials=trials)


def pruner(name: str, trials: int, steps: int) -> None:
    def loss(level: float, step: int) -> float:
        return level + 1 / step**0.5

    made: optuna.pruners.BasePruner = {
        "median": lambda: optuna.pruners.MedianPruner(),
        "asha": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3),
        "hyperband": lambda: optuna.pruners.HyperbandPruner(max_resource=steps, reduction_factor=3),
    }[name]()
    study = optuna.create_study(sampler=sampler(1), pruner=made)
    for number in range(trials):
        values = {step: loss((number * 0.6180339887) % 1, step) for step in range(1, steps + 1)}
        study.add_trial(optuna.trial.create_trial(value=values[steps], intermediate_values=values))
    times = []
    for more in range(2):
        trial = study.ask()
        for step in range(1, steps + 1):
            trial.report(loss(-0.1 - 0.01 * more, step), step)
            start = time.perf_counter()
            trial.should_prune()
            times.append((time.perf_counter() - start) * 1e6)
    print_line(f"pruner-{name}", sum(times) / len(times), "us", trials=trials, steps=steps, max_us=max(times))


def main() -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    match sys.argv[1:]:
        case ["ask-tell", trials]:
            ask_tell(int(trials))
        case ["storage", path, workers, seconds]:
            storage_speed(path, int(workers), float(seconds))
        case ["fill", path, trials]:
            fill(path, int(trials))
        case ["open", path]:
            open_study(path)
        case ["memory", trials]:
            memory(int(trials))
        case ["pruner", name, trials, steps]:
            pruner(name, int(trials), int(steps))
        case _:
            sys.exit("optuna_speed.py: say what to measure; see the head of this file")


if __name__ == "__main__":
    main()
