-- When each credential was used last, of the file's consumers and of those that the admin API made. Written now and then, beside the calls.
CREATE TABLE credential_uses (
  consumer TEXT NOT NULL,
  kind     INTEGER NOT NULL,  -- CredentialKind
  id       TEXT NOT NULL,     -- among those of the consumer
  used     INTEGER NOT NULL,  -- milliseconds since 1970
  PRIMARY KEY (consumer, kind, id)
) STRICT, WITHOUT ROWID;
