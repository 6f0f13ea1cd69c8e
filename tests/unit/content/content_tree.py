"""A small, faultless course on disk, and the means to break it in one place."""

from pathlib import Path

FILES = {
    "modules/1-sauvegarde/module.yaml": """\
schema_version: 1
id: 1-sauvegarde
number: "1"
title: Sauvegarder
summary: Des sauvegardes qui se restaurent.
lessons:
  - {id: 01-borg, title: Borg}
  - {id: 02-restic, title: Restic, ready: false}
""",
    "modules/1-sauvegarde/01-borg.md": """\
---
schema_version: 1
id: 01-borg
number: "1.1"
title: Borg
level: reel
exercise: borg
duration: 30m
---
Bienvenue chez {{client}}.

## Créer le dépôt {#depot}

[Tapez ceci]{check=present} et [fermez le dépôt]{check=droits}.

```bash {vm=srv}
borg init /depot/{{client}}
borg create ::{now}
```

```ini {vm=srv file=/etc/{{client}}.conf mode=0600}
[depot]
nom = {{client}}
```

## Restaurer {#restauration}

[Tout revient]{check="canari sain"}.

```bash {vm=srv}
borg extract
```

## Pour aller plus loin

```text {show}
docker ps --format '{{.Names}}'
```

Bravo.
""",
    "exercises/borg/exercise.yaml": """\
schema_version: 1
id: borg
title: Sauvegarder avec Borg
lesson: 1-sauvegarde/01-borg
level: reel
topology: duo
duration: 30m
parameters:
  client: random-name
  canary: random-text
setup:
  - {vm: srv, script: setup/prepare.sh}
steps:
  - id: depot
    title: Créer le dépôt
    checks:
      - id: present
        type: command
        vm: srv
        title: Le dépôt de {{client}} existe
        hint: Relisez la section « Créer le dépôt ».
        run: [borg, info, "/depot/{{client}}"]
        stdout_matches: "^Repository"
      - id: droits
        type: file
        vm: srv
        title: Le dépôt est fermé aux autres
        hint: Regardez `ls -l`.
        path: /depot
        mode_max: "0700"
        needs: [present]
    hints:
      - La commande commence par `borg init`.
    solution:
      - {vm: srv, script: solution/10-depot.sh}
    mutants:
      - {id: absent, title: Aucun dépôt, vm: srv, script: mutants/absent.sh, killed_by: [present]}
      - {id: ouvert, title: Dépôt ouvert, vm: srv, script: mutants/ouvert.sh, killed_by: [droits]}
  - id: restauration
    title: Restaurer
    checks:
      - id: canari
        type: file_identical
        vm: srv
        title: Le fichier est identique
        hint: Comparez les deux fichiers.
        path: /restore/canari
        parameter: canary
      - id: sain
        type: script
        vm: srv
        title: Le dépôt est sain
        hint: Lancez `borg check`.
        run: checks/sain.py
    hints: [Pensez à `borg extract`.]
    solution:
      - {vm: srv, script: solution/20-restauration.sh}
    mutants:
      - {id: vide, title: Fichier vide, vm: srv, script: mutants/vide.sh, killed_by: [canari]}
      - {id: casse, title: Dépôt cassé, vm: srv, script: mutants/casse.sh, killed_by: [sain]}
""",
    "exercises/borg/proof.json": "{}\n",
    "vm-images/depot.yaml": """\
schema_version: 1
groups:
  - {id: sauvegarde, packages: [borgbackup]}
""",
    "vm-images/images/base.yaml": """\
schema_version: 1
id: base
title: Debian
packages: [openssh-server]
overlay: base
customize: base.sh
""",
    "vm-images/images/base/etc/issue": "Debian\n",
    "vm-images/images/base.sh": "#!/bin/sh\n",
    "vm-images/images/web.yaml": """\
schema_version: 1
id: web
title: Serveur web
packages: [nginx]
""",
    "vm-images/topologies/duo.yaml": """\
schema_version: 1
id: duo
title: Deux machines
vms:
  - {name: srv, title: serveur, address: 192.168.1.10, memory_mib: 384}
  - name: web
    title: site
    address: 192.168.1.11
    memory_mib: 384
    image: web
    disks:
      - {id: donnees, size_mib: 64}
      - {id: journaux, size_mib: 64}
""",
}
SCRIPTS = (
    "setup/prepare.sh",
    "checks/sain.py",
    "solution/10-depot.sh",
    "solution/20-restauration.sh",
    "mutants/absent.sh",
    "mutants/ouvert.sh",
    "mutants/vide.sh",
    "mutants/casse.sh",
)

EXERCISE = "exercises/borg/exercise.yaml"
LESSON = "modules/1-sauvegarde/01-borg.md"
MODULE = "modules/1-sauvegarde/module.yaml"
TOPOLOGY = "vm-images/topologies/duo.yaml"


def plant(root: Path) -> Path:
    """Write the course under ``root``."""
    for name, text in FILES.items():
        write(root / name, text)
    for name in SCRIPTS:
        write(root / "exercises/borg" / name, "#!/bin/sh\ntrue\n")
    return root


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def swap(root: Path, name: str, old: str, new: str) -> int:
    """Replace the one ``old`` of a file; returns the line where ``new`` begins."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand once in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
