#!/bin/bash
# web2: what AIDE names comes back from the last archive; the register is put together again from
# the archive and from what is still sound.
set -euo pipefail
export BORG_REPO="ssh://borg@sauvegarde/srv/borg/$(hostname)"
export BORG_PASSCOMMAND='cat /root/.borg-pass' BORG_RSH='ssh -o BatchMode=yes'

systemctl start aide-site.service
archive=$(borg list --lock-wait 120 --last 1 --short)
rm -rf /var/tmp/retour
mkdir /var/tmp/retour
cd /var/tmp/retour
borg extract --lock-wait 120 "::$archive" srv/www
rsync -aci --exclude=registre srv/www/ /srv/www/
python3 - <<'PY'
import os
import zlib

def saines(chemin):
    for ligne in open(chemin, "rb").read().splitlines(keepends=True):
        corps, _, somme = ligne.rstrip(b"\n").rpartition(b" ")
        if somme == b"%08x" % zlib.crc32(corps):
            yield ligne

vif = "/srv/www/registre/commandes.txt"
archive = list(saines("srv/www/registre/commandes.txt"))
suite = [ligne for ligne in saines(vif) if ligne not in set(archive)]
with open(vif + ".neuf", "wb") as neuf:
    neuf.writelines(archive + suite)
os.chmod(vif + ".neuf", 0o640)
os.replace(vif + ".neuf", vif)
PY
rm -rf /var/tmp/retour
systemctl start aide-site.service
