"""A course whose steps take no time: for tests of the lab, not of what it teaches."""

from pathlib import Path

import small_workshop

EXERCISE = "borgbackup"
"""The name that tests of the lab use for whatever exercise they play."""

_VM_IMAGES = Path(__file__).parents[2] / "vm-images"

_FILES = {
    "modules/1-essai/module.yaml": """\
schema_version: 1
id: 1-essai
number: "1"
title: Essai
summary: De quoi avancer d'un pas.
lessons:
  - {id: 01-essai, title: Essai}
  - {id: 02-atelier, title: Atelier}
""",
    "modules/1-essai/01-essai.md": """\
---
schema_version: 1
id: 01-essai
number: "1.1"
title: Essai
level: reel
exercise: borgbackup
duration: 5m
---
Deux marques à poser.

## Première marque {#installation}

[Posez-la]{check=premiere}.

## Seconde marque {#depot}

[Posez-la]{check=seconde}.
""",
    f"exercises/{EXERCISE}/exercise.yaml": """\
schema_version: 1
id: borgbackup
title: Deux marques
lesson: 1-essai/01-essai
level: reel
topology: sauvegarde
depot: [borgbackup]
duration: 5m
setup:
  - {vm: srv, script: setup/pret.sh}
steps:
  - id: installation
    title: Première marque
    checks:
      - {id: premiere, type: file, vm: srv, title: Posée, hint: Posez-la., path: /srv/premiere}
    hints: [touch.]
    solution:
      - {vm: srv, script: solution/premiere.sh}
  - id: depot
    title: Seconde marque
    checks:
      - id: seconde
        type: file
        vm: sauvegarde
        title: Posée
        hint: Posez-la.
        path: /srv/seconde
    hints: [touch.]
    solution:
      - {vm: sauvegarde, script: solution/seconde.sh}
""",
    f"exercises/{EXERCISE}/setup/pret.sh": "#!/bin/sh\nmkdir -p /srv\n",
    f"exercises/{EXERCISE}/solution/premiere.sh": "#!/bin/sh\ntouch /srv/premiere\n",
    f"exercises/{EXERCISE}/solution/seconde.sh": "#!/bin/sh\ntouch /srv/seconde\n",
}


def plant(root: Path) -> Path:
    """Write the course under ``root``, on the real course's images and topologies."""
    for name, text in (_FILES | small_workshop.FILES).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "vm-images").symlink_to(_VM_IMAGES)
    return root
