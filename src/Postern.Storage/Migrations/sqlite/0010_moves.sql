-- What is left to do when a subscription has got another queue: its callbacks that wait in the one it had, looked through up to (due, id).
CREATE TABLE moves (
  subscription INTEGER NOT NULL,
  queue        INTEGER NOT NULL,  -- the one it had
  due          INTEGER NOT NULL,
  id           INTEGER NOT NULL,
  PRIMARY KEY (subscription, queue)
) STRICT, WITHOUT ROWID;
