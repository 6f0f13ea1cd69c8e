#!/bin/bash
# sauvegarde: the repository of another server, and a note of its bytes. srv has no business there.
set -euo pipefail

depot=/srv/borg/compta
note=/var/lib/pcapra/compta.sha256
if [ -s "$note" ]; then
    exit
fi
rm -rf "$depot"
travail=$(mktemp -d)
trap 'rm -rf "$travail"' EXIT
head -c 200K /dev/urandom > "$travail/journal.bin"
chmod -R a+rX "$travail"
BORG_PASSPHRASE=$(head -c 24 /dev/urandom | base64)
export BORG_PASSPHRASE
cd "$travail"
for commande in "init --encryption=repokey $depot" "create $depot::compta-ancienne journal.bin"; do
    # shellcheck disable=SC2086 -- words are meant
    runuser -u borg -- env HOME="$travail" BORG_BASE_DIR=/home/borg/.compta borg $commande
done
rm -rf /home/borg/.compta
mkdir -p /var/lib/pcapra
# The data only: opening a repository writes its index and its hints anew.
(cd "$depot" && find data -type f -exec sha256sum {} + | sort) > "$note"
