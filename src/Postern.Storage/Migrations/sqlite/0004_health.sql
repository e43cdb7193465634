-- Subscriptions whose attempts fail: a row from the first failure to the next success. Written when something about it
-- changes, a few times a day at most, in the commit of the attempt.
CREATE TABLE health (
  subscription INTEGER PRIMARY KEY,
  since        INTEGER NOT NULL,  -- milliseconds since 1970, as all times here
  steady       INTEGER NOT NULL,
  last         INTEGER NOT NULL,
  counted      INTEGER NOT NULL,
  moments      INTEGER NOT NULL,
  announced    INTEGER NOT NULL,  -- 0 or 1
  status       INTEGER,
  error        TEXT NOT NULL
) STRICT;

ALTER TABLE subscriptions ADD COLUMN disabled_by INTEGER;  -- DisabledBy
