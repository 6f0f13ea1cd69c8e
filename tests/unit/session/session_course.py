"""A small course: three steps, the second an incident with a recovery objective."""

from pathlib import Path

COURSE = {
    "modules/1-reprise/module.yaml": """\
schema_version: 1
id: 1-reprise
number: "1"
title: Reprendre
summary: Reprendre après une panne.
lessons:
  - {id: 01-panne, title: Une panne}
  - {id: 02-suite, title: La suite, ready: false}
""",
    "modules/1-reprise/01-panne.md": """\
---
schema_version: 1
id: 01-panne
number: "1.1"
title: Une panne
level: reel
exercise: panne
duration: 30m
---
Bienvenue chez {{client}}.

## Préparer {#avant}

Installez le service de {{client}}.

## Réparer {#incident}

Le service est tombé.

## Conclure {#apres}

Écrivez le bilan.
""",
    "exercises/panne/exercise.yaml": """\
schema_version: 1
id: panne
title: Une panne
lesson: 1-reprise/01-panne
level: reel
topology: duo
duration: 30m
depot: [web]
parameters: {client: random-name}
setup:
  - {vm: srv, script: setup/base.sh}
steps:
  - id: avant
    title: Préparer
    checks:
      - {id: installe, type: package, vm: srv, title: Installé, hint: Installez-le., name: nginx}
    hints: [Lisez la section., "Le client est {{client}}."]
    solution:
      - {vm: srv, script: solution/10-srv.sh}
      - {vm: web, script: solution/10-web.sh, args: [web1, deux mots], user: stagiaire}
    mutants:
      - {id: faux, title: Faux, vm: srv, script: mutants/faux.sh, killed_by: [installe]}
      - {id: vide, title: Vide, vm: srv, script: mutants/vide.sh, killed_by: [installe]}
  - id: incident
    title: Réparer
    points: 20
    objective: {rto: 10m}
    setup:
      - {vm: srv, script: setup/incident.sh}
    checks:
      - {id: repond, type: command, vm: web, title: Il répond, hint: Réparez., run: [curl]}
      - id: redemarre
        type: command
        vm: srv
        title: Il survit à un redémarrage
        hint: Voyez systemctl.
        effect: act
        run: [reboot]
    hints: [Regardez le journal.]
    solution:
      - {vm: srv, script: solution/20-srv.sh}
    mutants:
      - {id: fige, title: Figé, vm: srv, script: mutants/fige.sh, killed_by: [repond]}
  - id: apres
    title: Conclure
    checks:
      - {id: bilan, type: file, vm: srv, title: Le bilan existe, hint: Écrivez-le., path: /bilan}
    hints: [Un fichier.]
    solution:
      - {vm: srv, script: solution/30-srv.sh}
""",
    "vm-images/depot.yaml": """\
schema_version: 1
groups:
  - {id: web, packages: [nginx]}
  - {id: base-de-donnees, packages: [mariadb-server]}
""",
    "vm-images/images/base.yaml": """\
schema_version: 1
id: base
title: Debian
packages: [openssh-server]
""",
    "vm-images/images/autre.yaml": """\
schema_version: 1
id: autre
title: Une autre
parent: base
packages: [nginx]
""",
    "vm-images/topologies/duo.yaml": """\
schema_version: 1
id: duo
title: Deux machines
vms:
  - {name: srv, title: serveur, address: 192.168.1.10, memory_mib: 128}
  - {name: web, title: site, address: 192.168.1.11, memory_mib: 128}
""",
}
SCRIPTS = (
    "setup/base.sh",
    "setup/incident.sh",
    "solution/10-srv.sh",
    "solution/10-web.sh",
    "solution/20-srv.sh",
    "solution/30-srv.sh",
    "mutants/faux.sh",
    "mutants/vide.sh",
    "mutants/fige.sh",
)


def plant_course(root: Path) -> Path:
    """Write the course under ``root``."""
    files = COURSE | {f"exercises/panne/{name}": f"#!/bin/sh\n# {name}\n" for name in SCRIPTS}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
