"""What the linter wants of questions, whatever is drawn."""

from pathlib import Path

import pytest
from content_tree import plant, swap
from quiz_course import EXERCISE, LESSON, plant_quiz

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint
from pcapra_lab.content.spelling import words

BROKEN = [
    ("answer: (100 - dispo)", "answer: (100 - disp)", "nombre inconnu « disp »"),
    ("answer: (100 - dispo)", "answer: 1 / (99.9 - dispo)", "division par zéro (dispo = 99,9)"),
    ("answer: (100 - dispo)", "answer: 7 > (100 - dispo)", "pas une condition"),
    ("answer: (100 - dispo)", "answer: __import__('os')", "n'est pas une formule"),
    ("answer: (100 - dispo)", "answer: open(1)", "n'est pas permis"),
    ("tolerance: 1%", "tolerance: 40%", "tolérance démesurée"),
    ("tolerance: 1%", "tolerance: environ", "tolérance attendue sous"),
    ("answer: (100 - dispo)", "answer: 1 / 7 * (100 - dispo)", None),
    ("- value: (100 - dispo) / 100 * 24 * 60", "- value: (100 - dispo) * 432", "acceptée comme"),
    ("when: rpo_heures == 4", "when: rpo_heures >= 4", "2 choix sont justes"),
    ("when: rpo_heures == 4", "when: rpo_heures == 5", "aucun choix n'est juste (rpo-heures = 4)"),
    ("when: rpo_heures == 4", "when: rpo_heures", "condition est attendue"),
    ("text: Une fois par jour", "text: Chaque heure", "deux choix se lisent"),
    ("text: Trois sites, why: Un seul site distant suffit.", "text: Trois sites", "clé why"),
    ("text: Trois sites, why", "text: Trois sites, right: true, why", "tous les choix sont"),
    ("text: Deux supports, right: true", "text: Deux, right: true, when: 1 < 2", "s'excluent"),
    ("text: Deux supports, right", "right", "une clé parmi text et value"),
    ("Basculer, Vérifier", "Basculer, Basculer", "deux propositions"),
    ("id: regle", "id: minutes", "en double"),
    ("        explanation: Trois copies, deux", "        explication: T", "explanation"),
    ("Trois copies, deux supports, une hors site.", "Trois copies", "finit par un point"),
    ("{{client}} promet {{dispo}} % : combien", "{{clien}} : combien", "paramètre inconnu"),
    ("dispo: [99, ", "dispo: [99, 99, ", "donné deux fois"),
    ("  dispo: [99, 99.9", "  client: [1, 2]\n  dispo: [99, 99.9", "déjà un paramètre"),
    ("  dispo: [99, 99.9", "  answer: [1, 2]\n  dispo: [99, 99.9", "la réponse elle-même"),
    ("    kind: quiz\n", "", "questions"),
    ("    kind: quiz\n", "    kind: quiz\n    objective: {rto: 5m}\n", "pas de sens dans un quiz"),
]


def test_a_sound_quiz_is_in_order(tmp_path: Path) -> None:
    assert lint(Catalogue.load(plant_quiz(tmp_path))) == []


@pytest.mark.parametrize(("old", "new", "said"), [row for row in BROKEN if row[2]])
def test_the_linter_catches_it(tmp_path: Path, old: str, new: str, said: str) -> None:
    root = plant_quiz(tmp_path)
    swap(root, EXERCISE, old, new)
    problems = lint(Catalogue.load(root))
    assert [p for p in problems if said in str(p) and p.path == root / EXERCISE], problems


def test_an_answer_that_cannot_be_written_wants_a_tolerance(tmp_path: Path) -> None:
    root = plant_quiz(tmp_path)
    swap(root, EXERCISE, "answer: (100 - dispo)", "answer: 1 / 7 * (100 - dispo)")
    assert lint(Catalogue.load(root)) == []
    swap(root, EXERCISE, "        tolerance: 1%\n", "")
    [problem] = lint(Catalogue.load(root))
    assert "une tolérance est attendue" in problem.message


def test_a_quiz_step_has_a_section_and_no_machine(tmp_path: Path) -> None:
    root = plant_quiz(tmp_path)
    swap(root, LESSON, "% de disponibilité.", "%.\n\n```bash {vm=srv}\nls\n```")
    [problem] = lint(Catalogue.load(root))
    assert "n'a pas de machine « srv »" in problem.message
    swap(root, LESSON, " {#disponibilite}", "")
    assert any("aucune section" in p.message for p in lint(Catalogue.load(root)))


def test_a_step_on_machines_wants_a_topology(tmp_path: Path) -> None:
    root = plant(tmp_path)
    swap(root, "exercises/borg/exercise.yaml", "topology: duo\n", "")
    assert any("demande des machines" in p.message for p in lint(Catalogue.load(root)))


def test_questions_are_proofread(tmp_path: Path) -> None:
    found = words(Catalogue.load(plant_quiz(tmp_path)))
    assert {"Basculer", "supports", "arrêt", "plus"} <= set(found)
