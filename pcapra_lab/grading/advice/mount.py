"""A mount that is missing, or that is not the right one."""

from collections.abc import Mapping

from pcapra_lab.content.checks.mount import MountCheck
from pcapra_lab.grading.advice.base import Advice
from pcapra_lab.grading.units.mount import MountFact


def advise(check: MountCheck, facts: Mapping[str, MountFact]) -> Advice | None:
    """Whether, from what, then how."""
    fact, find = facts[check.vm], f"`findmnt {check.path}`"
    if not check.mounted:
        return Advice(f"{find} le montre encore monté.", f"`sudo umount {check.path}` ?")
    if not fact.mounted:
        return Advice(f"{find} ne montre rien.", "`mount`, et /etc/fstab pour le garder ?")
    if check.source not in (None, fact.source) and fact.wanted != fact.device:
        return Advice(f"{find} montre une autre source : {fact.source}.")
    if check.fstype not in (None, fact.fstype):
        return Advice(f"{find} montre un autre type : {fact.fstype}.")
    missing = [option for option in check.options if option not in fact.options]
    if missing:
        act = f"`sudo mount -o remount,{','.join(missing)} {check.path}`, et dans /etc/fstab ?"
        return Advice(f"{find} montre ses options : il en manque.", act)
    return Advice(f"{find} montre ses options : une au moins est de trop.")
