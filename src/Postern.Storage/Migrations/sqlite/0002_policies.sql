-- What a subscription says about its callbacks: when they are tried again, and whether those of one record keep their order.
ALTER TABLE subscriptions ADD COLUMN retry TEXT;                        -- JSON object
ALTER TABLE subscriptions ADD COLUMN ordered INTEGER NOT NULL DEFAULT 0;  -- SubscriptionOrder
