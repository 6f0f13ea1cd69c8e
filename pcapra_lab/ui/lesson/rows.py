"""A check's result, in the trainee's words."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from pcapra_lab.content.checks import BaseCheck
from pcapra_lab.grading.results import CheckResult, Outcome
from pcapra_lab.i18n import _
from pcapra_lab.ui.text import LOST, OUTCOMES, UNCHECKED, Sign, inline

_DETAILED = (Outcome.FAIL, Outcome.ERROR)
_HINT = _("piste")
_ADVICE = _("conseil")


class CheckRow(Vertical):
    """One check: its sign, its title, its state in words; why, and where to look, if it failed."""

    def __init__(self, title: str, vm: str, sign: Sign, details: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._vm = vm
        self._sign = sign
        self._details = [(label, text) for label, text in details if text]

    @classmethod
    def unchecked(cls, check: BaseCheck) -> "CheckRow":
        """A check that was not evaluated yet."""
        return cls(check.title, check.vm, UNCHECKED, ())

    @classmethod
    def of(cls, result: CheckResult) -> "CheckRow":
        """A check's result."""
        details: tuple[tuple[str, str], ...] = ()
        if result.outcome in _DETAILED:
            details = (
                (_("attendu"), result.expected),
                (_("vu"), result.observed),
                (_HINT, result.hint),
                (_ADVICE, " ".join(result.advice)),
            )
        return cls(result.title, result.vm, OUTCOMES[result.outcome], details)

    @classmethod
    def lost(cls, result: CheckResult) -> "CheckRow":
        """A failcheck that holds."""
        return cls(result.title, result.vm, LOST, ((_ADVICE, result.hint),))

    def compose(self) -> ComposeResult:
        """Lay out the title, then the details."""
        glyph = Content.styled(self._sign.glyph, f"bold {self._sign.colour}")
        title = Content.assemble(
            (self._title, "" if self._sign is UNCHECKED else "bold"),
            (f"  {self._sign.word}", self._sign.colour),
            (f" · {self._vm}", "$muted"),
        )
        with Horizontal(classes="check-line"):
            yield Static(glyph, classes="check-glyph")
            yield Static(title, classes="check-text")
        for label, text in self._details:
            with Horizontal(classes="check-line -detail"):
                yield Static(Content.styled(label, "$muted"), classes="check-label")
                style = "$accent" if label in (_HINT, _ADVICE) else ""
                yield Static(inline(text, style), classes="check-text")
