# Sourced by the scripts beside it: a gateway on two ports, 21580 without and 21581 with TLS, before an API on 21583.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
children=()
finish() { kill "${children[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 90 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext extendedKeyUsage=serverAuth 2>/dev/null
mkdir "$work/api"
head -c 1000000 /dev/zero > "$work/api/large"
echo ok > "$work/api/small"
python3 -m http.server 21583 --bind 127.0.0.1 --directory "$work/api" --protocol HTTP/1.1 >/dev/null 2>&1 &
children+=($!)

# start NAME LISTEN MORE: one gateway.
start() {
  cat > "$work/$1.yaml" <<YAML
gateway: { listen: $2 }
admin: { listen: http://127.0.0.1:$4 }
store: sqlite:$work/$1.db
apis:
  files: { upstream: http://127.0.0.1:21583, resources: { /orders: {} } }
$3
YAML
  artifacts/bin/Postern.Server/release/Postern.Server run --config "$work/$1.yaml" > "$work/$1.log" 2>&1 &
  children+=($!)
  gateway=$!
  until curl -s -o /dev/null "http://127.0.0.1:$4/readyz"; do kill -0 "$gateway" || { cat "$work/$1.log"; exit 1; }; done
}

# p99 URL…: of 20,000 calls over 8 connections that must all be answered 200, in seconds.
p99() {
  hey -n 20000 -c 8 "$@" > "$work/hey.log"
  grep -q '\[200\][[:space:]]*20000 responses' "$work/hey.log" || { cat "$work/hey.log" >&2; return 1; }
  awk '$1 == "99%" { print $3 }' "$work/hey.log"
}

# compare NAME ALONE BESIDE LIMIT: fails when the ratio is above the limit.
compare() {
  awk -v name="$1" -v alone="$2" -v beside="$3" -v limit="$4" \
    'BEGIN { printf "%-10s p99 alone %.4f s, beside %.4f s: %.2f times (at most %.2f)\n", name, alone, beside, beside / alone, limit; exit beside / alone > limit }'
}
