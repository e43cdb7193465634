-- Who changed what, written in the commit of the change. Numbers grow with time: what expires is taken from the front.
CREATE TABLE audit (
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,  -- milliseconds since 1970
  actor    TEXT NOT NULL,     -- operator, gateway or consumer:NAME
  address  TEXT,              -- where the call came from
  request  TEXT,              -- its X-Request-Id
  action   TEXT NOT NULL,     -- name of the operation
  kind     INTEGER NOT NULL,  -- AuditKind
  target   TEXT NOT NULL,     -- id or name
  consumer TEXT,              -- whose it is
  changed  TEXT               -- JSON array: names of what was changed, never a value
) STRICT;

CREATE INDEX audit_by_actor ON audit (actor);
CREATE INDEX audit_by_target ON audit (target);
