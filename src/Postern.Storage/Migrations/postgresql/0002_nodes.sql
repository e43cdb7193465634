-- Several nodes on one store.

-- What a commit of one node changed that the others have in memory. Numbers follow the order of commits, and the newest rows are always there.
CREATE TABLE changes (
  number        bigint PRIMARY KEY,
  node          text NOT NULL,
  kind          bigint NOT NULL,
  subscription  bigint,
  name          text COLLATE "C",
  consumer      text COLLATE "C",
  log           bigint NOT NULL,
  flag          bigint NOT NULL,
  left_queue    bigint,
  left_callback text COLLATE "C",
  events        text
);

-- Who leads in what (NULL: nobody), when it last said so by the server's clock, and the last change that it knows of.
CREATE TABLE lead (
  duty text PRIMARY KEY,
  node text,
  beat bigint NOT NULL,
  seen bigint NOT NULL
) WITH (fillfactor = 10);

INSERT INTO lead VALUES ('callbacks', NULL, 0, 0), ('listener', NULL, 0, 0);

-- Who has the store open shows by locks alone.
ALTER TABLE store DROP COLUMN instance;
