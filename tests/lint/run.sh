#!/usr/bin/env bash
# Lints an OpenAPI document, the committed one when none is named; fails on any error or warning.
set -euo pipefail
document=$(realpath "${1:-$(dirname "$0")/../../docs/reference/openapi.json}")
cd "$(dirname "$0")"
# The lock decides what is installed; its hash beside the modules tells whether it is there already.
if ! sha256sum --check --status node_modules/.installed 2>/dev/null; then
  npm ci --silent
  sha256sum package-lock.json > node_modules/.installed
fi
npx --no-install spectral lint --ruleset .spectral.yaml --fail-severity=hint "$document"
# Redocly exits 0 on warnings: its own count decides.
report=$(mktemp)
trap 'rm -f "$report"' EXIT
npx --no-install redocly lint --config redocly.yaml --format=json "$document" > "$report" 2>/dev/null || true
node -e '
  const report = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
  for (const problem of report.problems) console.log(`${problem.severity} ${problem.ruleId}: ${problem.message} ${problem.location?.[0]?.pointer ?? ""}`);
  console.log(`Redocly: ${report.totals.errors} errors, ${report.totals.warnings} warnings`);
  process.exit(report.totals.errors + report.totals.warnings + report.problems.length === 0 ? 0 : 1);
' "$report"
