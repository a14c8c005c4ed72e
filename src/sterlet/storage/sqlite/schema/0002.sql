-- Version 2: an order of the reports that pruners judge. They take numbers from the counter of the events, so that
-- reports and endings of trials stand in one order. A report told again for its step keeps what was told first beside
-- what was told last: decisions were made on the first. 0: not judged, or written before version 2.
ALTER TABLE reports ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN first_value REAL;
ALTER TABLE reports ADD COLUMN is_repeated INTEGER NOT NULL DEFAULT 0;
CREATE INDEX reports_by_seq ON reports (study_id, seq) WHERE seq > 0;
