BEGIN TRANSACTION;
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  trial INTEGER,
  attempt INTEGER,
  detail TEXT NOT NULL DEFAULT ''
);
INSERT INTO "events" VALUES(1,1,1795553953923,'claim',0,1,'');
INSERT INTO "events" VALUES(6,1,1795553953980,'COMPLETE',0,1,'');
INSERT INTO "events" VALUES(7,1,1795553953980,'claim',1,1,'');
INSERT INTO "events" VALUES(12,1,1795553954017,'COMPLETE',1,1,'');
INSERT INTO "events" VALUES(13,1,1795553954017,'claim',2,1,'');
INSERT INTO "events" VALUES(18,1,1795553954054,'COMPLETE',2,1,'');
INSERT INTO "events" VALUES(19,1,1795553954054,'claim',3,1,'');
INSERT INTO "events" VALUES(20,1,1795553954061,'FAILED',3,1,'sh train.sh ended with exit code 4 after 0.0 s: no memory');
INSERT INTO "events" VALUES(21,1,1795553954061,'claim',4,1,'');
INSERT INTO "events" VALUES(23,1,1795553954068,'prune',4,1,'at step 1 its best of 0.0614 was worse than 0.03429, the median of 3 others at that step');
INSERT INTO "events" VALUES(24,1,1795553954073,'PRUNED',4,1,'at step 1 its best of 0.0614 was worse than 0.03429, the median of 3 others at that step');
INSERT INTO "events" VALUES(25,1,1795553954073,'claim',5,1,'');
INSERT INTO "events" VALUES(27,1,1795553954080,'prune',5,1,'at step 1 its best of 0.08304 was worse than 0.04784, the median of 4 others at that step');
INSERT INTO "events" VALUES(28,1,1795553954083,'PRUNED',5,1,'at step 1 its best of 0.08304 was worse than 0.04784, the median of 4 others at that step');
INSERT INTO "events" VALUES(29,1,1795553954083,'claim',6,1,'');
INSERT INTO "events" VALUES(31,1,1795553954090,'prune',6,1,'at step 1 its best of 0.2718 was worse than 0.0614, the median of 5 others at that step');
INSERT INTO "events" VALUES(32,1,1795553954094,'PRUNED',6,1,'at step 1 its best of 0.2718 was worse than 0.0614, the median of 5 others at that step');
INSERT INTO "events" VALUES(33,1,1795553954094,'claim',7,1,'');
INSERT INTO "events" VALUES(35,1,1795553954101,'prune',7,1,'at step 1 its best of 0.1814 was worse than 0.07222, the median of 6 others at that step');
INSERT INTO "events" VALUES(36,1,1795553954105,'PRUNED',7,1,'at step 1 its best of 0.1814 was worse than 0.07222, the median of 6 others at that step');
INSERT INTO "events" VALUES(37,1,1795553954105,'claim',8,1,'');
INSERT INTO "events" VALUES(39,1,1795553954118,'prune',8,1,'at step 1 its best of 1.012 was worse than 0.08304, the median of 7 others at that step');
INSERT INTO "events" VALUES(40,1,1795553954122,'PRUNED',8,1,'at step 1 its best of 1.012 was worse than 0.08304, the median of 7 others at that step');
INSERT INTO "events" VALUES(41,1,1795553954122,'claim',9,1,'');
INSERT INTO "events" VALUES(43,1,1795553954134,'prune',9,1,'at step 1 its best of 1.025 was worse than 0.1322, the median of 8 others at that step');
INSERT INTO "events" VALUES(44,1,1795553954140,'PRUNED',9,1,'at step 1 its best of 1.025 was worse than 0.1322, the median of 8 others at that step');
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
INSERT INTO "reports" VALUES(1,0,1,1,'loss',0.666723,2,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,1,'note',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'loss',0.333362,3,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'note',2.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,3,'loss',0.222241,4,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,3,'note',3.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,4,'loss',0.166681,5,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,4,'note',4.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,1,'loss',0.0113324,8,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,1,'note',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,2,'loss',0.0106662,9,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,2,'note',2.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,3,'loss',0.0104441,10,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,3,'note',3.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,4,'loss',0.0103331,11,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,4,'note',4.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,1,'loss',0.034288,14,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,1,'note',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,2,'loss',0.027144,15,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,2,'note',2.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,3,'loss',0.0247627,16,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,3,'note',3.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,4,'loss',0.023572,17,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,4,'note',4.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,4,1,1,'loss',0.0613974,22,NULL,0);
INSERT INTO "reports" VALUES(1,4,1,1,'note',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,5,1,1,'loss',0.0830449,26,NULL,0);
INSERT INTO "reports" VALUES(1,5,1,1,'note',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,6,1,1,'loss',0.27177,30,NULL,0);
INSERT INTO "reports" VALUES(1,6,1,1,'note',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,1,'loss',0.181441,34,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,1,'note',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,8,1,1,'loss',1.0115,38,NULL,0);
INSERT INTO "reports" VALUES(1,8,1,1,'note',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,9,1,1,'loss',1.02475,42,NULL,0);
INSERT INTO "reports" VALUES(1,9,1,1,'note',1.0,0,NULL,0);
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
INSERT INTO "sessions" VALUES('4e0a56cc6ef33c97aa0a3c3855d7a498',1,'host/00000000-0000-0000-0000-000000000000',16754,'2682573',1795553953920,1795553954145,1);
CREATE TABLE studies (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  spec TEXT NOT NULL,
  seed TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  stop_requested INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "studies" VALUES(1,'pruned','{"study":"pruned","objective":[{"metric":"loss","direction":"minimize"}],"command":["sh","train.sh","${x}"],"metrics":{"from":"channel"},"params":{"x":{"type":"float","low":0.001,"high":1.0,"scale":"log","tier":2},"kind":{"type":"categorical","choices":["a","b","c"],"tier":2}},"budget":{"trials":10},"strategy":"caviar","sampler":{"name":"random"},"pruner":{"name":"median","startup_trials":3},"workers":1,"seed":11,"duplicates":"avoid","defaults_first":true,"resources":{"cpu":1.0,"gpu":0,"gpu_share":1},"retries":100,"failures_max":10,"folder":"/somewhere"}','11',1795553953919,0);
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
INSERT INTO "trials" VALUES(1,0,'COMPLETE','random','0.6667233913626918,2','0.166681','',4,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',0,'','','',1795553953923,1795553953923,1795553953980,6);
INSERT INTO "trials" VALUES(1,1,'COMPLETE','random','0.0013323584333957616,0','0.0103331','',4,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',6,'','','',1795553953980,1795553953980,1795553954017,12);
INSERT INTO "trials" VALUES(1,2,'COMPLETE','random','0.014288005106418266,2','0.023572','',4,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',12,'','','',1795553954017,1795553954017,1795553954054,18);
INSERT INTO "trials" VALUES(1,3,'FAILED','random','0.28248712560536204,2','','',0,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',18,'','','sh train.sh ended with exit code 4 after 0.0 s: no memory',1795553954054,1795553954054,1795553954061,20);
INSERT INTO "trials" VALUES(1,4,'PRUNED','random','0.021397378168543563,0','0.0613974','',1,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',20,'','','at step 1 its best of 0.0614 was worse than 0.03429, the median of 3 others at that step',1795553954061,1795553954061,1795553954073,24);
INSERT INTO "trials" VALUES(1,5,'PRUNED','random','0.03304488932339955,1','0.0830449','',1,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',24,'','','at step 1 its best of 0.08304 was worse than 0.04784, the median of 4 others at that step',1795553954073,1795553954073,1795553954083,28);
INSERT INTO "trials" VALUES(1,6,'PRUNED','random','0.21177007782631438,2','0.27177','',1,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',28,'','','at step 1 its best of 0.2718 was worse than 0.0614, the median of 5 others at that step',1795553954083,1795553954083,1795553954094,32);
INSERT INTO "trials" VALUES(1,7,'PRUNED','random','0.11144106004558108,0','0.181441','',1,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',32,'','','at step 1 its best of 0.1814 was worse than 0.07222, the median of 6 others at that step',1795553954094,1795553954094,1795553954105,36);
INSERT INTO "trials" VALUES(1,8,'PRUNED','random','0.931501635156086,0','1.0115','',1,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',36,'','','at step 1 its best of 1.012 was worse than 0.08304, the median of 7 others at that step',1795553954105,1795553954105,1795553954122,40);
INSERT INTO "trials" VALUES(1,9,'PRUNED','random','0.9347524508280606,1','1.02475','',1,1,'4e0a56cc6ef33c97aa0a3c3855d7a498',40,'','','at step 1 its best of 1.025 was worse than 0.1322, the median of 8 others at that step',1795553954122,1795553954122,1795553954140,44);
CREATE INDEX trials_by_change ON trials (study_id, changed_seq);
CREATE INDEX events_by_study ON events (study_id, seq);
CREATE INDEX reports_by_seq ON reports (study_id, seq) WHERE seq > 0;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',44);
COMMIT;
PRAGMA application_id=1398033492;
PRAGMA user_version=2;
