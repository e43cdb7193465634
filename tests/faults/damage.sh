#!/usr/bin/env bash
# F-5: every byte of a small store and of its log, not one in nine.
set -euo pipefail
cd "$(dirname "$0")/../.."
POSTERN_TEST_STRIDE=1 exec artifacts/bin/Postern.Tests/release/Postern.Tests --no-ansi --progress off --show-live-output on --filter-class "*DamageTests"
