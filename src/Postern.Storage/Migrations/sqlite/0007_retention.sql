-- Since when a dead callback is dead: it expires by that, and not by when it became owed. Only the dying pay for the index.
ALTER TABLE kept ADD COLUMN died INTEGER;  -- milliseconds since 1970; null: parked

UPDATE kept SET died = since WHERE state = 2;

CREATE INDEX kept_by_death ON kept (died) WHERE died IS NOT NULL;

-- What was asked to be erased, and how far that has come. Whom it was about is gone from the row when it has ended.
CREATE TABLE erasures (
  number        INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE,
  subject       TEXT,
  source        TEXT,
  consumer      TEXT,
  requested     INTEGER NOT NULL,  -- milliseconds since 1970
  finished      INTEGER,
  phase         INTEGER NOT NULL,
  position      INTEGER NOT NULL,  -- events up to here have been looked at
  last          INTEGER NOT NULL,  -- end of the log when it was asked for
  events        INTEGER NOT NULL,
  callbacks     INTEGER NOT NULL,
  attempts      INTEGER NOT NULL,
  subscriptions INTEGER NOT NULL,
  answers       INTEGER NOT NULL
) STRICT;
