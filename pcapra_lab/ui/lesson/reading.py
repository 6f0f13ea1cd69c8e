"""Finding one's way in the lesson's text."""

from typing import TYPE_CHECKING

from pcapra_lab.content.glossary import SCHEME
from pcapra_lab.i18n import _
from pcapra_lab.ui.dialogs.contents import ContentsScreen
from pcapra_lab.ui.dialogs.glossary import GlossaryDialog

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.view import LessonView


def show_contents(screen: "LessonView") -> None:
    """Show the table of contents, and go where the trainee chooses."""

    def answered(anchor: str | None) -> None:
        if anchor is not None:
            screen.action_go_to_step(anchor)

    steps = screen.state.steps if screen.state is not None else ()
    states = {step.id: step.state for step in steps}
    here = screen.lesson.visible_anchor()
    screen.app.push_screen(ContentsScreen(screen.document.sections, states, here), answered)


def show_glossary(screen: "LessonView") -> None:
    """Explain the terms of the section being read, or all of them when it has none."""
    lexicon = screen.lexicon
    if not lexicon.terms:
        screen.notify(_("Ce cours n'a pas de glossaire."))
        return
    if terms := screen.lesson.visible_terms():
        screen.app.push_screen(GlossaryDialog(_("Glossaire — mots de cette section"), terms))
    else:
        screen.app.push_screen(GlossaryDialog(_("Glossaire"), lexicon.terms))


def follow_link(screen: "LessonView", address: str) -> None:
    """Explain the term that was clicked; any other address is shown, to be copied."""
    if address.startswith(SCHEME):
        term = screen.lexicon.named(address.removeprefix(SCHEME))
        if term is not None:
            screen.app.push_screen(GlossaryDialog(_("Glossaire"), [term]))
        return
    screen.app.copy_to_clipboard(address)
    screen.notify(_("Adresse copiée : {address}").format(address=address), markup=False)
