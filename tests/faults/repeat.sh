#!/usr/bin/env bash
# One class of scenarios again and again: repeat.sh 20 ShutdownTests
set -euo pipefail
cd "$(dirname "$0")/../.."
for ((run = 1; run <= ${1:?how often}; run++)); do
  echo "== run $run of $1"
  artifacts/bin/Postern.EndToEnd/release/Postern.EndToEnd --no-ansi --progress off --filter-class "*.${2:?which class}"
done
