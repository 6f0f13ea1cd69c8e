"""A block of the lesson on its way to a shell, and what is asked before it goes."""

import asyncio
from typing import TYPE_CHECKING

from pcapra_lab.i18n import _
from pcapra_lab.session.api import StepState
from pcapra_lab.session.editing import edit_command
from pcapra_lab.ui.dialogs import questions
from pcapra_lab.ui.lesson.cards import CommandCard, FileCard
from pcapra_lab.ui.lesson.lab import LabPhase

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.view import LessonView


class Sender:
    """Types blocks into the shells of a ``LessonView`` that has a session, one at a time."""

    def __init__(self, screen: "LessonView") -> None:
        self._screen = screen
        self._turn = asyncio.Lock()

    async def send(self, message: CommandCard.Sent | FileCard.Edited) -> None:
        """Type the block, or open its file in the editor, unless the trainee thinks better of it.

        Runs in a worker: it may ask.
        """
        if isinstance(message, FileCard.Edited):
            async with self._turn:
                if await self._due(message.card) and await self._heard(message.block.vm):
                    self._edit(message)
            return
        card, vm = message.card, message.block.vm
        if not self._meant(card):
            card.give_up()
            return
        async with self._turn:
            if await self._due(card) and await self._anew(card) and await self._heard(vm):
                self._type(message)
            else:
                message.card.give_up()

    def _meant(self, card: CommandCard) -> bool:
        """The trainee sees the block, which did not come under their hand just now."""
        lesson = self._screen.lesson
        if lesson.just_led:
            what = _("L'étape vient de changer : rien n'a été envoyé.")
            self._screen.notify(what, severity="warning", timeout=self._screen.pacing.toast)
            return False
        return lesson.shows(card)

    async def _due(self, card: CommandCard | FileCard) -> bool:
        """The block's step has begun, or the trainee wants to send it all the same."""
        steps = self._screen.state.steps if self._screen.state is not None else ()
        wanted = self._screen.lesson.step_of(card)
        for number, step in enumerate(steps, start=1):
            if step.id == wanted and step.state is StepState.LOCKED:
                question = questions.not_yet(number, step.title)
                anyway = await self._screen.app.push_screen_wait(question)
                return anyway
        return True

    async def _anew(self, card: CommandCard) -> bool:
        """The block was not sent just before, or the trainee means to send it twice."""
        since = card.since
        if since is None or since >= self._screen.pacing.again:
            return True
        twice = await self._screen.app.push_screen_wait(questions.again(since))
        return twice

    async def _heard(self, vm: str) -> bool:
        """The prompt reads the block, or the trainee wants whatever runs there to read it."""
        shells = self._screen.lab.shells
        slot = shells.slot_for(vm)
        # In sight while it is awaited; without it, typing says why it cannot.
        shells.active = slot.key
        fresh = not slot.live
        if not await slot.linked() or await slot.at_prompt(fresh=fresh):
            return True
        anyway = await self._screen.app.push_screen_wait(questions.not_at_prompt(vm))
        return anyway

    def _type(self, message: CommandCard.Sent) -> None:
        screen, block = self._screen, message.block
        if not self._typed(block.vm, block.code.rstrip("\n"), run=message.run):
            message.card.give_up()
            return
        message.card.went(_("envoyé") if message.run else _("placé"))
        # A placed command awaits the trainee's hand; on a narrow screen its effect must be seen.
        if screen.narrow or not message.run:
            screen.action_terminal()

    def _edit(self, message: FileCard.Edited) -> None:
        block = message.block
        if self._typed(block.vm, edit_command(block.path), run=True):
            message.card.mark(_("dans l'éditeur"))
            self._screen.action_terminal()

    def _typed(self, vm: str, text: str, *, run: bool) -> bool:
        """Type into the machine's shell, which ``_heard`` showed; whether there was one."""
        screen = self._screen
        slot = screen.lab.shells.slot_for(vm)
        ready = screen.lab.phase is LabPhase.READY
        if ready and slot.type_text(text, run=run):
            return True
        screen.notify(_("Le terminal de {vm} n'est pas relié.").format(vm=vm), severity="warning")
        return False
