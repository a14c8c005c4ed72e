-- Version 8: documents, what is known about a study or a trial beside its results.
CREATE TABLE documents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  kind TEXT NOT NULL,                 -- context, plan, verdict ...
  trial INTEGER,                      -- NULL: about the study.
  body TEXT NOT NULL,                 -- JSON.
  created_ms INTEGER NOT NULL
);
CREATE INDEX documents_by_kind ON documents (study_id, kind, id);
-- Trials that share a document, such as the context in which they were launched.
CREATE TABLE document_links (
  study_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  trial INTEGER NOT NULL,
  document INTEGER NOT NULL,
  PRIMARY KEY (study_id, kind, trial)
) WITHOUT ROWID;
