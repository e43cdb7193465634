-- What is owed stands in one of three places: fresh (with the hub), backlog (waits on disk), kept (parked or dead).

-- One consumer at one endpoint: what waits for it is one run of rows in the backlog.
CREATE TABLE queues (
  number   INTEGER PRIMARY KEY,
  endpoint TEXT NOT NULL,         -- EndpointName
  consumer TEXT NOT NULL,
  UNIQUE (endpoint, consumer)
) STRICT;

-- Appended at the end, in no second index: making and delivering a callback touches the last pages only.
CREATE TABLE fresh (
  id           INTEGER PRIMARY KEY,
  event        INTEGER NOT NULL,
  subscription INTEGER NOT NULL,
  since        INTEGER NOT NULL,  -- milliseconds since 1970: owed since then
  ord          INTEGER NOT NULL   -- what it is kept in order by; 0: in no order
) STRICT;

-- The key is the order in which a lane takes: its front is one seek, however long the backlog is.
CREATE TABLE backlog (
  queue        INTEGER NOT NULL,
  due          INTEGER NOT NULL,  -- milliseconds since 1970
  id           INTEGER NOT NULL,
  event        INTEGER NOT NULL,
  subscription INTEGER NOT NULL,
  attempts     INTEGER NOT NULL,
  since        INTEGER NOT NULL,
  ord          INTEGER NOT NULL,
  PRIMARY KEY (queue, due, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE kept (
  id           INTEGER PRIMARY KEY,
  event        INTEGER NOT NULL,
  subscription INTEGER NOT NULL,
  attempts     INTEGER NOT NULL,
  state        INTEGER NOT NULL,  -- CallbackState: parked or dead
  since        INTEGER NOT NULL,
  ord          INTEGER NOT NULL,
  reason       TEXT               -- why it is dead
) STRICT;

CREATE INDEX kept_by_subscription ON kept (subscription, state, id);
CREATE INDEX kept_by_state ON kept (state, id);

-- Everything owed in an order. The first of each (subscription, ord) is owed in one of the places above, the others are held here.
CREATE TABLE ordered (
  subscription INTEGER NOT NULL,
  ord          INTEGER NOT NULL,
  id           INTEGER NOT NULL,
  event        INTEGER NOT NULL,
  since        INTEGER NOT NULL,
  PRIMARY KEY (subscription, ord, id)
) STRICT, WITHOUT ROWID;

ALTER TABLE subscriptions ADD COLUMN queue INTEGER NOT NULL DEFAULT 0;

INSERT OR IGNORE INTO queues (endpoint, consumer) SELECT endpoint_name(callback), consumer FROM subscriptions ORDER BY number;

UPDATE subscriptions SET queue = (
  SELECT number FROM queues WHERE endpoint = endpoint_name(subscriptions.callback) AND queues.consumer = subscriptions.consumer);

-- Since when a callback is owed was not kept: the budget of its retries begins with the upgrade, so none dies by it.
INSERT INTO fresh (id, event, subscription, since, ord)
SELECT id, event, subscription, unixepoch() * 1000, 0 FROM callbacks WHERE due = 0 AND state = 0 AND attempts = 0 ORDER BY id;

-- A retry that was handed out when the store stopped: due before all others.
INSERT INTO backlog (queue, due, id, event, subscription, attempts, since, ord)
SELECT s.queue, 1, c.id, c.event, c.subscription, c.attempts, unixepoch() * 1000, 0
FROM callbacks c CROSS JOIN subscriptions s ON s.number = c.subscription
WHERE c.due = 0 AND c.state = 0 AND c.attempts > 0;

-- By due time, so that each queue is appended to and nothing has to be sorted.
INSERT INTO backlog (queue, due, id, event, subscription, attempts, since, ord)
SELECT s.queue, c.due, c.id, c.event, c.subscription, c.attempts, unixepoch() * 1000, 0
FROM callbacks c INDEXED BY callbacks_due CROSS JOIN subscriptions s ON s.number = c.subscription
WHERE c.due > 0 AND c.state = 0 ORDER BY c.due;

INSERT INTO kept (id, event, subscription, attempts, state, since, ord)
SELECT id, event, subscription, attempts, state, unixepoch() * 1000, 0 FROM callbacks WHERE state > 0 ORDER BY id;

-- What was owed to subscriptions that were removed has no queue and is not taken over: nobody would have got it.
UPDATE counters SET pending =
  (SELECT count(*) FROM fresh) + (SELECT count(*) FROM backlog) + (SELECT count(*) FROM kept WHERE state = 1);

DROP TABLE callbacks;
