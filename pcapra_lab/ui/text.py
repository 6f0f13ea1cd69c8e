"""Words and signs shown to the trainee: every state has a sign, a word, and then a colour."""

from dataclasses import dataclass
from typing import Final

from textual.content import Content

from pcapra_lab.content.level import Level
from pcapra_lab.grading.results import Outcome
from pcapra_lab.i18n import FRENCH, _, ngettext
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
    Outcome.PASS: Sign("✔", _("réussi"), "$success"),
    Outcome.FAIL: Sign("✘", _("à corriger"), "$error"),
    Outcome.ERROR: Sign("⚠", _("non évalué, ne compte pas contre vous"), "$warning"),
    Outcome.SKIP: Sign("○", _("attend la précédente"), "$muted"),
    Outcome.PENDING: Sign("○", _("se lance avec F5"), "$accent"),
}

LOST: Final = Sign("✖", _("sans retour"), "$error")

UNCHECKED: Final = Sign("○", _("pas encore vérifié"), "$muted")

QUESTIONS: Final[dict[QuestionState, Sign]] = {
    QuestionState.OPEN: Sign("○", _("à vous de répondre"), "$accent"),
    QuestionState.WRONG: Sign("✘", _("pas encore juste"), "$error"),
    QuestionState.RIGHT: Sign("✔", _("juste"), "$success"),
    QuestionState.SHOWN: Sign("▷", _("réponse montrée"), "$warning"),
    QuestionState.GIVEN: Sign("●", _("répondu, jugé à la fin"), "$accent"),
}

STEPS: Final[dict[StepState, Sign]] = {
    StepState.DONE: Sign("✔", _("réussie"), "$success"),
    StepState.HELPED: Sign("✔", _("aidée"), "$warning"),
    StepState.CURRENT: Sign("●", _("en cours"), "$accent"),
    StepState.LOCKED: Sign("○", _("à venir"), "$muted"),
    StepState.SUBMITTED: Sign("▷", _("rendue"), "$accent"),
    StepState.UNGRADED: Sign("○", _("non notée"), "$warning"),
}

POWERS: Final[dict[VmPower, Sign]] = {
    VmPower.RUNNING: Sign("●", _("en marche"), "$success"),
    VmPower.PAUSED: Sign("◐", _("en pause"), "$warning"),
    VmPower.SAVED: Sign("○", _("en sommeil"), "$muted"),
    VmPower.STOPPED: Sign("✘", _("éteinte"), "$error"),
    VmPower.ABSENT: Sign("○", _("à créer"), "$muted"),
}

LEVELS: Final[dict[Level, tuple[str, str]]] = {
    Level.REEL: (_("RÉEL"), _("vraies machines, vrais services")),
    Level.REEL_BUNDLE: (_("RÉEL-BUNDLE"), _("vrai produit, apporté par le formateur")),
    Level.EQUIVALENT: (_("ÉQUIVALENT"), _("un produit libre tient lieu de l'original")),
    Level.SIMULATEUR: (_("SIMULATEUR"), _("comportement simulé")),
    Level.STATIQUE: (_("STATIQUE"), _("lecture, sans machine")),
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
        return _("il y a moins de 5 s")
    if seconds < 60:
        return _("il y a {int} s").format(int=int(seconds))
    minutes = int(seconds // 60)
    return (
        _("il y a {minutes} min").format(minutes=minutes)
        if minutes < 60
        else _("il y a {minutes} h").format(minutes=minutes // 60)
    )


def short_seconds(seconds: float) -> str:
    """A measured delay with a tenth of a second under a minute: ``3,1 s``."""
    return decimal(f"{seconds:.1f} s") if seconds < 60 else duration(seconds)


def decimal(figure: str) -> str:
    """A figure with the language's own decimal sign."""
    return figure.replace(".", ",") if FRENCH else figure


def size(mib: int) -> str:
    """Memory or disk: ``768 Mio``, ``1,5 Gio``."""
    if mib < 1024:
        return _("{mib} Mio").format(mib=mib)
    gib = mib / 1024
    return (f"{gib:.0f}" if gib >= 10 or gib == int(gib) else decimal(f"{gib:.1f}")) + _(" Gio")


def bar(fraction: float, width: int) -> str:
    """A progress bar of ``width`` cells."""
    full = round(max(0.0, min(1.0, fraction)) * width)
    return "█" * full + "░" * (width - full)


def count_points(count: int) -> str:
    """``1 point``, ``2 points``."""
    return ngettext("{count} point", "{count} points", count).format(count=count)


def count_steps(count: int) -> str:
    """``1 étape``, ``2 étapes``."""
    return ngettext("{count} étape", "{count} étapes", count).format(count=count)


def count_lines(count: int) -> str:
    """``1 ligne``, ``2 lignes``."""
    return ngettext("{count} ligne", "{count} lignes", count).format(count=count)


def count_characters(count: int) -> str:
    """``1 caractère``, ``2 caractères``."""
    return ngettext("{count} caractère", "{count} caractères", count).format(count=count)


def count_sections(count: int) -> str:
    """``1 section``, ``2 sections``."""
    return ngettext("{count} section", "{count} sections", count).format(count=count)


def inline(text: str, style: str = "") -> Content:
    """Text whose `code`, between backticks, stands out."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Content.styled(text, style)
    return Content.assemble(
        *((part, "bold $warning" if odd % 2 else style) for odd, part in enumerate(parts))
    )
