"""French that stays French, and why."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

AUTHORS: Final = "speaks to the authors of the course, which is in French"
COURSE: Final = "is course content"
ANSWER: Final = "is an answer that is understood, beside its English"
GUEST: Final = "runs in a machine, and answers with codes that the host puts into words"

FILES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "content/architecture.py",
            "content/availability.py",
            "content/base.py",
            "content/bundle.py",
            "content/checklist.py",
            "content/checks/*",
            "content/claims.py",
            "content/drill.py",
            "content/explain.py",
            "content/fences.py",
            "content/fill.py",
            "content/inventory.py",
            "content/lesson.py",
            "content/lint*.py",
            "content/models.py",
            "content/planning.py",
            "content/problems.py",
            "content/references.py",
            "content/source.py",
            "content/spelling.py",
            "content/surprise.py",
            "content/typography.py",
            "content/yaml_marks.py",
        ),
        AUTHORS,
    ),
    "content/parameters.py": COURSE,
    "content/folding.py": "folds letters, French ones among them",
    "grading/guest/*": GUEST,
    "drills/guest/*": GUEST,
    "lab/faults/guest/*": GUEST,
}
"""Modules, as patterns from the package's folder."""

LITERALS: Final[Mapping[tuple[str, str], str]] = {
    ("cli/plain.py", "quitter"): ANSWER,
    ("cli/plain_library.py", "aide"): ANSWER,
    ("cli/plain_lesson.py", "quitter"): ANSWER,
    ("cli/language.py", "COMMANDE"): "is said in French only",
    ("content/glossary.py", "glossaire:"): "begins an address that nobody reads",
    ("grading/quiz.py", "erreur-{}"): "names a mutant in proofs",
    ("lab/domain.py", "pcapra-lab : {} ({})"): "stands in libvirt's definition of a machine",
    (
        "lab/images/depot.py",
        "-o=APT::FTPArchive::Release::Label=Dépôt hors ligne pcapra-lab",
    ): "is signed into the depot",
    ("session/step_proof.py", "autre solution {}"): "stands in proofs",
    ("lab/lock.py", "commande"): "stands in lock files",
    ("ui/terminal/cells.py", ".,;:!?»…'\""): "ends no address, in any language",
}
"""Single literals: module and what is fixed in them."""


def allowed(path: str, text: str) -> str:
    """Why a literal may stay as it is; empty when it may not.

    Args:
        path: the module, from the package's folder or above.
        text: what is fixed in the literal.
    """
    module = path.partition("pcapra_lab/")[2] or path
    for name, reason in FILES.items():
        if fnmatchcase(module, name):
            return reason
    return LITERALS.get((module, text), "")
