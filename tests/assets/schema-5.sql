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
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  trial INTEGER,
  attempt INTEGER,
  detail TEXT NOT NULL DEFAULT ''
);
INSERT INTO "events" VALUES(1,1,1795553890531,'claim',0,1,'');
INSERT INTO "events" VALUES(2,1,1795553890532,'claim',1,1,'');
INSERT INTO "events" VALUES(3,1,1795553890635,'checkpoint',0,1,'/somewhere/sterlet-trials/p/0/checkpoints/3-1.json');
INSERT INTO "events" VALUES(4,1,1795553890643,'checkpoint',1,1,'/somewhere/sterlet-trials/p/1/checkpoints/3-1.json');
INSERT INTO "events" VALUES(5,1,1795553890655,'PAUSED',1,1,'');
INSERT INTO "events" VALUES(6,1,1795553890655,'claim',2,1,'');
INSERT INTO "events" VALUES(7,1,1795553890662,'PAUSED',0,1,'');
INSERT INTO "events" VALUES(8,1,1795553890663,'claim',3,1,'');
INSERT INTO "events" VALUES(9,1,1795553890751,'checkpoint',2,1,'/somewhere/sterlet-trials/p/2/checkpoints/3-1.json');
INSERT INTO "events" VALUES(10,1,1795553890761,'PAUSED',2,1,'');
INSERT INTO "events" VALUES(11,1,1795553890780,'checkpoint',3,1,'/somewhere/sterlet-trials/p/3/checkpoints/3-1.json');
INSERT INTO "events" VALUES(12,1,1795553890793,'PAUSED',3,1,'');
INSERT INTO "events" VALUES(13,1,1795553890793,'turn',0,2,'');
INSERT INTO "events" VALUES(14,1,1795553890793,'turn',1,2,'');
INSERT INTO "events" VALUES(15,1,1795553890901,'checkpoint',0,2,'/somewhere/sterlet-trials/p/0/checkpoints/6-2.json');
INSERT INTO "events" VALUES(16,1,1795553890901,'PAUSED',0,2,'');
INSERT INTO "events" VALUES(17,1,1795553890901,'checkpoint',1,2,'/somewhere/sterlet-trials/p/1/checkpoints/6-2.json');
INSERT INTO "events" VALUES(18,1,1795553890901,'turn',2,2,'');
INSERT INTO "events" VALUES(19,1,1795553890917,'PAUSED',1,2,'');
INSERT INTO "events" VALUES(20,1,1795553890917,'turn',3,2,'');
INSERT INTO "events" VALUES(21,1,1795553891011,'checkpoint',2,2,'/somewhere/sterlet-trials/p/2/checkpoints/6-2.json');
INSERT INTO "events" VALUES(22,1,1795553891020,'PAUSED',2,2,'');
INSERT INTO "events" VALUES(23,1,1795553891033,'checkpoint',3,2,'/somewhere/sterlet-trials/p/3/checkpoints/6-2.json');
INSERT INTO "events" VALUES(24,1,1795553891033,'PAUSED',3,2,'');
INSERT INTO "events" VALUES(25,1,1795553891033,'turn',0,3,'');
INSERT INTO "events" VALUES(26,1,1795553891033,'turn',1,3,'');
INSERT INTO "events" VALUES(27,1,1795553891127,'checkpoint',0,3,'/somewhere/sterlet-trials/p/0/checkpoints/9-3.json');
INSERT INTO "events" VALUES(28,1,1795553891136,'checkpoint',1,3,'/somewhere/sterlet-trials/p/1/checkpoints/9-3.json');
INSERT INTO "events" VALUES(29,1,1795553891145,'COMPLETE',0,3,'');
INSERT INTO "events" VALUES(30,1,1795553891145,'COMPLETE',1,3,'');
INSERT INTO "events" VALUES(31,1,1795553891145,'turn',2,3,'');
INSERT INTO "events" VALUES(32,1,1795553891145,'turn',3,3,'');
INSERT INTO "events" VALUES(33,1,1795553891256,'checkpoint',2,3,'/somewhere/sterlet-trials/p/2/checkpoints/9-3.json');
INSERT INTO "events" VALUES(34,1,1795553891260,'checkpoint',3,3,'/somewhere/sterlet-trials/p/3/checkpoints/9-3.json');
INSERT INTO "events" VALUES(35,1,1795553891269,'COMPLETE',2,3,'');
INSERT INTO "events" VALUES(36,1,1795553891285,'COMPLETE',3,3,'');
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
INSERT INTO "reports" VALUES(1,0,1,1,'loss',0.939160715128212,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'loss',8.81822335362174247741e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,3,'loss',8.27747417653745820587e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,2,4,'loss',7.76707370905957872331e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,2,5,'loss',7.28480678857447272456e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,2,6,'loss',6.82850852221392079499e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,3,7,'loss',3.32387869743923702881e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,3,8,'loss',3.17519695845431160208e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,3,9,'loss',3.07090262351952081321e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,1,'loss',9.38917880046282404826e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,2,'loss',0.881307027750522,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,3,'loss',8.26923209147254478779e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,2,4,'loss',7.75529532985631431252e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,2,5,'loss',7.2689420942816085347e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,2,6,'loss',6.80787843986798701934e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,3,7,'loss',6.36980018742019260535e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,3,8,'loss',5.95234761034819870317e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,3,9,'loss',5.55304229830490547747e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,1,'loss',8.98386615357606888032e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,2,'loss',7.87950006065969210666e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,3,'loss',6.5666682476568161153e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,2,4,'loss',4.5980787168537806675e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,2,5,'loss',3.90805781095455884166e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,2,6,'loss',0.354718966477426,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,3,7,'loss',3.32600181409892892148e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,3,8,'loss',3.17848274871916192108e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,3,9,'loss',3.07489111503226220101e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,3,1,1,'loss',9.45778273730620622217e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,3,1,2,'loss',9.08766566510162521197e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,3,1,3,'loss',8.82381042750756905412e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,3,2,4,'loss',6.1710555721745163904e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,3,2,5,'loss',5.90561571249344385847e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,3,2,6,'loss',5.7184953375134972564e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,3,3,7,'loss',0.558218050315073,0,NULL,0);
INSERT INTO "reports" VALUES(1,3,3,8,'loss',5.48057233975869362296e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,3,3,9,'loss',5.40356868297944381573e-01,0,NULL,0);
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES studies(id),
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  pid_start TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  beat_ms INTEGER NOT NULL,
  ended INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "sessions" VALUES('2a86ff78decba0632575e583c8b054dc',1,'host/00000000-0000-0000-0000-000000000000',16413,'2676233',1795553890519,1795553891303,1);
CREATE TABLE studies (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  spec TEXT NOT NULL,
  seed TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  stop_requested INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "studies" VALUES(1,'p','{"study":"p","objective":[{"metric":"loss","direction":"minimize"}],"command":["/usr/bin/python3","train.py"],"metrics":{"from":"channel"},"params":{"rate":{"type":"float","low":0.001,"high":1.0,"scale":"log","tier":2,"live":true},"size":{"type":"int","low":1,"high":9,"tier":2}},"budget":{},"strategy":{"name":"pbt","population":4,"interval":3,"steps":9},"sampler":{"name":"random"},"pruner":{"name":"none"},"workers":"auto","seed":7,"duplicates":"avoid","defaults_first":true,"resources":{"cpu":1.0,"gpu":0,"gpu_share":1},"retries":100,"failures_max":10,"folder":"/somewhere"}','7',1795553890515,0);
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
  changed_seq INTEGER NOT NULL,
  PRIMARY KEY (study_id, number)
) WITHOUT ROWID;
INSERT INTO "trials" VALUES(1,0,'COMPLETE','random','0.006897557010710455,6','0.3070902623519521','',9,3,'2a86ff78decba0632575e583c8b054dc',0,'','/somewhere/sterlet-trials/p/0/checkpoints/9-3.json','',1795553890531,1795553891033,1795553891145,29);
INSERT INTO "trials" VALUES(1,1,'COMPLETE','random','0.008857910911880089,5','0.5553042298304905','',9,3,'2a86ff78decba0632575e583c8b054dc',1,'','/somewhere/sterlet-trials/p/1/checkpoints/9-3.json','',1795553890532,1795553891033,1795553891145,30);
INSERT INTO "trials" VALUES(1,2,'COMPLETE','random','0.2047633035197217,7','0.3074891115032262','',9,3,'2a86ff78decba0632575e583c8b054dc',5,'','/somewhere/sterlet-trials/p/2/checkpoints/9-3.json','',1795553890655,1795553891145,1795553891269,35);
INSERT INTO "trials" VALUES(1,3,'COMPLETE','random','0.8532837492291696,9','0.5403568682979444','',9,3,'2a86ff78decba0632575e583c8b054dc',7,'','/somewhere/sterlet-trials/p/3/checkpoints/9-3.json','',1795553890663,1795553891145,1795553891285,36);
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
INSERT INTO "turns" VALUES(1,0,0,0,3,NULL,'0.006897557010710455,6',1,1,'','/somewhere/sterlet-trials/p/0/checkpoints/3-1.json','done',8.27747417653745820587e-01,'the beginning',1795553890532);
INSERT INTO "turns" VALUES(1,0,1,0,3,NULL,'0.008857910911880089,5',1,1,'','/somewhere/sterlet-trials/p/1/checkpoints/3-1.json','done',8.26923209147254478779e-01,'the beginning',1795553890532);
INSERT INTO "turns" VALUES(1,0,2,0,3,NULL,'0.2047633035197217,7',1,1,'','/somewhere/sterlet-trials/p/2/checkpoints/3-1.json','done',6.5666682476568161153e-01,'the beginning',1795553890655);
INSERT INTO "turns" VALUES(1,0,3,0,3,NULL,'0.8532837492291696,9',1,1,'','/somewhere/sterlet-trials/p/3/checkpoints/3-1.json','done',8.82381042750756905412e-01,'the beginning',1795553890663);
INSERT INTO "turns" VALUES(1,1,0,3,6,0,'0.006897557010710455,6',2,2,'/somewhere/sterlet-trials/p/0/checkpoints/3-1.json','/somewhere/sterlet-trials/p/0/checkpoints/6-2.json','done',6.82850852221392079499e-01,'stood 3rd of 4 with 0.8277474176537458',1795553890793);
INSERT INTO "turns" VALUES(1,1,1,3,6,1,'0.008857910911880089,5',2,2,'/somewhere/sterlet-trials/p/1/checkpoints/3-1.json','/somewhere/sterlet-trials/p/1/checkpoints/6-2.json','done',6.80787843986798701934e-01,'stood 2nd of 4 with 0.8269232091472545',1795553890793);
INSERT INTO "turns" VALUES(1,1,2,3,6,2,'0.2047633035197217,7',2,2,'/somewhere/sterlet-trials/p/2/checkpoints/3-1.json','/somewhere/sterlet-trials/p/2/checkpoints/6-2.json','done',0.354718966477426,'stood 1st of 4 with 0.6566668247656816',1795553890793);
INSERT INTO "turns" VALUES(1,1,3,3,6,2,'0.40855650300143515,7',2,2,'/somewhere/sterlet-trials/p/2/checkpoints/3-1.json','/somewhere/sterlet-trials/p/3/checkpoints/6-2.json','done',5.7184953375134972564e-01,'stood 4th of 4 with 0.8823810427507569, so it goes on from trial 2 (1st with 0.6566668247656816)',1795553890793);
INSERT INTO "turns" VALUES(1,2,0,6,9,2,'0.203564223617376,7',3,3,'/somewhere/sterlet-trials/p/2/checkpoints/6-2.json','/somewhere/sterlet-trials/p/0/checkpoints/9-3.json','done',3.07090262351952081321e-01,'stood 4th of 4 with 0.6828508522213921, so it goes on from trial 2 (1st with 0.354718966477426)',1795553891033);
INSERT INTO "turns" VALUES(1,2,1,6,9,1,'0.008857910911880089,5',3,3,'/somewhere/sterlet-trials/p/1/checkpoints/6-2.json','/somewhere/sterlet-trials/p/1/checkpoints/9-3.json','done',5.55304229830490547747e-01,'stood 3rd of 4 with 0.6807878439867987',1795553891033);
INSERT INTO "turns" VALUES(1,2,2,6,9,2,'0.2047633035197217,7',3,3,'/somewhere/sterlet-trials/p/2/checkpoints/6-2.json','/somewhere/sterlet-trials/p/2/checkpoints/9-3.json','done',3.07489111503226220101e-01,'stood 1st of 4 with 0.354718966477426',1795553891033);
INSERT INTO "turns" VALUES(1,2,3,6,9,3,'0.40855650300143515,7',3,3,'/somewhere/sterlet-trials/p/3/checkpoints/6-2.json','/somewhere/sterlet-trials/p/3/checkpoints/9-3.json','done',5.40356868297944381573e-01,'stood 2nd of 4 with 0.5718495337513497',1795553891033);
CREATE INDEX trials_by_change ON trials (study_id, changed_seq);
CREATE INDEX events_by_study ON events (study_id, seq);
CREATE INDEX reports_by_seq ON reports (study_id, seq) WHERE seq > 0;
CREATE INDEX checkpoints_by_model ON checkpoints (study_id, trial, id);
CREATE INDEX interventions_by_model ON interventions (study_id, trial, id);
CREATE INDEX commands_by_state ON commands (study_id, state, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',36);
COMMIT;
PRAGMA application_id=1398033492;
PRAGMA user_version=5;
