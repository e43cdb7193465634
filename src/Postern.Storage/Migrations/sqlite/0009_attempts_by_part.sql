-- Attempts are added at one end and expire at the other. An index that begins with the subscription has the entries of neighbouring
-- attempts all over the place: each one that is added or expires changes a page of its own. By parts of 16384 they lie together.
DROP INDEX attempts_by_subscription;

CREATE INDEX attempts_by_part ON attempts (number >> 14, subscription);
