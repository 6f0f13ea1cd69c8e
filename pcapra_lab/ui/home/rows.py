"""Lessons and modules as the home screen shows them."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from pcapra_lab.i18n import _
from pcapra_lab.session.api import LessonCard, ModuleCard
from pcapra_lab.ui.text import count_points, duration, level_word, size


def progress(card: LessonCard) -> Content:
    """Steps, points, time, level, memory and waiting time of a lesson, in words."""
    parts: list[Content] = []
    if card.steps_total:
        done, left = card.steps_done, card.steps_total - card.steps_done
        word = (
            _("terminé")
            if not left
            else _("{done}/{steps_total} étapes").format(done=done, steps_total=card.steps_total)
        )
        parts.append(
            Content.assemble(
                ("■" * done, "$success"), ("□" * left, "$muted"), f" {'✔ ' * (not left)}{word}"
            )
        )
        parts.append(
            Content.assemble(
                ("★ ", "$warning"),
                _("{earned}/{total} points").format(earned=card.earned, total=card.total),
            )
        )
    if card.seconds:
        parts.append(Content(f"◷ {duration(card.seconds)}"))
    if card.exercise is None:
        parts.append(Content(_("à lire, sans machine")))
    elif card.topology is None:
        parts.append(Content(_("des questions, sans machine")))
    else:
        if card.memory_mib:
            parts.append(
                Content(_("mémoire {memory_mib}").format(memory_mib=size(card.memory_mib)))
            )
        first = _("première préparation : quelques minutes")
        wait = _("prêt en quelques secondes") if card.prepared else first
        if card.ungraded:
            parts.append(Content.styled(_("○ non noté : le lot du formateur manque"), "$warning"))
        else:
            parts.append(Content.styled(wait, "$success" if card.prepared else "$muted"))
    return Content.styled(" · ", "$muted").join(parts)


class LessonRow(Static, can_focus=True):
    """A lesson that can be opened. Enter or a click opens it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", _("ouvrir"), show=False)]

    @dataclass
    class Chosen(Message):
        """The trainee wants this lesson."""

        card: LessonCard

    def __init__(self, card: LessonCard, *, resume: bool = False) -> None:
        super().__init__(classes="-resume" if resume else None)
        self.card = card
        self._resume = resume

    def on_mount(self) -> None:
        """Draw."""
        card = self.card
        step = ""
        if self._resume and card.current_step_title:
            step = _(", étape {steps_done}/{steps_total} : {current_step_title}").format(
                steps_done=card.steps_done + 1,
                steps_total=card.steps_total,
                current_step_title=card.current_step_title,
            )
        title = Content.assemble(
            (_("▶ Reprendre : ") if self._resume else "", "bold $accent"),
            (f"{card.number} ", "bold $primary"),
            (card.title, "bold"),
            step,
            (f"  {level_word(card.level)}", "$secondary"),
        )
        self.update(Content("\n").join([title, progress(card)]))

    def on_click(self, event: Click) -> None:
        """Open by mouse."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Ask for this lesson."""
        self.post_message(self.Chosen(self.card))


class ModulePanel(Vertical):
    """A module: its summary and its lessons, those not written yet without buttons."""

    def __init__(self, module: ModuleCard) -> None:
        super().__init__()
        self._module = module

    def compose(self) -> ComposeResult:
        """Lay out the module."""
        module = self._module
        ready = [lesson for lesson in module.lessons if lesson.ready]
        self.border_title = Content(f"Module {module.number} — {module.title}")
        if not ready:
            self.border_subtitle = Content(_("en préparation"))
            self.add_class("-waiting")
        earned, total = sum(x.earned for x in ready), sum(x.total for x in ready)
        if total:
            self.border_subtitle = Content(f"★ {earned}/{count_points(total)}")
        yield Static(module.summary, classes="module-summary", markup=False)
        for lesson in module.lessons:
            if lesson.ready:
                yield LessonRow(lesson)
        waiting = [
            f"{lesson.number} {lesson.title}" for lesson in module.lessons if not lesson.ready
        ]
        if waiting:
            text = Content.assemble(
                (_("○ en préparation : "), "bold $muted"), (" · ".join(waiting), "$muted")
            )
            yield Static(text, classes="module-waiting")
