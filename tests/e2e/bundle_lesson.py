"""A lesson on a made-up product of the trainer's bundle, on one machine."""

from pathlib import Path

EXERCISE = "produit"
FILE = "produit-1.0"
PACKAGE = "preuve-du-lot"
DEB = f"{PACKAGE}_1.0_all.deb"

_VM_IMAGES = Path(__file__).parents[2] / "vm-images"
_FILES = {
    "modules/1-essai/module.yaml": """\
schema_version: 1
id: 1-essai
number: "1"
title: Essai
summary: Un produit que Debian n'a pas.
lessons:
  - {id: 01-produit, title: Le Produit}
""",
    "modules/1-essai/01-produit.md": """\
---
schema_version: 1
id: 01-produit
number: "1.1"
title: Le Produit
level: reel-bundle
exercise: produit
duration: 5m
---
Apporté par le formateur.

## L'installer {#installer}

[Lancez-le]{check=lance}, [laissez-le en lecture seule]{check=monte}, puis
[installez son paquet]{check=installe}.
""",
    f"exercises/{EXERCISE}/exercise.yaml": f"""\
schema_version: 1
id: {EXERCISE}
title: Le Produit
lesson: 1-essai/01-produit
level: reel-bundle
topology: seul
depot: [borgbackup]
duration: 5m
bundle: [produit]
setup:
  - {{vm: srv, script: setup/la.sh}}
steps:
  - id: installer
    title: L'installer
    checks:
      - id: lance
        type: command
        vm: srv
        title: Il se lance
        hint: Lancez-le.
        guard: true
        run: [/bundle/produit/{FILE}]
        stdout_matches: '^le vrai produit$'
      - id: monte
        type: mount
        vm: srv
        title: En lecture seule
        hint: Ne le remontez pas.
        guard: true
        path: /bundle
        source: /dev/disk/by-id/virtio-bundle
        fstype: ext4
        options: [ro, nosuid, nodev]
      - id: installe
        type: package
        vm: srv
        title: Installé
        hint: apt.
        name: {PACKAGE}
    hints: [apt.]
    solution:
      - {{vm: srv, script: solution/installer.sh}}
""",
    # A setup may use the bundle already; nobody can write on it, root included.
    f"exercises/{EXERCISE}/setup/la.sh": f"""\
#!/bin/sh
set -eu
test -x /bundle/produit/{FILE}
if touch /bundle/trace || mount -o remount,rw /bundle; then
    echo "le lot se laisse écrire" >&2
    exit 1
fi
""",
    f"exercises/{EXERCISE}/solution/installer.sh": f"""\
#!/bin/sh
set -eu
apt-get update --quiet
apt-get install --yes --quiet {PACKAGE}
""",
    "vm-images/topologies/seul.yaml": """\
schema_version: 1
id: seul
title: Une machine
vms:
  - {name: srv, title: serveur, address: 192.168.1.10, memory_mib: 384}
""",
}
_MANIFEST = """\
schema_version: 1
products:
  - id: produit
    title: Le Produit
    page: {site}/
    licence: {{name: MIT, url: "{site}/licence"}}
    unlocks: [1-essai/01-produit]
    files:
      - {{name: {file}, kind: binary, url: "{site}/{file}", sha256: {sha256}}}
      - {{name: {deb}, kind: deb, url: "{site}/{deb}"}}
"""


def plant(root: Path, site: str, sha256: str) -> Path:
    """Write the course under ``root``, on the real course's images and depot."""
    for name, text in _FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in ("images", "depot.yaml"):
        (root / "vm-images" / name).symlink_to(_VM_IMAGES / name)
    manifest = _MANIFEST.format(site=site, file=FILE, deb=DEB, sha256=sha256)
    (root / "vm-images/bundle.yaml").write_text(manifest, encoding="utf-8")
    return root
