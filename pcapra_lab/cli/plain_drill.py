"""A step's drill in plain mode: everything by one letter and a word."""

import threading
from collections.abc import Callable

from pcapra_lab.cli.plain_voice import Voice
from pcapra_lab.drills.measures import Verdict
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.api import TraineeSession
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.session.drill_words import Line, live_lines, parse_duration, result_lines
from pcapra_lab.session.ribbon_words import ribbon_lines

HELP = (
    _("d : où en est le drill de l'étape."),
    _("d objectifs RTO RPO : déclare ce que vous visez, par exemple d objectifs 15m 2m."),
    _("d commencer : lance les mesures ; la panne viendra pendant que vous lisez."),
    _("d diagnostic MOTS : dit ce qui arrive, dès que vous le savez."),
    _(
        "D'un drill surprise : d objectifs 15m graine MOT rejoue la même garde ; "
        "d diagnostic web1 2 accuse une machine d'une des causes proposées."
    ),
    _("d fin : mesure sans attendre la réussite de l'étape ; d abandon : renonce, sans mesure."),
)
_REQUESTS = {
    **dict.fromkeys(("objectifs", "targets"), "declare"),
    **dict.fromkeys(("commencer", "start"), "start"),
    **dict.fromkeys(("diagnostic", "diag", "diagnosis"), "diagnose"),
    **dict.fromkeys(("fin", "end"), "end"),
    **dict.fromkeys(("abandon", "give-up"), "give-up"),
    "": "follow",
}
"""What is understood, in either language."""
_SEEDS = ("graine", "seed")
_COLOURS = {Verdict.MET: "green", Verdict.MISSED: "red", Verdict.UNDECIDED: "yellow"}
LEAVE_SECONDS = 60.0
"""How long an interrupted start may take to undo what it began."""


class PlainDrill:
    """The drill of whatever step is current.

    Args:
        session: open.
        voice: who is spoken with.
    """

    def __init__(self, session: TraineeSession, voice: Voice) -> None:
        self._session = session
        self._voice = voice
        self._cancel = threading.Event()
        self._starting: threading.Thread | None = None
        self._news: list[Callable[[], None]] = []

    def serve(self, request: str) -> None:
        """Do what ``d …`` asks for.

        Raises:
            LabError: it cannot be done.
        """
        word, __, rest = request.strip().partition(" ")
        drills = self._session.drills
        match _REQUESTS.get(word.lower()):
            case "follow":
                self._tell(drills.follow())
            case "declare":
                self._declare(rest.split())
            case "start":
                self._start()
            case "diagnose":
                self._tell(drills.diagnose(rest))
            case "end":
                self._tell(drills.end())
            case "give-up":
                if self._starting is not None and self._starting.is_alive():
                    self.close()
                else:
                    self._tell(drills.give_up())
            case _:
                for line in HELP:
                    self._voice.say(line)

    def introduce(self) -> None:
        """Say that the current step has one, and what comes first."""
        view = self._session.drills.view()
        if view is None:
            return
        self._tell(view)
        if view.phase in (DrillPhase.TO_DECLARE, DrillPhase.INTERRUPTED):
            for line in HELP[1:]:
                self._voice.say(line)

    def remind(self) -> None:
        """Before its fault nothing of a step is graded: say what comes first."""
        view = self._session.drills.view()
        if view is not None and view.since_fault is None:
            self.introduce()

    def concluded(self, step: str) -> None:
        """Tell what the drill of a step that has just been passed came to."""
        view = self._session.drills.view(step)
        if view is not None and view.phase is DrillPhase.ENDED:
            self._tell(view)

    def tell_news(self) -> None:
        """Say what happened meanwhile."""
        while self._news:
            self._news.pop(0)()

    def close(self) -> None:
        """Interrupt a start that is under way."""
        self._cancel.set()
        if self._starting is not None:
            self._starting.join(LEAVE_SECONDS)
        self.tell_news()

    def _declare(self, words: list[str]) -> None:
        """« 15m 2m graine promo-2026 »: targets, and for a surprise drill a seed."""
        seed = None
        for place, word in enumerate(words):
            if word.lower() in _SEEDS:
                seed, words = " ".join(words[place + 1 :]), words[:place]
                break
        rto, rpo = words[0] if words else "", " ".join(words[1:])
        wanted = [parse_duration(one) if one.strip() else None for one in (rto, rpo)]
        self._tell(self._session.drills.declare(wanted[0], wanted[1], seed))

    def _start(self) -> None:
        if self._starting is not None and self._starting.is_alive():
            raise LabError(
                _("le drill a commencé, rien n'est encore arrivé"),
                hint=_("travaillez normalement : ce qui arrive se verra"),
            )
        view = self._session.drills.view()
        if view is None or view.phase is not DrillPhase.DECLARED:
            # Refused here, in the trainee's turn: not a minute later among the news.
            self._session.drills.start(ignore, self._cancel)
        self._cancel = threading.Event()
        self._starting = threading.Thread(target=self._run, name="drill", daemon=True)
        self._starting.start()
        if view is not None and view.on_call is not None:
            self._voice.say(_("La garde commence : surveillez. d montre les causes proposées."))
        else:
            self._voice.say(_("C'est parti. Travaillez : la panne peut venir à tout moment."))

    def _run(self) -> None:
        try:
            view = self._session.drills.start(ignore, self._cancel)
        except Cancelled:
            self._news.append(lambda: self._voice.say(_("Drill abandonné avant la panne.")))
        except LabError as error:
            problem = error
            self._news.append(lambda: self._voice.problem(problem))
        else:
            self._news.append(lambda: self._announce(view))

    def _announce(self, view: DrillView) -> None:
        said = _("Attention : quelque chose vient d'arriver. L'horloge tourne.")
        if view.on_call is not None:
            said = _("La garde est finie. Réparez ce qui reste, puis vérifiez l'étape.")
        self._voice.say(said, "yellow")
        self._tell(view)

    def _tell(self, view: DrillView | None) -> None:
        if view is None:
            self._voice.say(_("L'étape en cours n'a pas de drill."))
            return
        over = result_lines(view)
        for line in [*live_lines(view)[:1], *over] if over else live_lines(view):
            self._say(line)
        for line in ribbon_lines(view.ribbon, view.windows) if view.ribbon is not None else ():
            self._say(line)

    def _say(self, line: Line) -> None:
        said = _("{label} : {text}.").format(label=line.label, text=line.text.rstrip("."))
        self._voice.say(said, _COLOURS[line.verdict] if line.verdict else None)
