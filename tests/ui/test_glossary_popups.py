"""Terms of the glossary: marked in the lesson, explained by a key or a click."""

from dataclasses import dataclass

from driver import Trainee, trainee
from fake_application import FakeApplication
from fakes_session import FakeSession
from textual.widgets import Markdown

from pcapra_lab.content.glossary import NO_TERMS, Lexicon
from pcapra_lab.ui.dialogs.glossary import GlossaryDialog
from pcapra_lab.ui.lesson.document import SectionView
from pcapra_lab.ui.lesson.screen import LessonScreen


async def go_to(t: Trainee, anchor: str) -> None:
    t.lesson.action_go_to_step(anchor)
    await t.until(lambda: t.lesson.lesson.visible_anchor() == anchor, anchor)


def marked(t: Trainee, anchor: str) -> list[str]:
    """What is clickable in a section's text."""
    view = next(v for v in t.lesson.query(SectionView) if v.section.anchor == anchor)
    return [
        block._content.plain[span.start : span.end]
        for text in view.query(Markdown)
        for block in text.walk_children()
        if hasattr(block, "_content")
        for span in block._content.spans
        if "@click" in getattr(span.style, "meta", {})
    ]


async def test_the_first_use_of_a_term_in_a_section_is_marked() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        assert marked(t, "presentation") == ["dépôt", "archives"]
        assert marked(t, "depot") == ["dépôt"]
        assert marked(t, "cron") == []


async def test_a_key_explains_the_terms_of_the_section_being_read() -> None:
    async with trainee(FakeSession(done=1), size=(120, 24)) as t:
        await t.open_lesson()
        await t.press("f2")
        await go_to(t, "depot")
        await t.press("g")
        await t.dialog(GlossaryDialog)
        body = t.text(".dialog-body")
        assert body == "dépôt  repository\nLe dossier où Borg range tout."
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "closed")


async def test_a_section_without_a_term_shows_the_whole_glossary() -> None:
    async with trainee(FakeSession(done=2), size=(120, 24)) as t:
        await t.open_lesson()
        await t.press("f2")
        await go_to(t, "cron")
        await t.press("g")
        await t.dialog(GlossaryDialog)
        assert "archive" in t.text(".dialog-body") and "dépôt" in t.text(".dialog-body")


async def test_a_click_on_a_term_explains_it() -> None:
    async with trainee(FakeSession(done=1), size=(120, 40)) as t:
        await t.open_lesson()
        await t.press("f2")
        await go_to(t, "depot")
        view = next(v for v in t.lesson.query(SectionView) if v.section.anchor == "depot")
        paragraph = next(iter(view.query("MarkdownParagraph")))
        await t.until(lambda: paragraph.region.height and paragraph.region.y > 0, "laid out")
        shown = paragraph.render_lines(paragraph.size.region)[0].text
        await t.pilot.click(paragraph, offset=(shown.index("dépôt") + 1, 0))
        await t.dialog(GlossaryDialog)
        assert "Le dossier où Borg range tout." in t.text(".dialog-body")


@dataclass
class Wordless(FakeApplication):
    """A course without a glossary."""

    def lexicon(self) -> Lexicon:
        return NO_TERMS


async def test_a_course_without_a_glossary_says_so() -> None:
    async with trainee(application=Wordless(FakeSession(done=1))) as t:
        await t.open_lesson()
        assert marked(t, "depot") == []
        await t.press("f2", "g")
        await t.until(lambda: t.notified("pas de glossaire"), "answer")
