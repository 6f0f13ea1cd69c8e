from pathlib import Path

import pytest
from content_tree import EXERCISE, LESSON, MODULE, TOPOLOGY, plant, swap

from pcapra_lab.content.catalogue import Catalogue, content_root
from pcapra_lab.content.lint import lint


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path)


def problems_of(root: Path) -> list[str]:
    return [str(p).removeprefix(f"{root}/") for p in lint(Catalogue.load(root))]


def test_a_faultless_course_has_no_problem(root: Path) -> None:
    assert problems_of(root) == []


def test_the_real_course_has_no_problem() -> None:
    catalogue = Catalogue.load(content_root())
    if not catalogue.module_ids():
        pytest.skip("no module is written yet")
    assert [str(problem) for problem in lint(catalogue)] == []


def test_a_draft_is_read_as_strictly_as_the_rest(root: Path) -> None:
    swap(root, MODULE, "title: Borg}", "title: Borg, ready: false}")
    assert problems_of(root) == []
    swap(root, LESSON, "{#restauration}", "{#restaurer}")
    assert any(LESSON in problem for problem in problems_of(root))


IMAGE = "vm-images/images/web.yaml"
DEPOT = "vm-images/depot.yaml"


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            EXERCISE,
            "steps:\n",
            "settle:\n  - {vm: srv, run: [uptime], after: depots}\nsteps:\n",
            "14: settle.0.after: étape inconnue « depots » ; vouliez-vous dire « depot » ?",
        ),
        (
            EXERCISE,
            "steps:\n",
            "settle:\n  - {vm: srw, run: [uptime]}\nsteps:\n",
            "14: settle.0.vm: machine inconnue « srw » ; vouliez-vous dire « srv » ?",
        ),
        (
            EXERCISE,
            "steps:\n",
            "depot: [sauvegarde, sauvegardes]\nsteps:\n",
            "13: depot.1: aucun groupe « sauvegardes » dans depot.yaml ; "
            "vouliez-vous dire « sauvegarde » ?",
        ),
        (EXERCISE, "id: borg\n", "id: borj\n", "{line}: id: le dossier s'appelle « borg »"),
        (
            EXERCISE,
            "  - id: restauration",
            "  - id: depot",
            "{line}: steps.1.id: étape « depot » en double",
        ),
        (
            EXERCISE,
            "id: droits",
            "id: present",
            "{line}: steps.0.checks.1.id: contrôle « present » en double dans l'étape",
        ),
        (
            EXERCISE,
            "needs: [present]",
            "needs: [presents]",
            "{line}: steps.0.checks.1.needs.0: aucun contrôle « presents » dans l'étape ; "
            "vouliez-vous dire « present » ?",
        ),
        (
            EXERCISE,
            "needs: [present]",
            "needs: [droits]",
            "{checks}: steps.0.checks: contrôles qui s'attendent en rond : droits → droits",
        ),
        (
            EXERCISE,
            "killed_by: [sain]",
            "killed_by: [present]",
            "{line}: steps.1.mutants.1.killed_by.0: aucun contrôle « present » dans l'étape",
        ),
        (
            EXERCISE,
            "id: casse,",
            "id: vide,",
            "{line}: steps.1.mutants.1.id: mutant « vide » en double dans l'étape",
        ),
        (
            EXERCISE,
            "- {vm: srv, script: setup/prepare.sh}",
            "- {vm: serv, script: setup/prepare.sh}",
            "{line}: setup.0.vm: la topologie « duo » n'a pas de machine « serv » ; "
            "vouliez-vous dire « srv » ?",
        ),
        (
            EXERCISE,
            "- {vm: srv, script: solution/10-depot.sh}",
            "- {vm: db, script: solution/10-depot.sh}",
            "{line}: steps.0.solution.0.vm: la topologie « duo » n'a pas de machine « db »",
        ),
        (
            EXERCISE,
            "parameter: canary",
            "parameter: canari",
            "{line}: steps.1.checks.0.parameter: paramètre inconnu « canari » ; "
            "vouliez-vous dire « canary » ?",
        ),
        (
            EXERCISE,
            "dépôt de {{client}}",
            "dépôt de {{ client }}",
            "{line}: steps.0.checks.0.title: « {{ client }} » : écrivez {{client}}",
        ),
        (
            EXERCISE,
            '"/depot/{{client}}"',
            '"/depot/{{clients}}"',
            "{line}: steps.0.checks.0.run.2: paramètre inconnu « {{clients}} » ; "
            "vouliez-vous dire « client » ?",
        ),
        (
            EXERCISE,
            '"^Repository"',
            '"(Repository"',
            "{line}: steps.0.checks.0.stdout_matches: expression régulière incorrecte : "
            "missing ), unterminated subpattern at position 0",
        ),
        (
            EXERCISE,
            "Le dépôt est sain",
            "Le dépôt est sain.",
            "{line}: steps.1.checks.1.title: un titre ne finit pas par une ponctuation",
        ),
        (
            EXERCISE,
            "Comparez les deux fichiers.",
            "Comparez les deux fichiers",
            "{line}: steps.1.checks.0.hint: une phrase finit par un point",
        ),
        (
            EXERCISE,
            "Comparez les deux fichiers.",
            "Est-ce le bon fichier?",
            "{line}: steps.1.checks.0.hint: espace manquante avant « ; : ! ? »",
        ),
        (
            EXERCISE,
            "Pensez à `borg extract`.",
            "Pensez à `borg extract`...",
            "{line}: steps.1.hints.0: points de suspension : « … » en un seul signe",
        ),
        (
            EXERCISE,
            "Pensez à `borg extract`.",
            '" "',
            "{line}: steps.1.hints.0: texte vide",
        ),
        (
            EXERCISE,
            "checks/sain.py",
            "checks/absent.py",
            "{line}: steps.1.checks.1.run: « checks/absent.py » n'existe pas dans borg/",
        ),
        (
            EXERCISE,
            "topology: duo",
            "topology: duos",
            "{line}: topology: aucune topologie « duos » ; vouliez-vous dire « duo » ?",
        ),
        (LESSON, "id: 01-borg", "id: 01-bork", ": id: le fichier s'appelle « 01-borg.md »"),
        (LESSON, "level: reel", "level: equivalent", ": level: l'exercice annonce « reel »"),
        (
            LESSON,
            "\n```bash {vm=srv}\nborg extract",
            "\n```bash {vm=serv}\nborg extract",
            "{next}: la topologie « duo » n'a pas de machine « serv » ; "
            "vouliez-vous dire « srv » ?",
        ),
        (LESSON, "chez {{client}}", "chez {{x}}", "{line}: paramètre inconnu « {{x}} »"),
        (
            LESSON,
            "nom = {{client}}",
            "nom = {{ Client }}",
            "{line}: « {{ Client }} » : écrivez {{client}}",
        ),
        (
            LESSON,
            "## Pour aller plus loin",
            "## Pour aller plus loin {#restaurations}",
            "{line}: l'exercice n'a pas d'étape « restaurations » ; "
            "vouliez-vous dire « restauration » ?",
        ),
        (
            LESSON,
            "## Restaurer {#restauration}",
            "## Restaurer",
            ": aucune section pour l'étape « restauration » : « ## Titre {#restauration} » attendu",
        ),
        (
            TOPOLOGY,
            "name: web",
            "name: srv",
            "{line}: vms.1.name: machine « srv » en double",
        ),
        (
            TOPOLOGY,
            "192.168.1.11",
            "192.168.1.10",
            "{line}: vms.1.address: adresse 192.168.1.10 en double",
        ),
        (
            TOPOLOGY,
            "192.168.1.11",
            "192.168.1.255",
            "{line}: vms.1.address: 192.168.1.255 n'est pas une adresse de machine de "
            "192.168.1.0/24",
        ),
        (
            TOPOLOGY,
            "192.168.1.11",
            "192.168.1.300",
            "{line}: vms.1.address: 192.168.1.300 n'est pas une adresse de machine de "
            "192.168.1.0/24",
        ),
        (
            TOPOLOGY,
            "image: web",
            "image: wob",
            "{line}: vms.1.image: aucune image « wob » ; vouliez-vous dire « web » ?",
        ),
        (
            TOPOLOGY,
            "id: journaux",
            "id: donnees",
            "{line}: vms.1.disks.1.id: disque « donnees » en double",
        ),
        (TOPOLOGY, "id: duo", "id: duel", "{line}: id: le fichier s'appelle « duo.yaml »"),
        (
            "vm-images/images/base.yaml",
            "customize: base.sh",
            "customize: bas.sh",
            "{line}: customize: « bas.sh » n'existe pas dans images/",
        ),
        (DEPOT, "groups:", "image: b\ngroups:", "{line}: image: aucune image « b »"),
        (
            DEPOT,
            "groups:",
            "groups:\n  - {id: sauvegarde, packages: [restic]}",
            "{next2}: groups.1.id: groupe « sauvegarde » en double",
        ),
        (MODULE, "id: 1-s", "id: 2-s", "{line}: id: le dossier s'appelle « 1-sauvegarde »"),
        (
            MODULE,
            "id: 02-restic",
            "id: 01-borg",
            "{line}: lessons.1.id: leçon « 01-borg » en double",
        ),
    ],
)  # fmt: skip
def test_each_disagreement_is_told_with_its_line(
    root: Path, name: str, old: str, new: str, expected: str
) -> None:
    line = swap(root, name, old, new)
    numbers = {"{line}": line, "{next}": line + 1, "{next2}": line + 2, "{checks}": 16}
    for mark, number in numbers.items():
        expected = expected.replace(mark, str(number))

    problem = f"{name}{'' if expected.startswith(':') else ':'}{expected}"
    assert problem in problems_of(root)


def test_a_lesson_and_its_exercise_name_each_other(root: Path) -> None:
    line = swap(root, EXERCISE, "lesson: 1-sauvegarde/01-borg", "lesson: 1-sauvegarde/02-restic")
    problems = problems_of(root)
    assert problems == [
        f"{LESSON}: exercise: l'exercice « borg » nomme la leçon « 1-sauvegarde/02-restic »",
    ]
    swap(root, EXERCISE, "lesson: 1-sauvegarde/02-restic", "lesson: 1-sauvegarde/01-bork")
    assert problems_of(root) == [
        f"{EXERCISE}:{line}: lesson: aucune leçon « 1-sauvegarde/01-bork » ; "
        "vouliez-vous dire « 1-sauvegarde/01-borg » ?",
        f"{LESSON}: exercise: l'exercice « borg » nomme la leçon « 1-sauvegarde/01-bork »",
    ]


def test_a_lesson_without_exercise_has_no_machine(root: Path) -> None:
    swap(root, LESSON, "exercise: borg\n", "")
    problems = problems_of(root)
    assert sum("une leçon sans exercice n'a pas de machine" in p for p in problems) == 3
    assert sum("ne nomme aucun exercice" in p for p in problems) == 1


def test_an_unknown_exercise_is_told(root: Path) -> None:
    swap(root, LESSON, "exercise: borg\n", "exercise: bork\n")
    assert (
        f"{LESSON}: exercise: aucun exercice « bork » ; vouliez-vous dire « borg » ?"
        in problems_of(root)
    )


def test_problems_of_many_files_come_together(root: Path) -> None:
    swap(root, EXERCISE, "title: Restaurer", "titre: Restaurer")
    swap(root, TOPOLOGY, "title: site", "titre: site")
    swap(root, LESSON, "```text {show}", "```text")
    files = {problem.split(":")[0] for problem in problems_of(root)}
    assert files == {EXERCISE, TOPOLOGY, LESSON}
