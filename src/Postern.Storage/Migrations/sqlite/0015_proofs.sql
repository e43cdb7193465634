-- What is known of the receiver's consent at a subscription's callback URL, and when it is asked next: by queue, so that the many of
-- one receiver do not stand before the few of another.
ALTER TABLE subscriptions ADD COLUMN proof TEXT;         -- JSON object
ALTER TABLE subscriptions ADD COLUMN proof_due INTEGER;  -- milliseconds since 1970; null: nobody is asked

CREATE INDEX subscriptions_by_proof ON subscriptions (queue, proof_due) WHERE proof_due IS NOT NULL;
