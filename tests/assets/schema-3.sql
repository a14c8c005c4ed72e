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
INSERT INTO "branch_reports" VALUES(1,0,0,1,'loss',8.68016274530467368819e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,1,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,2,'loss',7.70101570418360914516e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,2,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,3,'loss',7.31314165525981940696e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,3,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,4,'loss',6.28160458225830664602e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,4,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,5,'loss',5.61592420027447913888e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,5,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,6,'loss',5.5848634965936572172e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,6,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,7,'loss',4.78216612844032495921e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,7,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,8,'loss',4.48797368357817860751e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,8,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,9,'loss',4.02644234220141283842e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,9,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,10,'loss',4.19208035853869342979e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,10,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,11,'loss',4.19307600103023592197e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,11,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,12,'loss',3.73700007165294778577e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,12,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,13,'loss',3.03123079929706107371e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,13,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,14,'loss',2.44466336564408803777e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,14,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,15,'loss',0.193362570452489);
INSERT INTO "branch_reports" VALUES(1,0,0,15,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,16,'loss',1.95294893058027635435e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,16,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,17,'loss',2.21246733436860798516e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,17,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,18,'loss',1.86683513758602176446e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,18,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,19,'loss',2.08687919966490803558e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,19,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,20,'loss',1.98950170198110898311e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,20,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,21,'loss',1.45221198852579669313e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,21,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,22,'loss',1.3199606480253961438e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,22,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,23,'loss',1.67319220054310491274e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,23,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,1,24,'loss',1.98432770990642354247e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,24,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,25,'loss',1.56246522749694749521e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,25,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,26,'loss',1.77935841228548663472e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,26,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,27,'loss',3.74079314817580388385e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,27,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,28,'loss',3.17295215491356363823e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,28,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,29,'loss',7.06965549804959847435e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,29,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,30,'loss',3.74843191879634107799e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,30,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,31,'loss',-1.68489419142335034029e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,31,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,32,'loss',1.297687669474771599e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,32,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,33,'loss',-4.46589470880207339842e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,33,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,34,'loss',-1.95954516458082789176e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,34,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,35,'loss',9.83398869855388879646e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,35,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,36,'loss',2.97204802335234580246e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,36,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,37,'loss',-1.62014640949962818172e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,37,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,38,'loss',7.98691007251375872932e-03);
INSERT INTO "branch_reports" VALUES(1,0,1,38,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,39,'loss',-1.42088640122976256341e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,39,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,40,'loss',2.84582760256614497595e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,40,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,41,'loss',2.18192823666346819022e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,41,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,42,'loss',5.2162962733747347821e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,42,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,43,'loss',-3.76767673054684143485e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,43,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,44,'loss',5.25794127536185068594e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,44,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,45,'loss',-4.53837308748860218665e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,45,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,46,'loss',3.72787565176776886088e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,46,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,47,'loss',-1.43227089288059439287e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,47,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,48,'loss',2.09594824611350094567e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,48,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,49,'loss',2.14259350231609940751e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,49,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,50,'loss',2.82580177342839189424e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,50,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,51,'loss',-3.88610335972983667041e-02);
INSERT INTO "branch_reports" VALUES(1,0,1,51,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,52,'loss',-2.0636556346638934567e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,52,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,1,53,'loss',-1.50060697308589202636e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,53,'rate',0.5);
INSERT INTO "branch_reports" VALUES(1,0,2,54,'loss',-1.49565125790815350859e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,54,'rate',0.02);
INSERT INTO "branch_reports" VALUES(1,0,2,55,'loss',-1.3781102193955574453e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,55,'rate',0.02);
INSERT INTO "branch_reports" VALUES(1,0,2,56,'loss',-1.34855515534387765397e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,56,'rate',0.02);
INSERT INTO "branch_reports" VALUES(1,0,2,57,'loss',-1.26826043175938235618e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,57,'rate',0.02);
INSERT INTO "branch_reports" VALUES(1,0,2,58,'loss',-1.20796396849605899848e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,58,'rate',0.02);
INSERT INTO "branch_reports" VALUES(1,0,2,59,'loss',-1.11050057419488215626e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,59,'rate',0.02);
INSERT INTO "branch_reports" VALUES(1,0,2,60,'loss',-1.07282313514534710652e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,60,'rate',0.02);
CREATE TABLE branches (
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  number INTEGER NOT NULL,            -- 0 is shown as a, 1 as b.
  parent INTEGER,                     -- NULL: the first.
  from_step INTEGER NOT NULL,
  params TEXT NOT NULL,               -- JSON; they hold for the whole branch.
  checkpoint INTEGER,                 -- Where it starts; NULL: at the beginning of the training.
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (study_id, trial, number)
) WITHOUT ROWID;
INSERT INTO "branches" VALUES(1,0,0,NULL,0,'{"learning_rate":0.1,"size":3}',NULL,1795534850736);
INSERT INTO "branches" VALUES(1,0,1,0,23,'{"learning_rate":0.5,"size":3}',1,1795534850961);
INSERT INTO "branches" VALUES(1,0,2,1,53,'{"learning_rate":0.02,"size":3}',2,1795534851071);
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
INSERT INTO "checkpoints" VALUES(1,1,0,0,23,'/somewhere/sterlet-trials/m/0/checkpoints/ck-23-0',69,'ddf4062b37384eb1',1.67319220054310491274e-01,'kept',1795534850961);
INSERT INTO "checkpoints" VALUES(2,1,0,1,53,'/somewhere/sterlet-trials/m/0/checkpoints/ck-53-1',69,'b53b7751c1ab6150',-1.50060697308589202636e-01,'kept',1795534851068);
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
INSERT INTO "commands" VALUES(1,1,0,'set','{"changes":[{"name":"learning_rate","op":"=","value":0.5}],"seen":0,"note":"slow"}','root',1795534850951,'done','{"sentence":"learning_rate from 0.1 to 0.5 at step 23 (branch b)","step":23,"branch":"b","set":{"learning_rate":0.5},"was":{"learning_rate":0.1},"undoable":true}',1795534850961);
INSERT INTO "commands" VALUES(2,1,0,'set','{"changes":[{"name":"learning_rate","op":"=","value":0.02}],"seen":1}','root',1795534851049,'done','{"sentence":"learning_rate from 0.5 to 0.02 at step 53 (branch c)","step":53,"branch":"c","set":{"learning_rate":0.02},"was":{"learning_rate":0.5},"undoable":true}',1795534851071);
INSERT INTO "commands" VALUES(3,1,0,'undo','{"seen":2}','root',1795534851108,'refused','{"code":3,"where":"","what":"the model (trial 0) has just finished","next":"nothing was changed"}',1795534851128);
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  trial INTEGER,
  attempt INTEGER,
  detail TEXT NOT NULL DEFAULT ''
);
INSERT INTO "events" VALUES(1,1,1795534850736,'claim',0,1,'babysit');
INSERT INTO "events" VALUES(2,1,1795534850743,'checkpoint',0,1,'');
INSERT INTO "events" VALUES(3,1,1795534850961,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-23-0');
INSERT INTO "events" VALUES(4,1,1795534850961,'intervention',0,NULL,'1 watching');
INSERT INTO "events" VALUES(5,1,1795534851016,'intervention',0,NULL,'1 kept');
INSERT INTO "events" VALUES(6,1,1795534851068,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-53-1');
INSERT INTO "events" VALUES(7,1,1795534851071,'intervention',0,NULL,'2 watching');
INSERT INTO "events" VALUES(8,1,1795534851127,'intervention',0,NULL,'2 kept');
INSERT INTO "events" VALUES(9,1,1795534851128,'COMPLETE',0,1,'');
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
INSERT INTO "interventions" VALUES(1,1,0,'set',0,1,0,23,'{"learning_rate":0.5}','{"learning_rate":0.1}','person','root','slow','kept',1.50285845499250197976e-01,'loss 0.1455 where 0.0782 was expected without it',1,1795534850961,1795534851016);
INSERT INTO "interventions" VALUES(2,1,0,'set',1,2,1,53,'{"learning_rate":0.02}','{"learning_rate":0.5}','person','root','','kept',7.60779863834787906107e-01,'loss -0.1269 where -0.01542 was expected without it',2,1795534851071,1795534851127);
CREATE TABLE models (
  study_id INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  active INTEGER NOT NULL,            -- Number of the branch that is trained.
  live INTEGER NOT NULL DEFAULT 0,    -- What its program said of itself.
  restores INTEGER NOT NULL DEFAULT 0,
  paused INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (study_id, trial)
) WITHOUT ROWID;
INSERT INTO "models" VALUES(1,0,2,1,1,0);
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
INSERT INTO "reports" VALUES(1,0,1,1,'loss',8.68016274530467368819e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,1,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'loss',7.70101570418360914516e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,3,'loss',7.31314165525981940696e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,3,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,4,'loss',6.28160458225830664602e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,4,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,5,'loss',5.61592420027447913888e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,5,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,6,'loss',5.5848634965936572172e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,6,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,7,'loss',4.78216612844032495921e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,7,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,8,'loss',4.48797368357817860751e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,8,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,9,'loss',4.02644234220141283842e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,9,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,10,'loss',4.19208035853869342979e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,10,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,11,'loss',4.19307600103023592197e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,11,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,12,'loss',3.73700007165294778577e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,12,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,13,'loss',3.03123079929706107371e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,13,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,14,'loss',2.44466336564408803777e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,14,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,15,'loss',0.193362570452489,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,15,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,16,'loss',1.95294893058027635435e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,16,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,17,'loss',2.21246733436860798516e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,17,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,18,'loss',1.86683513758602176446e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,18,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,19,'loss',2.08687919966490803558e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,19,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,20,'loss',1.98950170198110898311e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,20,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,21,'loss',1.45221198852579669313e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,21,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,22,'loss',1.3199606480253961438e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,22,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,23,'loss',1.67319220054310491274e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,23,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,24,'loss',1.98432770990642354247e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,24,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,25,'loss',1.56246522749694749521e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,25,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,26,'loss',1.77935841228548663472e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,26,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,27,'loss',3.74079314817580388385e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,27,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,28,'loss',3.17295215491356363823e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,28,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,29,'loss',7.06965549804959847435e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,29,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,30,'loss',3.74843191879634107799e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,30,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,31,'loss',-1.68489419142335034029e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,31,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,32,'loss',1.297687669474771599e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,32,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,33,'loss',-4.46589470880207339842e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,33,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,34,'loss',-1.95954516458082789176e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,34,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,35,'loss',9.83398869855388879646e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,35,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,36,'loss',2.97204802335234580246e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,36,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,37,'loss',-1.62014640949962818172e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,37,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,38,'loss',7.98691007251375872932e-03,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,38,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,39,'loss',-1.42088640122976256341e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,39,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,40,'loss',2.84582760256614497595e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,40,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,41,'loss',2.18192823666346819022e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,41,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,42,'loss',5.2162962733747347821e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,42,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,43,'loss',-3.76767673054684143485e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,43,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,44,'loss',5.25794127536185068594e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,44,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,45,'loss',-4.53837308748860218665e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,45,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,46,'loss',3.72787565176776886088e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,46,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,47,'loss',-1.43227089288059439287e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,47,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,48,'loss',2.09594824611350094567e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,48,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,49,'loss',2.14259350231609940751e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,49,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,50,'loss',2.82580177342839189424e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,50,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,51,'loss',-3.88610335972983667041e-02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,51,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,52,'loss',-2.0636556346638934567e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,52,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,53,'loss',-1.50060697308589202636e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,53,'rate',0.5,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,54,'loss',-1.49565125790815350859e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,54,'rate',0.02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,55,'loss',-1.3781102193955574453e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,55,'rate',0.02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,56,'loss',-1.34855515534387765397e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,56,'rate',0.02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,57,'loss',-1.26826043175938235618e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,57,'rate',0.02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,58,'loss',-1.20796396849605899848e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,58,'rate',0.02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,59,'loss',-1.11050057419488215626e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,59,'rate',0.02,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,60,'loss',-1.07282313514534710652e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,60,'rate',0.02,0,NULL,0);
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
INSERT INTO "sessions" VALUES('c81feb863401cdcf4141222a12e8b072',1,'vm/77eb96fb-d799-4d14-b978-f9cdccd6f5ba',9779,'772254',1795534850735,1795534851141,1);
CREATE TABLE studies (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  spec TEXT NOT NULL,
  seed TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  stop_requested INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "studies" VALUES(1,'m','{"study":"m","objective":[{"metric":"loss","direction":"minimize"}],"command":["/usr/bin/python3","model.py"],"metrics":{"from":"channel"},"params":{"learning_rate":{"type":"float","low":0.001,"high":1.0,"scale":"log","default":0.1,"tier":2,"live":true},"size":{"type":"int","low":1,"high":9,"default":3,"tier":2}},"budget":{},"strategy":"panda","sampler":{"name":"auto"},"pruner":{"name":"none"},"workers":"auto","seed":7,"duplicates":"avoid","defaults_first":true,"resources":{"cpu":1.0,"gpu":0,"gpu_share":1},"retries":100,"failures_max":10,"folder":"/somewhere"}','7',1795534850733,0);
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
INSERT INTO "trials" VALUES(1,0,'COMPLETE','added','0.1,3','-0.10728231351453471','',60,1,'c81feb863401cdcf4141222a12e8b072',0,'','/somewhere/sterlet-trials/m/0/checkpoints/ck-53-1','',1795534850736,1795534850736,1795534851128,9);
CREATE INDEX trials_by_change ON trials (study_id, changed_seq);
CREATE INDEX events_by_study ON events (study_id, seq);
CREATE INDEX reports_by_seq ON reports (study_id, seq) WHERE seq > 0;
CREATE INDEX checkpoints_by_model ON checkpoints (study_id, trial, id);
CREATE INDEX interventions_by_model ON interventions (study_id, trial, id);
CREATE INDEX commands_by_state ON commands (study_id, state, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',9);
INSERT INTO "sqlite_sequence" VALUES('commands',3);
INSERT INTO "sqlite_sequence" VALUES('checkpoints',2);
INSERT INTO "sqlite_sequence" VALUES('interventions',2);
COMMIT;
PRAGMA application_id=1398033492;
PRAGMA user_version=3;
