"""What the linter says of a course's files: scripts, shared modules, lessons, folders."""

from collections.abc import Callable
from pathlib import Path

import pytest
from content_tree import EXERCISE, LESSON, plant, swap, write

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path)


def problems_of(root: Path) -> list[str]:
    return [str(p).removeprefix(f"{root}/") for p in lint(Catalogue.load(root))]


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


def _other_encoding(root: Path) -> str:
    write(root / "exercises/borg/checks/sain.py", "#!/usr/bin/env python3\n")
    (root / "exercises/borg/checks/sain.py").write_bytes(b"#!/usr/bin/env python3\n# \xe9t\xe9\n")
    return "checks/sain.py: ce n'est pas du Python en UTF-8"


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
        _unknown_shared, _unused_shared, _misnamed_shared, _no_python, _other_encoding,
        _stray, _no_shebang, _one_mutant, _unlisted_lesson, _empty_folder, _absent_lesson,
        _unknown_parameter, _unknown_parameter_of_python, _no_bash, _no_sh, _number_twice,
        _swapped_sections,
    ],
)  # fmt: skip
def test_each_fault_of_the_files_is_told_alone(root: Path, spoil: Callable[[Path], str]) -> None:
    expected = spoil(root)
    [problem] = problems_of(root)
    assert problem.endswith(expected)
