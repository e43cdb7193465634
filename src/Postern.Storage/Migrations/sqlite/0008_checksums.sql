-- What an event was when it was staged (EventChecksum): SQLite's pages have no checksum of their own.
-- Null: staged before this version, read without a check.
ALTER TABLE events ADD COLUMN crc INTEGER;
