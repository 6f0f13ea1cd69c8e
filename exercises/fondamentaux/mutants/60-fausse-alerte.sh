#!/bin/bash
# A restore without the option: removed files come back, and a sound folder is refused.
set -euo pipefail

cat > /usr/local/sbin/verifie-sauvegarde <<'SCRIPT'
#!/bin/bash
# Usage : verifie-sauvegarde DOSSIER. Code 0 si tout se relit et se restaure.
set -euo pipefail

cd "$1"
sha256sum --check --strict --quiet SHA256SUMS
essai=$(mktemp -d)
trap 'rm -rf "$essai"' EXIT
for archive in jour-*.tar; do
    tar --extract --file="$archive" --directory="$essai"
done
diff <(sort MANIFESTE) <(cd "$essai" && find donnees -type f -exec sha256sum {} + | sort)

SCRIPT
chmod 0755 /usr/local/sbin/verifie-sauvegarde
