-- The password that was replaced, and until when it is taken beside its successor: a user name has one row.
ALTER TABLE credentials ADD COLUMN replaced TEXT;           -- slow hash
ALTER TABLE credentials ADD COLUMN replaced_until INTEGER;  -- milliseconds since 1970
