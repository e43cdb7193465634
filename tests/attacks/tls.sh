#!/usr/bin/env bash
# testssl.sh against the TLS port.
. "$(dirname "$0")/gateway.sh"
start tls "https://127.0.0.1:21581, certificate: { path: $work/cert.pem, key: $work/key.pem }" "" 21582
testssl --quiet --color 0 --warnings off --ip one --jsonfile "$work/tls.json" https://127.0.0.1:21581/ > "$work/tls.log" 2>&1 || true
# A certificate that a public authority has not signed has no chain, no revocation, no transparency and no CAA record. The headers
# are judged as they come: the API behind sends none of them (docs/decisions/0025).
python3 - "$work/tls.json" <<'PY'
import json, sys
of_the_certificate = {"cert_chain_of_trust", "cert_revocation", "cert_crlDistributionPoints", "cert_ocspURL", "DNS_CAArecord", "OCSP_stapling", "cert_trust", "certificate_transparency", "cert_notAfter", "cert_extlifeSpan"}
findings = [f for f in json.load(open(sys.argv[1])) if f["severity"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL")]
found = False
for f in findings:
    name = f["id"].split(" ")[0]
    kind = "certificate" if name in of_the_certificate else "FOUND"
    found |= kind == "FOUND"
    print(f"{kind:11} {f['severity']:8} {f['id']}: {f['finding']}")
sys.exit(found)
PY
