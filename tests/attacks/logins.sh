#!/usr/bin/env bash
# Wrong passwords from many callers of one address, a new one with each call, with good traffic beside them.
callers=${1:-1000}
. "$(dirname "$0")/gateway.sh"
password=correct-horse-battery-staple
hash=$(printf %s "$password" | artifacts/bin/Postern.Server/release/Postern.Server hash-password)
start logins http://127.0.0.1:21580 "consumers: { acme: { credentials: [ { type: basic, username: acme, hash: '$hash' } ] } }" 21582
# hey's own option for logins sends none.
good=(-H "Authorization: Basic $(printf %s "acme:$password" | base64)" http://127.0.0.1:21580/orders/subscriptions)
p99 "${good[@]}" > /dev/null
failed=3
for round in 1 2 3; do
  alone=$(p99 "${good[@]}")
  # It guesses from elsewhere: what it takes of this machine is not what is measured.
  nice -n 19 node tests/attacks/logins.mjs 21580 "$callers" 25 > "$work/bad.log" 2>&1 &
  bad=$!
  sleep 8
  beside=$(p99 "${good[@]}")
  compare "round $round" "$alone" "$beside" 1.2 && failed=$((failed - 1))
  wait "$bad"
  cat "$work/bad.log"
done
# The median of the three.
[ "$failed" -le 1 ]
