"""Words and signs shown to the trainee: every state has a sign, a word, and then a colour."""

from dataclasses import dataclass
from typing import Final

from textual.content import Content

from pcapra_lab.content.base import Level
from pcapra_lab.grading.results import Outcome
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import QuestionState, StepState


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is shown."""

    glyph: str
    word: str
    colour: str
    """A variable of the theme, such as ``$success``."""


OUTCOMES: Final[dict[Outcome, Sign]] = {
    Outcome.PASS: Sign("✔", "réussi", "$success"),
    Outcome.FAIL: Sign("✘", "à corriger", "$error"),
    Outcome.ERROR: Sign("⚠", "non évalué, ne compte pas contre vous", "$warning"),
    Outcome.SKIP: Sign("○", "attend la précédente", "$muted"),
    Outcome.PENDING: Sign("○", "se lance avec F5", "$accent"),
}

LOST: Final = Sign("✖", "sans retour", "$error")

UNCHECKED: Final = Sign("○", "pas encore vérifié", "$muted")

QUESTIONS: Final[dict[QuestionState, Sign]] = {
    QuestionState.OPEN: Sign("○", "à vous de répondre", "$accent"),
    QuestionState.WRONG: Sign("✘", "pas encore juste", "$error"),
    QuestionState.RIGHT: Sign("✔", "juste", "$success"),
    QuestionState.SHOWN: Sign("▷", "réponse montrée", "$warning"),
}

STEPS: Final[dict[StepState, Sign]] = {
    StepState.DONE: Sign("✔", "réussie", "$success"),
    StepState.HELPED: Sign("✔", "aidée", "$warning"),
    StepState.CURRENT: Sign("●", "en cours", "$accent"),
    StepState.LOCKED: Sign("○", "à venir", "$muted"),
}

POWERS: Final[dict[VmPower, Sign]] = {
    VmPower.RUNNING: Sign("●", "en marche", "$success"),
    VmPower.PAUSED: Sign("◐", "en pause", "$warning"),
    VmPower.SAVED: Sign("○", "en sommeil", "$muted"),
    VmPower.STOPPED: Sign("✘", "éteinte", "$error"),
    VmPower.ABSENT: Sign("○", "à créer", "$muted"),
}

LEVELS: Final[dict[Level, tuple[str, str]]] = {
    Level.REEL: ("RÉEL", "vraies machines, vrais services"),
    Level.REEL_BUNDLE: ("RÉEL-BUNDLE", "vrai produit, apporté par le formateur"),
    Level.EQUIVALENT: ("ÉQUIVALENT", "un produit libre tient lieu de l'original"),
    Level.SIMULATEUR: ("SIMULATEUR", "comportement simulé"),
    Level.STATIQUE: ("STATIQUE", "lecture, sans machine"),
}


def level_word(level: str) -> str:
    """A lesson's honesty level in one word; empty when unknown."""
    return LEVELS[Level(level)][0] if level else ""


def stopwatch(seconds: float) -> str:
    """Time as on a stopwatch: ``12:41``, ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def duration(seconds: float) -> str:
    """Time in words: ``14 s``, ``2 min 05``, ``1 h 05``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02}" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02}"


def ago(seconds: float) -> str:
    """How long since, coarsely: ``il y a moins de 5 s``, ``il y a 12 s``, ``il y a 2 min``."""
    if seconds < 5:
        return "il y a moins de 5 s"
    if seconds < 60:
        return f"il y a {int(seconds)} s"
    minutes = int(seconds // 60)
    return f"il y a {minutes} min" if minutes < 60 else f"il y a {minutes // 60} h"


def short_seconds(seconds: float) -> str:
    """A measured delay with a tenth of a second under a minute: ``3,1 s``."""
    return f"{seconds:.1f} s".replace(".", ",") if seconds < 60 else duration(seconds)


def size(mib: int) -> str:
    """Memory or disk: ``768 Mio``, ``1,5 Gio``."""
    if mib < 1024:
        return f"{mib} Mio"
    gib = mib / 1024
    return (
        f"{gib:.0f}" if gib >= 10 or gib == int(gib) else f"{gib:.1f}".replace(".", ",")
    ) + " Gio"


def bar(fraction: float, width: int) -> str:
    """A progress bar of ``width`` cells."""
    full = round(max(0.0, min(1.0, fraction)) * width)
    return "█" * full + "░" * (width - full)


def plural(count: int, noun: str) -> str:
    """``1 point``, ``2 points``."""
    return f"{count} {noun}{'s' if count > 1 else ''}"


def inline(text: str, style: str = "") -> Content:
    """Text whose `code`, between backticks, stands out."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Content.styled(text, style)
    return Content.assemble(
        *((part, "bold $warning" if odd % 2 else style) for odd, part in enumerate(parts))
    )
