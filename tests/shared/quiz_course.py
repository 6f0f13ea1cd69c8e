"""A faultless course without a machine: one lesson, one exercise made of a quiz."""

from pathlib import Path

EXERCISE = "exercises/theorie/exercise.yaml"
LESSON = "modules/0-introduction/01-theorie.md"

_EXERCISE = """\
schema_version: 1
id: theorie
title: Les chiffres de la continuité
lesson: 0-introduction/01-theorie
level: statique
duration: 15m
parameters: {client: random-name}
numbers:
  dispo: [99, 99.9, 99.95]
  rpo-heures: [1, 4, 24]
steps:
  - id: disponibilite
    kind: quiz
    title: Ce que coûte un pourcentage
    questions:
      - id: minutes
        type: number
        text: "{{client}} promet {{dispo}} % : combien de minutes d'arrêt en 30 jours ?"
        answer: (100 - dispo) / 100 * 30 * 24 * 60
        unit: min
        tolerance: 1%
        mistakes:
          - value: (100 - dispo) / 100 * 24 * 60
            says: C'est l'arrêt d'une seule journée.
        explanation: "Trente jours font 43 200 minutes : il reste {{answer}}."
      - id: frequence
        type: choice
        text: "Un RPO de {{rpo-heures}} h : à quel rythme sauvegarder au plus lent ?"
        choices:
          - {text: Chaque heure, when: rpo_heures == 1, why: C'est plus qu'il n'en faut.}
          - {text: Toutes les quatre heures, when: rpo_heures == 4, why: Comparez au RPO.}
          - {text: Une fois par jour, when: rpo_heures == 24, why: Vous perdriez trop.}
        explanation: Le RPO borne ce qui sépare deux sauvegardes.
      - id: regle
        type: choices
        text: Que demande la règle 3-2-1 ?
        choices:
          - {text: Trois copies, right: true}
          - {text: Deux supports, right: true}
          - {text: Trois sites, why: Un seul site distant suffit.}
        explanation: Trois copies, deux supports, une hors site.
      - id: ordre
        type: order
        text: Rangez ces étapes d'une reprise.
        items: [Détecter, Basculer, Vérifier, Revenir]
        explanation: On ne revient qu'une fois la reprise vérifiée.
"""
_LESSON = """\
---
schema_version: 1
id: 01-theorie
number: "0.1"
title: Les chiffres
level: statique
exercise: theorie
duration: 15m
---
Quelques chiffres.

## Ce que coûte un pourcentage {#disponibilite}

{{client}} promet {{dispo}} % de disponibilité.
"""


_MODULE = """\
schema_version: 1
id: 0-introduction
number: "0"
title: Introduction
summary: Les mots et les chiffres.
lessons:
  - {id: 01-theorie, title: Les chiffres}
"""
_DEPOT = """\
schema_version: 1
groups:
  - {id: rien, packages: [hello]}
"""
_IMAGE = """\
schema_version: 1
id: base
title: Debian
packages: [openssh-server]
"""


def plant_quiz(root: Path) -> Path:
    """Write the course under ``root``."""
    for name, text in {
        EXERCISE: _EXERCISE,
        LESSON: _LESSON,
        "modules/0-introduction/module.yaml": _MODULE,
        "vm-images/depot.yaml": _DEPOT,
        "vm-images/images/base.yaml": _IMAGE,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def right_answers(
    seed_values: dict[str, str], options: dict[str, tuple[str, ...]]
) -> dict[str, str]:
    """Right answers to the exercise's questions, reckoned apart from the program.

    Args:
        seed_values: ``dispo`` and ``rpo-heures``.
        options: what is offered, by question.
    """

    def numbers(question: str, *texts: str) -> str:
        return " ".join(str(options[question].index(text) + 1) for text in texts)

    pace = {"1": "Chaque heure", "4": "Toutes les quatre heures", "24": "Une fois par jour"}
    return {
        "minutes": {"99": "432", "99.9": "43,2", "99.95": "21.6 min"}[seed_values["dispo"]],
        "frequence": numbers("frequence", pace[seed_values["rpo-heures"]]),
        "regle": numbers("regle", "Deux supports", "Trois copies"),
        "ordre": numbers("ordre", "Détecter", "Basculer", "Vérifier", "Revenir"),
    }
