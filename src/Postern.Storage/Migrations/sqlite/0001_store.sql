-- The log of events: append-only. An id holds its sequence (EventId), so ids need no index.
CREATE TABLE events (
  sequence     INTEGER PRIMARY KEY,
  id           TEXT NOT NULL,
  staged       INTEGER NOT NULL,  -- milliseconds since 1970
  producer_id  TEXT,
  source       TEXT NOT NULL,
  type         TEXT NOT NULL,
  subject      TEXT,
  time         INTEGER NOT NULL,  -- ticks of 100 ns: what the producer said comes out as it went in
  content_type TEXT,
  data_schema  TEXT,
  extensions   TEXT,              -- JSON object
  audience     TEXT,              -- JSON array
  target       INTEGER,
  data         BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX events_by_producer ON events (source, producer_id) WHERE producer_id IS NOT NULL;

-- Only what is owed or dead. A fresh callback (due = 0: the hub has it, state = 0: pending) is in no second index,
-- so making and delivering one touches this table's last pages and nothing else.
CREATE TABLE callbacks (
  id           INTEGER PRIMARY KEY,
  event        INTEGER NOT NULL,
  subscription INTEGER NOT NULL,
  due          INTEGER NOT NULL,  -- milliseconds since 1970; 0: handed to the hub
  attempts     INTEGER NOT NULL,
  state        INTEGER NOT NULL   -- CallbackState
) STRICT;

CREATE INDEX callbacks_due ON callbacks (due) WHERE due > 0 AND state = 0;
CREATE INDEX callbacks_kept ON callbacks (subscription, state) WHERE state > 0;

-- What happened: append-only. Every index ends with the row's key, so pages by number need no sorting.
CREATE TABLE attempts (
  number       INTEGER PRIMARY KEY,
  callback     INTEGER NOT NULL,
  ordinal      INTEGER NOT NULL,
  event        INTEGER NOT NULL,
  subscription INTEGER NOT NULL,
  at           INTEGER NOT NULL,  -- ticks of 100 ns
  outcome      INTEGER NOT NULL,
  status       INTEGER,
  duration     INTEGER NOT NULL,  -- ticks of 100 ns
  error        TEXT,
  address      TEXT,
  response     BLOB
) STRICT;

CREATE INDEX attempts_by_subscription ON attempts (subscription);
CREATE INDEX attempts_by_event ON attempts (event);

CREATE TABLE subscriptions (
  number   INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  consumer TEXT NOT NULL,
  resource TEXT NOT NULL,
  key      TEXT,
  callback TEXT NOT NULL,
  events   TEXT,                  -- JSON array
  filter   TEXT,
  mode     INTEGER NOT NULL,
  state    INTEGER NOT NULL,
  reason   TEXT,
  created  INTEGER NOT NULL,      -- ticks of 100 ns
  metadata TEXT,
  secrets  TEXT NOT NULL,         -- JSON array
  after    INTEGER NOT NULL,
  version  INTEGER NOT NULL
) STRICT;

CREATE INDEX subscriptions_by_consumer ON subscriptions (consumer);
CREATE INDEX subscriptions_by_resource ON subscriptions (consumer, resource);
CREATE INDEX subscriptions_by_callback ON subscriptions (callback, consumer);

-- One row, written in the commit that moves it: nothing is counted, and no key is ever given twice.
CREATE TABLE counters (
  last_sequence     INTEGER NOT NULL,
  cursor            INTEGER NOT NULL,
  last_callback     INTEGER NOT NULL,
  last_subscription INTEGER NOT NULL,
  last_attempt      INTEGER NOT NULL,
  pending           INTEGER NOT NULL,
  dead              INTEGER NOT NULL,
  subscriptions     INTEGER NOT NULL
) STRICT;

INSERT INTO counters VALUES (0, 0, 0, 0, 0, 0, 0, 0);
