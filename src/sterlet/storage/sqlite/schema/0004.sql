-- Version 4: a branch may leave out data that training was bad on.
ALTER TABLE branches ADD COLUMN skip_steps INTEGER NOT NULL DEFAULT 0;
