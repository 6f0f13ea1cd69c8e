#!/bin/bash
# lb1, client: the house's certification authority. Both make it from the same drawn word; its
# private key stays on lb1 only.
set -euo pipefail

dossier=$(mktemp -d)
trap 'rm -rf "$dossier"' EXIT
python3 - "$dossier/ac.der" <<'PY'
import hashlib
import os
import sys
from pathlib import Path

# RFC 8410: an Ed25519 private key is any 32 bytes behind this header.
header = bytes.fromhex("302e020100300506032b657004220420")
seed = hashlib.sha256(f"ac {os.environ['PCAPRA_JETON']}".encode()).digest()
Path(sys.argv[1]).write_bytes(header + seed)
PY
openssl pkey -inform DER -in "$dossier/ac.der" -out "$dossier/ac.key"
openssl req -x509 -new -key "$dossier/ac.key" -days 3650 -subj "/CN=AC $PCAPRA_CLIENT" \
    -out "$dossier/ac.crt"
if [ "$(hostname)" = lb1 ]; then
    install -d -m 0700 /root/ac
    install -m 0600 "$dossier/ac.key" /root/ac/ac.key
    install -m 0644 "$dossier/ac.crt" /root/ac/ac.crt
else
    install -m 0644 "$dossier/ac.crt" /etc/ssl/labo-ac.crt
fi
