"""Trainings that were run, on disk: one file a task, one training a line, for all optimizers and all runs of the suite."""
import fcntl
import json
import os


class Cache:
    """What is kept is that of the same task with the same versions of the libraries; other lines stay and are not seen."""

    def __init__(self, folder, name, made_with):
        os.makedirs(folder, exist_ok=True)
        self.path, self.made_with, self.known = os.path.join(folder, name + ".jsonl"), made_with, {}
        if os.path.exists(self.path):
            with open(self.path) as f:
                for line in f:
                    try:
                        row = json.loads(line)
                    except ValueError:
                        continue  # A line that an interruption cut off: the training is run again.
                    if row["with"] == made_with:
                        self.known[self.key(row["params"], row["seed"])] = row

    @staticmethod
    def key(params, seed):
        return json.dumps([params, seed], sort_keys=True)

    def get(self, params, seed, train):
        """The row of this training; `train`, called where it is not known, answers (values by step, seconds)."""
        key = self.key(params, seed)
        if key not in self.known:
            values, seconds = train()
            row = {"params": params, "seed": seed, "values": values, "seconds": round(seconds, 4), "with": self.made_with}
            with open(self.path, "a") as f:
                fcntl.flock(f, fcntl.LOCK_EX)  # Several runs of the suite may share the folder.
                if os.fstat(f.fileno()).st_size and not self._ends_whole():
                    f.write("\n")
                f.write(json.dumps(row) + "\n")
            self.known[key] = row
        return self.known[key]

    def _ends_whole(self):
        with open(self.path, "rb") as f:
            f.seek(-1, os.SEEK_END)
            return f.read(1) == b"\n"
