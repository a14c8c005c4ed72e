-- Version 7: studies that are corrected. Which version of the spec a trial's point and values are of; before this
-- version a study had one alone.
ALTER TABLE trials ADD COLUMN spec_version INTEGER NOT NULL DEFAULT 1;
-- 1: the trial is FAILED because its program could not be started. Then it does not use the budget up.
ALTER TABLE trials ADD COLUMN is_unstarted INTEGER NOT NULL DEFAULT 0;
-- The event that tells of the version; 0: the first one.
ALTER TABLE spec_versions ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
CREATE TABLE notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  trial INTEGER,                      -- NULL: about the study.
  text TEXT NOT NULL,
  who TEXT NOT NULL,
  created_ms INTEGER NOT NULL
);
CREATE INDEX notes_by_study ON notes (study_id, id);
CREATE TABLE tags (
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,             -- -1: of the study.
  tag TEXT NOT NULL,
  PRIMARY KEY (study_id, trial, tag)
) WITHOUT ROWID;
