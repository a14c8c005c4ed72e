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
INSERT INTO "events" VALUES(1,1,1795955325236,'claim',0,1,'');
INSERT INTO "events" VALUES(2,1,1795955325237,'claim',1,1,'');
INSERT INTO "events" VALUES(3,1,1795955325956,'checkpoint',1,1,'/somewhere/sterlet-trials/p/1/checkpoints/1.json');
INSERT INTO "events" VALUES(5,1,1795955325956,'prune',1,1,'paused: at step 1 it stood 1st of 1 at this rung; kept: 0');
INSERT INTO "events" VALUES(6,1,1795955326059,'PAUSED',1,1,'paused: at step 1 it stood 1st of 1 at this rung; kept: 0');
INSERT INTO "events" VALUES(7,1,1795955326059,'claim',2,1,'');
INSERT INTO "events" VALUES(8,1,1795955326152,'checkpoint',0,1,'/somewhere/sterlet-trials/p/0/checkpoints/1.json');
INSERT INTO "events" VALUES(10,1,1795955326152,'prune',0,1,'paused: at step 1 it stood 2nd of 2 at this rung; kept: 0');
INSERT INTO "events" VALUES(11,1,1795955326156,'checkpoint',0,1,'/somewhere/sterlet-trials/p/0/checkpoints/2.json');
INSERT INTO "events" VALUES(13,1,1795955326302,'PAUSED',0,1,'paused: at step 1 it stood 2nd of 2 at this rung; kept: 0');
INSERT INTO "events" VALUES(14,1,1795955326302,'claim',3,1,'');
INSERT INTO "events" VALUES(15,1,1795955327136,'checkpoint',2,1,'/somewhere/sterlet-trials/p/2/checkpoints/1.json');
INSERT INTO "events" VALUES(17,1,1795955327143,'checkpoint',2,1,'/somewhere/sterlet-trials/p/2/checkpoints/2.json');
INSERT INTO "events" VALUES(19,1,1795955327143,'checkpoint',2,1,'/somewhere/sterlet-trials/p/2/checkpoints/3.json');
INSERT INTO "events" VALUES(21,1,1795955327143,'prune',2,1,'paused: at step 3 it stood 1st of 1 at this rung; kept: 0');
INSERT INTO "events" VALUES(22,1,1795955327152,'checkpoint',2,1,'/somewhere/sterlet-trials/p/2/checkpoints/4.json');
INSERT INTO "events" VALUES(24,1,1795955327207,'checkpoint',3,1,'/somewhere/sterlet-trials/p/3/checkpoints/1.json');
INSERT INTO "events" VALUES(26,1,1795955327207,'prune',3,1,'paused: at step 1 it stood 2nd of 4 at this rung; kept: 1');
INSERT INTO "events" VALUES(27,1,1795955327275,'PAUSED',3,1,'paused: at step 1 it stood 2nd of 4 at this rung; kept: 1');
INSERT INTO "events" VALUES(28,1,1795955327276,'claim',4,1,'');
INSERT INTO "events" VALUES(29,1,1795955327346,'PAUSED',2,1,'paused: at step 3 it stood 1st of 1 at this rung; kept: 0');
INSERT INTO "events" VALUES(30,1,1795955327346,'claim',5,1,'');
INSERT INTO "events" VALUES(31,1,1795955328333,'checkpoint',4,1,'/somewhere/sterlet-trials/p/4/checkpoints/1.json');
INSERT INTO "events" VALUES(33,1,1795955328333,'prune',4,1,'paused: at step 1 it stood 2nd of 5 at this rung; kept: 1');
INSERT INTO "events" VALUES(34,1,1795955328475,'PAUSED',4,1,'paused: at step 1 it stood 2nd of 5 at this rung; kept: 1');
INSERT INTO "events" VALUES(35,1,1795955328475,'claim',6,1,'');
INSERT INTO "events" VALUES(36,1,1795955328544,'checkpoint',5,1,'/somewhere/sterlet-trials/p/5/checkpoints/1.json');
INSERT INTO "events" VALUES(38,1,1795955328575,'checkpoint',5,1,'/somewhere/sterlet-trials/p/5/checkpoints/2.json');
INSERT INTO "events" VALUES(40,1,1795955328586,'checkpoint',5,1,'/somewhere/sterlet-trials/p/5/checkpoints/3.json');
INSERT INTO "events" VALUES(42,1,1795955328586,'prune',5,1,'paused: at step 3 it stood 1st of 2 at this rung; kept: 0');
INSERT INTO "events" VALUES(43,1,1795955328732,'PAUSED',5,1,'paused: at step 3 it stood 1st of 2 at this rung; kept: 0');
INSERT INTO "events" VALUES(44,1,1795955328732,'claim',7,1,'');
INSERT INTO "events" VALUES(45,1,1795955329451,'checkpoint',6,1,'/somewhere/sterlet-trials/p/6/checkpoints/1.json');
INSERT INTO "events" VALUES(47,1,1795955329451,'prune',6,1,'paused: at step 1 it stood 3rd of 7 at this rung; kept: 2');
INSERT INTO "events" VALUES(48,1,1795955329618,'PAUSED',6,1,'paused: at step 1 it stood 3rd of 7 at this rung; kept: 2');
INSERT INTO "events" VALUES(49,1,1795955329618,'claim',8,1,'');
INSERT INTO "events" VALUES(50,1,1795955329801,'checkpoint',7,1,'/somewhere/sterlet-trials/p/7/checkpoints/1.json');
INSERT INTO "events" VALUES(52,1,1795955329802,'checkpoint',7,1,'/somewhere/sterlet-trials/p/7/checkpoints/2.json');
INSERT INTO "events" VALUES(54,1,1795955329802,'checkpoint',7,1,'/somewhere/sterlet-trials/p/7/checkpoints/3.json');
INSERT INTO "events" VALUES(56,1,1795955329802,'checkpoint',7,1,'/somewhere/sterlet-trials/p/7/checkpoints/4.json');
INSERT INTO "events" VALUES(58,1,1795955329803,'checkpoint',7,1,'/somewhere/sterlet-trials/p/7/checkpoints/5.json');
INSERT INTO "events" VALUES(60,1,1795955329803,'checkpoint',7,1,'/somewhere/sterlet-trials/p/7/checkpoints/6.json');
INSERT INTO "events" VALUES(62,1,1795955329804,'checkpoint',7,1,'/somewhere/sterlet-trials/p/7/checkpoints/7.json');
INSERT INTO "events" VALUES(64,1,1795955329804,'checkpoint',7,1,'/somewhere/sterlet-trials/p/7/checkpoints/8.json');
INSERT INTO "events" VALUES(66,1,1795955329804,'checkpoint',7,1,'/somewhere/sterlet-trials/p/7/checkpoints/9.json');
INSERT INTO "events" VALUES(68,1,1795955329851,'COMPLETE',7,1,'');
INSERT INTO "events" VALUES(69,1,1795955329851,'claim',9,1,'');
INSERT INTO "events" VALUES(70,1,1795955330540,'checkpoint',8,1,'/somewhere/sterlet-trials/p/8/checkpoints/1.json');
INSERT INTO "events" VALUES(72,1,1795955330540,'prune',8,1,'paused: at step 1 it stood 9th of 9 at this rung; kept: 3');
INSERT INTO "events" VALUES(73,1,1795955330579,'PAUSED',8,1,'paused: at step 1 it stood 9th of 9 at this rung; kept: 3');
INSERT INTO "events" VALUES(74,1,1795955330579,'claim',10,1,'');
INSERT INTO "events" VALUES(75,1,1795955330836,'checkpoint',9,1,'/somewhere/sterlet-trials/p/9/checkpoints/1.json');
INSERT INTO "events" VALUES(77,1,1795955330836,'prune',9,1,'paused: at step 1 it stood 9th of 10 at this rung; kept: 3');
INSERT INTO "events" VALUES(78,1,1795955330938,'PAUSED',9,1,'paused: at step 1 it stood 9th of 10 at this rung; kept: 3');
INSERT INTO "events" VALUES(79,1,1795955330938,'claim',11,1,'');
INSERT INTO "events" VALUES(80,1,1795955331891,'checkpoint',10,1,'/somewhere/sterlet-trials/p/10/checkpoints/1.json');
INSERT INTO "events" VALUES(82,1,1795955331892,'prune',10,1,'paused: at step 1 it stood 9th of 11 at this rung; kept: 3');
INSERT INTO "events" VALUES(83,1,1795955332011,'checkpoint',11,1,'/somewhere/sterlet-trials/p/11/checkpoints/1.json');
INSERT INTO "events" VALUES(85,1,1795955332014,'PAUSED',10,1,'paused: at step 1 it stood 9th of 11 at this rung; kept: 3');
INSERT INTO "events" VALUES(86,1,1795955332035,'checkpoint',11,1,'/somewhere/sterlet-trials/p/11/checkpoints/2.json');
INSERT INTO "events" VALUES(88,1,1795955332036,'checkpoint',11,1,'/somewhere/sterlet-trials/p/11/checkpoints/3.json');
INSERT INTO "events" VALUES(90,1,1795955332036,'prune',11,1,'paused: at step 3 it stood 2nd of 4 at this rung; kept: 1');
INSERT INTO "events" VALUES(91,1,1795955332037,'checkpoint',11,1,'/somewhere/sterlet-trials/p/11/checkpoints/4.json');
INSERT INTO "events" VALUES(93,1,1795955332121,'PAUSED',11,1,'paused: at step 3 it stood 2nd of 4 at this rung; kept: 1');
INSERT INTO "events" VALUES(94,1,1795955332122,'PRUNED',0,1,'not promoted before the study ended (the budget of trials is used up): at step 1 it stood 2nd of 2 at this rung; kept: 0');
INSERT INTO "events" VALUES(95,1,1795955332122,'PRUNED',1,1,'not promoted before the study ended (the budget of trials is used up): at step 1 it stood 1st of 1 at this rung; kept: 0');
INSERT INTO "events" VALUES(96,1,1795955332122,'PRUNED',2,1,'not promoted before the study ended (the budget of trials is used up): at step 3 it stood 1st of 1 at this rung; kept: 0');
INSERT INTO "events" VALUES(97,1,1795955332122,'PRUNED',3,1,'not promoted before the study ended (the budget of trials is used up): at step 1 it stood 2nd of 4 at this rung; kept: 1');
INSERT INTO "events" VALUES(98,1,1795955332122,'PRUNED',4,1,'not promoted before the study ended (the budget of trials is used up): at step 1 it stood 2nd of 5 at this rung; kept: 1');
INSERT INTO "events" VALUES(99,1,1795955332122,'PRUNED',5,1,'not promoted before the study ended (the budget of trials is used up): at step 3 it stood 1st of 2 at this rung; kept: 0');
INSERT INTO "events" VALUES(100,1,1795955332122,'PRUNED',6,1,'not promoted before the study ended (the budget of trials is used up): at step 1 it stood 3rd of 7 at this rung; kept: 2');
INSERT INTO "events" VALUES(101,1,1795955332122,'PRUNED',8,1,'not promoted before the study ended (the budget of trials is used up): at step 1 it stood 9th of 9 at this rung; kept: 3');
INSERT INTO "events" VALUES(102,1,1795955332122,'PRUNED',9,1,'not promoted before the study ended (the budget of trials is used up): at step 1 it stood 9th of 10 at this rung; kept: 3');
INSERT INTO "events" VALUES(103,1,1795955332122,'PRUNED',10,1,'not promoted before the study ended (the budget of trials is used up): at step 1 it stood 9th of 11 at this rung; kept: 3');
INSERT INTO "events" VALUES(104,1,1795955332122,'PRUNED',11,1,'not promoted before the study ended (the budget of trials is used up): at step 3 it stood 2nd of 4 at this rung; kept: 1');
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
INSERT INTO "reports" VALUES(1,0,1,1,'loss',0.677835,9,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'loss',0.622279,12,NULL,0);
INSERT INTO "reports" VALUES(1,1,1,1,'loss',0.348668,4,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,1,'loss',0.210712,16,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,2,'loss',0.148212,18,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,3,'loss',0.127379,20,NULL,0);
INSERT INTO "reports" VALUES(1,2,1,4,'loss',0.116962,23,NULL,0);
INSERT INTO "reports" VALUES(1,3,1,1,'loss',0.307487,25,NULL,0);
INSERT INTO "reports" VALUES(1,4,1,1,'loss',0.278603,32,NULL,0);
INSERT INTO "reports" VALUES(1,5,1,1,'loss',0.233622,37,NULL,0);
INSERT INTO "reports" VALUES(1,5,1,2,'loss',0.150288,39,NULL,0);
INSERT INTO "reports" VALUES(1,5,1,3,'loss',0.122511,41,NULL,0);
INSERT INTO "reports" VALUES(1,6,1,1,'loss',0.23677,46,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,1,'loss',0.211441,51,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,2,'loss',0.111441,53,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,3,'loss',0.078108,55,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,4,'loss',0.061441,57,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,5,'loss',0.051441,59,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,6,'loss',0.044774,61,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,7,'loss',0.040012,63,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,8,'loss',0.036441,65,NULL,0);
INSERT INTO "reports" VALUES(1,7,1,9,'loss',0.033663,67,NULL,0);
INSERT INTO "reports" VALUES(1,8,1,1,'loss',1.081502,71,NULL,0);
INSERT INTO "reports" VALUES(1,9,1,1,'loss',1.001419,76,NULL,0);
INSERT INTO "reports" VALUES(1,10,1,1,'loss',0.685703,81,NULL,0);
INSERT INTO "reports" VALUES(1,11,1,1,'loss',0.177825,84,NULL,0);
INSERT INTO "reports" VALUES(1,11,1,2,'loss',0.106396,87,NULL,0);
INSERT INTO "reports" VALUES(1,11,1,3,'loss',0.082587,89,NULL,0);
INSERT INTO "reports" VALUES(1,11,1,4,'loss',0.070682,92,NULL,0);
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
INSERT INTO "sessions" VALUES('036b78c5b18455f5cdf7adfae35a2e56',1,'host/00000000-0000-0000-0000-000000000000',5361,'225881',1795955325236,1795955332132,1,0,6896);
CREATE TABLE spec_versions (
  study_id INTEGER NOT NULL,
  version INTEGER NOT NULL,           -- From 1.
  first_trial INTEGER NOT NULL,       -- The first trial that it holds for.
  spec TEXT NOT NULL,                 -- JSON.
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (study_id, version)
) WITHOUT ROWID;
INSERT INTO "spec_versions" VALUES(1,1,0,'{"study":"p","objective":[{"metric":"loss","direction":"minimize"}],"command":["python3","train.py","${rate}","${size}"],"metrics":{"from":"channel"},"params":{"rate":{"type":"float","low":0.001,"high":1.0,"scale":"log","tier":2},"size":{"type":"int","low":4,"high":9,"tier":2}},"budget":{"trials":12},"strategy":"caviar","sampler":{"name":"random"},"pruner":{"name":"asha","max_steps":9,"eta":3,"promote":true},"workers":2,"seed":11,"duplicates":"avoid","defaults_first":true,"resources":{"cpu":1.0,"gpu":0,"gpu_share":1},"retries":100,"failures_max":10,"folder":"/somewhere"}',1795955325227);
CREATE TABLE studies (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  spec TEXT NOT NULL,
  seed TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  stop_requested INTEGER NOT NULL DEFAULT 0
, identity TEXT NOT NULL DEFAULT '');
INSERT INTO "studies" VALUES(1,'p','{"study":"p","objective":[{"metric":"loss","direction":"minimize"}],"command":["python3","train.py","${rate}","${size}"],"metrics":{"from":"channel"},"params":{"rate":{"type":"float","low":0.001,"high":1.0,"scale":"log","tier":2},"size":{"type":"int","low":4,"high":9,"tier":2}},"budget":{"trials":12},"strategy":"caviar","sampler":{"name":"random"},"pruner":{"name":"asha","max_steps":9,"eta":3,"promote":true},"workers":2,"seed":11,"duplicates":"avoid","defaults_first":true,"resources":{"cpu":1.0,"gpu":0,"gpu_share":1},"retries":100,"failures_max":10,"folder":"/somewhere"}','11',1795955325227,0,'1a22747792b0000b');
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
  changed_seq INTEGER NOT NULL, suspension TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (study_id, number)
) WITHOUT ROWID;
INSERT INTO "trials" VALUES(1,0,'PRUNED','random','0.6667233913626918,9','0.622279','',2,1,'036b78c5b18455f5cdf7adfae35a2e56',0,'','/somewhere/sterlet-trials/p/0/checkpoints/2.json','not promoted before the study ended (the budget of trials is used up): at step 1 it stood 2nd of 2 at this rung; kept: 0',1795955325236,1795955325236,1795955326302,94,'not_promoted');
INSERT INTO "trials" VALUES(1,1,'PRUNED','random','0.0013323584333957616,4','0.348668','',1,1,'036b78c5b18455f5cdf7adfae35a2e56',1,'','/somewhere/sterlet-trials/p/1/checkpoints/1.json','not promoted before the study ended (the budget of trials is used up): at step 1 it stood 1st of 1 at this rung; kept: 0',1795955325237,1795955325237,1795955326059,95,'not_promoted');
INSERT INTO "trials" VALUES(1,2,'PRUNED','random','0.014288005106418266,8','0.116962','',4,1,'036b78c5b18455f5cdf7adfae35a2e56',6,'','/somewhere/sterlet-trials/p/2/checkpoints/4.json','not promoted before the study ended (the budget of trials is used up): at step 3 it stood 1st of 1 at this rung; kept: 0',1795955326059,1795955326059,1795955327346,96,'not_promoted');
INSERT INTO "trials" VALUES(1,3,'PRUNED','random','0.28248712560536204,8','0.307487','',1,1,'036b78c5b18455f5cdf7adfae35a2e56',13,'','/somewhere/sterlet-trials/p/3/checkpoints/1.json','not promoted before the study ended (the budget of trials is used up): at step 1 it stood 2nd of 4 at this rung; kept: 1',1795955326302,1795955326302,1795955327275,97,'not_promoted');
INSERT INTO "trials" VALUES(1,4,'PRUNED','random','0.021397378168543563,5','0.278603','',1,1,'036b78c5b18455f5cdf7adfae35a2e56',27,'','/somewhere/sterlet-trials/p/4/checkpoints/1.json','not promoted before the study ended (the budget of trials is used up): at step 1 it stood 2nd of 5 at this rung; kept: 1',1795955327276,1795955327276,1795955328475,98,'not_promoted');
INSERT INTO "trials" VALUES(1,5,'PRUNED','random','0.03304488932339955,6','0.122511','',3,1,'036b78c5b18455f5cdf7adfae35a2e56',29,'','/somewhere/sterlet-trials/p/5/checkpoints/3.json','not promoted before the study ended (the budget of trials is used up): at step 3 it stood 1st of 2 at this rung; kept: 0',1795955327346,1795955327346,1795955328732,99,'not_promoted');
INSERT INTO "trials" VALUES(1,6,'PRUNED','random','0.21177007782631438,8','0.23677','',1,1,'036b78c5b18455f5cdf7adfae35a2e56',34,'','/somewhere/sterlet-trials/p/6/checkpoints/1.json','not promoted before the study ended (the budget of trials is used up): at step 1 it stood 3rd of 7 at this rung; kept: 2',1795955328475,1795955328475,1795955329618,100,'not_promoted');
INSERT INTO "trials" VALUES(1,7,'COMPLETE','random','0.11144106004558108,5','0.033663','',9,1,'036b78c5b18455f5cdf7adfae35a2e56',43,'','/somewhere/sterlet-trials/p/7/checkpoints/9.json','',1795955328732,1795955328732,1795955329851,68,'');
INSERT INTO "trials" VALUES(1,8,'PRUNED','random','0.931501635156086,4','1.081502','',1,1,'036b78c5b18455f5cdf7adfae35a2e56',48,'','/somewhere/sterlet-trials/p/8/checkpoints/1.json','not promoted before the study ended (the budget of trials is used up): at step 1 it stood 9th of 9 at this rung; kept: 3',1795955329618,1795955329618,1795955330579,101,'not_promoted');
INSERT INTO "trials" VALUES(1,9,'PRUNED','random','0.9347524508280606,6','1.001419','',1,1,'036b78c5b18455f5cdf7adfae35a2e56',68,'','/somewhere/sterlet-trials/p/9/checkpoints/1.json','not promoted before the study ended (the budget of trials is used up): at step 1 it stood 9th of 10 at this rung; kept: 3',1795955329851,1795955329851,1795955330938,102,'not_promoted');
INSERT INTO "trials" VALUES(1,10,'PRUNED','random','0.5857026729169358,5','0.685703','',1,1,'036b78c5b18455f5cdf7adfae35a2e56',73,'','/somewhere/sterlet-trials/p/10/checkpoints/1.json','not promoted before the study ended (the budget of trials is used up): at step 1 it stood 9th of 11 at this rung; kept: 3',1795955330579,1795955330579,1795955332014,103,'not_promoted');
INSERT INTO "trials" VALUES(1,11,'PRUNED','random','0.06503243930330731,7','0.070682','',4,1,'036b78c5b18455f5cdf7adfae35a2e56',78,'','/somewhere/sterlet-trials/p/11/checkpoints/4.json','not promoted before the study ended (the budget of trials is used up): at step 3 it stood 2nd of 4 at this rung; kept: 1',1795955330938,1795955330938,1795955332121,104,'not_promoted');
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',104);
COMMIT;
PRAGMA application_id=1398033492;
PRAGMA user_version=6;
