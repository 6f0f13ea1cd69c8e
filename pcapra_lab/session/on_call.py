"""A surprise drill as the trainee deals with it: what they may name, and what they are told."""

import re
import time
from dataclasses import replace

from pcapra_lab.content.surprise import Surprise
from pcapra_lab.drills.surprises.watch import Verdict, Watch
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.drill_api import OnCall, Told
from pcapra_lab.session.drill_book import Page, host_boot

SEED = re.compile(r"[^\W_][\w.-]{0,39}")
"""What a person may give as a seed, and a program writes in file names."""


def known_seed(seed: str) -> str:
    """A seed as it was typed, once it is seen to be one.

    Raises:
        LabError: it is none.
    """
    if not SEED.fullmatch(seed):
        raise LabError(
            _("« {seed} » n'est pas une graine").format(seed=seed),
            hint=_("des lettres, des chiffres, des tirets : promo-2026, par exemple"),
        )
    return seed


def chosen(surprise: Surprise, watch: Watch, machine: str, cause: str) -> tuple[str, str]:
    """A machine and a cause's id, as they were typed: a cause may be given by its number.

    Raises:
        LabError: one of them is none of those that can be chosen.
    """
    vm = machine.strip().lower()
    if vm not in surprise.machines:
        raise LabError(
            _("« {machine} » n'est pas une machine que l'on puisse accuser").format(
                machine=machine
            ),
            hint=_("machines : {names}").format(names=", ".join(surprise.machines)),
        )
    word = cause.strip().lower()
    if word.isdecimal() and 1 <= int(word) <= len(watch.causes):
        return vm, watch.causes[int(word) - 1]
    if word not in watch.causes:
        raise LabError(
            _("« {cause} » n'est pas une des causes proposées").format(cause=cause),
            hint=_("un numéro de 1 à {count} : {names}").format(
                count=len(watch.causes), names=", ".join(watch.causes)
            ),
        )
    return vm, word


def must_be_new(watch: Watch, vm: str, cause: str) -> None:
    """Refuse to count twice what was found.

    Raises:
        LabError: this diagnosis was right already.
    """
    for guess in watch.guesses:
        if (guess.vm, guess.cause, guess.verdict) == (vm, cause, Verdict.RIGHT):
            raise LabError(
                _("ce diagnostic est déjà donné, et il est juste"),
                hint=_("réparez, et cherchez s'il y a autre chose"),
            )


def as_on_call(surprise: Surprise, page: Page | None, *, over: bool) -> OnCall:
    """What a front sees of it.

    Args:
        page: None as long as nothing was declared.
        over: the drill is: nothing is hidden any more.
    """
    watch = page.watch if page is not None else None
    if page is None or watch is None:
        return OnCall()
    # The course may have changed since an old drill.
    words = {one.id: one.title for one in surprise.causes}
    seen = OnCall(
        0.0 if over else _left(page, watch),
        tuple(surprise.machines),
        tuple((one, words.get(one, one)) for one in watch.causes),
        tuple(
            Told(x.vm, words.get(x.cause, x.cause), _said(x.verdict, over=over))
            for x in watch.guesses
        ),
    )
    return replace(seen, seed=watch.seed) if over else seen


def _left(page: Page, watch: Watch) -> float | None:
    if watch.over:
        return 0.0
    if watch.begun is None or page.timeline.boot != host_boot():
        return None
    return max(0.0, watch.begun.at + watch.length - time.monotonic())


def _said(verdict: Verdict, *, over: bool) -> Verdict:
    return Verdict.WRONG if verdict is Verdict.DECOY and not over else verdict
