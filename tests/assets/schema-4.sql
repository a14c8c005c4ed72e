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
INSERT INTO "branch_reports" VALUES(1,0,0,1,'loss',0.91);
INSERT INTO "branch_reports" VALUES(1,0,0,1,'place',1.0);
INSERT INTO "branch_reports" VALUES(1,0,0,1,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,2,'loss',0.835);
INSERT INTO "branch_reports" VALUES(1,0,0,2,'place',2.0);
INSERT INTO "branch_reports" VALUES(1,0,0,2,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,3,'loss',7.7153846153846150635e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,3,'place',3.0);
INSERT INTO "branch_reports" VALUES(1,0,0,3,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,4,'loss',7.17142857142857081953e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,4,'place',4.0);
INSERT INTO "branch_reports" VALUES(1,0,0,4,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,5,'loss',0.67);
INSERT INTO "branch_reports" VALUES(1,0,0,5,'place',5.0);
INSERT INTO "branch_reports" VALUES(1,0,0,5,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,6,'loss',0.62875);
INSERT INTO "branch_reports" VALUES(1,0,0,6,'place',6.0);
INSERT INTO "branch_reports" VALUES(1,0,0,6,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,7,'loss',5.88235294117647078415e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,7,'place',7.0);
INSERT INTO "branch_reports" VALUES(1,0,0,7,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,8,'loss',5.56111111111111111604e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,8,'place',8.0);
INSERT INTO "branch_reports" VALUES(1,0,0,8,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,9,'loss',5.27368421052631597412e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,9,'place',9.0);
INSERT INTO "branch_reports" VALUES(1,0,0,9,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,10,'loss',0.5015);
INSERT INTO "branch_reports" VALUES(1,0,0,10,'place',10.0);
INSERT INTO "branch_reports" VALUES(1,0,0,10,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,11,'loss',4.78095238095238073139e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,11,'place',11.0);
INSERT INTO "branch_reports" VALUES(1,0,0,11,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,12,'loss',4.56818181818181845432e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,12,'place',12.0);
INSERT INTO "branch_reports" VALUES(1,0,0,12,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,13,'loss',4.37391304347826082032e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,13,'place',13.0);
INSERT INTO "branch_reports" VALUES(1,0,0,13,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,14,'loss',4.1666666666666668517e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,14,'place',14.0);
INSERT INTO "branch_reports" VALUES(1,0,0,14,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,15,'loss',0.4004);
INSERT INTO "branch_reports" VALUES(1,0,0,15,'place',15.0);
INSERT INTO "branch_reports" VALUES(1,0,0,15,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,16,'loss',3.85384615384615381028e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,16,'place',16.0);
INSERT INTO "branch_reports" VALUES(1,0,0,16,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,17,'loss',3.71481481481481468076e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,17,'place',17.0);
INSERT INTO "branch_reports" VALUES(1,0,0,17,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,18,'loss',3.58571428571428540976e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,18,'place',18.0);
INSERT INTO "branch_reports" VALUES(1,0,0,18,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,19,'loss',3.46551724137931060898e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,19,'place',19.0);
INSERT INTO "branch_reports" VALUES(1,0,0,19,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,20,'loss',3.35333333333333372117e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,20,'place',20.0);
INSERT INTO "branch_reports" VALUES(1,0,0,20,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,21,'loss',3.22580645161290313627e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,21,'place',21.0);
INSERT INTO "branch_reports" VALUES(1,0,0,21,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,22,'loss',0.3128125);
INSERT INTO "branch_reports" VALUES(1,0,0,22,'place',22.0);
INSERT INTO "branch_reports" VALUES(1,0,0,22,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,23,'loss',3.03636363636363648677e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,23,'place',23.0);
INSERT INTO "branch_reports" VALUES(1,0,0,23,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,24,'loss',0.295);
INSERT INTO "branch_reports" VALUES(1,0,0,24,'place',24.0);
INSERT INTO "branch_reports" VALUES(1,0,0,24,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,25,'loss',2.86857142857142810576e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,25,'place',25.0);
INSERT INTO "branch_reports" VALUES(1,0,0,25,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,26,'loss',2.79166666666666674068e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,26,'place',26.0);
INSERT INTO "branch_reports" VALUES(1,0,0,26,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,27,'loss',2.71891891891891890331e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,27,'place',27.0);
INSERT INTO "branch_reports" VALUES(1,0,0,27,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,28,'loss',2.63157894736842090654e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,28,'place',28.0);
INSERT INTO "branch_reports" VALUES(1,0,0,28,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,29,'loss',2.56666666666666654084e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,29,'place',29.0);
INSERT INTO "branch_reports" VALUES(1,0,0,29,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,30,'loss',0.2505);
INSERT INTO "branch_reports" VALUES(1,0,0,30,'place',30.0);
INSERT INTO "branch_reports" VALUES(1,0,0,30,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,31,'loss',2.44634146341463409868e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,31,'place',31.0);
INSERT INTO "branch_reports" VALUES(1,0,0,31,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,32,'loss',2.39047619047619036569e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,32,'place',32.0);
INSERT INTO "branch_reports" VALUES(1,0,0,32,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,33,'loss',2.33720930232558160577e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,33,'place',33.0);
INSERT INTO "branch_reports" VALUES(1,0,0,33,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,34,'loss',2.28636363636363637574e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,34,'place',34.0);
INSERT INTO "branch_reports" VALUES(1,0,0,34,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,35,'loss',2.22222222222222209886e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,35,'place',35.0);
INSERT INTO "branch_reports" VALUES(1,0,0,35,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,36,'loss',2.17608695652173916856e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,36,'place',36.0);
INSERT INTO "branch_reports" VALUES(1,0,0,36,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,37,'loss',2.13191489361702124494e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,37,'place',37.0);
INSERT INTO "branch_reports" VALUES(1,0,0,37,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,38,'loss',2.08958333333333329262e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,38,'place',38.0);
INSERT INTO "branch_reports" VALUES(1,0,0,38,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,39,'loss',2.04897959183673455951e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,39,'place',39.0);
INSERT INTO "branch_reports" VALUES(1,0,0,39,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,40,'loss',0.201);
INSERT INTO "branch_reports" VALUES(1,0,0,40,'place',40.0);
INSERT INTO "branch_reports" VALUES(1,0,0,40,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,41,'loss',9.8627450980392161739e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,41,'place',41.0);
INSERT INTO "branch_reports" VALUES(1,0,0,41,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,42,'loss',9.61538461538461564082e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,42,'place',42.0);
INSERT INTO "branch_reports" VALUES(1,0,0,42,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,43,'loss',9.44339622641509501832e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,43,'place',43.0);
INSERT INTO "branch_reports" VALUES(1,0,0,43,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,44,'loss',9.27777777777777812318e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,44,'place',44.0);
INSERT INTO "branch_reports" VALUES(1,0,0,44,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,45,'loss',9.11818181818181638931e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,45,'place',45.0);
INSERT INTO "branch_reports" VALUES(1,0,0,45,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,46,'loss',8.96428571428571352441e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,46,'place',46.0);
INSERT INTO "branch_reports" VALUES(1,0,0,46,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,47,'loss',8.81578947368421128594e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,47,'place',47.0);
INSERT INTO "branch_reports" VALUES(1,0,0,47,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,48,'loss',0.867241379310345);
INSERT INTO "branch_reports" VALUES(1,0,0,48,'place',48.0);
INSERT INTO "branch_reports" VALUES(1,0,0,48,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,49,'loss',0.847457627118644);
INSERT INTO "branch_reports" VALUES(1,0,0,49,'place',49.0);
INSERT INTO "branch_reports" VALUES(1,0,0,49,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,50,'loss',8.34166666666666722917e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,50,'place',50.0);
INSERT INTO "branch_reports" VALUES(1,0,0,50,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,51,'loss',8.21311475409836067029e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,51,'place',51.0);
INSERT INTO "branch_reports" VALUES(1,0,0,51,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,52,'loss',8.08870967741935453787e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,52,'place',52.0);
INSERT INTO "branch_reports" VALUES(1,0,0,52,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,0,53,'loss',1.59365079365079348461e-01);
INSERT INTO "branch_reports" VALUES(1,0,0,53,'place',53.0);
INSERT INTO "branch_reports" VALUES(1,0,0,53,'rate',0.1);
INSERT INTO "branch_reports" VALUES(1,0,1,41,'loss',9.8235294117647065093e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,41,'place',51.0);
INSERT INTO "branch_reports" VALUES(1,0,1,41,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,42,'loss',9.64423076923076827426e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,42,'place',52.0);
INSERT INTO "branch_reports" VALUES(1,0,1,42,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,43,'loss',1.8943396226415093464e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,43,'place',53.0);
INSERT INTO "branch_reports" VALUES(1,0,1,43,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,44,'loss',1.86111111111111116045e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,44,'place',54.0);
INSERT INTO "branch_reports" VALUES(1,0,1,44,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,45,'loss',1.82909090909090910059e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,45,'place',55.0);
INSERT INTO "branch_reports" VALUES(1,0,1,45,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,46,'loss',1.78571428571428575393e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,46,'place',56.0);
INSERT INTO "branch_reports" VALUES(1,0,1,46,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,47,'loss',1.75614035087719305705e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,47,'place',57.0);
INSERT INTO "branch_reports" VALUES(1,0,1,47,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,48,'loss',1.72758620689655167934e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,48,'place',58.0);
INSERT INTO "branch_reports" VALUES(1,0,1,48,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,49,'loss',1.69999999999999984456e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,49,'place',59.0);
INSERT INTO "branch_reports" VALUES(1,0,1,49,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,50,'loss',1.67333333333333306169e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,50,'place',60.0);
INSERT INTO "branch_reports" VALUES(1,0,1,50,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,51,'loss',1.64754098360655742983e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,51,'place',61.0);
INSERT INTO "branch_reports" VALUES(1,0,1,51,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,52,'loss',1.62258064516129035803e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,52,'place',62.0);
INSERT INTO "branch_reports" VALUES(1,0,1,52,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,53,'loss',1.58730158730158721347e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,53,'place',63.0);
INSERT INTO "branch_reports" VALUES(1,0,1,53,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,54,'loss',0.15640625);
INSERT INTO "branch_reports" VALUES(1,0,1,54,'place',64.0);
INSERT INTO "branch_reports" VALUES(1,0,1,54,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,55,'loss',1.54153846153846141309e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,55,'place',65.0);
INSERT INTO "branch_reports" VALUES(1,0,1,55,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,56,'loss',1.51969696969696949073e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,56,'place',66.0);
INSERT INTO "branch_reports" VALUES(1,0,1,56,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,57,'loss',1.49850746268656714876e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,57,'place',67.0);
INSERT INTO "branch_reports" VALUES(1,0,1,57,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,58,'loss',1.47794117647058825815e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,58,'place',68.0);
INSERT INTO "branch_reports" VALUES(1,0,1,58,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,59,'loss',1.45797101449275379181e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,59,'place',69.0);
INSERT INTO "branch_reports" VALUES(1,0,1,59,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,60,'loss',1.42857142857142849212e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,60,'place',70.0);
INSERT INTO "branch_reports" VALUES(1,0,1,60,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,61,'loss',1.40985915492957747385e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,61,'place',71.0);
INSERT INTO "branch_reports" VALUES(1,0,1,61,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,1,62,'loss',1.39166666666666660745e-01);
INSERT INTO "branch_reports" VALUES(1,0,1,62,'place',72.0);
INSERT INTO "branch_reports" VALUES(1,0,1,62,'rate',0.05);
INSERT INTO "branch_reports" VALUES(1,0,2,41,'loss',1.96274509803921554107e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,41,'place',71.0);
INSERT INTO "branch_reports" VALUES(1,0,2,41,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,42,'loss',1.92692307692307690514e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,42,'place',72.0);
INSERT INTO "branch_reports" VALUES(1,0,2,42,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,43,'loss',1.89245283018867921365e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,43,'place',73.0);
INSERT INTO "branch_reports" VALUES(1,0,2,43,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,44,'loss',1.85925925925925911164e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,44,'place',74.0);
INSERT INTO "branch_reports" VALUES(1,0,2,44,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,45,'loss',1.82727272727272738173e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,45,'place',75.0);
INSERT INTO "branch_reports" VALUES(1,0,2,45,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,46,'loss',1.79642857142857159669e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,46,'place',76.0);
INSERT INTO "branch_reports" VALUES(1,0,2,46,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,47,'loss',1.75438596491228060436e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,47,'place',77.0);
INSERT INTO "branch_reports" VALUES(1,0,2,47,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,48,'loss',1.72586206896551713763e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,48,'place',78.0);
INSERT INTO "branch_reports" VALUES(1,0,2,48,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,49,'loss',1.69830508474576258315e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,49,'place',79.0);
INSERT INTO "branch_reports" VALUES(1,0,2,49,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,50,'loss',1.67166666666666657858e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,50,'place',80.0);
INSERT INTO "branch_reports" VALUES(1,0,2,50,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,51,'loss',1.6459016393442621462e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,51,'place',81.0);
INSERT INTO "branch_reports" VALUES(1,0,2,51,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,52,'loss',1.62096774193548398557e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,52,'place',82.0);
INSERT INTO "branch_reports" VALUES(1,0,2,52,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,53,'loss',1.59682539682539703651e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,53,'place',83.0);
INSERT INTO "branch_reports" VALUES(1,0,2,53,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,54,'loss',0.15625);
INSERT INTO "branch_reports" VALUES(1,0,2,54,'place',84.0);
INSERT INTO "branch_reports" VALUES(1,0,2,54,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,55,'loss',0.154);
INSERT INTO "branch_reports" VALUES(1,0,2,55,'place',85.0);
INSERT INTO "branch_reports" VALUES(1,0,2,55,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,56,'loss',1.51818181818181824338e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,56,'place',86.0);
INSERT INTO "branch_reports" VALUES(1,0,2,56,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,57,'loss',1.49701492537313435304e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,57,'place',87.0);
INSERT INTO "branch_reports" VALUES(1,0,2,57,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,58,'loss',1.47647058823529409021e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,58,'place',88.0);
INSERT INTO "branch_reports" VALUES(1,0,2,58,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,59,'loss',1.4565217391304349781e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,59,'place',89.0);
INSERT INTO "branch_reports" VALUES(1,0,2,59,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,60,'loss',1.43714285714285711081e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,60,'place',90.0);
INSERT INTO "branch_reports" VALUES(1,0,2,60,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,61,'loss',1.40845070422535217913e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,61,'place',91.0);
INSERT INTO "branch_reports" VALUES(1,0,2,61,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,62,'loss',1.39027777777777777901e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,62,'place',92.0);
INSERT INTO "branch_reports" VALUES(1,0,2,62,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,63,'loss',1.37260273972602736547e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,63,'place',93.0);
INSERT INTO "branch_reports" VALUES(1,0,2,63,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,64,'loss',1.35540540540540543901e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,64,'place',94.0);
INSERT INTO "branch_reports" VALUES(1,0,2,64,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,65,'loss',1.33866666666666661589e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,65,'place',95.0);
INSERT INTO "branch_reports" VALUES(1,0,2,65,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,66,'loss',1.32236842105263180391e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,66,'place',96.0);
INSERT INTO "branch_reports" VALUES(1,0,2,66,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,67,'loss',1.30649350649350654007e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,67,'place',97.0);
INSERT INTO "branch_reports" VALUES(1,0,2,67,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,68,'loss',1.28205128205128193741e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,68,'place',98.0);
INSERT INTO "branch_reports" VALUES(1,0,2,68,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,69,'loss',1.2670886075949366889e-01);
INSERT INTO "branch_reports" VALUES(1,0,2,69,'place',99.0);
INSERT INTO "branch_reports" VALUES(1,0,2,69,'rate',0.025);
INSERT INTO "branch_reports" VALUES(1,0,2,70,'loss',0.12525);
INSERT INTO "branch_reports" VALUES(1,0,2,70,'place',100.0);
INSERT INTO "branch_reports" VALUES(1,0,2,70,'rate',0.025);
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
INSERT INTO "branches" VALUES(1,0,0,NULL,0,'{"learning_rate":0.1}',NULL,1795553871464,0);
INSERT INTO "branches" VALUES(1,0,1,0,40,'{"learning_rate":0.05}',5,1795553871741,10);
INSERT INTO "branches" VALUES(1,0,2,0,40,'{"learning_rate":0.025}',5,1795553871823,30);
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
INSERT INTO "checkpoints" VALUES(1,1,0,0,2,'/somewhere/sterlet-trials/m/0/checkpoints/ck-2-0',23,'2f9558374c149fbe',0.835,'kept',1795553871600);
INSERT INTO "checkpoints" VALUES(2,1,0,0,10,'/somewhere/sterlet-trials/m/0/checkpoints/ck-10-1',25,'4e096956e046ef6a',0.5015,'deleted',1795553871620);
INSERT INTO "checkpoints" VALUES(3,1,0,0,20,'/somewhere/sterlet-trials/m/0/checkpoints/ck-20-2',25,'4a429dd15371b4ef',3.35333333333333372117e-01,'deleted',1795553871644);
INSERT INTO "checkpoints" VALUES(4,1,0,0,30,'/somewhere/sterlet-trials/m/0/checkpoints/ck-30-3',25,'4be1418702b22261',0.2505,'deleted',1795553871675);
INSERT INTO "checkpoints" VALUES(5,1,0,0,40,'/somewhere/sterlet-trials/m/0/checkpoints/ck-40-4',25,'7ee01ff65846e4c5',0.201,'kept',1795553871708);
INSERT INTO "checkpoints" VALUES(6,1,0,0,50,'/somewhere/sterlet-trials/m/0/checkpoints/ck-50-4',25,'41fa96d730666a0b',8.34166666666666722917e-01,'deleted',1795553871735);
INSERT INTO "checkpoints" VALUES(7,1,0,1,50,'/somewhere/sterlet-trials/m/0/checkpoints/ck-50-4',25,'13e93ed372c61e92',1.67333333333333306169e-01,'deleted',1795553871780);
INSERT INTO "checkpoints" VALUES(8,1,0,1,60,'/somewhere/sterlet-trials/m/0/checkpoints/ck-60-4',25,'dc06d94df016a199',1.42857142857142849212e-01,'deleted',1795553871812);
INSERT INTO "checkpoints" VALUES(9,1,0,2,50,'/somewhere/sterlet-trials/m/0/checkpoints/ck-50-4',25,'9d1acfc2ca661928',1.67166666666666657858e-01,'kept',1795553871848);
INSERT INTO "checkpoints" VALUES(10,1,0,2,60,'/somewhere/sterlet-trials/m/0/checkpoints/ck-60-4',25,'7c286a670e5e509a',1.43714285714285711081e-01,'kept',1795553871871);
INSERT INTO "checkpoints" VALUES(11,1,0,2,70,'/somewhere/sterlet-trials/m/0/checkpoints/ck-70-4',26,'2d7cefec5f4f70e9',0.12525,'kept',1795553871904);
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
INSERT INTO "events" VALUES(1,1,1795553871464,'claim',0,1,'babysit');
INSERT INTO "events" VALUES(2,1,1795553871471,'checkpoint',0,1,'');
INSERT INTO "events" VALUES(3,1,1795553871600,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-2-0');
INSERT INTO "events" VALUES(4,1,1795553871620,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-10-1');
INSERT INTO "events" VALUES(5,1,1795553871644,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-20-2');
INSERT INTO "events" VALUES(6,1,1795553871675,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-30-3');
INSERT INTO "events" VALUES(7,1,1795553871708,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-40-4');
INSERT INTO "events" VALUES(8,1,1795553871735,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-50-4');
INSERT INTO "events" VALUES(9,1,1795553871741,'intervention',0,NULL,'1 kept');
INSERT INTO "events" VALUES(10,1,1795553871742,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-40-4');
INSERT INTO "events" VALUES(11,1,1795553871780,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-50-4');
INSERT INTO "events" VALUES(12,1,1795553871812,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-60-4');
INSERT INTO "events" VALUES(13,1,1795553871823,'intervention',0,NULL,'2 kept');
INSERT INTO "events" VALUES(14,1,1795553871824,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-40-4');
INSERT INTO "events" VALUES(15,1,1795553871848,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-50-4');
INSERT INTO "events" VALUES(16,1,1795553871871,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-60-4');
INSERT INTO "events" VALUES(17,1,1795553871904,'checkpoint',0,1,'/somewhere/sterlet-trials/m/0/checkpoints/ck-70-4');
INSERT INTO "events" VALUES(18,1,1795553871930,'COMPLETE',0,1,'');
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
INSERT INTO "interventions" VALUES(1,1,0,'rollback',0,1,0,40,'{"learning_rate":0.05}','{"learning_rate":0.1}','autopilot','autopilot','loss went from 0.201 to 0.9863 at step 41, 155 times its noise','kept',NULL,'',NULL,1795553871741,0);
INSERT INTO "interventions" VALUES(2,1,0,'rollback',0,2,1,40,'{"learning_rate":0.025}','{"learning_rate":0.1}','autopilot','autopilot','loss went from 0.201 to 0.9824 at step 41, 155 times its noise','kept',NULL,'',NULL,1795553871823,0);
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
INSERT INTO "reports" VALUES(1,0,1,1,'loss',0.91,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,1,'place',1.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,1,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'loss',0.835,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'place',2.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,2,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,3,'loss',7.7153846153846150635e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,3,'place',3.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,3,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,4,'loss',7.17142857142857081953e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,4,'place',4.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,4,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,5,'loss',0.67,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,5,'place',5.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,5,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,6,'loss',0.62875,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,6,'place',6.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,6,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,7,'loss',5.88235294117647078415e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,7,'place',7.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,7,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,8,'loss',5.56111111111111111604e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,8,'place',8.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,8,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,9,'loss',5.27368421052631597412e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,9,'place',9.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,9,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,10,'loss',0.5015,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,10,'place',10.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,10,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,11,'loss',4.78095238095238073139e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,11,'place',11.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,11,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,12,'loss',4.56818181818181845432e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,12,'place',12.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,12,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,13,'loss',4.37391304347826082032e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,13,'place',13.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,13,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,14,'loss',4.1666666666666668517e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,14,'place',14.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,14,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,15,'loss',0.4004,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,15,'place',15.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,15,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,16,'loss',3.85384615384615381028e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,16,'place',16.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,16,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,17,'loss',3.71481481481481468076e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,17,'place',17.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,17,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,18,'loss',3.58571428571428540976e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,18,'place',18.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,18,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,19,'loss',3.46551724137931060898e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,19,'place',19.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,19,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,20,'loss',3.35333333333333372117e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,20,'place',20.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,20,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,21,'loss',3.22580645161290313627e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,21,'place',21.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,21,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,22,'loss',0.3128125,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,22,'place',22.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,22,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,23,'loss',3.03636363636363648677e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,23,'place',23.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,23,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,24,'loss',0.295,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,24,'place',24.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,24,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,25,'loss',2.86857142857142810576e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,25,'place',25.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,25,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,26,'loss',2.79166666666666674068e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,26,'place',26.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,26,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,27,'loss',2.71891891891891890331e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,27,'place',27.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,27,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,28,'loss',2.63157894736842090654e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,28,'place',28.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,28,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,29,'loss',2.56666666666666654084e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,29,'place',29.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,29,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,30,'loss',0.2505,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,30,'place',30.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,30,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,31,'loss',2.44634146341463409868e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,31,'place',31.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,31,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,32,'loss',2.39047619047619036569e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,32,'place',32.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,32,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,33,'loss',2.33720930232558160577e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,33,'place',33.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,33,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,34,'loss',2.28636363636363637574e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,34,'place',34.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,34,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,35,'loss',2.22222222222222209886e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,35,'place',35.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,35,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,36,'loss',2.17608695652173916856e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,36,'place',36.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,36,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,37,'loss',2.13191489361702124494e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,37,'place',37.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,37,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,38,'loss',2.08958333333333329262e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,38,'place',38.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,38,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,39,'loss',2.04897959183673455951e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,39,'place',39.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,39,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,40,'loss',0.201,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,40,'place',40.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,40,'rate',0.1,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,41,'loss',1.96274509803921554107e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,41,'place',71.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,41,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,42,'loss',1.92692307692307690514e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,42,'place',72.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,42,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,43,'loss',1.89245283018867921365e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,43,'place',73.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,43,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,44,'loss',1.85925925925925911164e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,44,'place',74.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,44,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,45,'loss',1.82727272727272738173e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,45,'place',75.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,45,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,46,'loss',1.79642857142857159669e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,46,'place',76.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,46,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,47,'loss',1.75438596491228060436e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,47,'place',77.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,47,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,48,'loss',1.72586206896551713763e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,48,'place',78.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,48,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,49,'loss',1.69830508474576258315e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,49,'place',79.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,49,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,50,'loss',1.67166666666666657858e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,50,'place',80.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,50,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,51,'loss',1.6459016393442621462e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,51,'place',81.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,51,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,52,'loss',1.62096774193548398557e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,52,'place',82.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,52,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,53,'loss',1.59682539682539703651e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,53,'place',83.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,53,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,54,'loss',0.15625,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,54,'place',84.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,54,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,55,'loss',0.154,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,55,'place',85.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,55,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,56,'loss',1.51818181818181824338e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,56,'place',86.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,56,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,57,'loss',1.49701492537313435304e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,57,'place',87.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,57,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,58,'loss',1.47647058823529409021e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,58,'place',88.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,58,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,59,'loss',1.4565217391304349781e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,59,'place',89.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,59,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,60,'loss',1.43714285714285711081e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,60,'place',90.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,60,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,61,'loss',1.40845070422535217913e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,61,'place',91.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,61,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,62,'loss',1.39027777777777777901e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,62,'place',92.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,62,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,63,'loss',1.37260273972602736547e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,63,'place',93.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,63,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,64,'loss',1.35540540540540543901e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,64,'place',94.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,64,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,65,'loss',1.33866666666666661589e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,65,'place',95.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,65,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,66,'loss',1.32236842105263180391e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,66,'place',96.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,66,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,67,'loss',1.30649350649350654007e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,67,'place',97.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,67,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,68,'loss',1.28205128205128193741e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,68,'place',98.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,68,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,69,'loss',1.2670886075949366889e-01,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,69,'place',99.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,69,'rate',0.025,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,70,'loss',0.12525,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,70,'place',100.0,0,NULL,0);
INSERT INTO "reports" VALUES(1,0,1,70,'rate',0.025,0,NULL,0);
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
INSERT INTO "sessions" VALUES('c77fac206d2f3263f6cf41594bfa3a9e',1,'host/00000000-0000-0000-0000-000000000000',16291,'2674327',1795553871463,1795553871943,1);
CREATE TABLE studies (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  spec TEXT NOT NULL,
  seed TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  stop_requested INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "studies" VALUES(1,'m','{"study":"m","objective":[{"metric":"loss","direction":"minimize"}],"command":["/usr/bin/python3","model.py"],"metrics":{"from":"channel"},"params":{"learning_rate":{"type":"float","low":0.001,"high":1.0,"scale":"log","default":0.1,"tier":2,"live":true}},"budget":{},"strategy":"panda","sampler":{"name":"auto"},"pruner":{"name":"none"},"workers":"auto","seed":7,"duplicates":"avoid","defaults_first":true,"resources":{"cpu":1.0,"gpu":0,"gpu_share":1},"retries":100,"failures_max":10,"folder":"/somewhere"}','7',1795553871455,0);
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
INSERT INTO "trials" VALUES(1,0,'COMPLETE','added','0.1','0.12525','',70,1,'c77fac206d2f3263f6cf41594bfa3a9e',0,'','/somewhere/sterlet-trials/m/0/checkpoints/ck-70-4','',1795553871464,1795553871464,1795553871930,18);
CREATE INDEX trials_by_change ON trials (study_id, changed_seq);
CREATE INDEX events_by_study ON events (study_id, seq);
CREATE INDEX reports_by_seq ON reports (study_id, seq) WHERE seq > 0;
CREATE INDEX checkpoints_by_model ON checkpoints (study_id, trial, id);
CREATE INDEX interventions_by_model ON interventions (study_id, trial, id);
CREATE INDEX commands_by_state ON commands (study_id, state, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',18);
INSERT INTO "sqlite_sequence" VALUES('checkpoints',11);
INSERT INTO "sqlite_sequence" VALUES('interventions',2);
COMMIT;
PRAGMA application_id=1398033492;
PRAGMA user_version=4;
