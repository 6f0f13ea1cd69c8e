#!/bin/bash
# srv: both tools, and 40 MiB to back up: text, photographs that nothing shrinks, and doubles.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install --yes borgbackup restic

python3 - <<'PY'
import hashlib
import json
import os
import random
import shutil
from pathlib import Path

client = os.environ["PCAPRA_CLIENT"]
root = Path("/srv/donnees")
draw = random.Random(client)
words = "le la un une de et à où déjà été facture client serveur sauvegarde contrat mois".split()
sentences = [" ".join(draw.choices(words, k=12)) + f" {n}.\n" for n in range(4000)]


def text(size: int) -> bytes:
    lines = "".join(draw.choices(sentences, k=size // 60)).encode()
    return lines[:size]


shutil.rmtree(root, ignore_errors=True)
(root / "photos").mkdir(parents=True)
(root / "doubles").mkdir()
(root / "textes").mkdir()
(root / "contrat.txt").write_bytes(os.environ["PCAPRA_CANARY"].encode())
for number in range(8):
    (root / "photos" / f"{number}.raw").write_bytes(draw.randbytes(2 << 20))
for number in range(6):
    # The same bytes under another name: they should cost nothing.
    shutil.copy(root / "photos" / f"{number}.raw", root / "doubles" / f"copie-{number}.raw")
for number in range(12):
    (root / "textes" / f"{number}.txt").write_bytes(text(1 << 20))

note = Path("/var/lib/pcapra/donnees.json")
note.parent.mkdir(mode=0o700, exist_ok=True)
state = {
    str(path): [path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()]
    for path in sorted(root.rglob("*"))
    if path.is_file()
}
note.write_text(json.dumps({"avant": state}))
PY

cat > /usr/local/bin/mesure <<'PY'
#!/usr/bin/python3
"""mesure OUTIL PASSAGE COMMANDE… : lance la commande, note sa durée et ce qu'elle ajoute.

OUTIL est borg ou restic ; PASSAGE, premiere, deuxieme ou restauration. Chaque essai est une ligne
de /root/mesures.csv ; refaire un essai remplace sa ligne.
"""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

DEPOTS = {"borg": Path("/sauvegarde/borg"), "restic": Path("/sauvegarde/restic")}
PASSAGES = ("premiere", "deuxieme", "restauration")
FICHIER = Path("/root/mesures.csv")
COLONNES = ["outil", "passage", "secondes", "octets_ajoutes"]


def taille(depot):
    """Octets de données du dépôt : ses blocs, sans ses index ni ses verrous."""
    return sum(f.stat().st_size for f in (depot / "data").rglob("*") if f.is_file())


if len(sys.argv) < 4 or sys.argv[1] not in DEPOTS or sys.argv[2] not in PASSAGES:
    sys.exit("usage : mesure borg|restic premiere|deuxieme|restauration COMMANDE…")
outil, passage, commande = sys.argv[1], sys.argv[2], sys.argv[3:]
avant, debut = taille(DEPOTS[outil]), time.monotonic()
code = subprocess.call(commande)
duree = time.monotonic() - debut
# Borg rend 1 pour un avertissement ; Restic n'en a pas, son 1 est un échec.
if code > (1 if outil == "borg" else 0):
    sys.exit(f"mesure : la commande a échoué (code {code}), rien n'est noté")
os.sync()
ajoutes = taille(DEPOTS[outil]) - avant
lignes = []
if FICHIER.exists():
    with FICHIER.open(newline="") as flux:
        lignes = [l for l in csv.DictReader(flux) if (l["outil"], l["passage"]) != (outil, passage)]
lignes.append(
    {"outil": outil, "passage": passage, "secondes": f"{duree:.2f}", "octets_ajoutes": ajoutes}
)
with FICHIER.open("w", newline="") as flux:
    sortie = csv.DictWriter(flux, COLONNES, lineterminator="\n")
    sortie.writeheader()
    sortie.writerows(lignes)
print(f"mesure : {outil}, {passage} : {duree:.2f} s, {ajoutes / 1024:.0f} Kio ajoutés")
PY

cat > /usr/local/bin/graphique <<'PY'
#!/usr/bin/python3
"""graphique : dessine /root/mesures.csv, et le rapport de déduplication."""

import csv
from pathlib import Path

LARGEUR = 40


def barres(titre, valeurs, unite):
    """Une barre par valeur, la plus grande prenant toute la largeur."""
    if not valeurs:
        return
    print(f"\n{titre}")
    plus = max(valeur for _, valeur in valeurs) or 1
    for nom, valeur in valeurs:
        huitiemes = round(valeur / plus * LARGEUR * 8)
        barre = "█" * (huitiemes // 8) + " ▏▎▍▌▋▊▉"[huitiemes % 8].strip()
        print(f"  {nom:<8}{barre:<{LARGEUR + 1}} {valeur:9.2f} {unite}".replace(".", ","))


def source():
    """Octets à sauvegarder, aujourd'hui."""
    return sum(f.stat().st_size for f in Path("/srv/donnees").rglob("*") if f.is_file())


with open("/root/mesures.csv", newline="") as flux:
    lignes = list(csv.DictReader(flux))
for passage, titre in (
    ("premiere", "Première sauvegarde"),
    ("deuxieme", "Deuxième sauvegarde, après 1 % de changement"),
    ("restauration", "Restauration complète"),
):
    choix = [l for l in lignes if l["passage"] == passage]
    barres(f"{titre} : durée", [(l["outil"], float(l["secondes"])) for l in choix], "s")
    if passage != "restauration":
        ajouts = [(l["outil"], int(l["octets_ajoutes"]) / (1 << 20)) for l in choix]
        barres(f"{titre} : place ajoutée", ajouts, "Mio")
rapports = []
for outil in ("borg", "restic"):
    faites = [l for l in lignes if l["outil"] == outil and l["passage"] != "restauration"]
    place = sum(int(l["octets_ajoutes"]) for l in faites)
    if place:
        rapports.append((outil, len(faites) * source() / place))
barres("Octets confiés pour un octet écrit (déduplication et compression)", rapports, "")
PY
chmod 0755 /usr/local/bin/mesure /usr/local/bin/graphique
