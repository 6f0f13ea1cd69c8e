"""What a replay stands on, as one digest."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pcapra_lab
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.digest import digest_tree
from pcapra_lab.content.models import Exercise, Topology
from pcapra_lab.content.references import exercise_files
from pcapra_lab.content.shared_code import python_files, shared_folder, shared_modules
from pcapra_lab.grading.sources import grading_modules
from pcapra_lab.session.failing import watched

_QUIZ = (
    "grading/quiz.py",
    "content/drawn.py",
    "content/formula.py",
    "content/numerals.py",
    "content/parameters.py",
)
"""What poses and judges questions."""
_OBJECTIVE = frozenset({"drills/__init__.py", "drills/objective.py"})
_SURPRISES = "drills/surprises/"
PROOF = "proof.json"


def content_digest(catalogue: Catalogue, exercise_id: str) -> str:
    """The digest of all that a proof of this exercise stands on.

    Of the recipes, only those of its machines and the depot's groups it names, and of the code,
    only what grades its checks: a lesson that brings its own image, packages or check type must
    not ask for every other proof again.
    """
    exercise = catalogue.exercise(exercise_id)
    folder = catalogue.exercise_folder(exercise_id)
    module, _, lesson = exercise.lesson.partition("/")
    tree = digest_tree(
        [
            *(path for path in sorted(folder.iterdir()) if path.name != PROOF),
            catalogue.lesson_path(module, lesson),
            *_shared(folder, python_files(folder)),
            *_machines(catalogue, exercise),
            *_drills(exercise),
        ],
        counts=_counts(exercise),
    )
    return _digest([tree, *_code(exercise), *_brought(catalogue, exercise)])


def step_digests(catalogue: Catalogue, exercise_id: str) -> dict[str, str]:
    """For each step, in order, the digest of all that its replay stands on.

    What comes before it counts, since it begins in the state that is left there; what comes after
    does not. Nor does the lesson, which no replay reads.
    """
    exercise = catalogue.exercise(exercise_id)
    folder = catalogue.exercise_folder(exercise_id)
    parts = [
        digest_tree(
            [*_machines(catalogue, exercise), *_drills(exercise)], counts=_counts(exercise)
        ),
        *_code(exercise),
        *_brought(catalogue, exercise),
        exercise.model_dump_json(exclude={"steps", "duration", "title"}),
        _scripts(folder, exercise.model_copy(update={"steps": []})),
    ]
    found: dict[str, str] = {}
    for step in exercise.steps:
        alone = exercise.model_copy(update={"setup": [], "steps": [step]})
        parts += [step.model_dump_json(), _scripts(folder, alone)]
        found[step.id] = _digest(parts)
    return found


def _scripts(folder: Path, part: Exercise) -> str:
    """What a part of an exercise runs in the machines."""
    paths = sorted({folder / reference.path for reference in exercise_files(part)})
    named = [f"{path.relative_to(folder)} {digest_tree([path])}" for path in paths]
    return _digest([*named, digest_tree(_shared(folder, paths))])


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _brought(catalogue: Catalogue, exercise: Exercise) -> Iterator[str]:
    """The packages and the bundle's products that it names."""
    groups = {group.id: group for group in catalogue.depot().groups}
    for name in sorted(exercise.depot):
        yield groups[name].model_dump_json()
    declared = {product.id: product for product in catalogue.bundle().products}
    for name in sorted(exercise.bundle):
        yield declared[name].model_dump_json()


def _package() -> Path:
    return Path(pcapra_lab.__file__).parent


def _code(exercise: Exercise) -> Iterator[str]:
    lines = (check.type for line in exercise.checklist for check in line.checks)
    steps = (check.type for step in exercise.steps for check in watched(step).checks)
    types = sorted({*lines, *steps})
    modules = grading_modules(types) if types else {}
    if any(step.is_quiz for step in exercise.steps):
        modules |= {name: _package() / name for name in _QUIZ}
    for name, path in sorted(modules.items()):
        yield f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _shared(folder: Path, scripts: Iterable[Path]) -> Iterator[Path]:
    """What an exercise's scripts import of the course's."""
    found: set[Path] = set()
    for script in scripts:
        source = script.read_text(encoding="utf-8")
        found.update(shared_modules(source, shared_folder(folder)).values())
    yield from sorted(found)


def _machines(catalogue: Catalogue, exercise: Exercise) -> Iterator[Path]:
    if exercise.topology is not None:
        yield catalogue.root / "vm-images" / "topologies" / f"{exercise.topology}.yaml"
        yield from sorted(_recipes(catalogue, catalogue.topology(exercise.topology)))


def _drills(exercise: Exercise) -> Iterator[Path]:
    if any(step.objective or step.drill for step in exercise.steps):
        yield _package() / "drills"


def _counts(exercise: Exercise) -> Callable[[str], bool]:
    """Of ``drills/``, an objective stands on the module that measures it, a drill on the whole but
    for what only surprises need."""
    drills = [step.drill for step in exercise.steps if step.drill is not None]
    if any(drill.surprise for drill in drills):
        return lambda _name: True
    if drills:
        return lambda name: not name.startswith(_SURPRISES)
    return lambda name: not name.startswith("drills/") or name in _OBJECTIVE


def _recipes(catalogue: Catalogue, topology: Topology) -> Iterator[Path]:
    """The files that the topology's images are built from, parents included."""
    waiting = {vm.image for vm in topology.vms}
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        recipe = catalogue.image(name)
        yield catalogue.images_folder / f"{name}.yaml"
        yield from (
            catalogue.images_folder / part for part in (recipe.overlay, recipe.customize) if part
        )
        if recipe.parent is not None and recipe.parent not in seen:
            waiting.add(recipe.parent)
