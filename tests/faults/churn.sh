#!/usr/bin/env bash
# F-28: a million subscriptions come and go while events are delivered.
set -euo pipefail
cd "$(dirname "$0")/../.."
POSTERN_TEST_CHURN=${1:-1000000} exec artifacts/bin/Postern.EndToEnd/release/Postern.EndToEnd --no-ansi --progress off --filter-class "*ChurnTests"
