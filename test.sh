#!/usr/bin/env bash
# Installs what the tests need and is missing, then builds and runs everything.
#   ./test.sh            all of it
#   ./test.sh unit       unit and in-process tests only (no Node, no root)
# POSTERN_TEST_REQUIRE_ALL=1 makes a missing server, package or right a failure instead of a skip.
# Ends with the line "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")"
what=${1:-all}
configuration=Release
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 NO_COLOR=1
out=artifacts/test-results
rm -rf "$out"; mkdir -p "$out"
passed=0 failed=0 skipped=0

say() { printf '\n== %s\n' "$*"; }

# A step that is not a test counts as one: it passes or fails by its exit code.
step() {
  local name=$1; shift
  say "$name"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAILED: %s\n' "$name"; fi
}

# Runs a test program and adds its counts.
suite() {
  local name=$1; shift
  say "$name"
  local log="$out/$name.log"
  "artifacts/bin/$name/${configuration,,}/$name" --no-ansi --progress off --results-directory "$out" "$@" 2>&1 | tee "$log"
  local code=${PIPESTATUS[0]}
  local p f s
  p=$(sed -nE 's/^ *succeeded: *([0-9]+).*/\1/p' "$log" | tail -n 1)
  f=$(sed -nE 's/^ *failed: *([0-9]+).*/\1/p' "$log" | tail -n 1)
  s=$(sed -nE 's/^ *skipped: *([0-9]+).*/\1/p' "$log" | tail -n 1)
  # What is run on demand alone (tests/addresses) is not skipped.
  s=$((${s:-0} - $(grep -c 'due to explicit test filtering' "$log")))
  passed=$((passed + ${p:-0})); failed=$((failed + ${f:-0})); skipped=$((skipped + ${s:-0}))
  # A runner that died, or ran nothing, must not count as green.
  if [ "$code" -ne 0 ] && [ "${f:-0}" -eq 0 ] || [ "${p:-0}" -eq 0 ]; then
    failed=$((failed + 1)); printf 'FAILED: %s ended with exit code %s\n' "$name" "$code"
  fi
}

finish() {
  # What failed and why, once more at the end: a long run is mostly read from there.
  if [ "$failed" -gt 0 ]; then
    say "Failed"
    grep -hE -A 12 '^failed ' "$out"/*.log 2>/dev/null | cut -c 1-400 | grep -vE '^ +(Standard output|The gateway printed:|[0-9]{4}-[0-9]{2}-[0-9]{2}T)'
  fi
  printf '\n'
  if [ "$skipped" -gt 0 ]; then printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  else printf '%d passed, %d failed\n' "$passed" "$failed"; fi
  [ "$failed" -eq 0 ]
  exit $?
}

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download"; exit 1; }

# Debian's tools that some tests use: strace makes a system call fail or wait, mount and chattr make a disk full or read-only, cc makes the clock that a test sets,
# ip and nft make a network of a test's own and count its packets, systemd-analyze and docker-compose judge the files of
# deploy/, podman runs the container image, haproxy stands before several nodes.
missing=()
for tool in cc:gcc strace:strace mount:mount unshare:util-linux chattr:e2fsprogs ip:iproute2 nft:nftables \
  systemd-analyze:systemd docker-compose:docker-compose podman:podman runc:runc haproxy:haproxy; do
  command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
done
# The broker of the hub's tests, which start it themselves on ports of their own: the package's service does not disturb them.
[ -d /usr/lib/rabbitmq/lib ] || missing+=(rabbitmq-server)
# What gcc does not bring by itself: the headers of the C library.
[ -e /usr/include/time.h ] || missing+=(libc6-dev)
# A server that tests start for themselves, with its programs beside the path.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
if [ "${#missing[@]}" -gt 0 ]; then
  say "Installing ${missing[*]}"
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  else
    echo "Not root on Debian: the tests that need them are skipped, or fail with POSTERN_TEST_REQUIRE_ALL=1."
  fi
fi

say "Build"
dotnet build postern.slnx -c "$configuration" -v quiet --nologo || { failed=1; finish; }

suite Postern.Tests

if [ "$what" = all ]; then
  command -v npm >/dev/null || { echo "Node 20 with npm is needed for the foreign clients."; [ -n "${POSTERN_TEST_REQUIRE_ALL:-}" ] && { failed=$((failed + 1)); finish; }; }
  # A program with faults on purpose, for the check of the checker: apart from everything that is handed out.
  step "Broken build" dotnet build src/Postern.Server -c "$configuration" -p:PosternBroken=true -v quiet --nologo
  step "Foreign clients" npm ci --prefix tests/Postern.EndToEnd/node --no-audit --no-fund --loglevel=error
  # Each test as it ends: a run that is cut off shows how far it came.
  suite Postern.EndToEnd --output Detailed --show-stdout Failed
  step "OpenAPI is clean under Spectral and Redocly" tests/lint/run.sh
fi

finish
