-- Version 5: populations (strategy: pbt). A turn is one interval of a member, trained in one attempt of its trial.
CREATE TABLE turns (
  study_id INTEGER NOT NULL,
  turn INTEGER NOT NULL,              -- Which interval, from 0.
  trial INTEGER NOT NULL,             -- The member.
  from_step INTEGER NOT NULL,
  to_step INTEGER NOT NULL,
  parent INTEGER,                     -- Member whose weights it goes on with; NULL: from the beginning.
  point TEXT NOT NULL,                -- As in trials: the hyperparameters of this interval.
  first_attempt INTEGER NOT NULL,     -- Attempts of the trial that train it; 0: none yet.
  attempt INTEGER NOT NULL,
  start TEXT NOT NULL,                -- Paths of the checkpoints it begins from ...
  checkpoint TEXT NOT NULL,           -- ... and ends with.
  state TEXT NOT NULL,                -- waiting, running, done, failed.
  value REAL,                         -- What it is ranked by; NULL: none yet, or it failed.
  reason TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (study_id, turn, trial)
) WITHOUT ROWID;
