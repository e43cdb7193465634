-- Repairs: what is to be owed again, and how far they have come. A step's callbacks and the job's row change in one commit.
CREATE TABLE jobs (
  number          INTEGER PRIMARY KEY AUTOINCREMENT,
  id              TEXT NOT NULL UNIQUE,
  kind            INTEGER NOT NULL,
  subscription    INTEGER,           -- null: those of the endpoint, or all
  subscription_id TEXT,
  endpoint        TEXT,
  from_time       INTEGER,           -- ticks of 100 ns
  to_time         INTEGER,
  events          TEXT,              -- JSON array of sequences
  rate            INTEGER NOT NULL,
  consumer        TEXT,              -- who asked; null: the operator
  state           INTEGER NOT NULL,
  reason          TEXT,
  at_subscription INTEGER NOT NULL,
  at_position     INTEGER NOT NULL,
  last            INTEGER NOT NULL,
  looked          INTEGER NOT NULL,
  total           INTEGER,
  done            INTEGER NOT NULL,
  created         INTEGER NOT NULL,  -- milliseconds since 1970
  ended           INTEGER
) STRICT;

CREATE INDEX jobs_by_subscription ON jobs (subscription);
CREATE INDEX jobs_unfinished ON jobs (state) WHERE state <= 1;
