from collections.abc import Callable
from pathlib import Path

import pytest
from content_tree import EXERCISE, LESSON, MODULE, TOPOLOGY, plant, swap, write

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


def _stray(root: Path) -> str:
    write(root / "exercises/borg/notes.txt", "")
    write(root / "exercises/borg/checks/__pycache__/sain.pyc", "")
    return "exercises/borg/notes.txt: fichier dont l'exercice ne se sert pas"


def _no_shebang(root: Path) -> str:
    write(root / "exercises/borg/mutants/vide.sh", "true\n")
    return "« mutants/vide.sh » ne commence pas par « #! »"


def _unknown_parameter(root: Path) -> str:
    text = 'set -e\ncd "/srv/$PCAPRA_CLIENT"\necho "$PCAPRA_NUMBER ${PCAPRA_CLEINT}"\n'
    write(root / "exercises/borg/mutants/vide.sh", f"#!/bin/bash\n{text}")
    return (
        "exercises/borg/mutants/vide.sh:4: paramètre inconnu « PCAPRA_CLEINT »"
        " ; vouliez-vous dire « PCAPRA_CLIENT » ?"
    )


def _unknown_parameter_of_python(root: Path) -> str:
    text = "import os\nos.environ['PCAPRA_CANARI']\n"
    write(root / "exercises/borg/checks/sain.py", f"#!/usr/bin/env python3\n{text}")
    return "sain.py:3: paramètre inconnu « PCAPRA_CANARI » ; vouliez-vous dire « PCAPRA_CANARY » ?"


def _no_bash(root: Path) -> str:
    write(root / "exercises/borg/mutants/vide.sh", "#!/usr/bin/env bash\n\nif [ x; then\nls\n")
    said = "syntax error: unexpected end of file"
    return f"exercises/borg/mutants/vide.sh:5: le shell ne peut pas le lire : {said}"


def _no_sh(root: Path) -> str:
    write(root / "exercises/borg/mutants/vide.sh", "#!/bin/sh -e\n\nfor x in; ;do\n")
    said = 'Syntax error: ";" unexpected (expecting "do")'
    return f"exercises/borg/mutants/vide.sh:3: le shell ne peut pas le lire : {said}"


def _number_twice(root: Path) -> str:
    text = (root / LESSON).read_text(encoding="utf-8").partition("## Créer")[0]
    text = text.replace("id: 01-borg", "id: 02-restic").replace("exercise: borg\n", "")
    path = root / "modules/1-sauvegarde/02-restic.md"
    write(path, text.replace("{{client}}", "nous"))
    return "02-restic.md: number: « 01-borg » porte déjà le numéro « 1.1 »"


def _unknown_shared(root: Path) -> str:
    write(root / "exercises/borg/checks/sain.py", "#!/usr/bin/env python3\nimport lab_brog\n")
    return "sain.py: module partagé inconnu « lab_brog »"


def _unused_shared(root: Path) -> str:
    write(root / "exercises/shared/lab_borg.py", "")
    return "exercises/shared/lab_borg.py: module partagé dont aucun script ne se sert"


def _misnamed_shared(root: Path) -> str:
    write(root / "exercises/shared/borg.py", "")
    return "borg.py: le nom d'un module partagé commence par « lab_ »"


def _no_python(root: Path) -> str:
    write(root / "exercises/borg/checks/sain.py", "#!/usr/bin/env python3\n\nsi vrai:\n")
    return "sain.py:3: ce n'est pas du Python : invalid syntax"


def _one_mutant(root: Path) -> str:
    path = root / EXERCISE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "casse.sh" not in line), encoding="utf-8")
    (root / "exercises/borg/mutants/casse.sh").unlink()
    swap(root, EXERCISE, "killed_by: [canari]", "killed_by: [canari, sain]")
    return "steps.1.mutants: au moins 2 mutants attendus, 1 donné(s)"


def _unlisted_lesson(root: Path) -> str:
    write(root / "modules/1-sauvegarde/09-zfs.md", "")
    return "09-zfs.md: fichier absent de la liste des leçons du module"


def _empty_folder(root: Path) -> str:
    (root / "exercises/vide").mkdir()
    return "exercises/vide: ce n'est pas un dossier avec exercise.yaml"


def _absent_lesson(root: Path) -> str:
    (root / LESSON).unlink()
    return "01-borg.md: fichier absent"


def _swapped_sections(root: Path) -> str:
    swap(root, LESSON, "{#depot}", "{#temporaire}")
    swap(root, LESSON, "{#restauration}", "{#depot}")
    swap(root, LESSON, "{#temporaire}", "{#restauration}")
    swap(root, LESSON, '"canari sain"', "temporaire")
    swap(
        root, LESSON, "{check=present} et [fermez le dépôt]{check=droits}", '{check="canari sain"}'
    )
    swap(root, LESSON, "{check=temporaire}", '{check="present droits"}')
    return "01-borg.md: les sections ne suivent pas l'ordre des étapes"


@pytest.mark.parametrize(
    "spoil",
    [
        _unknown_shared, _unused_shared, _misnamed_shared, _no_python,
        _stray, _no_shebang, _one_mutant, _unlisted_lesson, _empty_folder, _absent_lesson,
        _unknown_parameter, _unknown_parameter_of_python, _no_bash, _no_sh, _number_twice,
        _swapped_sections,
    ],
)  # fmt: skip
def test_each_fault_of_the_files_is_told_alone(root: Path, spoil: Callable[[Path], str]) -> None:
    expected = spoil(root)
    [problem] = problems_of(root)
    assert problem.endswith(expected)


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
