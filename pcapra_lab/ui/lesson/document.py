"""The lesson's text, its blocks, and where the trainee stands in it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus, Resize
from textual.widget import Widget
from textual.widgets import Markdown, Static

from pcapra_lab.content.blocks import Block, CommandBlock, FileBlock, LessonDocument, Prose, Section
from pcapra_lab.content.glossary import Lexicon, Term
from pcapra_lab.session.api import SessionState, StepState, StepStatus
from pcapra_lab.ui.lesson.cards import CommandCard, FileCard, ShownCode
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.text import STEPS, count_points


def widgets_for(blocks: Sequence[Block], pacing: Pacing, lexicon: Lexicon) -> Iterator[Widget]:
    """The widgets that show a section's blocks; its terms are marked where first used."""
    proses = [block.markdown for block in blocks if isinstance(block, Prose)]
    uses = iter(lexicon.first_uses(proses))
    for block in blocks:
        if isinstance(block, Prose):
            terms = next(uses)
            parser = lexicon.parser(terms) if terms else None
            yield Markdown(block.markdown, parser_factory=parser, open_links=False)
        elif isinstance(block, CommandBlock):
            yield CommandCard(block, pacing.clock, pacing.resend)
        elif isinstance(block, FileBlock):
            yield FileCard(block)
        else:
            yield ShownCode(block)


def terms_of(blocks: Sequence[Block], lexicon: Lexicon) -> list[Term]:
    """The terms that a section uses, in alphabetical order."""
    proses = [block.markdown for block in blocks if isinstance(block, Prose)]
    used = frozenset[str]().union(*lexicon.first_uses(proses))
    return [term for term in lexicon.terms if term.term in used]


class SectionView(Vertical):
    """One section: its heading tells the step's state."""

    def __init__(
        self, section: Section, number: int | None, pacing: Pacing, lexicon: Lexicon
    ) -> None:
        super().__init__()
        self._lexicon = lexicon
        self.section = section
        self._number = number
        self._pacing = pacing

    def compose(self) -> ComposeResult:
        """Lay out the heading, then the blocks."""
        yield Static(self._heading(None), classes="section-title")
        yield from widgets_for(self.section.blocks, self._pacing, self._lexicon)

    def show(self, status: StepStatus) -> None:
        """Draw the heading for the step's state."""
        title = self.query_one(".section-title", Static)
        title.update(self._heading(status))
        title.set_class(status.state is StepState.CURRENT, "-current")

    def _heading(self, status: StepStatus | None) -> Content:
        title = self.section.title
        if self._number is None:
            return Content.styled(title, "bold $primary")
        if status is None:
            return Content.assemble((f"{self._number}. ", "$muted"), (title, "bold $primary"))
        sign = STEPS[status.state]
        points = count_points(status.points)
        if status.state in (StepState.DONE, StepState.HELPED):
            points = f"{status.earned}/{points}"
        return Content.assemble(
            (f"{sign.glyph} {self._number}. ", f"bold {sign.colour}"),
            (title, "bold $primary"),
            (f"  {sign.word} · {points}", sign.colour),
        )


class LessonPane(VerticalScroll, can_focus=True):
    """The whole lesson, scrolling. Arrows go from block to block."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(self, document: LessonDocument, pacing: Pacing, lexicon: Lexicon) -> None:
        super().__init__(id="lesson")
        self._lexicon = lexicon
        self._document = document
        self._pacing = pacing
        self._last: CommandCard | FileCard | None = None
        self._goal: str | None = None
        self._moved = False
        """The trainee has moved since the step was brought to the top."""
        self._reading = False
        """The trainee reads from the top, and no block is theirs yet."""
        self._unrendered = 0
        self._led_at: float | None = None
        """When a step came by itself, until the trainee has moved from there."""

    def compose(self) -> ComposeResult:
        """Lay out the introduction and the sections."""
        yield from widgets_for(self._document.introduction, self._pacing, self._lexicon)
        number = 0
        for section in self._document.sections:
            number += section.step is not None
            shown = number if section.step else None
            yield SectionView(section, shown, self._pacing, self._lexicon)

    def on_mount(self) -> None:
        """Count what is not laid out yet: Markdown grows after it is mounted."""
        self._unrendered = len(self.query(Markdown))

    @on(Markdown.TableOfContentsUpdated)
    def _rendered(self, message: Markdown.TableOfContentsUpdated) -> None:
        message.stop()
        self._unrendered -= 1
        if self._unrendered == 0:
            self.go_to_step(self._goal)

    def show(self, state: SessionState) -> None:
        """Draw every step's state."""
        by_id = {status.id: status for status in state.steps}
        for view in self.query(SectionView):
            if view.section.step in by_id:
                view.show(by_id[view.section.step])

    def go_to_step(self, anchor: str | None) -> None:
        """Bring a section, of a step or not, to the top, and focus its first block.

        A step's section has the step's id for anchor.
        """
        self._goal, self._moved, self._reading = anchor, False, False
        view = next((v for v in self.query(SectionView) if v.section.anchor == anchor), None)
        if view is None or self._unrendered:
            return
        cards = _cards(view)
        self._last = cards[0] if cards else None
        if self.has_focus_within:
            # Without a block there, none either is left under Enter out of sight.
            (cards[0] if cards else self).focus(scroll_visible=False)
        self.call_after_refresh(self.scroll_to_widget, view, top=True, animate=False)

    def lead_to(self, step: str | None) -> None:
        """Go to a step that has just begun, which the trainee did not ask for."""
        self._led_at = self._pacing.clock()
        self.go_to_step(step)

    @property
    def just_led(self) -> bool:
        """A step came by itself so lately that what was pressed was meant for the one before."""
        led = self._led_at
        return led is not None and self._pacing.clock() - led < self._pacing.surprise

    def shows(self, card: CommandCard | FileCard) -> bool:
        """Whether anything of a block is in sight; if nothing is, it now comes there."""
        # Hidden, on a narrow screen, is another matter: nothing is pressed there.
        if not self.region.area or self.region.overlaps(card.region):
            return True
        self._go_to(card)
        return False

    def visible_anchor(self) -> str:
        """The anchor of the section at the top of what is seen; empty for the introduction.

        The lesson's end stops short sections from coming to the top: there, where one was sent.
        """
        goal = next((v for v in self.query(SectionView) if v.section.anchor == self._goal), None)
        if goal is not None and self.is_vertical_scroll_end and self.region.overlaps(goal.region):
            return goal.section.anchor
        top = self.content_region.y + self.content_region.height // 3
        above = [v for v in self.query(SectionView) if v.region.y <= top]
        return above[-1].section.anchor if above else ""

    def stay_at_top(self) -> None:
        """A first visit: read the introduction first; Enter runs nothing out of sight."""
        self._reading = True
        self.focus()

    def visible_terms(self) -> list[Term]:
        """The glossary's terms in the section being read."""
        here = self.visible_anchor()
        blocks = {section.anchor: section.blocks for section in self._document.sections}
        return terms_of(blocks.get(here, self._document.introduction), self._lexicon)

    def go_home(self) -> None:
        """Back to the introduction, to read it: no block is focused."""
        self._goal, self._last, self._moved = None, None, True
        self.stay_at_top()
        self.scroll_home(animate=False)

    def next_unsent(self, step: str | None) -> None:
        """Go to the first block of ``step`` not sent or written yet, or else to the step."""
        views = [v for v in self.query(SectionView) if v.section.step == step is not None]
        target = next((card for view in views for card in _cards(view) if not card.used), None)
        if target is None:
            self.go_to_step(step)
            self.take_focus(step)
            return
        self._moved = True
        self._go_to(target)

    def step_of(self, card: CommandCard | FileCard) -> str | None:
        """The step whose section has ``card``; None for text that belongs to no step."""
        views = (node for node in card.ancestors if isinstance(node, SectionView))
        return next((view.section.step for view in views), None)

    def on_resize(self, event: Resize) -> None:
        """Stay at the same place in the text, whatever its new height."""
        if self._goal is not None and not self._unrendered and not self._moved:
            self.go_to_step(self._goal)
        elif self._last is not None:
            self.call_after_refresh(self.scroll_to_widget, self._last, animate=False, center=True)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Remember where the trainee is."""
        if isinstance(event.widget, CommandCard | FileCard):
            self._last, self._reading = event.widget, False

    def take_focus(self, step: str | None) -> None:
        """Focus the block last used, or else the first one of ``step``, or of the lesson."""
        if self._reading:
            self.focus()
            return
        cards = _cards(self)
        target = self._last
        if target is None:
            views = [v for v in self.query(SectionView) if v.section.step == step]
            target = next((card for view in views for card in _cards(view)), None)
        if target is None and cards:
            target = cards[0]
        if target is None:
            self.focus()
        else:
            target.focus(scroll_visible=False)

    def cards_of(self, key: str) -> Iterable[CommandCard | FileCard]:
        """The cards of the block whose key is ``key``."""
        return (card for card in _cards(self) if card.block.key == key)

    def action_move(self, step: int) -> None:
        """Focus the next or previous block; scroll when there is none."""
        self._moved, self._led_at = True, None
        cards = _cards(self)
        focused = self.app.focused
        if not isinstance(focused, CommandCard | FileCard) or focused not in cards:
            seen = [card for card in cards if self.region.contains_region(card.region)]
            if seen:
                seen[0 if step > 0 else -1].focus(scroll_visible=False)
            else:
                self.scroll_relative(y=3 * step, animate=False)
            return
        target = cards.index(focused) + step
        if 0 <= target < len(cards):
            self._go_to(cards[target])
        else:
            self.scroll_relative(y=3 * step, animate=False)

    def _go_to(self, card: CommandCard | FileCard) -> None:
        card.focus(scroll_visible=False)
        # In the middle: the text that leads to the block is seen too.
        self.scroll_to_widget(card, animate=False, center=True)

    def action_page(self, step: int) -> None:
        """Scroll a page."""
        self._moved = True
        self.scroll_relative(y=step * max(1, self.size.height - 2), animate=False)


def _cards(parent: Widget) -> list[CommandCard | FileCard]:
    found = parent.query("CommandCard, FileCard")
    return [card for card in found if isinstance(card, CommandCard | FileCard)]
