-- Events that were removed before the time was over in which a producer's repetition must be found: no more than is needed to find it.
CREATE TABLE producer_ids (
  sequence INTEGER PRIMARY KEY,   -- grows with time: what is forgotten is taken from the front
  id       TEXT NOT NULL,         -- the gateway's
  staged   INTEGER NOT NULL,      -- milliseconds since 1970
  key      BLOB NOT NULL          -- hash of source and producer's id
) STRICT;

CREATE UNIQUE INDEX producer_ids_by_key ON producer_ids (key);
