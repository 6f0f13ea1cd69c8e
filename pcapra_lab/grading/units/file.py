"""A path's type, permissions, owner and text."""

from typing import Literal

from pcapra_lab.content.checks.file import FileCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.patterns import text_problem
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict
from pcapra_lab.i18n import _

KINDS = {"directory": _("un dossier"), "other": _("un fichier spécial"), "file": _("un fichier")}


class FileFact(Fact):
    """A path as it stands, symbolic links followed."""

    kind: Literal["file"]
    type: Literal["absent", "broken-link", "file", "directory", "other"]
    mode: str = ""
    """Four octal digits."""
    owner: str = ""
    group: str = ""
    size: int = 0
    content: str | None = None
    """Its first 256 KiB when asked for; bytes that are not UTF-8 read ``\\xNN``."""
    sha256: str | None = None
    """None when not asked for, or when the file is larger than 4 MiB."""
    truncated: bool = False


class File(OneMachine[FileCheck, FileFact]):
    """``file``."""

    guest = "file"
    fact = FileFact

    def item(self, check: FileCheck, context: Context) -> Item:
        """Where it is, and whether its text matters."""
        reads = check.matches is not None or check.lacks is not None
        return {"path": check.path, "content": reads}

    def verdict(self, check: FileCheck, fact: FileFact, parameters: Parameters) -> Verdict:
        """All that is wrong with it at once."""
        if not check.exists:
            gone = fact.type == "absent"
            observed = (
                _("{path} n'existe pas").format(path=check.path)
                if gone
                else _("{path} existe").format(path=check.path)
            )
            return Verdict(gone, _("{path} n'existe pas").format(path=check.path), observed)
        expected = [_("{path} existe").format(path=check.path)]
        if check.mode_max is not None:
            expected.append(_("droits {mode_max} au plus").format(mode_max=check.mode_max))
        if check.owner is not None:
            expected.append(_("propriétaire {owner}").format(owner=check.owner))
        if check.group is not None:
            expected.append(_("groupe {group}").format(group=check.group))
        if check.matches is not None:
            expected.append(
                _("contient un texte qui correspond à « {matches} »").format(matches=check.matches)
            )
        if check.lacks is not None:
            expected.append(
                _("ne contient rien qui corresponde à « {lacks} »").format(lacks=check.lacks)
            )
        problems = missing(check.path, fact) or _file_problems(check, fact)
        observed = ", ".join(problems) or _("droits {mode}, {owner}:{group}").format(
            mode=fact.mode, owner=fact.owner, group=fact.group
        )
        return Verdict(not problems, ", ".join(expected), observed)


def missing(path: str, fact: FileFact) -> list[str]:
    """Why there is nothing at that path; empty when there is something."""
    if fact.type == "absent":
        return [_("{path} n'existe pas").format(path=path)]
    if fact.type == "broken-link":
        return [
            _("{path} est un lien symbolique vers un fichier qui n'existe pas").format(path=path)
        ]
    return []


def _file_problems(check: FileCheck, fact: FileFact) -> list[str]:
    problems = []
    if check.mode_max is not None and int(fact.mode, 8) & ~int(check.mode_max, 8):
        problems.append(_("droits {mode}").format(mode=fact.mode))
    if check.owner not in (None, fact.owner):
        problems.append(_("propriétaire {owner}").format(owner=fact.owner))
    if check.group not in (None, fact.group):
        problems.append(_("groupe {group}").format(group=fact.group))
    if check.matches is None and check.lacks is None:
        return problems
    if fact.content is None:
        return [
            *problems,
            _("{path} est {type}, pas un fichier à lire").format(
                path=check.path, type=KINDS[fact.type]
            ),
        ]
    try:
        text = text_problem(
            fact.content, fact.truncated, check.matches, check.lacks, _("le fichier")
        )
    except Unjudgeable:
        # Enough is wrong already for a verdict.
        if not problems:
            raise
        text = ""
    if text and check.secret:
        text = (
            _("le fichier est vide")
            if not fact.content.strip()
            else _("son contenu ne convient pas")
        )
    return [*problems, text] if text else problems


UNIT = File()
