-- What an event was when it was staged (EventChecksum): SQLite's pages have no checksum of their own.
ALTER TABLE events ADD COLUMN crc INTEGER;

-- The events up to this one were staged before there were checksums, and are read without. After it a missing checksum is damage, too.
CREATE TABLE unchecked_events (last INTEGER NOT NULL) STRICT;

INSERT INTO unchecked_events SELECT last_sequence FROM counters;
