-- Credentials, headers and TLS towards the receiver: JSON of sealed parts, null where a subscription has none.
ALTER TABLE subscriptions ADD COLUMN delivery TEXT;
