"""A mount that is missing, or that is not the right one."""

from collections.abc import Mapping

from pcapra_lab.content.checks.mount import MountCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.mount import MountFact
from pcapra_lab.i18n import _


def advise(check: MountCheck, facts: Mapping[str, MountFact]) -> Advice | None:
    """Whether, from what, then how."""
    fact, find = facts[check.vm], f"`findmnt {check.path}`"
    if not check.mounted:
        return Advice(
            _("{find} le montre encore monté.").format(find=find), f"`sudo umount {check.path}` ?"
        )
    if not fact.mounted:
        return Advice(
            _("{find} ne montre rien.").format(find=find),
            _("`mount`, et /etc/fstab pour le garder ?"),
        )
    if check.source not in (None, fact.source) and fact.wanted != fact.device:
        return Advice(
            _("{find} montre une autre source : {source}.").format(find=find, source=fact.source)
        )
    if check.fstype not in (None, fact.fstype):
        return Advice(
            _("{find} montre un autre type : {fstype}.").format(find=find, fstype=fact.fstype)
        )
    missing = [option for option in check.options if option not in fact.options]
    if missing:
        act = _("`sudo mount -o remount,{missing} {path}`, et dans /etc/fstab ?").format(
            missing=",".join(missing), path=check.path
        )
        return Advice(_("{find} montre ses options : il en manque.").format(find=find), act)
    return Advice(_("{find} montre ses options : une au moins est de trop.").format(find=find))
