-- Version 6: what was the beginning of a sentence is a column, and seams for what comes.
-- Why a trial without a result may still be promoted: '', put_aside (a pruner decided so; PAUSED once its program has
-- ended), not_promoted (PRUNED because the study ended first). Read once from the words that the reasons began with;
-- `reason` stays as it is, a sentence for people.
ALTER TABLE trials ADD COLUMN suspension TEXT NOT NULL DEFAULT '';
UPDATE trials SET suspension = 'put_aside'
  WHERE state IN ('RUNNING', 'PAUSED') AND substr(reason, 1, 8) = 'paused: ';
UPDATE trials SET suspension = 'not_promoted'
  WHERE state = 'PRUNED' AND substr(reason, 1, 37) = 'not promoted before the study ended (';
-- A lease is judged by whether `beat` grows while somebody watches; no clock of one host is compared with another's.
ALTER TABLE sessions ADD COLUMN beat INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN used_ms INTEGER NOT NULL DEFAULT 0;  -- How long the session has run.
UPDATE sessions SET used_ms = max(beat_ms - started_ms, 0);
-- Tells a study from one of the same name in another database. Older studies get theirs from what they have, so that a
-- reader who upgrades nothing finds the same.
ALTER TABLE studies ADD COLUMN identity TEXT NOT NULL DEFAULT '';
UPDATE studies SET identity = printf('%011x%05x', created_ms, CAST(substr(seed, -5) AS INTEGER));
-- studies.spec is the latest of them.
CREATE TABLE spec_versions (
  study_id INTEGER NOT NULL,
  version INTEGER NOT NULL,           -- From 1.
  first_trial INTEGER NOT NULL,       -- The first trial that it holds for.
  spec TEXT NOT NULL,                 -- JSON.
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (study_id, version)
) WITHOUT ROWID;
INSERT INTO spec_versions SELECT id, 1, 0, spec, created_ms FROM studies;
-- Reports take numbers from the counter of the events, also before the first event.
INSERT INTO sqlite_sequence (name, seq)
  SELECT 'events', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'events');
