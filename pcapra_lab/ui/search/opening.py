"""From a search's result to the lesson, open for reading over whatever is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pcapra_lab.session.api import Application, LessonCard
from pcapra_lab.ui.pacing import Pacing

if TYPE_CHECKING:
    from textual.app import App

    from pcapra_lab.ui.search.screen import Found


def show_search(app: App[None], application: Application, pacing: Pacing) -> None:
    """Search the course, and show what is chosen. Reading needs no machine."""
    # Late: the home screen is painted without what a lesson or a search needs.
    from pcapra_lab.ui.lesson.screen import LessonScreen
    from pcapra_lab.ui.search.screen import SearchScreen

    below = app.screen
    here = below.place if isinstance(below, LessonScreen) else None

    def answered(found: Found | None) -> None:
        if found is None:
            return
        hit = found.hit
        if found.document is not None:
            card = LessonCard(hit.module, hit.lesson, hit.number, hit.title, ready=True)
            lesson = LessonScreen(
                card, found.document, None, pacing, found.lexicon, anchor=hit.anchor
            )
            if isinstance(below, LessonScreen) and below.reading:
                # One lesson read at a time: leaving it goes back to where the search began.
                app.switch_screen(lesson)
            else:
                app.push_screen(lesson)
        elif isinstance(below, LessonScreen):
            below.action_go_to_step(hit.anchor)

    app.push_screen(SearchScreen(application, here), answered)
