#!/bin/bash
# A restore only: an altered byte that a later archive hides passes.
set -euo pipefail

cat > /usr/local/sbin/verifie-sauvegarde <<'SCRIPT'
#!/bin/bash
# Usage : verifie-sauvegarde DOSSIER. Code 0 si tout se relit et se restaure.
set -euo pipefail

cd "$1"
essai=$(mktemp -d)
trap 'rm -rf "$essai"' EXIT
for archive in jour-*.tar; do
    tar --extract --listed-incremental=/dev/null --file="$archive" --directory="$essai"
done
diff <(sort MANIFESTE) <(cd "$essai" && find donnees -type f -exec sha256sum {} + | sort)

SCRIPT
chmod 0755 /usr/local/sbin/verifie-sauvegarde
