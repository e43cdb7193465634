#!/usr/bin/env bash
# F-4: many more images of power losses than CI has time for.
set -euo pipefail
cd "$(dirname "$0")/../.."
POSTERN_TEST_DEPTH=${1:-10} exec artifacts/bin/Postern.Tests/release/Postern.Tests --no-ansi --progress off --show-live-output on --filter-class "*PowerLossTests"
