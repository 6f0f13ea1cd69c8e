"""A trainer's look at an exam's journal: whether it holds together, and what it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pcapra_lab.i18n import _
from pcapra_lab.progress.exam_entries import FIRST, FORMAT, Entry, Kind, read_entry, read_lines

SignatureCheck = Callable[[str, Mapping[str, Any]], str]
"""Given the hash that was signed and the signature's data: what is wrong, or nothing. It raises
``LabError`` when it cannot tell."""
_CLOCK_SLACK = 2.0
"""Seconds: clocks are corrected by so much without anybody meaning harm."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it."""

    entries: tuple[Entry, ...]
    """Those that could be read."""
    faults: tuple[str, ...]
    """What shows that the file is not as it was written, a sentence each."""
    remarks: tuple[str, ...]
    """What a trainer should know, and that may be honest."""

    @property
    def sound(self) -> bool:
        """Nothing shows that anybody touched it."""
        return not self.faults

    @property
    def head(self) -> str:
        """The fingerprint: the hash of the last entry that is not a signature."""
        said = [entry.hash for entry in self.entries if entry.kind != Kind.SEAL]
        return said[-1] if said else ""

    def first(self, kind: str) -> Entry | None:
        """The first entry of a kind."""
        return next((entry for entry in self.entries if entry.kind == kind), None)

    @property
    def verdicts(self) -> tuple[Mapping[str, Any], ...]:
        """The result's, step by step, as written; none of a journal that is not sound."""
        finish = self.first(Kind.FINISH)
        return () if finish is None or not self.sound else tuple(finish.data["verdicts"])


def check_journal(
    path: Path, *, fingerprint: str = "", signature: SignatureCheck | None = None
) -> Checked:
    """Read a journal, whatever it holds, and say what is wrong with it.

    Args:
        path: the file.
        fingerprint: what the trainer noted, or its beginning; empty when nothing was.
        signature: checks the seal, when there is one.

    Raises:
        LabError: the file cannot be read.
    """
    lines, torn = read_lines(path)
    entries: list[Entry] = []
    faults: list[str] = []
    for number, line in enumerate(lines, start=1):
        try:
            entry = read_entry(line)
        except ValueError:
            faults.append(_("ligne {number} : ce n'est pas une entrée").format(number=number))
            break
        faults += _chain(entry, entries, number)
        entries.append(entry)
    remarks: list[str] = []
    if torn:
        remarks.append(_("la dernière ligne n'a pas été écrite en entier"))
    if not faults:
        faults += _story(entries)
        remarks += _remarks(entries)
        faults += _seal(entries, signature, remarks)
    found = Checked(tuple(entries), tuple(faults), tuple(remarks))
    wanted = fingerprint.replace(" ", "").lower()
    hashes = {entry.hash for entry in entries}
    if wanted and not any(one.startswith(wanted) for one in hashes):
        faults.append(_("l'empreinte notée n'est celle d'aucune entrée de ce journal"))
        return Checked(tuple(entries), tuple(faults), tuple(remarks))
    return found


def _chain(entry: Entry, before: list[Entry], number: int) -> list[str]:
    previous = before[-1].hash if before else FIRST
    if entry.number != len(before) or entry.previous != previous:
        return [_("ligne {number} : une entrée manque ou a été déplacée").format(number=number)]
    if entry.hash != entry.true_hash:
        return [_("ligne {number} : l'entrée a été modifiée").format(number=number)]
    return []


def _story(entries: list[Entry]) -> list[str]:
    """What entries that follow each other must still tell in the right order."""
    if not entries or entries[0].kind != Kind.START:
        return [_("le journal ne commence pas par le début d'un examen")]
    if entries[0].data.get("format") != FORMAT:
        return [_("le journal est d'un autre format : vérifiez-le avec une autre version")]
    kinds = [entry.kind for entry in entries]
    faults = []
    over = [i for i, kind in enumerate(kinds) if kind in (Kind.FINISH, Kind.ABANDON)]
    if over and set(kinds[over[0] + 1 :]) - {Kind.SEAL}:
        faults.append(_("quelque chose est écrit après la fin de l'examen"))
    if Kind.START in kinds[1:]:
        faults.append(_("l'examen commence deux fois"))
    for finish in (entry.data for entry in entries if entry.kind == Kind.FINISH):
        faults += _sums(entries[0].data, finish)
    return faults


def _sums(start: Mapping[str, Any], finish: Mapping[str, Any]) -> list[str]:
    try:
        steps = [str(one["id"]) for one in start["steps"]]
        told = [str(one["step"]) for one in finish["verdicts"]]
        earned = sum(int(one["earned"]) for one in finish["verdicts"])
        agrees = earned == int(finish["earned"])
    except (KeyError, TypeError, ValueError):
        return [_("le résultat n'a pas la forme attendue")]
    if told != steps:
        return [_("les verdicts ne sont pas ceux des étapes de l'exercice")]
    return [] if agrees else [_("le total ne correspond pas aux verdicts")]


def _remarks(entries: list[Entry]) -> list[str]:
    said = []
    for before, after in pairwise(entries):
        if after.at < before.at - _CLOCK_SLACK:
            said.append(
                _("entrée {number} : l'horloge de l'ordinateur a reculé").format(
                    number=after.number
                )
            )
    kinds = {entry.kind for entry in entries}
    if not kinds & {Kind.FINISH, Kind.ABANDON}:
        said.append(_("l'examen n'est pas terminé : il n'y a pas de résultat"))
    if Kind.TORN in kinds:
        said.append(_("une écriture a été interrompue (coupure, disque plein), puis reprise"))
    return said


def _seal(entries: list[Entry], signature: SignatureCheck | None, remarks: list[str]) -> list[str]:
    seal = next((entry for entry in entries if entry.kind == Kind.SEAL), None)
    if seal is None:
        return []
    if signature is None:
        remarks.append(_("le journal porte une signature, qui n'a pas été vérifiée"))
        return []
    fault = signature(seal.previous, seal.data)
    return [fault] if fault else []
