"""A faultless exercise made of a quiz, in a course that has machines as well."""

from pathlib import Path

from content_tree import plant, swap, write

EXERCISE = "exercises/theorie/exercise.yaml"
LESSON = "modules/1-sauvegarde/03-theorie.md"

_EXERCISE = """\
schema_version: 1
id: theorie
title: Les chiffres de la continuité
lesson: 1-sauvegarde/03-theorie
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
id: 03-theorie
number: "1.3"
title: Les chiffres
level: statique
exercise: theorie
duration: 15m
---
Quelques chiffres.

## Ce que coûte un pourcentage {#disponibilite}

{{client}} promet {{dispo}} % de disponibilité.
"""


def plant_quiz(root: Path) -> Path:
    """The course, with the quiz's lesson and exercise."""
    plant(root)
    ref = "  - {id: 02-restic"
    swap(root, "modules/1-sauvegarde/module.yaml", ref, "  - {id: 03-theorie, title: T}\n" + ref)
    write(root / LESSON, _LESSON)
    write(root / EXERCISE, _EXERCISE)
    return root
