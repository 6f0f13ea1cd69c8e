"""A quiz step's questions, where the checks of other steps stand."""

from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, RadioSet, Static

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import QuestionState, QuestionView, TraineeSession
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.dialogs.failure import explained
from pcapra_lab.ui.messages import QuestionAnswered, QuestionRefused
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.text import QUESTIONS, inline
from pcapra_lab.ui.widgets.choices import Choices, OneChoice


class QuestionCard(Vertical):
    """One question: what is asked, how to answer, and what came of it."""

    class Answered(Message):
        """The trainee gives an answer, or gives up."""

        def __init__(self, question: str, answer: str | None) -> None:
            super().__init__()
            self.question = question
            self.answer = answer
            """None to see the solution."""

    def __init__(self, view: QuestionView, number: int) -> None:
        super().__init__(classes="question", id=f"question-{view.id}")
        self.view = view
        self._number = number

    def compose(self) -> ComposeResult:
        """Lay out the question, the means to answer, and the outcome."""
        yield Static(classes="question-title")
        yield Static(inline(self.view.text), classes="question-text")
        with Vertical(classes="question-means"):
            yield from self._means()
            with Horizontal(classes="question-buttons"):
                yield Button(_("Répondre"), variant="primary", classes="question-answer")
                yield Button(_("Voir la réponse"), classes="question-show")
        yield Static(classes="question-outcome")

    def _means(self) -> ComposeResult:
        view = self.view
        if view.ordered:
            lines = "\n".join(f"{n}. {option}" for n, option in enumerate(view.options, 1))
            yield Static(inline(lines))
            count = len(view.options)
            yield Input(
                placeholder=_("les {count} numéros, dans l'ordre").format(count=count), compact=True
            )
        elif view.many:
            chosen = [int(number) for number in view.given.split()]
            yield Choices([inline(option) for option in view.options], chosen)
        elif view.options:
            with RadioSet(compact=True):
                for n, option in enumerate(view.options, 1):
                    yield OneChoice(inline(option), value=str(n) == view.given)
        else:
            hint = _("un nombre, en {unit}").format(unit=view.unit) if view.unit else _("un nombre")
            yield Input(placeholder=hint, compact=True)

    def on_mount(self) -> None:
        """Draw."""
        self.show(self.view)

    def show(self, view: QuestionView) -> None:
        """Draw what became of the question; what was chosen stays as it is."""
        self.view = view
        sign = QUESTIONS[view.state]
        title = Content.assemble(
            (f"{sign.glyph} ", f"bold {sign.colour}"),
            (f"Question {self._number}", "bold"),
            (f"  {sign.word}", sign.colour),
        )
        self.query_one(".question-title", Static).update(title)
        had_focus = self.has_focus_within
        self.query_one(".question-means").display = not view.over
        if had_focus and view.over:
            self.screen.focus_next()
        self.query_one(".question-outcome", Static).update(_outcome(view))

    def refuse(self, why: str) -> None:
        """Say that the answer could not be read: it was not counted."""
        self.query_one(".question-outcome", Static).update(Content.styled(f"⚠ {why}", "$warning"))

    def take_focus(self) -> None:
        """Give the means to answer the focus."""
        for field in self.query("Input, RadioSet"):
            field.focus()
        for choices in self.query(Choices):
            choices.take_focus()

    def _answer(self) -> str:
        if fields := list(self.query(Input)):
            return fields[0].value
        if several := list(self.query(Choices)):
            return " ".join(str(number) for number in several[0].chosen)
        index = self.query_one(RadioSet).pressed_index
        return "" if index < 0 else str(index + 1)

    @on(Input.Submitted)
    @on(Button.Pressed, ".question-answer")
    def _give(self, event: Message) -> None:
        event.stop()
        answer = self._answer()
        if answer:
            self.post_message(self.Answered(self.view.id, answer))
        else:
            self.refuse(_("Aucune réponse n'est choisie."))

    @on(Button.Pressed, ".question-show")
    def _show(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Answered(self.view.id, None))

    @on(RadioSet.Changed)
    @on(Checkbox.Changed)
    def _chosen(self, event: Message) -> None:
        # Nothing is given until the button is pressed.
        event.stop()


class QuizBoard(VerticalScroll):
    """All the questions of the current step. Answers are judged in workers, one at a time."""

    class Over(Message):
        """Every question has its answer."""

    def __init__(self, session: TraineeSession, pacing: Pacing) -> None:
        super().__init__(id="quiz", can_focus=False)
        self._session = session
        self._bridge = SessionBridge(session, self.post_message, pacing.clock)
        self.unread: LabError | None = None
        """Why the questions could not be read."""

    @property
    def cards(self) -> list[QuestionCard]:
        """The questions, in order."""
        return list(self.query(QuestionCard))

    @property
    def left(self) -> int:
        """Questions without their answer."""
        return sum(not card.view.over for card in self.cards)

    async def load(self) -> bool:
        """Show the current step's questions, or why they cannot be read; whether it shows any."""
        shown: list[Widget] = []
        try:
            views = self._session.questions()
        except LabError as error:
            self.unread = error
            shown.append(Static(explained(error), classes="question"))
        else:
            self.unread = None
            shown += [QuestionCard(view, n) for n, view in enumerate(views, 1)]
        async with self.batch():
            await self.remove_children()
            await self.mount_all(shown)
        self.display = bool(shown)
        return bool(shown)

    def take_focus(self) -> None:
        """Go to the first question without its answer."""
        for card in self.cards:
            if not card.view.over:
                card.take_focus()
                return

    def give_up_all(self) -> None:
        """Show every solution that is left."""
        for card in self.cards:
            if not card.view.over:
                self._work(card.view.id, None)

    @on(QuestionCard.Answered)
    def _asked(self, message: QuestionCard.Answered) -> None:
        message.stop()
        self._work(message.question, message.answer)

    def _work(self, question: str, answer: str | None) -> None:
        work = partial(self._bridge.answer, question, answer)
        self.run_worker(work, thread=True, group="quiz", exit_on_error=False)

    @on(QuestionAnswered)
    def _answered(self, message: QuestionAnswered) -> None:
        message.stop()
        for card in self.cards:
            if card.view.id == message.view.id:
                card.show(message.view)
        if not self.left:
            self.post_message(self.Over())

    @on(QuestionRefused)
    def _refused(self, message: QuestionRefused) -> None:
        message.stop()
        for card in self.cards:
            if card.view.id == message.question:
                card.refuse(
                    _("{message} : {hint}").format(
                        message=message.error.message, hint=message.error.hint
                    )
                )


def _outcome(view: QuestionView) -> Content:
    parts: list[Content] = []
    if view.state is QuestionState.WRONG:
        given = Content.assemble(
            (_("✘ {answer} : ").format(answer=view.answer), "$error"), inline(view.feedback)
        )
        parts.append(given)
    if view.state is QuestionState.GIVEN:
        parts.append(Content.assemble((_("répondu  "), "$muted"), (view.answer, "bold")))
    if view.solution:
        parts.append(Content.assemble((_("réponse  "), "$muted"), (view.solution, "bold $success")))
    if view.explanation:
        parts.append(inline(view.explanation))
    return Content("\n").join(parts)
