"""A file system that is mounted where, from what, and how."""

from typing import Literal

from pcapra_lab.content.checks.mount import MountCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Verdict
from pcapra_lab.i18n import _


class MountFact(Fact):
    """A mount, or that there is none."""

    kind: Literal["mount"]
    mounted: bool
    source: str = ""
    device: str = ""
    """The source, its links followed."""
    wanted: str = ""
    """The source that was asked about, its links followed."""
    fstype: str = ""
    options: tuple[str, ...] = ()


class Mount(OneMachine[MountCheck, MountFact]):
    """``mount``."""

    guest = "mount"
    fact = MountFact

    def item(self, check: MountCheck, context: Context) -> Item:
        """The path, and the source, whose links only the machine can follow."""
        return {"path": check.path, "source": check.source}

    def verdict(self, check: MountCheck, fact: MountFact, parameters: Parameters) -> Verdict:
        """All that is wrong at once."""
        nothing = _("rien n'est monté sur {path}").format(path=check.path)
        shown = _("{source} ({fstype}) est monté sur {path}").format(
            source=fact.source, fstype=fact.fstype, path=check.path
        )
        if not check.mounted:
            return Verdict(not fact.mounted, nothing, shown if fact.mounted else nothing)
        expected = [_("un système de fichiers est monté sur {path}").format(path=check.path)]
        problems = [] if fact.mounted else [nothing]
        if check.source is not None:
            expected.append(f"source {check.source}")
            if fact.mounted and check.source != fact.source and fact.wanted != fact.device:
                problems.append(f"source {fact.source}")
        if check.fstype is not None:
            expected.append(f"type {check.fstype}")
            if fact.mounted and check.fstype != fact.fstype:
                problems.append(f"type {fact.fstype}")
        missing = [option for option in check.options if option not in fact.options]
        excess = [option for option in check.options_absent if option in fact.options]
        if check.options:
            expected.append(_("avec {options}").format(options=", ".join(check.options)))
        if check.options_absent:
            expected.append(
                _("sans {options_absent}").format(options_absent=", ".join(check.options_absent))
            )
        if fact.mounted and (missing or excess):
            problems.append(f"options {','.join(fact.options)}")
        observed = ", ".join(problems) or f"{shown}, options {','.join(fact.options)}"
        return Verdict(not problems, ", ".join(expected), observed)


UNIT = Mount()
