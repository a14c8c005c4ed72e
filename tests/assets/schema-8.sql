BEGIN TRANSACTION;
CREATE TABLE branch_reports (
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  branch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  metric TEXT NOT NULL,
  value REAL,                         -- NULL is NaN.
  PRIMARY KEY (study_id, trial, branch, step, metric)
) WITHOUT ROWID;
CREATE TABLE branches (
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  number INTEGER NOT NULL,            -- 0 is shown as a, 1 as b.
  parent INTEGER,                     -- NULL: the first.
  from_step INTEGER NOT NULL,
  params TEXT NOT NULL,               -- JSON; they hold for the whole branch.
  checkpoint INTEGER,                 -- Where it starts; NULL: at the beginning of the training.
  created_ms INTEGER NOT NULL, skip_steps INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (study_id, trial, number)
) WITHOUT ROWID;
CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  branch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  value REAL,                         -- Last reported objective there; NULL: none.
  state TEXT NOT NULL,                -- kept, deleted, damaged.
  created_ms INTEGER NOT NULL
);
CREATE TABLE commands (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,                 -- JSON.
  who TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  state TEXT NOT NULL,                -- pending, done, refused.
  answer TEXT NOT NULL DEFAULT '',    -- JSON.
  done_ms INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE document_links (
  study_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  trial INTEGER NOT NULL,
  document INTEGER NOT NULL,
  PRIMARY KEY (study_id, kind, trial)
) WITHOUT ROWID;
INSERT INTO "document_links" VALUES(1,'context',0,1);
INSERT INTO "document_links" VALUES(1,'context',1,1);
INSERT INTO "document_links" VALUES(1,'context',2,1);
CREATE TABLE documents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  kind TEXT NOT NULL,                 -- context, plan, verdict ...
  trial INTEGER,                      -- NULL: about the study.
  body TEXT NOT NULL,                 -- JSON.
  created_ms INTEGER NOT NULL
);
INSERT INTO "documents" VALUES(1,1,'context',NULL,'{"command":["sh","train.sh","${x}"],"files":[{"area":"code","bytes":40,"hash":"9d1b1d2c3e4f5a6b","path":"train.sh"}],"sterlet":"0.1.0"}',1795970347000);
INSERT INTO "documents" VALUES(2,1,'verdict',NULL,'{"verdict":"holds"}',1795970347005);
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  trial INTEGER,
  attempt INTEGER,
  detail TEXT NOT NULL DEFAULT ''
);
INSERT INTO "events" VALUES(1,1,1795970346877,'claim',0,1,'');
INSERT INTO "events" VALUES(2,1,1795970346902,'COMPLETE',0,1,'');
INSERT INTO "events" VALUES(3,1,1795970346902,'claim',1,1,'');
INSERT INTO "events" VALUES(4,1,1795970346913,'FAILED',1,1,'sh train.sh ended with exit code 1 after 0.0 s');
INSERT INTO "events" VALUES(5,1,1795970346913,'claim',2,1,'');
INSERT INTO "events" VALUES(6,1,1795970346933,'COMPLETE',2,1,'');
INSERT INTO "events" VALUES(7,1,1795970346933,'claim',3,1,'');
INSERT INTO "events" VALUES(8,1,1795970346961,'COMPLETE',3,1,'');
INSERT INTO "events" VALUES(9,1,1795970346990,'retry',1,1,'');
INSERT INTO "events" VALUES(10,1,1795970347001,'retry',1,2,'');
INSERT INTO "events" VALUES(11,1,1795970347013,'COMPLETE',1,2,'');
INSERT INTO "events" VALUES(12,1,1795970347029,'amend',NULL,NULL,'');
INSERT INTO "events" VALUES(13,1,1795970347035,'claim',4,1,'');
INSERT INTO "events" VALUES(14,1,1795970347063,'COMPLETE',4,1,'');
INSERT INTO "events" VALUES(15,1,1795970347063,'claim',5,1,'');
INSERT INTO "events" VALUES(16,1,1795970347100,'COMPLETE',5,1,'');
INSERT INTO "events" VALUES(17,1,1795970347100,'claim',6,1,'');
INSERT INTO "events" VALUES(18,1,1795970347133,'COMPLETE',6,1,'');
INSERT INTO "events" VALUES(19,1,1795970347319,'remove',3,1,'');
INSERT INTO "events" VALUES(20,1,1795970347454,'claim',7,1,'');
INSERT INTO "events" VALUES(21,1,1795970347473,'FAILED',7,1,'sh train.sh ended with exit code 127 after 0.0 s: train.sh: 1: exec: no-such-program: not found');
INSERT INTO "events" VALUES(22,1,1795970347478,'retry',7,2,'');
INSERT INTO "events" VALUES(23,1,1795970347486,'FAILED',7,2,'sh train.sh ended with exit code 127 after 0.0 s: train.sh: 1: exec: no-such-program: not found');
INSERT INTO "events" VALUES(24,1,1795970347491,'retry',7,3,'');
INSERT INTO "events" VALUES(25,1,1795970347498,'FAILED',7,3,'sh train.sh ended with exit code 127 after 0.0 s: train.sh: 1: exec: no-such-program: not found');
CREATE TABLE interventions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  kind TEXT NOT NULL,                 -- set, branch, rollback.
  branch INTEGER NOT NULL,            -- Where it was made.
  started INTEGER NOT NULL,           -- The branch that it started.
  came_from INTEGER NOT NULL,         -- The branch that was trained before; undo goes back there.
  step INTEGER NOT NULL,
  set_values TEXT NOT NULL,           -- JSON.
  was_values TEXT NOT NULL,
  made_by TEXT NOT NULL,              -- person, autopilot.
  who TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,                -- watching, kept, undone.
  helped REAL,                        -- Probability; NULL: no verdict.
  outcome TEXT NOT NULL DEFAULT '',
  checkpoint INTEGER,                 -- Taken just before it; NULL: it cannot be undone.
  created_ms INTEGER NOT NULL,
  decided_ms INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE models (
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  active INTEGER NOT NULL,            -- Number of the branch that is trained.
  live INTEGER NOT NULL DEFAULT 0,    -- What its program said of itself.
  restores INTEGER NOT NULL DEFAULT 0,
  paused INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (study_id, trial)
) WITHOUT ROWID;
CREATE TABLE notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  trial INTEGER,                      -- NULL: about the study.
  text TEXT NOT NULL,
  who TEXT NOT NULL,
  created_ms INTEGER NOT NULL
);
INSERT INTO "notes" VALUES(1,1,5,'a note of a trial','ada',1795970347163);
INSERT INTO "notes" VALUES(2,1,NULL,'a note of the study','ada',1795970347207);
CREATE TABLE queue (
  id INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES studies(id),
  params TEXT NOT NULL
);
CREATE TABLE reports (
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  step INTEGER NOT NULL,
  metric TEXT NOT NULL,
  value REAL, seq INTEGER NOT NULL DEFAULT 0, first_value REAL, is_repeated INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (study_id, trial, attempt, step, metric)
) WITHOUT ROWID;
INSERT INTO "reports" VALUES(1,0,1,1,'loss',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'acc',0.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'loss',0.424309168595041,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,2,1,'loss',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,2,2,'acc',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,2,2,'loss',2.44321083920588599802e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,1,'loss',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,2,'acc',0.2,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,2,'loss',2.53271744350880290141e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,4,1,1,'loss',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,4,1,2,'acc',0.4,0,NULL,0);
INSERT INTO "reports" VALUES(1,4,1,2,'loss',9.77921762636421942893e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,5,1,1,'loss',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,5,1,2,'acc',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,5,1,2,'loss',0.780658869075554,0,NULL,0);
INSERT INTO "reports" VALUES(1,6,1,1,'loss',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,6,1,2,'acc',0.6,0,NULL,0);
INSERT INTO "reports" VALUES(1,6,1,2,'loss',7.51020169947370419549e-01,0,NULL,0);
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES studies(id),
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  pid_start TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  beat_ms INTEGER NOT NULL,
  ended INTEGER NOT NULL DEFAULT 0
, beat INTEGER NOT NULL DEFAULT 0, used_ms INTEGER NOT NULL DEFAULT 0);
INSERT INTO "sessions" VALUES('4f2fe345d1e5e1f83c978b362174d012',1,'vm/461aecba-849b-44af-b7ec-6ca2e6371326/4026531836',21465,'569156',1795970346871,1795970346961,1,4,100);
INSERT INTO "sessions" VALUES('fe1ea7756809c1672bf9328230e8bdf1',1,'vm/461aecba-849b-44af-b7ec-6ca2e6371326/4026531836',21494,'569174',1795970346995,1795970347013,1,4,23);
INSERT INTO "sessions" VALUES('9cd62fd82f02f6658586613f979afeee',1,'vm/461aecba-849b-44af-b7ec-6ca2e6371326/4026531836',21499,'569178',1795970347033,1795970347133,1,4,104);
INSERT INTO "sessions" VALUES('d65491abd042f61a6e0e7f991e82587e',1,'vm/461aecba-849b-44af-b7ec-6ca2e6371326/4026531836',21545,'569217',1795970347441,1795970347521,1,4,95);
CREATE TABLE spec_versions (
  study_id INTEGER NOT NULL,
  version INTEGER NOT NULL,           -- From 1.
  first_trial INTEGER NOT NULL,       -- The first trial that it holds for.
  spec TEXT NOT NULL,                 -- JSON.
  created_ms INTEGER NOT NULL, seq INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (study_id, version)
) WITHOUT ROWID;
INSERT INTO "spec_versions" VALUES(1,1,0,'{"study":"corrected","objective":[{"metric":"loss","direction":"minimize"}],"command":["sh","train.sh","${x}"],"metrics":{"from":"channel"},"params":{"x":{"type":"float","low":0.0,"high":1.0,"tier":2}},"budget":{"trials":4},"strategy":{"name":"parallel"},"sampler":{"name":"random"},"pruner":{"name":"none"},"workers":1,"seed":5,"duplicates":"avoid","defaults_first":true,"resources":{"gpu":0,"gpu_share":1},"retries":100,"failures_max":10,"folder":"/somewhere"}',1795970346861,0);
INSERT INTO "spec_versions" VALUES(1,2,4,'{"study":"corrected","objective":[{"metric":"loss","direction":"minimize"}],"command":["sh","train.sh","${x}"],"metrics":{"from":"channel"},"params":{"y":{"type":"int","low":1,"high":3,"default":2,"tier":2},"x":{"type":"float","low":0.5,"high":1.0,"tier":2}},"budget":{"trials":8},"strategy":{"name":"parallel"},"sampler":{"name":"random"},"pruner":{"name":"none"},"workers":1,"seed":5,"duplicates":"avoid","defaults_first":true,"resources":{"gpu":0,"gpu_share":1},"retries":100,"failures_max":10,"folder":"/somewhere"}',1795970347029,12);
CREATE TABLE studies (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  spec TEXT NOT NULL,
  seed TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  stop_requested INTEGER NOT NULL DEFAULT 0
, identity TEXT NOT NULL DEFAULT '');
INSERT INTO "studies" VALUES(1,'corrected','{"study":"corrected","objective":[{"metric":"loss","direction":"minimize"}],"command":["sh","train.sh","${x}"],"metrics":{"from":"channel"},"params":{"y":{"type":"int","low":1,"high":3,"default":2,"tier":2},"x":{"type":"float","low":0.5,"high":1.0,"tier":2}},"budget":{"trials":8},"strategy":{"name":"parallel"},"sampler":{"name":"random"},"pruner":{"name":"none"},"workers":1,"seed":5,"duplicates":"avoid","defaults_first":true,"resources":{"gpu":0,"gpu_share":1},"retries":100,"failures_max":10,"folder":"/somewhere"}','5',1795970346861,0,'74991316c8027804');
CREATE TABLE tags (
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,             -- -1: of the study.
  tag TEXT NOT NULL,
  PRIMARY KEY (study_id, trial, tag)
) WITHOUT ROWID;
INSERT INTO "tags" VALUES(1,-1,'paper');
INSERT INTO "tags" VALUES(1,4,'good');
INSERT INTO "tags" VALUES(1,5,'good');
CREATE TABLE trials (
  study_id INTEGER NOT NULL REFERENCES studies(id),
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  origin TEXT NOT NULL,
  point TEXT NOT NULL,
  objective_values TEXT NOT NULL DEFAULT '',
  constraint_values TEXT NOT NULL DEFAULT '',
  last_step INTEGER NOT NULL DEFAULT 0,
  attempt INTEGER NOT NULL DEFAULT 0,
  session TEXT NOT NULL DEFAULT '',
  history_seq INTEGER NOT NULL DEFAULT 0,
  predicted TEXT NOT NULL DEFAULT '',
  checkpoint TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  started_ms INTEGER NOT NULL DEFAULT 0,
  ended_ms INTEGER NOT NULL DEFAULT 0,
  changed_seq INTEGER NOT NULL, suspension TEXT NOT NULL DEFAULT '', spec_version INTEGER NOT NULL DEFAULT 1, is_unstarted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (study_id, number)
) WITHOUT ROWID;
INSERT INTO "trials" VALUES(1,0,'COMPLETE','random','0.424309168595041','0.424309168595041','',2,1,'4f2fe345d1e5e1f83c978b362174d012',0,'','','',1795970346877,1795970346877,1795970346898,2,'',1,0);
INSERT INTO "trials" VALUES(1,1,'COMPLETE','random','0.2443210839205886','0.2443210839205886','',2,2,'fe1ea7756809c1672bf9328230e8bdf1',2,'','','',1795970346902,1795970347001,1795970347012,11,'',1,0);
INSERT INTO "trials" VALUES(1,2,'COMPLETE','random','0.2532717443508803','0.2532717443508803','',2,1,'4f2fe345d1e5e1f83c978b362174d012',4,'','','',1795970346913,1795970346913,1795970346932,6,'',1,0);
INSERT INTO "trials" VALUES(1,3,'REMOVED','random','0.2617836071361509','','',0,1,'',0,'','','',1795970346933,1795970346933,1795970346960,19,'',1,0);
INSERT INTO "trials" VALUES(1,4,'COMPLETE','random','3,0.9779217626364219','0.9779217626364219','',2,1,'9cd62fd82f02f6658586613f979afeee',12,'','','',1795970347035,1795970347035,1795970347062,14,'',2,0);
INSERT INTO "trials" VALUES(1,5,'COMPLETE','random','2,0.780658869075554','0.780658869075554','',2,1,'9cd62fd82f02f6658586613f979afeee',14,'','','',1795970347063,1795970347063,1795970347099,16,'',2,0);
INSERT INTO "trials" VALUES(1,6,'COMPLETE','random','1,0.7510201699473704','0.7510201699473704','',2,1,'9cd62fd82f02f6658586613f979afeee',16,'','','',1795970347100,1795970347100,1795970347119,18,'',2,0);
INSERT INTO "trials" VALUES(1,7,'FAILED','enqueued','3,0.75','','',0,3,'d65491abd042f61a6e0e7f991e82587e',19,'','','sh train.sh ended with exit code 127 after 0.0 s: train.sh: 1: exec: no-such-program: not found',1795970347454,1795970347491,1795970347497,25,'',2,1);
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
CREATE INDEX trials_by_change ON trials (study_id, changed_seq);
CREATE INDEX events_by_study ON events (study_id, seq);
CREATE INDEX reports_by_seq ON reports (study_id, seq) WHERE seq > 0;
CREATE INDEX checkpoints_by_model ON checkpoints (study_id, trial, id);
CREATE INDEX interventions_by_model ON interventions (study_id, trial, id);
CREATE INDEX commands_by_state ON commands (study_id, state, id);
CREATE INDEX notes_by_study ON notes (study_id, id);
CREATE INDEX documents_by_kind ON documents (study_id, kind, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',25);
INSERT INTO "sqlite_sequence" VALUES('notes',2);
INSERT INTO "sqlite_sequence" VALUES('documents',2);
COMMIT;
PRAGMA application_id=1398033492;
PRAGMA user_version=8;
