"""What is declared before a drill: seen to make sense, then put on the drill's first page."""

import secrets
import time

from pcapra_lab.content.drill import Drill
from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.surprises.draw import plan
from pcapra_lab.drills.surprises.watch import Watch
from pcapra_lab.drills.timeline import Moment, Targets, Timeline
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.record import ProcessId
from pcapra_lab.session.drill_book import Page, host_boot
from pcapra_lab.session.on_call import known_seed

MAX_TARGET = 7 * 86400.0
"""Seconds: beyond a week, it is a mistake of unit."""


def must_suit(drill: Drill, targets: Targets, seed: str | None) -> None:
    """Refuse what this drill could not be held to.

    Args:
        seed: what a surprise drill is to be drawn from; None to leave it to chance.

    Raises:
        LabError: the drill does not measure that or draws nothing, a target is out of bounds, or
            there is none.
    """
    if seed is not None and drill.surprise is None:
        raise LabError(
            _("ce drill n'est pas tiré au sort"),
            hint=_("une graine ne sert qu'à un drill surprise"),
        )
    if targets.rpo is not None and drill.writer is None:
        raise LabError(
            _("ce drill ne mesure aucune perte de données"),
            hint=_("déclarez seulement un temps de reprise : rto 15s, par exemple"),
        )
    declared = [one for one in (targets.rto, targets.rpo) if one is not None]
    if any(not 0 <= one <= MAX_TARGET for one in declared):
        raise LabError(
            _("cet objectif n'est pas une durée entre zéro et sept jours"),
            hint=_("par exemple : rto 15m, rpo 2m"),
        )
    if not declared:
        raise LabError(_("aucun objectif n'est déclaré"), hint=_("par exemple : rto 15m, rpo 2m"))


def declared_page(
    drill: Drill, targets: Targets, seed: str | None, keeper: ProcessId | None
) -> Page:
    """The first page of a drill that is declared now: a surprise is drawn here.

    Args:
        seed: see ``must_suit``.
        keeper: the process with which the drill ends; None: it lasts until somebody ends it.

    Raises:
        LabError: ``seed`` is none.
    """
    page = Page(Timeline(host_boot(), targets), secrets.token_hex(4), keeper)
    if drill.surprise is not None:
        drawn = known_seed(seed) if seed is not None else secrets.token_hex(4)
        page.watch = Watch.of(plan(drill.surprise, drawn))
    page.timeline.mark(Moment.DECLARED, Mark(time.monotonic()), time.time())
    return page


def undeclared_page(drill: Drill, keeper: ProcessId | None) -> Page:
    """The first page of a drill that strikes without a word: no target, and of a surprise its
    faults alone, begun now.

    Args:
        keeper: see ``declared_page``.
    """
    page = Page(Timeline(host_boot()), secrets.token_hex(4), keeper)
    if drill.surprise is not None:
        page.watch = Watch.of(plan(drill.surprise, page.token), decoys=False)
        page.timeline.mark(Moment.BEGUN, Mark(time.monotonic()), time.time())
    return page
