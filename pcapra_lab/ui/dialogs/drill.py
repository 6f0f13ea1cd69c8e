"""A drill in full: targets, running clock, diagnosis, loss, and the verdict at the end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from pcapra_lab.drills.measures import Verdict
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.paths import default_paths
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.session.drill_words import (
    Line,
    clock,
    live_lines,
    parse_duration,
    result_lines,
)
from pcapra_lab.session.ribbon_picture import save_picture
from pcapra_lab.ui.dialogs.base import closing
from pcapra_lab.ui.dialogs.failure import explained
from pcapra_lab.ui.widgets.accusation import Accusation
from pcapra_lab.ui.widgets.ribbon import RibbonView

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.drill import DrillStrip

_SIGNS = {
    Verdict.MET: ("✔ ", "bold $success"),
    Verdict.MISSED: ("✘ ", "bold $error"),
    Verdict.UNDECIDED: ("⚠ ", "bold $warning"),
}
_WORDS = {
    DrillPhase.TO_DECLARE: _(
        "Dites d'abord ce que vous visez : en combien de temps le service sera revenu (RTO), et de "
        "quand peuvent dater les données que vous retrouverez (RPO)."
    ),
    DrillPhase.DECLARED: _(
        "Au départ, les mesures commencent. La panne vient ensuite, sans prévenir."
    ),
    DrillPhase.STARTING: _("Encore un instant : les mesures ne sont pas toutes en route."),
    DrillPhase.CALM: _("Fermez cette fenêtre et travaillez. La panne peut venir à tout moment."),
    DrillPhase.STRUCK: _(
        "Cherchez ce que c'est, dites-le dès que vous le savez, puis réparez. L'étape réussie "
        "arrête l'horloge et mesure."
    ),
    DrillPhase.ON_CALL: _(
        "Fermez cette fenêtre et surveillez. Quand vous savez, revenez dire quelle machine et "
        "pourquoi, avant de réparer : un diagnostic faux coûte des points, un leurre aussi. Une "
        "fois la garde finie, F5 vérifie l'étape."
    ),
    DrillPhase.RESTORED: _("Le service répond de nouveau. F5 vérifie l'étape et mesure."),
    DrillPhase.ENDED: "",
    DrillPhase.INTERRUPTED: _("Déclarez de nouveau vos objectifs pour recommencer."),
}
_DECLARING = (DrillPhase.TO_DECLARE, DrillPhase.DECLARED, DrillPhase.INTERRUPTED)
_ON_CALL = _(
    "Au départ, la garde commence. Des pannes, ou une seule, viendront quand elles voudront, parmi "
    "des anomalies sans gravité."
)
_STRUCK = (DrillPhase.STRUCK, DrillPhase.RESTORED)


class DrillScreen(ModalScreen[None]):
    """The drill, and what can be done with it now.

    Args:
        strip: what drives it, on the lesson's screen.
        over: the drill of a step that was just passed: only its result is shown.
    """

    CSS_PATH = "../styles/search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]

    def __init__(self, strip: DrillStrip, over: DrillView | None = None) -> None:
        super().__init__()
        self._strip = strip
        self._over = over
        self._offered: tuple[DrillPhase, bool] | None = None
        """Of the drill that the fields and buttons are for: its phase, and if it was diagnosed."""

    @property
    def _view(self) -> DrillView | None:
        return self._over or self._strip.drill

    def compose(self) -> ComposeResult:
        """Lay out what is known, the fields, and the buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(_("Drill"))
            box.border_subtitle = closing(_("Entrée valider"))
            with VerticalScroll(id="drill-body", can_focus=False):
                yield RibbonView(id="drill-ribbon")
                yield Static(id="drill-lines")
            with Horizontal(id="drill-targets"):
                yield Input(placeholder=_("RTO : 15m"), id="drill-rto", compact=True)
                yield Input(placeholder=_("RPO : 2m"), id="drill-rpo", compact=True)
                yield Input(placeholder=_("graine (facultatif)"), id="drill-seed", compact=True)
            yield Input(
                placeholder=_("ce qui arrive, en une phrase"), id="drill-words", compact=True
            )
            yield Accusation(id="drill-accusation")
            yield Static(id="drill-said")
            with Horizontal(id="drill-buttons"):
                yield Button(_("Déclarer"), id="drill-declare", variant="primary")
                yield Button(_("Commencer"), id="drill-start", variant="success")
                yield Button(_("Donner ce diagnostic"), id="drill-diagnose", variant="primary")
                yield Button(_("Mesurer maintenant"), id="drill-end")
                yield Button(_("Abandonner"), id="drill-give-up", variant="warning")
                yield Button(_("Enregistrer l'image"), id="drill-picture")

    def on_mount(self) -> None:
        """Draw, and let the clock run."""
        self.show()
        self.set_interval(1.0, self.show)

    def refuse(self, error: LabError) -> None:
        """Say why it was not done."""
        self.query_one("#drill-said", Static).update(explained(error))

    def show(self) -> None:
        """Draw the drill as it was last seen."""
        view = self._view
        if view is None:
            self.dismiss(None)
            return
        self.query_one("#drill-lines", Static).update(self._lines(view))
        self.query_one(RibbonView).show(view.ribbon, view.windows)
        wanted = (view.phase, view.detection is not None)
        if wanted != self._offered:
            self._offered = wanted
            self._offer(view)

    def _lines(self, view: DrillView) -> Content:
        measured = result_lines(view)
        lines = [*live_lines(view)[:2], *measured] if measured else live_lines(view)
        length = None if self._over else self._strip.since_fault
        if length is not None and not measured:
            lines = [Line(x.label, clock(length)) if x.label == _("Horloge") else x for x in lines]
        drawn = [_drawn(line) for line in lines]
        words = _WORDS[view.phase]
        if view.on_call is not None and view.phase is DrillPhase.DECLARED:
            words = _ON_CALL
        if words:
            drawn += [Content(""), Content.styled(words, "$muted")]
        return Content("\n").join(drawn)

    def _offer(self, view: DrillView) -> None:
        phase = view.phase
        shown = {
            "drill-targets": phase in _DECLARING,
            "drill-declare": phase in _DECLARING,
            "drill-start": phase is DrillPhase.DECLARED,
            "drill-words": phase in _STRUCK and view.detection is None,
            "drill-accusation": phase is DrillPhase.ON_CALL,
            "drill-diagnose": phase is DrillPhase.ON_CALL
            or (phase in _STRUCK and view.detection is None),
            "drill-end": phase in _STRUCK or phase is DrillPhase.ON_CALL,
            "drill-give-up": phase.running,
            "drill-picture": phase is DrillPhase.ENDED and view.ribbon is not None,
        }
        for name, display in shown.items():
            self.query_one(f"#{name}").display = display
        self.query_one("#drill-rpo").display = view.writes
        self.query_one("#drill-seed").display = view.on_call is not None
        self.query_one("#drill-said", Static).update("")
        if phase is DrillPhase.ON_CALL and view.on_call is not None:
            self.query_one(Accusation).offer(view.on_call)
            self.query_one(Accusation).take_focus()
            return
        first = {
            DrillPhase.TO_DECLARE: "#drill-rto",
            DrillPhase.INTERRUPTED: "#drill-rto",
            DrillPhase.DECLARED: "#drill-start",
            DrillPhase.STRUCK: "#drill-words" if view.detection is None else "#drill-end",
        }.get(phase)
        if first is not None:
            self.query_one(first).focus()
        else:
            # Nothing answers by itself to an Enter that was meant for something else.
            self.set_focus(None)

    @on(Input.Submitted, "#drill-rto")
    @on(Input.Submitted, "#drill-rpo")
    @on(Input.Submitted, "#drill-seed")
    @on(Button.Pressed, "#drill-declare")
    def _declare(self) -> None:
        try:
            typed = [self.query_one(f"#drill-{x}", Input).value.strip() for x in ("rto", "rpo")]
            targets = [parse_duration(text) if text else None for text in typed]
        except LabError as error:
            self.refuse(error)
            return
        seed = self.query_one("#drill-seed", Input).value.strip() or None
        self._strip.declare(targets[0], targets[1], seed)

    @on(Button.Pressed, "#drill-start")
    def _start(self) -> None:
        self._strip.start()

    @on(Input.Submitted, "#drill-words")
    @on(Button.Pressed, "#drill-diagnose")
    def _diagnose(self) -> None:
        if self._offered is not None and self._offered[0] is DrillPhase.ON_CALL:
            self._accuse()
            return
        self._strip.diagnose(self.query_one("#drill-words", Input).value)

    def _accuse(self) -> None:
        chosen = self.query_one(Accusation).chosen
        if chosen is None:
            self.refuse(
                LabError(
                    _("le diagnostic est incomplet"),
                    hint=_("choisissez une machine et une cause dans les deux listes"),
                )
            )
            return
        self.query_one("#drill-said", Static).update("")
        self._strip.accuse(*chosen)

    @on(Button.Pressed, "#drill-end")
    def _end(self) -> None:
        self._strip.end()

    @on(Button.Pressed, "#drill-give-up")
    def _give_up(self) -> None:
        self._strip.give_up()

    @on(Button.Pressed, "#drill-picture")
    def _picture(self) -> None:
        view = self._view
        if view is None:
            return
        path = default_paths().pictures / f"{view.step}-{time.strftime('%Y%m%d-%H%M%S')}.svg"
        try:
            save_picture(view, path)
        except LabError as error:
            self.refuse(error)
        else:
            said = _("L'image est dans {path}").format(path=path)
            self.query_one("#drill-said", Static).update(Content(said))

    def action_close(self) -> None:
        """Back to the lesson; the drill goes on."""
        self.dismiss(None)


def _drawn(line: Line) -> Content:
    sign = _SIGNS[line.verdict] if line.verdict else ("  ", "")
    label = (f"{line.label:<12}", "bold")
    text = (line.text, _SIGNS[line.verdict][1] if line.verdict else "")
    return Content.assemble(sign, label, text)
