#!/usr/bin/env bash
# Wrong passwords from many callers, with good traffic beside them.
callers=${1:-1000}
. "$(dirname "$0")/gateway.sh"
hash=$(printf %s correct-horse-battery-staple | artifacts/bin/Postern.Server/release/Postern.Server hash-password)
start logins http://127.0.0.1:21580 "consumers: { acme: { credentials: [ { type: basic, username: acme, hash: '$hash' } ] } }" 21582
url=http://127.0.0.1:21580/orders/subscriptions
good=(-a acme:correct-horse-battery-staple "$url")
p99 "${good[@]}" > /dev/null
alone=$(p99 "${good[@]}")
hey -z 60s -c "$callers" -q 1 -a acme:wrong "$url" > "$work/bad.log" 2>&1 &
children+=($!)
sleep 3
beside=$(p99 "${good[@]}")
grep -q "200" "$work/hey.log" || { echo "Good callers are not served"; exit 1; }
compare logins "$alone" "$beside" 1.2
