-- What was answered to a call with an Idempotency-Key, committed with what the call did. Numbers grow with time: what is
-- forgotten is taken from the front, without an index on the time.
CREATE TABLE answers (
  number      INTEGER PRIMARY KEY,
  consumer    TEXT NOT NULL,
  operation   TEXT NOT NULL,
  key         TEXT NOT NULL,
  kept        INTEGER NOT NULL,  -- milliseconds since 1970
  fingerprint BLOB NOT NULL,
  answer      BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX answers_by_key ON answers (consumer, operation, key);
