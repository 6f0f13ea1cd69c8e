"""The scripts of an exercise: named, readable by their interpreter, with parameters that exist."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from pcapra_lab.content.digest import CACHES
from pcapra_lab.content.locate import inside
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.parameters import env_name
from pcapra_lab.content.problems import Problem, shown, suggestion
from pcapra_lab.content.references import exercise_files
from pcapra_lab.content.strict_yaml import Loaded

_BESIDES = frozenset({"exercise.yaml", "proof.json"})
_SHELL = re.compile(r"#!\s*(?:/usr)?/bin/(?:env )?(bash|sh)\b")
_COMPLAINT = re.compile(r"^.*?: (?:line )?(\d+): (.*)$", re.MULTILINE)
"""What bash and dash say: ``bash: line 7: syntax error…``, ``sh: 7: Syntax error…``."""
_VARIABLE = re.compile(r"PCAPRA_[A-Z0-9_]*[A-Z0-9](?![A-Z0-9_])")
_OTHERS = frozenset({"PCAPRA_NUMBER"})
"""Not a parameter: the number of a probe's try (``content/availability``)."""


def lint_scripts(loaded: Loaded[Exercise]) -> Iterator[Problem]:
    """Problems of the scripts, which are all there; files that no script is."""
    folder = loaded.path.parent
    named: set[Path] = {(folder / name).resolve() for name in _BESIDES}
    sources: dict[Path, str] = {}
    for reference in exercise_files(loaded.model):
        path = inside(folder, reference.path)
        named |= {path, folder / reference.path}
        if path not in sources:
            sources[path] = path.read_text(encoding="utf-8", errors="replace")
        if not sources[path].startswith("#!"):
            yield loaded.problem(reference.loc, f"« {reference.path} » ne commence pas par « #! »")
    variables = {env_name(name) for name in loaded.model.placeholders}
    for path, source in sorted(sources.items()):
        yield from _parameters(path, source, variables)
        yield from _shell(path, source)
    for path in sorted(folder.rglob("*")):
        known = path in named or path.resolve() in named
        if not known and not path.is_dir() and not CACHES.intersection(path.parts):
            yield Problem(path, None, "", "fichier dont l'exercice ne se sert pas")


def _parameters(path: Path, source: str, known: set[str]) -> Iterator[Problem]:
    for number, line in enumerate(source.splitlines(), 1):
        for name in _VARIABLE.findall(line):
            if name not in known | _OTHERS:
                message = f"paramètre inconnu {shown(name)}" + suggestion(name, known)
                yield Problem(path, number, "", message)


def _shell(path: Path, source: str) -> Iterator[Problem]:
    """What the shell itself finds, without running anything (bash(1), ``-n``)."""
    if not (shell := _SHELL.match(source)):
        return
    read = subprocess.run(
        [f"/bin/{shell[1]}", "-n"],
        input=source.encode(),
        capture_output=True,
        env={"LC_ALL": "C.UTF-8"},
        check=False,
    )
    if read.returncode == 0:
        return
    said = read.stderr.decode("utf-8", "replace")
    if found := _COMPLAINT.search(said):
        yield Problem(path, int(found[1]), "", f"le shell ne peut pas le lire : {found[2]}")
    else:
        yield Problem(path, None, "", f"le shell ne peut pas le lire : {said.strip()}")
