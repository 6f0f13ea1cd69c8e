"""A block of the lesson on its way to a shell, and what is asked before it goes."""

import asyncio
from typing import TYPE_CHECKING

from pcapra_lab.i18n import _
from pcapra_lab.session.api import StepState
from pcapra_lab.ui.dialogs import questions
from pcapra_lab.ui.lesson.cards import CommandCard
from pcapra_lab.ui.lesson.lab import LabPhase

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.view import LessonView


class Sender:
    """Types blocks into the shells of a ``LessonView`` that has a session, one at a time."""

    def __init__(self, screen: "LessonView") -> None:
        self._screen = screen
        self._turn = asyncio.Lock()

    async def send(self, message: CommandCard.Sent) -> None:
        """Type the block, unless the trainee thinks better of it. Runs in a worker: it may ask."""
        async with self._turn:
            card, vm = message.card, message.block.vm
            if await self._due(card) and await self._anew(card) and await self._heard(vm):
                self._type(message)
            else:
                message.card.give_up()

    async def _due(self, card: CommandCard) -> bool:
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
        slot = self._screen.lab.shells.slot_for(vm)
        if not slot.live or await slot.at_prompt():
            return True
        anyway = await self._screen.app.push_screen_wait(questions.not_at_prompt(vm))
        return anyway

    def _type(self, message: CommandCard.Sent) -> None:
        screen, block = self._screen, message.block
        slot = screen.lab.shells.slot_for(block.vm)
        screen.lab.shells.active = slot.key
        ready = screen.lab.phase is LabPhase.READY
        if not ready or not slot.type_text(block.code.rstrip("\n"), run=message.run):
            screen.notify(
                _("Le terminal de {vm} n'est pas relié.").format(vm=block.vm), severity="warning"
            )
            message.card.give_up()
            return
        message.card.went(_("envoyé") if message.run else _("placé"))
        # A placed command awaits the trainee's hand; on a narrow screen its effect must be seen.
        if screen.narrow or not message.run:
            screen.action_terminal()
