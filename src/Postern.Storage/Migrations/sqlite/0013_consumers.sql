-- Consumers that were made by the admin API. The numbers of AUTOINCREMENT also say whether there ever was one: then nobody is anonymous again.
CREATE TABLE consumers (
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  name     TEXT NOT NULL UNIQUE,
  scopes   TEXT,               -- JSON array
  operator INTEGER NOT NULL,   -- 0 or 1
  created  INTEGER NOT NULL    -- milliseconds since 1970
) STRICT;

CREATE TABLE credentials (
  consumer INTEGER NOT NULL,
  place    INTEGER NOT NULL,   -- among those of the consumer
  id       TEXT NOT NULL,
  kind     INTEGER NOT NULL,   -- CredentialKind
  username TEXT UNIQUE,
  verifier TEXT NOT NULL,      -- what is kept in place of the secret: SHA-256 of a random key, or a slow hash of a password
  scopes   TEXT,               -- JSON array; null: all of the consumer's
  created  INTEGER NOT NULL,
  expires  INTEGER,
  PRIMARY KEY (consumer, place)
) STRICT, WITHOUT ROWID;
