"""A PCA/PRA checklist: what its lines may say, and what the linter wants of them."""

from pathlib import Path

import pytest
from content_tree import EXERCISE, plant, swap, write

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint
from pcapra_lab.content.spelling import words
from pcapra_lab.content.strict_yaml import ContentProblems

GOOD = """\
checklist:
  - id: deployee
    category: Sauvegarde
    title: La sauvegarde de {{client}} est déployée
    proved_by: [depot/present, depot/droits]
  - id: testee
    category: Sauvegarde
    title: La sauvegarde est testée
    proved_by: [restauration/canari]
    checks:
      - id: outil
        type: package
        vm: srv
        title: Borg est installé
        hint: Regardez `dpkg -l`.
        name: borgbackup
      - id: verifie
        type: script
        vm: srv
        title: Une vérification a eu lieu
        hint: Lancez-la.
        run: checks/sain.py
        needs: [outil]
  - id: base
    category: HA
    title: La base de données est répliquée
    not_applicable: Cet exercice n'a pas de base de données.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path)


def problems(root: Path, checklist: str) -> list[str]:
    path = root / EXERCISE
    path.write_text(path.read_text(encoding="utf-8") + checklist, encoding="utf-8")
    try:
        found = lint(Catalogue.load(root))
    except ContentProblems as error:
        found = list(error.problems)
    return [str(problem).removeprefix(f"{root}/{EXERCISE}:").strip() for problem in found]


def test_a_good_one(root: Path) -> None:
    assert problems(root, GOOD) == []
    first, second, third = Catalogue.load(root).exercise("borg").checklist
    assert first.proved_by == ["depot/present", "depot/droits"]
    assert [check.id for check in second.checks] == ["outil", "verifie"]
    assert third.not_applicable and not third.proved_by


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("depot/droits", "depo/droits", "proved_by.1: étape inconnue « depo » ; vouliez-vous"),
        ("depot/droits", "depot/droit", "n'a pas de contrôle « droit » ; vouliez-vous dire"),
        ("depot/droits", "depot/present", "contrôle « depot/present » en double"),
        ("depot/droits", "droits", "contrôle attendu sous la forme étape/contrôle"),
        ("id: testee", "id: deployee", "ligne « deployee » en double"),
        ("category: HA", "category: HA.", "category: un titre ne finit pas par"),
        ("est testée", "est testée,", "title: un titre ne finit pas par"),
        ("pas de base de données.", "pas de base", "not_applicable: une phrase finit par un point"),
        ("    not_applicable: ", "    reason: ", "reason: clé inconnue"),
        (
            "    not_applicable: ",
            "    proved_by: [depot/present]\n    not_applicable: ",
            "une ligne sans objet",
        ),
        ("    proved_by: [depot/present, depot/droits]\n", "", "rien ne prouve cette ligne"),
        ("[outil]", "[outils]", "aucun contrôle « outils » dans la ligne ; vouliez-vous"),
        ("id: verifie", "id: outil", "contrôle « outil » en double dans la ligne"),
        ("        name: borg", "        needs: [verifie]\n        name: borg", "attendent en rond"),
        ("vm: srv\n        title: Borg", "vm: srw\n        title: Borg", "« srw » ; vouliez-vous"),
        ("run: checks/sain.py", "run: checks/rien.py", "« checks/rien.py » n'existe pas"),
        ("        needs: [outil]", "        guard: true", "guard: cette clé n'a pas de sens"),
        ("{{client}}", "{{cliente}}", "paramètre inconnu « {{cliente}} » ; vouliez-vous"),
        ("Borg est installé", "Borg est installé.", "checks.0.title: un titre ne finit pas"),
        ("hint: Lancez-la.", "hint: Lancez-la", "checks.1.hint: une phrase finit par un point"),
    ],
)
def test_what_is_refused(root: Path, old: str, new: str, expected: str) -> None:
    assert GOOD.count(old) >= 1
    found = problems(root, GOOD.replace(old, new, 1))
    assert any(expected in problem for problem in found), found


def test_lines_of_a_category_stand_together(root: Path) -> None:
    again = "  - {id: reste, category: Sauvegarde, title: Le reste, not_applicable: Non.}\n"
    [problem] = problems(root, GOOD + again)
    assert "checklist.3.category: la catégorie « Sauvegarde » revient" in problem


def test_questions_prove_nothing(root: Path) -> None:
    quiz = """\
  - id: theorie
    kind: quiz
    title: Théorie
    questions:
      - id: q
        type: choice
        text: Oui ou non ?
        choices: [{text: Oui, right: true}, {text: Non, why: Si.}]
        explanation: Oui.
"""
    found = problems(root, quiz + GOOD.replace("depot/droits", "theorie/q"))
    assert any("l'étape « theorie » pose des questions" in problem for problem in found), found


def test_machines_are_needed(root: Path) -> None:
    swap(root, EXERCISE, "topology: duo\n", "")
    found = problems(root, GOOD)
    assert any("checklist: une checklist se sonde sur des machines" in one for one in found), found


def test_its_scripts_belong_to_the_exercise_and_its_words_are_read(root: Path) -> None:
    write(root / "exercises/borg/checks/ligne.py", "#!/bin/sh\n")
    text = GOOD.replace("run: checks/sain.py", "run: checks/ligne.py")
    assert problems(root, text.replace("est testée", "est téstée")) == []
    read = words(Catalogue.load(root))
    assert {"téstée", "HA", "répliquée"} <= set(read)
    [place] = read["téstée"]
    assert place.key == "checklist.1.title"
