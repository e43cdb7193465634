#!/usr/bin/env bash
# slowhttptest with good traffic beside it.
connections=${1:-1000}
. "$(dirname "$0")/gateway.sh"
start slow http://127.0.0.1:21580 "" 21582
url=http://127.0.0.1:21580
p99 "$url/orders/subscriptions" > /dev/null
alone=$(p99 "$url/orders/subscriptions")
failed=0
for mode in "headers -H -u $url/small" "bodies -B -u $url/events -t POST" "ranges -R -u $url/small" "reading -X -u $url/large -w 512 -y 1024 -n 5 -z 32 -k 3"; do
  read -r name options <<< "$mode"
  # shellcheck disable=SC2086
  slowhttptest -c "$connections" -r 200 -l 40 -i 10 $options > "$work/slow.log" 2>&1 &
  attack=$!
  # All connections are made by then.
  sleep 8
  beside=$(p99 "$url/orders/subscriptions")
  compare "$name" "$alone" "$beside" 1.5 || failed=1
  kill -0 "$gateway" || { echo "$name: the gateway has ended"; failed=1; }
  wait "$attack" || true
done
exit "$failed"
